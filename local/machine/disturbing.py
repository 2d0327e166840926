"""What goes wrong on the way: services, storage, hosts, clocks, messages. All of it ends with ``quiet``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from azure.core.exceptions import AzureError

from local.dev.processes import NotReady
from local.environment import Environment
from local.load.stored import Stored
from local.simulators.faults import Fault

SYSTEMS = ("bc", "sales", "entra")
STORAGE = ("queue", "table")
SERVICE_FAULTS = (
    Fault.ANSWER_LOST, Fault.RESET_BEFORE, Fault.STATUS_429, Fault.STATUS_503, Fault.STATUS_503_NO_HINT,
    Fault.STATUS_500, Fault.HTML_INSTEAD, Fault.TRUNCATED,
)  # fmt: skip
STORAGE_FAULTS = (Fault.ANSWER_LOST, Fault.RESET_BEFORE, Fault.STATUS_503, Fault.STATUS_500)
PATHS = {
    "bc": {"write": r"\$batch", "read": r"\$select|\$filter"},
    "sales": {"write": r"\$batch|CreateMultiple|UpdateMultiple", "read": r"\$select"},
    "entra": {"write": r"oauth2", "read": r"oauth2"},
}
"""Requests that only Tandem makes: people read and write single records."""
MESSAGES = "/tandem-(detection|batches)/messages"
START_TRIES = 3


@dataclass
class Disturber:
    """Makes things fail. ``logs`` are those of lives of hosts that have ended."""

    environment: Environment
    stored: Stored
    logs: list[str] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)

    def down(self) -> set[str]:
        """Names of the hosts that do not run."""
        return {name for name, host in self.environment.hosts.items() if host.pid is None}

    def kill(self, name: str) -> None:
        """kill -9."""
        self.environment.kill_host(name)
        self._keep_log(name)
        self.fired["kill"] += 1

    def start(self, name: str) -> None:
        """Start a host again; the platform tries again where storage does not let it. Raises NotReady."""
        for tried in range(1, START_TRIES + 1):
            try:
                self.environment.start_host(name)
            except NotReady:
                self._keep_log(name)
                if tried == START_TRIES:
                    raise
            else:
                return

    def _keep_log(self, name: str) -> None:
        """The next life begins the file anew."""
        self.logs.append(host_log(self.environment, name).read_text("utf-8"))

    def service(self, system: str, kind: Fault, way: str, skip: int) -> None:
        """One fault at a request of Tandem's that comes after ``skip`` others."""
        control = self.environment.control_of(system)
        control.fail_next(kind, path=PATHS[system][way], skip=skip)

    def storage(self, service: str, kind: Fault, method: str, skip: int) -> None:
        """One fault at a request to storage that comes after ``skip`` others."""
        self.environment.control_of(service).fail_next(kind, method=method, skip=skip)

    def double_message(self, skip: int) -> None:
        """A message to come is there twice."""
        self.environment.control_of("queue").fail_next(Fault.DUPLICATE, "POST", MESSAGES, skip)

    def repeat_settled_message(self, skip: int) -> None:
        """A message that was dealt with comes again, because its deletion did not get through."""
        self.environment.control_of("queue").fail_next(Fault.RESET_BEFORE, "DELETE", MESSAGES, skip)

    def copy_messages(self) -> int:
        """Put every message that can be seen on its queue once more; how many there were."""
        try:
            copied = self.stored.copy_messages()
        except AzureError:
            return 0
        self.fired["copied message"] += copied
        return copied

    def shift_service(self, system: str, shift_s: float) -> None:
        """The system's clock is ahead of this machine's by so much from now on."""
        self.environment.control_of(system).shift_clock(shift_s)
        self.fired["clock"] += 1

    def shift_host(self, name: str, shift_s: float) -> None:
        """The same for what the app on a host takes for the time, over restarts too."""
        host = self.environment.hosts[name]
        host.variables = {**host.variables, "LOCAL_CLOCK_SHIFT_SECONDS": f"{shift_s}"}
        if host.pid is not None:
            host.shift_clock(shift_s)
        self.fired["clock"] += 1

    def quiet(self) -> None:
        """No further fault; every host runs."""
        for system in (*SYSTEMS, *STORAGE):
            control = self.environment.control_of(system)
            for kind, count in control.get("faults")["fired"].items():
                self.fired[f"{system} {kind}"] += count
            control.faults({})
        for name in sorted(self.down()):
            self.start(name)


def host_log(environment: Environment, name: str) -> Path:
    """Where a host's output of its present (or last) life is."""
    logs = environment.processes.logs
    host = environment.hosts[name].name
    return max(logs.glob(f"*-{host}.log"), key=lambda path: path.stat().st_mtime)
