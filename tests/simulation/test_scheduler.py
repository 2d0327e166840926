"""The scheduler: one baton, virtual time, branches, and processes that die as a whole."""

from __future__ import annotations

import random

import pytest

from local.simulate.scheduler import Crash, Scheduler, Trace
from local.simulators.wire import ManualClock


def scheduler(seed: int = 1, stay: float = 0.5) -> Scheduler:
    return Scheduler(ManualClock(0.0), random.Random(seed), Trace(keep=True), stay)


def order(seed: int) -> list[str]:
    made, done = scheduler(seed), list[str]()

    def work(name: str) -> None:
        for number in range(5):
            done.append(f"{name}{number}")
            made.pause(0.0)

    for name in "abc":
        made.spawn(name, name, lambda name=name: work(name))  # type: ignore[misc]
    made.run()
    return done


def test_a_seed_decides_the_order_and_only_it() -> None:
    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(10)}) > 5


def test_nobody_wakes_before_its_time() -> None:
    made, woken = scheduler(), list[tuple[str, float]]()

    def sleeper(name: str, seconds: float) -> None:
        made.pause(seconds)
        woken.append((name, made.clock.now))

    made.spawn("late", "late", lambda: sleeper("late", 50.0))
    made.spawn("early", "early", lambda: sleeper("early", 5.0))
    made.run()
    assert woken == [("early", 5.0), ("late", 50.0)]


def test_branches_give_their_results_in_order_and_the_first_error_after_all_ended() -> None:
    made, seen, results = scheduler(), set[int](), list[list[int]]()

    def branch(number: int) -> int:
        made.pause(10.0 - number)
        seen.add(number)
        if number == 7:
            raise KeyError(number)
        return number

    def work() -> None:
        results.append(made.run_all([lambda n=n: branch(n) for n in range(4)], 3))  # type: ignore[misc]
        with pytest.raises(KeyError):
            made.run_all([lambda n=n: branch(n) for n in (7, 8)], 2)  # type: ignore[misc]
        assert {7, 8} <= seen

    made.spawn("worker", "worker", work)
    made.run()
    assert results == [[0, 1, 2, 3]]


def test_a_crash_ends_all_tasks_of_the_process_and_no_other() -> None:
    made, alive = scheduler(), list[str]()

    def work(name: str, dies: bool) -> None:
        made.pause(1.0)
        if dies:
            made.crash()
        made.pause(5.0)
        alive.append(name)

    made.spawn("one", "p", lambda: work("one", True))
    made.spawn("two", "p", lambda: work("two", False))
    made.spawn("other", "q", lambda: work("other", False))
    made.run()
    assert alive == ["other"]


def test_an_error_of_one_task_is_the_error_of_the_run() -> None:
    made = scheduler()

    def fail() -> None:
        made.pause(1.0)
        raise ZeroDivisionError

    made.spawn("bad", "p", fail)
    made.spawn("good", "q", lambda: made.pause(3.0))
    with pytest.raises(ZeroDivisionError):
        made.run()


def test_crash_is_no_exception_that_a_handler_would_swallow() -> None:
    assert not issubclass(Crash, Exception)
