"""Child processes: start, wait until ready, keep their output, stop in reverse order.

A child says that it is ready by one line of JSON on its standard output (or by whatever the given `Ready`
recognises). Everything it prints goes to a file under `.tools/logs`; when it does not get ready, the end of
that output is in the error. Each child has its own process group, so Ctrl+C reaches only this process,
which then stops the children in order.
"""

import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from local.dev.places import Places

type Message = dict[str, Any]
type Ready = Callable[[str], Message | None]

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
OUTPUT_END_TIMEOUT_S = 2.0
TAIL_LINES = 20
MAX_LINE_CHARACTERS = 64 * 1024
MAX_LOG_CHARACTERS = 50_000_000
LOG_LIFETIME_S = 7 * 24 * 3600


class NotReady(Exception):
    """A child ended, or said nothing, before it was ready; the text holds the end of its output."""


def json_message(line: str) -> Message | None:
    """The default sign of being ready: a line that is one JSON object."""
    if not line.startswith("{"):
        return None
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


class Child:
    """One started process. Two threads carry its output to its log and look for the ready message."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: Path, ready: Ready) -> None:
        self.name = name
        self.process = process
        self.log = log
        self._ready = ready
        self._answer: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._lock = threading.Lock()
        self._room = MAX_LOG_CHARACTERS
        self._file = log.open("w", encoding="utf-8")
        self._pumps = [
            threading.Thread(target=pump, args=(stream,), name=f"{name} output", daemon=True)
            for pump, stream in ((self._pump_output, process.stdout), (self._pump_errors, process.stderr))
        ]
        for thread in self._pumps:
            thread.start()

    def wait_ready(self, timeout_s: float) -> Message:
        """The ready message; raises NotReady when the child ends or `timeout_s` passes first."""
        try:
            message = self._answer.get(timeout=timeout_s)
        except queue.Empty:
            raise NotReady(self._explain(f"was not ready after {timeout_s:g} s")) from None
        if message is None:
            raise NotReady(self._explain(f"{self._end()} before it was ready"))
        return message

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Asks the child to end, kills it if it does not within `timeout_s`; returns when it is gone."""
        if self.process.poll() is None:
            asked = _ask_to_end(self.process)
            try:
                self.process.wait(timeout_s if asked else 0)
            except subprocess.TimeoutExpired:
                _kill(self.process)
                self.process.wait()
        self._finish_output()

    def tail(self) -> str:
        """The last lines it printed."""
        with self._lock:
            return "".join(self._tail).rstrip()

    def _end(self) -> str:
        """What became of a child whose output is over; its exit code may come a moment later."""
        try:
            code = self.process.wait(OUTPUT_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return "closed its output"
        self._finish_output()
        return f"ended with code {code}"

    def _explain(self, what: str) -> str:
        return f"{self.name} {what}. The end of its output (all of it: {self.log}):\n{self.tail()}"

    def _pump_output(self, stream: IO[str]) -> None:
        waiting = True
        for line in iter(lambda: stream.readline(MAX_LINE_CHARACTERS), ""):
            self._keep(line)
            message = self._ready(line) if waiting else None
            if message is not None:
                self._answer.put(message)
                waiting = False
        self._answer.put(None)

    def _pump_errors(self, stream: IO[str]) -> None:
        for line in iter(lambda: stream.readline(MAX_LINE_CHARACTERS), ""):
            self._keep(line)

    def _keep(self, line: str) -> None:
        with self._lock:
            self._tail.append(line)
            if self._room > 0 and not self._file.closed:
                self._room -= len(line)
                self._file.write(line if self._room > 0 else "(the log is full, the rest is not kept)\n")
                self._file.flush()

    def _finish_output(self) -> None:
        """Waits for the end of the output; a grandchild that holds the pipe open is not waited for."""
        for thread in self._pumps:
            thread.join(OUTPUT_END_TIMEOUT_S)
        with self._lock:
            self._file.close()


class Processes:
    """The children of one run, started in order and stopped in reverse, at the latest when this process
    exits."""

    def __init__(self, logs: Path | None = None) -> None:
        self.logs = logs or Places().logs
        self.children: list[Child] = []
        self._lock = threading.Lock()
        self.logs.mkdir(parents=True, exist_ok=True)
        remove_old_logs(self.logs)
        atexit.register(self.stop)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[object],
        *,
        ready: Ready = json_message,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float = READY_TIMEOUT_S,
    ) -> Message:
        """Starts a child and returns its ready message; `env` is added to this process's environment.

        Raises NotReady, after stopping the child; the other children go on.
        """
        child = Child(name, _spawn(command, cwd, env or {}), self.logs / f"{os.getpid()}-{name}.log", ready)
        with self._lock:
            self.children.append(child)
        try:
            return child.wait_ready(timeout_s)
        except BaseException:
            self._forget(child)
            child.stop()
            raise

    def ended(self) -> list[Child]:
        """The children that have ended by themselves."""
        with self._lock:
            return [child for child in self.children if child.process.poll() is not None]

    def stop(self) -> None:
        """Stops every child, the last started first. May be called again and by several threads."""
        while child := self._take_last():
            child.stop()
        atexit.unregister(self.stop)

    def stop_one(self, name: str) -> None:
        """Stops the child of that name, if it runs."""
        with self._lock:
            found = [child for child in self.children if child.name == name]
        for child in found:
            self._forget(child)
            child.stop()

    def _take_last(self) -> Child | None:
        with self._lock:
            return self.children.pop() if self.children else None

    def _forget(self, child: Child) -> None:
        with self._lock:
            if child in self.children:
                self.children.remove(child)


def remove_old_logs(logs: Path, now_s: float | None = None) -> None:
    """Deletes logs that are a week old."""
    limit = (time.time() if now_s is None else now_s) - LOG_LIFETIME_S
    for path in logs.glob("*.log"):
        try:
            if path.stat().st_mtime < limit:
                path.unlink()
        except OSError:  # another run was faster
            continue


def interrupt_on_terminate() -> None:
    """Lets a request to end this process come as KeyboardInterrupt, so that `with` blocks stop their
    children."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


def _spawn(command: Sequence[object], cwd: Path | None, env: Mapping[str, str]) -> subprocess.Popen[str]:
    variables = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **env}
    own_group: dict[str, Any] = {"process_group": 0}
    if sys.platform == "win32":
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        **own_group,
    )


def _ask_to_end(process: subprocess.Popen[str]) -> bool:
    """Whether the child could be asked: on Windows that needs a console which both share."""
    try:
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            process.send_signal(signal.SIGTERM)
    except OSError:
        return False
    return True


def _kill(process: subprocess.Popen[str]) -> None:
    """Kills the child and, where groups can be killed, everything it started."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
