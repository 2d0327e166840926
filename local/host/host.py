"""Puts the host together for one app, starts its listeners and drains them at the end."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
from collections.abc import MutableMapping
from pathlib import Path

from azure.core.exceptions import AzureError

from local.host.admin import Admin
from local.host.app_clock import SETTING, AppClock, shift_from_setting
from local.host.app_model import Function
from local.host.cors import Cors, cors_from
from local.host.errors import HostError
from local.host.http_functions import HttpFunctions, routes_of
from local.host.http_model import HttpAnswer, HttpRequest
from local.host.http_server import HttpServer
from local.host.invoker import Invoker
from local.host.keys import Keys, keys_from
from local.host.leases import TABLE_NAME, LeaseRow, create_table
from local.host.outputs import OutputWriter
from local.host.queues import QueueListener
from local.host.schedule import Schedule
from local.host.settings import HostSettings, expand, load_settings
from local.host.storage import Storage, brief, poison_name_of, queue_name_of
from local.host.timers import TimerListener
from local.host.worker import Worker, require_app

PARTS = ("http", "queue", "timer")
LISTENER_LEASE_S = 60  # the real host's lease of a singleton listener
log = logging.getLogger("local.host")


class Host:
    """One app, indexed, with its listeners; ``start`` once, ``stop`` once."""

    def __init__(
        self, app_folder: Path, port: int, parts: frozenset[str], environment: MutableMapping[str, str]
    ) -> None:
        """Index the app and check all it needs; raises HostError, and nothing runs yet."""
        require_app(app_folder)
        self._environment = environment
        self._settings: HostSettings = load_settings(app_folder, environment)
        clock = AppClock()
        shift_from_setting(clock, environment.get(SETTING, ""))
        self._storage = Storage(environment)
        self._stopping = threading.Event()
        self.keys: Keys = keys_from(environment)
        self._host_id = environment.get("AzureFunctionsWebHost__hostid") or _host_id(app_folder)
        self._worker = Worker(app_folder, environment)
        self.functions = {function.name: function for function in self._worker.functions}
        writer = OutputWriter(self._storage, environment, self._settings.queues.base64)
        self._check_outputs(writer)
        self._invoker = Invoker(self._worker, writer, self._settings.function_timeout_s)
        self._admin = Admin(self.functions, self._invoker, self.keys, self._host_id, clock)
        routes = routes_of(self.functions.values(), self._settings.route_prefix)
        self._cors: Cors = cors_from(environment, app_folder / "local.settings.json")
        self._http = HttpFunctions(routes if "http" in parts else (), self._invoker, self.keys)
        self._listeners: list[QueueListener | TimerListener] = [
            *self._queue_listeners(parts),
            *self._timer_listeners(parts),
        ]
        self.server = self._bind(port)

    def start(self) -> None:
        """Begin to listen on all parts."""
        self.server.start()
        for listener in self._listeners:
            listener.start()

    def stop(self, timeout_s: float) -> bool:
        """Take no more work and let running work end; False when ``timeout_s`` was not enough."""
        deadline = time.monotonic() + timeout_s
        self._stopping.set()
        drained = self.server.stop(timeout_s)
        drained &= self._admin.wait_for_runs(max(0.0, deadline - time.monotonic()))
        for listener in self._listeners:
            listener.thread.join(max(0.0, deadline - time.monotonic()))
            drained &= not listener.thread.is_alive()
        if drained:
            self._worker.stop()
        return drained

    def _check_outputs(self, writer: OutputWriter) -> None:
        for function in self.functions.values():
            for binding in function.outputs.values():
                if binding["type"] == "queue":
                    writer.require_usable(binding)

    def _bind(self, port: int) -> HttpServer:
        try:
            return HttpServer(port, self._answer, self._settings.body_limit_bytes)
        except OSError as error:
            raise HostError(f"port {port} cannot be used ({error}); --port 0 picks a free one") from error

    def _answer(self, request: HttpRequest) -> HttpAnswer:
        is_admin = request.path.strip("/").split("/", 1)[0].lower() == "admin"
        if is_admin:
            return self._admin.answer(request)
        asked = self._cors.preflight(request)
        return asked or self._cors.shown(request, self._http.answer(request))

    def _enabled(self, kind: str, parts: frozenset[str]) -> list[Function]:
        if kind.removesuffix("Trigger") not in parts:
            return []
        return [f for f in self.functions.values() if f.kind == kind and not f.disabled]

    def _queue_listeners(self, parts: frozenset[str]) -> list[QueueListener]:
        functions = self._enabled("queueTrigger", parts)
        for connection in {str(f.trigger.get("connection") or "") for f in functions}:
            self._storage.require_reachable(connection)
        return [self._queue_listener(function) for function in functions]

    def _queue_listener(self, function: Function) -> QueueListener:
        name = queue_name_of(function.trigger, self._environment, f"queue of function {function.name}")
        connection = str(function.trigger.get("connection") or "")
        return QueueListener(
            function,
            self._storage.queue(connection, name),
            self._storage.queue(connection, poison_name_of(name)),
            self._invoker,
            self._settings.queues,
            self._settings.lease_s,
            self._stopping,
        )

    def _timer_listeners(self, parts: frozenset[str]) -> list[TimerListener]:
        functions = self._enabled("timerTrigger", parts)
        if functions:
            self._storage.require_reachable("")
            _create_timer_table(self._storage)
        return [self._timer_listener(function) for function in functions]

    def _timer_listener(self, function: Function) -> TimerListener:
        where = f"timer of function {function.name}"
        schedule = Schedule(expand(str(function.trigger["schedule"]), self._environment, where), where)
        lease_s = min(self._settings.lease_s, LISTENER_LEASE_S)
        owner = str(uuid.uuid4())
        row = LeaseRow(self._storage.table(TABLE_NAME), self._host_id, function.name, owner, lease_s)
        return TimerListener(function, schedule, self._invoker, row, lease_s, self._stopping)


def _create_timer_table(storage: Storage) -> None:
    try:
        create_table(storage.table(TABLE_NAME))
    except AzureError as error:
        raise HostError(
            f"the table {TABLE_NAME}, where timers keep their leases, cannot be created: {brief(error)}"
        ) from error


def _host_id(app_folder: Path) -> str:
    """The same for every host that runs the app from this folder."""
    return hashlib.sha256(str(app_folder).encode()).hexdigest()[:32]
