"""Kills hosts at their moments and starts them again."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from local.dev.processes import NotReady
from local.environment import Environment
from local.load.plan import Kill
from local.load.stored import Stored

LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Killed:
    """A kill that happened: when, which hosts, how many writes both systems had seen by then, and how
    many creations in Business Central were left on file as begun."""

    at_s: float
    hosts: tuple[str, ...]
    down_s: float
    writes: int
    open_creations: int


class Killer:
    """A thread that carries out the kills; ``wait`` returns when the last host is up again."""

    def __init__(self, environment: Environment, kills: Sequence[Kill], stored: Stored) -> None:
        self.killed: list[Killed] = []
        self._environment = environment
        self._kills = kills
        self._stored = stored
        self._began = 0.0
        self._stopping = threading.Event()
        self._hurrying = threading.Event()
        self._trouble: NotReady | None = None
        self._thread = threading.Thread(target=self._run, name="killer", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._hurrying.set()
        if self._thread.is_alive():
            self._thread.join()

    def begin(self) -> None:
        """The moments count from now."""
        self._began = time.monotonic()
        self._thread.start()

    def wait(self) -> None:
        """Carries out what is left at once and returns when all hosts are up again. Raises NotReady when
        one did not come back."""
        self._hurrying.set()
        self._thread.join()
        if self._trouble:
            raise self._trouble

    def _run(self) -> None:
        for kill in self._kills:
            self._wait_for(kill)
            if self._stopping.is_set():
                return
            try:
                self._carry_out(kill)
            except NotReady as trouble:
                self._trouble = trouble
                return

    def _wait_for(self, kill: Kill) -> None:
        while writes_so_far(self._environment) < kill.after_writes:
            if self._hurrying.wait(LOOK_S):
                return
        self._hurrying.wait(kill.delay_s)

    def _carry_out(self, kill: Kill) -> None:
        for host in kill.hosts:
            self._environment.kill_host(host)
        at_s = time.monotonic() - self._began
        writes = writes_so_far(self._environment)
        open_creations = self._stored.open_creations()
        self._stopping.wait(kill.down_s)
        for host in kill.hosts:
            self._environment.start_host(host)
        self.killed.append(Killed(at_s, kill.hosts, kill.down_s, writes, open_creations))


def writes_so_far(environment: Environment) -> int:
    """Writes both systems have committed since the counters began."""
    bc: dict[str, int] = environment.bc_control.requests()["writes"]
    return sum(bc.values()) + int(environment.sales_control.requests()["writesTotal"])
