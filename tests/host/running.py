"""Starts hosts as processes and watches what their app records."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueClient, QueueServiceClient, TextBase64EncodePolicy

ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "app"
START_S = 30.0
PATIENCE_S = 15.0


def await_true(condition: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
    """What ``condition`` returns once it is true; fails when that does not come."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)  # between two looks at the condition
    raise AssertionError(f"waited {patience_s} s in vain for {what}")


@dataclass
class HostProcess:
    """A running host."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    log: Path
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    def call(self, method: str, path: str, key: str | None = "functions", **more: Any) -> requests.Response:
        """Send a request with the named key."""
        headers = dict(more.pop("headers", {}))
        if key:
            headers.setdefault("x-functions-key", self.ready["keys"][key])
        return self.session.request(method, self.url + path, headers=headers, timeout=20, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def run(self, function: str, given: str = "") -> requests.Response:
        """Run a timer or queue function by hand."""
        return self.call("POST", f"/admin/functions/{function}", key="master", json={"input": given})

    def terminate(self) -> int:
        """SIGTERM, then the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def kill(self) -> None:
        """As a crash would."""
        self.process.kill()
        self.process.wait(10)


def start_host(app: Path, environment: Mapping[str, str], log: Path, *options: str) -> HostProcess:
    """Start a host and wait for its ready line."""
    process = host_command(app, environment, log, *options)
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    line = lines.get(timeout=START_S)
    assert line, f"the host ended with {process.wait(5)}: {log.read_text()}"
    return HostProcess(process, json.loads(line), log)


def host_command(
    app: Path, environment: Mapping[str, str], log: Path, *options: str
) -> subprocess.Popen[str]:
    """A host process whose standard error goes to ``log``."""
    command = [sys.executable, "-m", "local.host", str(app), *(options or ("--port", "0"))]
    if "--port" not in command:
        command += ["--port", "0"]
    inherited = {**os.environ, **environment}
    with log.open("a") as errors:
        return subprocess.Popen(
            command, cwd=ROOT, env=inherited, text=True, stdout=subprocess.PIPE, stderr=errors
        )


@dataclass
class Probe:
    """What the app recorded, and the queues it works on."""

    environment: dict[str, str]
    file: Path
    storage: str

    def events(self, name: str, **facts: Any) -> list[dict[str, Any]]:
        """The recorded events of this name with these facts, oldest first."""
        if not self.file.exists():
            return []
        found = [json.loads(line) for line in self.file.read_text().splitlines()]
        return [e for e in found if e["event"] == name and all(e.get(k) == v for k, v in facts.items())]

    def queue(self, setting: str, suffix: str = "", raw: bool = False) -> QueueClient:
        """The queue that a setting names, created unless a suffix is given; ``raw`` sends texts unencoded."""
        service = QueueServiceClient.from_connection_string(self.storage)
        name = self.environment[setting] + suffix
        encode = None if raw else TextBase64EncodePolicy()
        client = service.get_queue_client(name, message_encode_policy=encode)
        if not suffix:
            client.create_queue()
        return client

    def peek(self, client: QueueClient) -> list[str]:
        """The visible messages of a queue as they stand there; none when it does not exist."""
        try:
            return [message.content for message in client.peek_messages(32)]
        except ResourceNotFoundError:
            return []


def copied_app(folder: Path, **host_json: Any) -> Path:
    """A copy of the test app with other settings in host.json."""
    shutil.copytree(APP, folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "host.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **host_json}))
    return folder
