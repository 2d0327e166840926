"""The functions hosts of an environment: start, crash, restart, and calls to the app they run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.dev.places import ROOT
from local.dev.processes import Child, Processes
from local.environment.http import Talk

KILL_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Keys:
    """The access keys, the same for all hosts of an environment."""

    functions: str
    master: str


class Api:
    """Tandem's own HTTP API, called with the function key. Paths are those below ``/api``."""

    def __init__(self, url: str, keys: Keys) -> None:
        self.talk = Talk(f"{url}/api", lambda: {"x-functions-key": keys.functions})

    def get(self, path: str) -> Any:
        """The answer's JSON. Raises Refused."""
        return self.talk.json("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """The answer's JSON, None for an empty answer. Raises Refused."""
        return self.talk.json("POST", path, {} if body is None else body)

    def page(self, path: str) -> str:
        """The answer's text."""
        return self.talk.send("GET", path).text


@dataclass
class Host:
    """One functions host. ``port`` stays the same over restarts."""

    name: str
    port: int
    processes: Processes
    app: Path
    variables: Mapping[str, str] = field(repr=False)
    keys: Keys = field(repr=False)
    verbose: bool = False
    python: Path = Path(sys.executable)
    home: Path = ROOT
    options: Sequence[str] = ()
    api: Api = field(init=False)
    _admin: Talk = field(init=False)

    def __post_init__(self) -> None:
        self.api = Api(self.url, self.keys)
        self._admin = Talk(f"{self.url}/admin", lambda: {"x-functions-key": self.keys.master})

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        child = self._child()
        return child.process.pid if child and child.process.poll() is None else None

    def start(self) -> None:
        """Starts it and returns when it listens. Raises NotReady."""
        more = [*self.options, *(["--verbose"] if self.verbose else [])]
        command = [self.python, "-m", "local.host", self.app, "--port", self.port, *more]
        self.processes.start(self.name, command, cwd=self.home, env=self.variables)

    def stop(self) -> None:
        """Lets it end its work and end."""
        self.processes.stop_one(self.name)

    def kill(self) -> None:
        """Ends it at once, as a crash does (kill -9); returns when it is gone."""
        child = self._child()
        if child is None:
            return
        if sys.platform == "win32":
            child.process.kill()
        elif child.process.poll() is None:
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait(KILL_TIMEOUT_S)
        self.processes.stop_one(self.name)

    def restart(self) -> None:
        """Kills it if it runs, and starts it again at the same address."""
        self.kill()
        self.start()

    def functions(self) -> list[str]:
        """The names of the app's functions."""
        return [str(each["name"]) for each in self._admin.json("GET", "functions")]

    def run_timer(self, name: str) -> None:
        """Runs a timer (or queue) function now, without waiting for its end. Raises Refused."""
        self._admin.send("POST", f"functions/{name}", {"input": ""})

    def shift_clock(self, shift_s: float) -> None:
        """Let the app's clock be ahead of this machine's until the host ends.  Raises Refused."""
        self._admin.send("POST", "local/clock", {"shift_s": shift_s})

    def _child(self) -> Child | None:
        return next((child for child in self.processes.children if child.name == self.name), None)
