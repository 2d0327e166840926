"""Telemetry by OpenTelemetry: kept for a moment in memory, sent by a thread of its own.

OpenTelemetry and Azure Monitor's exporter take most of a second to import, as much as the whole app.  So
nothing of them is imported while functions are found or the first call is answered: what is told meanwhile
waits in a bounded list and is handed on, with its own times, once the thread has them.

All spans of a job are one trace.  Its id, and the id of the span that begins it, follow from the job's id:
so timer, detection, batches and requests of any instance, also repeated ones, come together without any
message carrying a trace.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from shared_code.core.telemetry import ATTRIBUTES, Attribute, Metric

MOST_WAITING = 10_000
"""What may wait for the exporter; beyond it the oldest is dropped."""
LOGGER, OWN_LOGGER = "tandem", "tandem.telemetry"
OWN_LOGGERS = (OWN_LOGGER, "opentelemetry", "azure.monitor", "azure.core")
"""Whose words are not sent: they may be about the sending itself, and would come round again."""
_OWN = frozenset(logging.makeLogRecord({}).__dict__)


@dataclass(slots=True)
class FinishedSpan:
    """A span and when it was, in nanoseconds since the epoch."""

    name: str
    trace_id: int
    span_id: int
    parent_id: int | None
    begun_ns: int
    ended_ns: int = 0
    failed: bool = False
    attributes: dict[str, Attribute] = field(default_factory=dict)

    def note(self, **attributes: Attribute) -> None:
        self.attributes |= known(attributes)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log, with what was told beside its text and the span it was written in."""

    at_ns: int
    level: int
    text: str
    attributes: Mapping[str, Attribute]
    trace_id: int
    span_id: int


class Exporter(Protocol):
    """Where it is sent."""

    def metric(self, metric: Metric, amount: float, attributes: Mapping[str, Attribute]) -> None: ...

    def span(self, span: FinishedSpan) -> None: ...

    def log(self, line: LogLine) -> None: ...


@dataclass(slots=True)
class _Held:
    """What is inside a quiet span: dropped with it unless something came of it."""

    spans: list[FinishedSpan] = field(default_factory=list)
    kept: bool = False


_current: ContextVar[FinishedSpan | None] = ContextVar("tandem_span", default=None)
_held: ContextVar[_Held | None] = ContextVar("tandem_held", default=None)


def _hand_on(span: FinishedSpan, exporter: Exporter) -> None:
    exporter.span(span)


