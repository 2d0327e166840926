"""The receivers' work: its failure, its slowness and too much of it never reach the sender."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from functions import webhooks


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_work_is_done_when_it_returns() -> None:
    done = threading.Event()

    def work() -> int:
        done.set()
        return 1

    webhooks.do_in_time(work)
    assert done.is_set()


def test_a_failure_is_told_by_its_kind_alone(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> int:
        raise RuntimeError("text of a stranger")

    webhooks.do_in_time(fail)
    assert [record.__dict__["reason"] for record in caplog.records] == ["RuntimeError"]
    assert "stranger" not in caplog.text


def test_slow_work_is_not_waited_for(gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE_S", 0.05)
    began = time.monotonic()
    webhooks.do_in_time(lambda: int(gate.wait(20)))
    assert time.monotonic() - began < 5


def test_more_than_there_are_places_for_is_dropped_at_once(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE_S", 0.0)
    monkeypatch.setattr(webhooks, "_places", threading.BoundedSemaphore(2))
    with caplog.at_level(logging.WARNING, logger="tandem"):
        for _ in range(3):
            webhooks.do_in_time(lambda: int(gate.wait(20)))
    assert ["too many" in record.message for record in caplog.records] == [True]
    gate.set()
