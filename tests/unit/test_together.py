"""Loading together: what several want at once is loaded once, one load at a time, and none waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from shared_code.runtime import Together

PATIENCE_S = 20.0


@dataclass
class Loader:
    """Loads numbers as their squares, when it is let; remembers what it was asked for."""

    calls: list[list[int]] = field(default_factory=list)
    going: int = 0
    most_going: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self, keys: Sequence[int]) -> dict[int, int]:
        with self.lock:
            self.calls.append(list(keys))
            self.going += 1
            self.most_going = max(self.most_going, self.going)
        self.entered.release()
        assert self.gate.wait(PATIENCE_S)
        with self.lock:
            self.going -= 1
        if -1 in keys:
            raise ValueError("refused")
        return {key: key * key for key in keys if key < 1000}


@pytest.fixture
def loader() -> Loader:
    return Loader()


def wanted(together: Together[int, int], count: int) -> Callable[[], bool]:
    return lambda: len(together._wanted) >= count


def wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not become so")


def test_one_caller_gets_what_it_asks_for_and_nothing_for_what_is_not_there(loader: Loader) -> None:
    loader.gate.set()
    together = Together(loader.load, 10)
    assert together.get([3, 1000, 3]) == {3: 9, 1000: None}
    assert loader.calls == [[3, 1000]]
    assert together.get([]) == {}


def test_callers_of_one_key_share_a_load(loader: Loader) -> None:
    together = Together(loader.load, 10)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(together.get, [7])
        assert loader.entered.acquire(timeout=PATIENCE_S)
        others = [pool.submit(together.get, [7]) for _ in range(7)]
        loader.gate.set()
        assert [each.result(PATIENCE_S) for each in (first, *others)] == [{7: 49}] * 8
    assert loader.calls[0] == [7]
    assert len(loader.calls) <= 2, "a caller that came after the end may load again"


def test_what_is_wanted_during_a_load_is_gathered_into_the_next_one(loader: Loader) -> None:
    together = Together(loader.load, 10)
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(together.get, [1])
        assert loader.entered.acquire(timeout=PATIENCE_S)
        others = [pool.submit(together.get, [1, key]) for key in (2, 3, 4)]
        wait_until(wanted(together, 3))
        loader.gate.set()
        assert first.result(PATIENCE_S) == {1: 1}
        assert [each.result(PATIENCE_S) for each in others] == [{1: 1, n: n * n} for n in (2, 3, 4)]
    assert sorted(loader.calls[1]) == [2, 3, 4]
    assert (len(loader.calls), loader.most_going) == (2, 1)


def test_a_load_takes_no_more_keys_than_it_may(loader: Loader) -> None:
    loader.gate.set()
    together = Together(loader.load, 4)
    assert together.get(list(range(10))) == {n: n * n for n in range(10)}
    assert [len(each) for each in loader.calls] == [4, 4, 2]


def test_a_failure_reaches_all_who_wait_for_that_load_and_nobody_else(loader: Loader) -> None:
    together = Together(loader.load, 10)
    with ThreadPoolExecutor(3) as pool:
        bad = [pool.submit(together.get, [-1])]
        assert loader.entered.acquire(timeout=PATIENCE_S)
        bad.append(pool.submit(together.get, [-1]))
        good = pool.submit(together.get, [5])
        wait_until(wanted(together, 1))
        loader.gate.set()
        for each in bad:
            with pytest.raises(ValueError, match="refused"):
                each.result(PATIENCE_S)
        assert good.result(PATIENCE_S) == {5: 25}


def test_many_callers_at_once_all_get_their_values_one_load_at_a_time(loader: Loader) -> None:
    loader.gate.set()
    together = Together(loader.load, 7)
    with ThreadPoolExecutor(16) as pool:
        asked = [[n % 20, (n * 7) % 20, n % 3] for n in range(400)]
        found = list(pool.map(together.get, asked, timeout=PATIENCE_S))
    assert found == [{key: key * key for key in keys} for keys in asked]
    assert loader.most_going == 1
