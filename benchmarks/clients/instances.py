"""Instances of Tandem: the app in a host and a process of its own, as Azure starts more when messages wait.

The first lives in the client's process.  Each further one is a process that fetches messages like it and
says what it used, a line at a time: ``forget`` begins its high-water mark of memory anew, both that and
``used`` are answered with the figures; the end of its input ends it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from benchmarks.clients.traffic import Ledger, Traffic
from benchmarks.usage import Used, forget_peak, used_here
from local.dev.places import ROOT
from local.host.host import Host
from shared_code.sync.parts import Parts

END_S = 10.0
"""How long an instance is given to finish what it has in hand."""


class Instance:
    """The app and its host in this process.  The app is composed before anything is measured."""

    def __init__(self, ledger: Ledger, number: int, instances: int) -> None:
        self.traffic = Traffic(ledger, number, alone=instances == 1)
        self._host = Host(ROOT, 0, frozenset({"queue"}), os.environ)
        self._host.start()
        from functions import parts  # the worker library has put the app's folder on the path

        self.parts: Parts = parts()

    def stop(self) -> None:
        """Ends the host."""
        self._host.stop(END_S)


class Further:
    """One more instance, in a process of its own; it is ready once the first question is answered."""

    def __init__(self, ledger: Path, number: int, instances: int) -> None:
        command = [
            sys.executable,
            "-m",
            "benchmarks.clients.instances",
            str(ledger),
            str(number),
            str(instances),
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, env=os.environ
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in: IO[str] = self._process.stdin
        self._out: IO[str] = self._process.stdout

    def forget_peak(self) -> None:
        """As ``usage.forget_peak``, over there."""
        self._ask("forget")

    def used(self) -> Used:
        """What it used.  Raises RuntimeError where it ended."""
        return Used(**json.loads(self._ask("used")))

    def end(self) -> None:
        """Let it finish what it has in hand; one that does not is killed."""
        with suppress(OSError):
            self._in.close()
        try:
            self._process.wait(END_S + 5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, what: str) -> str:
        with suppress(BrokenPipeError):
            print(what, file=self._in, flush=True)
        if not (answer := self._out.readline()):
            raise RuntimeError(f"an instance ended with {self._process.wait(END_S)}")
        return answer


def serve(instance: Instance, incoming: IO[str], answer: Callable[[str], None]) -> None:
    """Until the end of the input."""
    for line in incoming:
        if line.strip() == "forget":
            forget_peak()
        answer(json.dumps(asdict(used_here(instance.traffic.storage_transactions))))


def main() -> None:
    """The real standard output is for figures; whatever else prints lands on standard error."""
    figures = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    file, number, instances = sys.argv[1:]
    instance = Instance(Ledger(Path(file), int(instances)), int(number), int(instances))
    serve(instance, sys.stdin, lambda text: print(text, file=figures, flush=True))
    instance.stop()
    os._exit(0)  # threads of a library may still run


if __name__ == "__main__":
    main()
