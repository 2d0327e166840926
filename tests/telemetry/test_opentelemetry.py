"""What goes through OpenTelemetry's SDK: instruments, spans with our ids, log lines."""

from __future__ import annotations

import logging

from opentelemetry.trace import SpanKind
from opentelemetry.trace.status import StatusCode

from shared_code.core.telemetry import BACKLOG, LAG, RECORDS, TICKS
from shared_code.telemetry import Handler, Recorder, root_id_of, trace_id_of
from tests.telemetry.kept import InMemory


def test_amounts_add_up_values_are_distributed_and_levels_replace_each_other() -> None:
    memory = InMemory()
    for amount in (2, 3):
        memory.exporter.metric(RECORDS, amount, {"mapping": "CUSTOMER", "outcome": "failed"})
        memory.exporter.metric(LAG, amount, {"side": "bc"})
        memory.exporter.metric(BACKLOG, amount, {"queue": "tandem-batches"})
    memory.exporter.metric(TICKS, 1, {})
    points = memory.points()
    [records], [lag], [backlog], [ticks] = (
        points[name] for name in ("tandem.records", "tandem.lag", "tandem.backlog", "tandem.ticks")
    )
    assert (records.value, dict(records.attributes)) == (5, {"mapping": "CUSTOMER", "outcome": "failed"})
    assert (lag.sum, lag.count, lag.max) == (5, 2, 3)
    assert (backlog.value, dict(backlog.attributes)) == (3, {"queue": "tandem-batches"})
    assert ticks.value == 1


def test_spans_keep_their_ids_parents_times_and_failure() -> None:
    memory = InMemory()
    recorder = Recorder(lambda: memory.exporter)
    with recorder.span("look", {"mapping": "CUSTOMER"}, job="7", begun_s=1.0):
        pass
    try:
        with recorder.span("BatchDue", {"batch": "7|b"}, job="7"), recorder.span("request", {"side": "bc"}):
            raise OSError
    except OSError:
        pass
    recorder.flush(10)
    look, request, batch = memory.spans.get_finished_spans()
    assert look.context.trace_id == batch.context.trace_id == request.context.trace_id == trace_id_of("7")
    assert look.context.span_id == root_id_of("7")
    assert look.parent is None
    assert batch.parent is not None
    assert request.parent is not None
    assert (batch.parent.span_id, request.parent.span_id) == (look.context.span_id, batch.context.span_id)
    assert request.kind is SpanKind.CLIENT
    assert (look.status.status_code, batch.status.status_code) == (StatusCode.OK, StatusCode.ERROR)
    assert batch.attributes is not None
    assert dict(batch.attributes) == {"batch": "7|b", "job": "7"}
    assert look.resource.attributes["service.name"] == "tandem"


def test_lines_of_the_log_keep_text_severity_and_attributes() -> None:
    memory = InMemory()
    recorder = Recorder(lambda: memory.exporter)
    handler = Handler(recorder)
    handler.handle(logging.makeLogRecord({"name": "tandem", "levelno": 30, "msg": "stopped", "looks": 2}))
    recorder.flush(10)
    [data] = memory.logs.get_finished_logs()
    assert data.log_record.body == "stopped"
    assert data.log_record.severity_number is not None
    assert data.log_record.severity_number.value == 13
    assert dict(data.log_record.attributes or {}) == {"looks": 2}
