"""The bridge to Microsoft's Python worker library, which indexes and runs the app's functions.

In Azure the library talks protobuf with the host.  It only ever constructs a handful of messages while it
starts and indexes, so empty classes stand in for them; invocations use its protobuf-free entry
(``native_invocation``).  The library is untyped and keeps its state in modules: one Worker per process.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import sys
import threading
import uuid
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.host.app_model import Function, function_from
from local.host.errors import HostError, one_line
from local.host.settings import is_disabled


class _Message:
    """A message of the host's protocol: whatever fields it was made with."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class _BindingInfo(_Message):
    undefined, string, binary, stream = 0, 1, 2, 3
    out, inout = 1, 2  # directions; "in" (0) is never read by that name


class _StatusResult(_Message):
    Failure, Success, Cancelled = 0, 1, 2


class _Protocol:
    """Stands where the library expects the generated protobuf module."""

    BindingInfo = _BindingInfo
    StatusResult = _StatusResult
    WorkerInitResponse = WorkerMetadata = RpcException = _Message
    RpcFunctionMetadata = RpcRetryOptions = FunctionMetadataResponse = _Message


def _request(**request: Any) -> _Message:
    properties = {"host": "127.0.0.1", "protos": _Protocol}
    return _Message(request=_Message(**request), properties=properties)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one invocation ended; ``returned`` and the values of ``outputs`` are the library's Datum."""

    ok: bool
    returned: Any = None
    outputs: tuple[tuple[str, Any], ...] = ()
    error: str = ""
    traceback: str = ""


class Worker:
    """The indexed app and the event loop its async functions share."""

    def __init__(self, app_folder: Path, environment: Mapping[str, str]) -> None:
        """Index ``app_folder`` (see ``require_app``); raises HostError saying what is wrong with the app."""
        os.chdir(app_folder)  # as in Azure, where the app folder is the working directory
        sys.path.insert(0, str(app_folder))
        self._runtime = importlib.import_module("azure_functions_runtime")
        self._native = importlib.import_module("azure_functions_runtime.native_invocation")
        self.datum = importlib.import_module("azure_functions_runtime.bindings.datumdef").Datum
        self._loop = asyncio.new_event_loop()
        self._closing = False
        self.functions = self._index(app_folder, environment)
        self._runtime.start_threadpool_executor()  # honours PYTHON_THREADPOOL_THREAD_COUNT
        self._thread = threading.Thread(target=self._run_loop, name="worker-loop", daemon=True)
        self._thread.start()

    def _index(self, app_folder: Path, environment: Mapping[str, str]) -> tuple[Function, ...]:
        init = _Message(capabilities={}, function_app_directory=str(app_folder))
        try:
            answer = self._loop.run_until_complete(
                self._runtime.worker_init_request(_request(worker_init_request=init))
            )
        except SystemExit as error:
            raise HostError(f"{app_folder}: loading function_app.py ended the process ({error!r})") from error
        if answer.result.status != _StatusResult.Success:
            raise _indexing_error(app_folder, answer.result.exception)
        meta = self._loop.run_until_complete(self._runtime.functions_metadata_request(_request()))
        indexed = meta.function_metadata_results or []
        if not indexed:
            raise HostError(f"{app_folder}: function_app.py defines no functions")
        return tuple(
            function_from(f.name, f.function_id, f.raw_bindings, is_disabled(f.name, environment))
            for f in indexed
        )

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        while not self._closing:
            # A function that raises SystemExit stops the loop; the others must go on.
            with contextlib.suppress(BaseException):
                self._loop.run_forever()

    def _call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def invoke(self, function: Function, value: Any, metadata: Mapping[str, Any]) -> tuple[str, Outcome]:
        """Run ``function`` with the trigger's Datum; returns the invocation id and how it ended."""
        invocation_id = str(uuid.uuid4())
        trace = f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01"
        inputs = [(function.trigger["name"], value)]
        request = self._native.invocation_request_native(
            invocation_id, function.function_id, inputs, dict(metadata), trace_parent=trace
        )
        try:
            ok, returned, outputs, error, traceback = self._call(request)
        except BaseException as problem:
            return invocation_id, Outcome(ok=False, error=repr(problem))
        return invocation_id, Outcome(ok, returned, tuple(outputs), error or "", traceback or "")

    def stop(self) -> None:
        """End the loop and the thread pool; nothing may be running any more."""
        self._closing = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._runtime.stop_threadpool_executor()


def require_app(app_folder: Path) -> None:
    """Raise HostError unless the folder is there and holds a script to load."""
    if not app_folder.is_dir():
        raise HostError(f"{app_folder} is not a folder; give the folder that holds function_app.py")
    script = os.environ.get("PYTHON_SCRIPT_FILE_NAME", "function_app.py")
    if not (app_folder / script).is_file():
        raise HostError(f"{app_folder / script} is missing; give the folder that holds it")


def _indexing_error(app_folder: Path, exception: Any) -> HostError:
    """The library's message without the search path it appends to import errors."""
    message = str(exception.message).split("For more info, please refer", 1)[0]
    text = f"{app_folder}: the functions could not be loaded: {one_line(message)}"
    return HostError(text, details=str(exception.stack_trace))