class Recorder:
    """``Telemetry`` that hands on to the exporter which ``connect`` gives; it is asked for on a thread of
    its own, at the first thing that is told."""

    def __init__(self, connect: Callable[[], Exporter]) -> None:
        self._connect = connect
        self._waiting: deque[Callable[[Exporter], None]] = deque(maxlen=MOST_WAITING)
        self._lock = threading.Lock()
        self._exporter: Exporter | None = None
        self._thread: threading.Thread | None = None

    def count(self, metric: Metric, amount: float = 1, **attributes: Attribute) -> None:
        given = {name: value for name, value in attributes.items() if name in metric.attributes}
        self._tell(lambda exporter: exporter.metric(metric, amount, given))

    @contextmanager
    def span(
        self,
        name: str,
        attributes: Mapping[str, Attribute],
        *,
        job: str = "",
        begun_s: float | None = None,
        quiet: bool = False,
    ) -> Iterator[FinishedSpan]:
        span = _begun(name, job, begun_s)
        span.note(**attributes, **({"job": job} if job else {}))
        inside = _current.set(span)
        held = _Held() if quiet and _held.get() is None else None
        holding = _held.set(held) if held else None
        try:
            yield span
        except BaseException:
            span.failed = True
            raise
        finally:
            span.ended_ns = time.time_ns()
            _current.reset(inside)
            if holding:
                _held.reset(holding)
            self._ended(span, held)

    def keep(self) -> None:
        held = _held.get()
        if held:
            held.kept = True

    def _ended(self, span: FinishedSpan, held: _Held | None) -> None:
        """Hand it on, or hold it until the quiet span around it ends."""
        around = _held.get()
        if around:
            around.spans.append(span)
            around.kept = around.kept or span.failed
            return
        if held is None or held.kept or span.failed:
            for each in (*(held.spans if held else ()), span):
                self._tell(partial(_hand_on, each))

    def log(self, record: logging.LogRecord) -> None:
        """A line of the log, with what stands beside it under known names."""
        beside = {name: value for name, value in record.__dict__.items() if name not in _OWN}
        span = _current.get()
        trace_id, span_id = (span.trace_id, span.span_id) if span else (0, 0)
        line = LogLine(
            int(record.created * 1e9), record.levelno, record.getMessage(), known(beside), trace_id, span_id
        )
        self._tell(lambda exporter: exporter.log(line))

    def flush(self, timeout_s: float) -> None:
        """Wait until what was told is handed on."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _tell(self, call: Callable[[Exporter], None]) -> None:
        with self._lock:
            exporter = self._exporter
            if exporter is None:
                self._waiting.append(call)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._begin, name="telemetry", daemon=True)
                    self._thread.start()
        if exporter is not None:
            call(exporter)

    def _begin(self) -> None:
        try:
            exporter = self._connect()
        except Exception as error:  # telemetry is never a reason to stop the work
            logging.getLogger(OWN_LOGGER).warning("telemetry is off: %s", type(error).__name__)
            exporter = _Nobody()
        while True:
            with self._lock:
                if not self._waiting:
                    self._exporter = exporter
                    return
                call = self._waiting.popleft()
            call(exporter)


class _Nobody:
    """Where nothing can be sent to."""

    def metric(self, metric: Metric, amount: float, attributes: Mapping[str, Attribute]) -> None: ...

    def span(self, span: FinishedSpan) -> None: ...

    def log(self, line: LogLine) -> None: ...


class Handler(logging.Handler):
    """Gives the log to a recorder: what the app says, and what warns of others."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(logging.INFO)
        self._recorder = recorder

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.split(".")[0] == LOGGER
        if not record.name.startswith(OWN_LOGGERS) and (ours or record.levelno >= logging.WARNING):
            self._recorder.log(record)


_attaching = threading.Lock()


def attach(recorder: Recorder) -> None:
    """Give the log to this recorder, and to none that was attached before: a line is told once."""
    root = logging.getLogger()
    with _attaching:
        for each in [each for each in root.handlers if isinstance(each, Handler)]:
            root.removeHandler(each)
        root.addHandler(Handler(recorder))
    logging.getLogger(LOGGER).setLevel(logging.INFO)


def known(attributes: Mapping[str, object]) -> dict[str, Attribute]:
    """Those whose names may be told, with plain values."""
    return {
        name: value
        for name, value in attributes.items()
        if name in ATTRIBUTES and isinstance(value, str | int | float | bool)
    }


def _begun(name: str, job: str, begun_s: float | None) -> FinishedSpan:
    now_ns, around = time.time_ns(), _current.get()
    if job and begun_s is not None:
        first_ns = min(now_ns, int(begun_s * 1e9))
        return FinishedSpan(name, trace_id_of(job), root_id_of(job), None, first_ns)
    if job and (around is None or around.trace_id != trace_id_of(job)):
        return FinishedSpan(name, trace_id_of(job), _chosen(), root_id_of(job), now_ns)
    if around is not None:
        return FinishedSpan(name, around.trace_id, _chosen(), around.span_id, now_ns)
    return FinishedSpan(name, secrets.randbits(127) + 1, _chosen(), None, now_ns)


def _chosen() -> int:
    return secrets.randbits(63) + 1


def trace_id_of(job: str) -> int:
    """The id of a job's trace."""
    return int.from_bytes(hashlib.sha256(f"trace|{job}".encode()).digest()[:16]) or 1


def root_id_of(job: str) -> int:
    """The id of the span that begins a job."""
    return int.from_bytes(hashlib.sha256(f"root|{job}".encode()).digest()[:8]) or 1
