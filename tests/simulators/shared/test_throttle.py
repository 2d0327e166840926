"""Service protection limits: windows that slide, and a bounded queue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.simulators.throttle import (
    ConcurrencyGate,
    ExecutionTimeWindow,
    Place,
    RequestWindow,
    SlidingWindow,
)
from local.simulators.wire import ManualClock


def test_a_window_admits_its_limit_and_tells_when_the_oldest_request_leaves() -> None:
    clock = ManualClock()
    window = RequestWindow(3, 300, clock)
    assert [window.admit("u") for _ in range(3)] == [None, None, None]
    clock.sleep(100)
    assert window.admit("u") == 200
    clock.sleep(199)
    assert window.admit("u") == 1
    clock.sleep(1)
    assert window.admit("u") is None


def test_the_window_slides_and_does_not_start_over() -> None:
    clock = ManualClock()
    window = RequestWindow(2, 300, clock)
    window.admit("u")
    clock.sleep(200)
    window.admit("u")
    clock.sleep(100)
    assert window.admit("u") is None
    assert window.admit("u") == 200


def test_a_refused_request_does_not_count() -> None:
    clock = ManualClock()
    window = RequestWindow(1, 300, clock)
    window.admit("u")
    for _ in range(10):
        assert window.admit("u") is not None
    assert window.spent("u") == 1


def test_users_do_not_slow_each_other() -> None:
    window = RequestWindow(1, 300, ManualClock())
    assert window.admit("a") is None
    assert window.admit("b") is None
    assert window.admit("a") is not None


def test_execution_time_refuses_only_after_the_limit_was_used_up() -> None:
    clock = ManualClock()
    window = ExecutionTimeWindow(1200, 300, clock)
    window.spend("u", 1199)
    assert window.admit("u") is None
    clock.sleep(10)
    window.spend("u", 500)
    assert window.admit("u") == pytest.approx(290)
    clock.sleep(290)
    assert window.admit("u") is None
    assert window.spent("u") == 500


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 5)), max_size=60))
def test_no_window_ever_holds_more_than_its_limit_and_its_hint_is_right(
    steps: list[tuple[float, float]],
) -> None:
    clock = ManualClock(0.0)
    window = SlidingWindow(10, 60, clock)
    taken: list[tuple[float, float]] = []
    for pause_s, amount in steps:
        clock.sleep(pause_s)
        wait_s = window.take("u", amount)
        if wait_s is None:
            taken.append((clock.time(), amount))
        else:
            assert 0 <= wait_s <= 60
            clock.sleep(wait_s + 1e-6)
            assert window.wait_s("u", amount) is None
        recent = sum(part for at, part in taken if at > clock.time() - 60)
        assert recent <= 10 + 1e-9


def test_a_gate_runs_then_queues_then_refuses() -> None:
    gate = ConcurrencyGate(2, 1)
    places = [gate.arrive("u", ticket) for ticket in range(4)]
    assert places == [Place.RUNNING, Place.RUNNING, Place.QUEUED, Place.REFUSED]
    assert gate.arrive("v", 9) is Place.RUNNING


def test_the_first_in_the_queue_comes_next() -> None:
    gate = ConcurrencyGate(1, 3)
    for ticket in "abcd":
        gate.arrive("u", ticket)
    assert gate.leave("u", "b") is None, "gave up waiting"
    assert gate.leave("u", "a") == "c"
    assert gate.is_running("u", "c")
    assert not gate.is_running("u", "d")
    assert gate.leave("u", "c") == "d"
    assert gate.leave("u", "d") is None
    assert gate.arrive("u", "e") is Place.RUNNING


def test_a_ticket_counts_once() -> None:
    gate = ConcurrencyGate(2)
    gate.arrive("u", 1)
    with pytest.raises(ValueError, match="in use"):
        gate.arrive("u", 1)
    gate.leave("u", 1)
    with pytest.raises(KeyError):
        gate.leave("u", 1)
