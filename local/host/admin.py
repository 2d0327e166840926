"""The host's own endpoints under ``/admin``; all need the master key.

``GET /admin/host/status``, ``GET /admin/functions``, ``GET /admin/functions/<name>`` and
``POST /admin/functions/<name>`` with ``{"input": "..."}``, which runs a timer or queue function
(Microsoft docs: azure-functions/functions-manually-run-non-http.md).  A run by hand takes no timer lease.
``POST /admin/local/clock`` is this host's own: see ``app_clock``.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

from local.host.app_clock import AppClock, shift_from_body
from local.host.app_model import Function
from local.host.http_model import HttpAnswer, HttpRequest, json_answer
from local.host.invoker import Invoker
from local.host.keys import Keys, Level
from local.host.timers import timer_datum, utc_now


class Admin:
    """Answers requests below ``/admin``."""

    def __init__(
        self, functions: Mapping[str, Function], invoker: Invoker, keys: Keys, host_id: str, clock: AppClock
    ) -> None:
        self._functions = {name.lower(): function for name, function in functions.items()}
        self._invoker = invoker
        self._keys = keys
        self._host_id = host_id
        self._clock = clock
        self._started = time.monotonic()
        self._runs: list[threading.Thread] = []

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """401 without the master key, 404 for an unknown path or function."""
        if self._keys.level_of(request.headers, request.query) < Level.ADMIN:
            return HttpAnswer(401)
        rest = request.path.strip("/").split("/")[1:]
        if request.method == "GET" and rest == ["host", "status"]:
            return json_answer(200, self._status())
        if request.method == "GET" and rest == ["functions"]:
            return json_answer(200, [_description(f) for f in self._functions.values()])
        if request.method == "POST" and rest == ["local", "clock"]:
            return HttpAnswer(204 if shift_from_body(self._clock, request.body) else 400)
        function = self._functions.get(rest[1].lower()) if len(rest) == 2 and rest[0] == "functions" else None
        if function is None:
            return HttpAnswer(404)
        if request.method == "GET":
            return json_answer(200, _description(function))
        return self._start(function, request.body) if request.method == "POST" else HttpAnswer(405)

    def wait_for_runs(self, timeout_s: float) -> bool:
        """Wait until the runs started here have ended; False when ``timeout_s`` was not enough."""
        deadline = time.monotonic() + timeout_s
        for run in self._runs:
            run.join(max(0.0, deadline - time.monotonic()))
        return not any(run.is_alive() for run in self._runs)

    def _status(self) -> dict[str, Any]:
        return {
            "id": self._host_id,
            "state": "Running",
            "processUptime": int((time.monotonic() - self._started) * 1000),
            "processId": os.getpid(),
        }

    def _start(self, function: Function, body: bytes) -> HttpAnswer:
        given = _input_of(body)
        if given is None or function.kind == "httpTrigger":
            return HttpAnswer(400)
        value, metadata = self._trigger(function, given)
        run = threading.Thread(target=self._invoker.run, args=(function, value, metadata), daemon=True)
        self._runs = [r for r in self._runs if r.is_alive()]
        self._runs.append(run)
        run.start()
        return HttpAnswer(202)

    def _trigger(self, function: Function, given: str) -> tuple[Any, Mapping[str, Any]]:
        datum = self._invoker.worker.datum
        if function.kind == "timerTrigger":
            status = {"Last": None, "Next": utc_now().isoformat(), "LastUpdated": None}
            return timer_datum(self._invoker, status, is_past_due=False), {}
        text = datum(given, "string")
        return text, {"Id": datum("", "string"), "DequeueCount": datum("1", "json"), "QueueTrigger": text}


def _input_of(body: bytes) -> str | None:
    """The ``input`` of a run request (empty where there is none), or None when the body is not JSON."""
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    given = content.get("input", "")
    return given if isinstance(given, str) else json.dumps(given)


def _description(function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "language": "python",
        "isDisabled": function.disabled,
        "config": {"bindings": [dict(binding) for binding in function.bindings]},
    }
