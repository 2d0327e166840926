"""The recorder: what is told waits until it can be sent, loses no time and never disturbs the work."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress

import pytest

from shared_code.core.telemetry import LAG, METRICS, RECORDS, SILENT, TICKS
from shared_code.runtime import ThreadRuntime
from shared_code.telemetry import MOST_WAITING, Exporter, Handler, Recorder, attach, root_id_of, trace_id_of
from tests.telemetry.kept import Kept


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def recorder(kept: Kept) -> Recorder:
    return Recorder(lambda: kept)


def test_what_is_told_before_the_exporter_is_there_is_sent_with_its_own_times(kept: Kept) -> None:
    ready = threading.Event()

    def connect() -> Exporter:
        assert ready.wait(10)
        return kept

    recorder = Recorder(connect)
    recorder.count(TICKS)
    with recorder.span("look", {}, job="1"):
        pass
    told_at_ns = time.time_ns()
    assert kept.metrics == []
    ready.set()
    recorder.flush(10)
    assert kept.metrics == [("tandem.ticks", 1, {})]
    assert kept.spans[0].ended_ns <= told_at_ns
    recorder.count(TICKS)
    assert len(kept.metrics) == 2


def test_nothing_is_connected_before_something_is_told() -> None:
    connected = threading.Event()
    recorder = Recorder(lambda: connected.set() or Kept())  # type: ignore[func-returns-value]
    assert not connected.is_set()
    recorder.count(TICKS)
    assert connected.wait(10)


def test_an_exporter_that_cannot_be_had_switches_telemetry_off_and_says_so_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def connect() -> Exporter:
        raise ValueError("InstrumentationKey=hidden")

    recorder = Recorder(connect)
    recorder.count(TICKS)
    recorder.flush(10)
    recorder.count(TICKS)
    assert "telemetry is off: ValueError" in caplog.text
    assert "hidden" not in caplog.text


def test_what_waits_is_bounded(kept: Kept) -> None:
    ready = threading.Event()

    def connect() -> Exporter:
        assert ready.wait(10)
        return kept

    recorder = Recorder(connect)
    for number in range(MOST_WAITING + 50):
        recorder.count(LAG, number, side="bc")
    ready.set()
    recorder.flush(10)
    assert len(kept.metrics) == MOST_WAITING
    assert kept.metrics[-1][1] == MOST_WAITING + 49  # the newest are kept


def test_only_known_attributes_are_told(recorder: Recorder, kept: Kept) -> None:
    recorder.count(RECORDS, 1, mapping="CUSTOMER", outcome="failed", queue="x")
    with recorder.span("request", {"kind": "read", "url": "https://secret"}) as span:
        span.note(status=200, body="Adatum")  # type: ignore[call-arg]
    recorder.flush(10)
    assert kept.metrics == [("tandem.records", 1, {"mapping": "CUSTOMER", "outcome": "failed"})]
    assert kept.spans[0].attributes == {"kind": "read", "status": 200}


def test_the_spans_of_a_job_are_one_trace_on_whatever_instance(kept: Kept) -> None:
    for _ in range(2):  # two instances: nothing is shared but the job's id
        instance = Recorder(lambda: kept)
        with instance.span("look", {}, job="82-1", begun_s=1.0):
            pass
        with instance.span("BatchDue", {}, job="82-1"):
            with instance.span("request", {}):
                pass
        instance.flush(10)
    assert {each.trace_id for each in kept.spans} == {trace_id_of("82-1")}
    looks, batches, requests = (
        [each for each in kept.spans if each.name == name] for name in ("look", "BatchDue", "request")
    )
    assert {each.span_id for each in looks} == {root_id_of("82-1")}
    assert {each.parent_id for each in batches} == {root_id_of("82-1")}
    assert {each.parent_id for each in requests} == {each.span_id for each in batches}
    assert len({each.span_id for each in batches}) == 2


def test_the_first_span_of_a_job_begins_when_the_job_was_queued(recorder: Recorder, kept: Kept) -> None:
    with recorder.span("look", {}, job="1", begun_s=time.time() - 7):
        pass
    with recorder.span("look", {}, job="2", begun_s=time.time() + 99):  # a clock that is ahead
        pass
    recorder.flush(10)
    waited, ahead = ((each.ended_ns - each.begun_ns) / 1e9 for each in kept.spans)
    assert 7 <= waited < 8
    assert 0 <= ahead < 1


def test_a_quiet_span_is_dropped_with_all_inside_it(recorder: Recorder, kept: Kept) -> None:
    with recorder.span("look", {}, job="1", quiet=True), recorder.span("ScanStep", {}, job="1", quiet=True):
        with recorder.span("request", {}):
            pass
    recorder.count(TICKS)
    recorder.flush(10)
    assert kept.spans == []
    assert len(kept.metrics) == 1


@pytest.mark.parametrize("how", ["keep", "fail", "fail inside"])
def test_a_quiet_span_of_which_something_came_is_told_whole(recorder: Recorder, kept: Kept, how: str) -> None:
    with suppress(OSError), recorder.span("look", {}, job="1", quiet=True):
        with suppress(OSError if how == "fail inside" else ()), recorder.span("request", {}):
            if how == "keep":
                recorder.keep()
            else:
                raise OSError
    with recorder.span("request", {}):  # what follows is held no more
        pass
    recorder.flush(10)
    assert [each.name for each in kept.spans] == ["request", "look", "request"]


def test_requests_on_threads_of_a_pool_belong_to_their_batch(recorder: Recorder, kept: Kept) -> None:
    def request() -> None:
        with recorder.span("request", {}):
            time.sleep(0.01)  # so that both threads of the pool have work

    with recorder.span("BatchDue", {}, job="82-1"):
        ThreadRuntime().run_all([request] * 4, 2)
    recorder.flush(10)
    batch = next(each for each in kept.spans if each.name == "BatchDue")
    assert [each.parent_id for each in kept.spans if each.name == "request"] == [batch.span_id] * 4


def test_a_block_that_fails_is_a_failed_span_and_its_error_goes_on(recorder: Recorder, kept: Kept) -> None:
    with pytest.raises(LookupError), recorder.span("BatchDue", {}, job="1"):
        raise LookupError("Adatum is not there")
    recorder.flush(10)
    assert kept.spans[0].failed
    assert "Adatum" not in str(kept.spans[0])


def test_the_log_is_told_with_the_span_it_was_written_in(recorder: Recorder, kept: Kept) -> None:
    log = logging.getLogger("tandem.test")
    handler = Handler(recorder)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        with recorder.span("BatchDue", {}, job="7") as span:
            log.info("tick", extra={"looks": 3, "password": "hidden"})
    finally:
        log.removeHandler(handler)
    recorder.flush(10)
    [line] = kept.logs
    assert (line.text, dict(line.attributes)) == ("tick", {"looks": 3})
    assert (line.trace_id, line.span_id) == (span.trace_id, span.span_id)


def test_of_two_recorders_the_last_one_has_the_log_alone() -> None:
    """Two threads that compose at once both make one, and one of them is dropped."""
    first, last = Kept(), Kept()
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    recorders = [Recorder(lambda: first), Recorder(lambda: last)]
    try:
        for each in recorders:
            attach(each)
        logging.getLogger("tandem").info("once")
    finally:
        for handler in [each for each in root.handlers if each not in before]:
            root.removeHandler(handler)
    for each in recorders:
        each.flush(10)
    assert (first.logs, [line.text for line in last.logs]) == ([], ["once"])


def test_of_other_libraries_only_warnings_are_told(recorder: Recorder, kept: Kept) -> None:
    handler = Handler(recorder)
    for name, level in (
        ("azure", logging.INFO),
        ("azure", logging.WARNING),
        ("tandem.telemetry", logging.ERROR),
    ):
        handler.handle(logging.makeLogRecord({"name": name, "levelno": level, "msg": f"{name} {level}"}))
    recorder.flush(10)
    assert [line.text for line in kept.logs] == ["azure 30"]


def test_silence_takes_everything() -> None:
    SILENT.count(TICKS)
    with SILENT.span("look", {}) as span:
        span.note(status=1)


def test_every_metric_has_a_name_of_its_own_and_known_attributes() -> None:
    assert len({each.name for each in METRICS}) == len(METRICS)
    assert all(each.name.startswith("tandem.") and each.meaning.endswith(".") for each in METRICS)
