"""What is seen from outside while a run goes on: memory of the hosts, messages that come again."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import Self

from azure.core.exceptions import AzureError

from local.environment import Environment
from local.load.stored import QUEUES, Stored

LOOK_S = 1.0


class Watch:
    """Looks every second from a thread of its own, and whenever ``look`` is called.

    ``peak_rss_mib`` by host is the kernel's own high-water mark (Linux; elsewhere there is none).
    ``cpu_s`` by process is the time on a processor, over all lives of a host.
    ``resent`` are ids of messages seen waiting for a second delivery: at least so many came again.
    """

    def __init__(self, environment: Environment, stored: Stored) -> None:
        self.peak_rss_mib: dict[str, float] = {}
        self.resent: set[str] = set()
        self._cpu_s: dict[tuple[str, int], float] = {}
        self.longest_queue = 0
        self._environment = environment
        self._stored = stored
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Take note of everything now."""
        with self._lock:
            self._note_memory()
            self._note_cpu()
            with contextlib.suppress(AzureError):  # a look that fails is made up for by the next
                self._note_messages()

    @property
    def cpu_s(self) -> dict[str, float]:
        """Seconds on a processor, by the name of the process."""
        found: dict[str, float] = {}
        for (name, _), seconds in self._cpu_s.items():
            found[name] = round(found.get(name, 0.0) + seconds, 2)
        return found

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            self.look()

    def _note_memory(self) -> None:
        for name, host in self._environment.hosts.items():
            peak = peak_rss_mib(host.pid)
            self.peak_rss_mib[name] = max(peak, self.peak_rss_mib.get(name, 0.0))

    def _note_cpu(self) -> None:
        for child in list(self._environment.processes.children):
            key = child.name, child.process.pid
            self._cpu_s[key] = max(cpu_s(child.process.pid), self._cpu_s.get(key, 0.0))

    def _note_messages(self) -> None:
        self.longest_queue = max(self.longest_queue, self._stored.queued())
        for name in QUEUES:
            self.resent |= self._stored.waiting_again(name)


def peak_rss_mib(pid: int | None) -> float:
    """The most memory a process ever held, 0 where that is not known."""
    try:
        text = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    line = next((each for each in text.splitlines() if each.startswith("VmHWM:")), "VmHWM: 0 kB")
    return round(int(line.split()[1]) / 1024, 1)


def cpu_s(pid: int) -> float:
    """Seconds a process was on a processor, 0 where that is not known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    # Counted from the state, which follows the name in brackets: user and system time are the 12th and 13th.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
