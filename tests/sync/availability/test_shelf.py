"""Many callers of one shelf at the same moment, as the threads of a functions host are."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from shared_code.core.availability import Detail, ItemStock
from shared_code.runtime import ThreadRuntime
from shared_code.sync.availability import shelf
from shared_code.sync.availability.shelf import Shelf
from shared_code.systems.interface import SystemUnavailable

PATIENCE_S = 20.0
CALLERS = 16


@dataclass
class Reader:
    """Business Central: slow, and asked for one thing at a time."""

    calls: list[list[str]] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    fails: bool = False

    def read(self, numbers: Sequence[str]) -> dict[str, ItemStock]:
        self.calls.append(list(numbers))
        self.begun.set()
        assert self.gate.wait(PATIENCE_S)
        if self.fails:
            raise SystemUnavailable("it does not answer")
        return {each: ItemStock(each, "id", each, "PCS", Detail.PLACES) for each in numbers}


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_callers_of_one_item_at_once_make_one_request(reader: Reader) -> None:
    kept = Shelf(ThreadRuntime(), reader.read)
    with ThreadPoolExecutor(CALLERS) as pool:
        asked = [pool.submit(kept.get, ["1000"]) for _ in range(CALLERS)]
        assert reader.begun.wait(PATIENCE_S)
        reader.gate.set()
        found = [each.result(PATIENCE_S)["1000"] for each in asked]
    assert {each.stock.number for each in found if each.stock} == {"1000"}
    assert reader.calls == [["1000"]], "whoever came after the answer found it on the shelf"


def test_what_different_callers_want_is_gathered(reader: Reader) -> None:
    kept = Shelf(ThreadRuntime(), reader.read)
    with ThreadPoolExecutor(CALLERS) as pool:
        first = pool.submit(kept.get, ["1000"])
        assert reader.begun.wait(PATIENCE_S)
        others = [pool.submit(kept.get, [str(number), "1000"]) for number in range(CALLERS - 1)]
        reader.gate.set()
        for each in (first, *others):
            assert all(held.stock for held in each.result(PATIENCE_S).values())
    asked = [number for call in reader.calls for number in call]
    assert sorted(asked) == sorted({"1000", *map(str, range(CALLERS - 1))}), "each item once"


def test_all_who_wait_for_a_failure_are_told_and_nobody_asks_again(reader: Reader) -> None:
    reader.fails = True
    kept = Shelf(ThreadRuntime(), reader.read)
    with ThreadPoolExecutor(CALLERS) as pool:
        asked = [pool.submit(kept.get, ["1000"]) for _ in range(CALLERS)]
        assert reader.begun.wait(PATIENCE_S)
        reader.gate.set()
        for each in asked:
            with pytest.raises(SystemUnavailable):
                each.result(PATIENCE_S)
    assert len(reader.calls) == 1


def test_a_shelf_holds_so_many_items_and_forgets_the_oldest(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MOST_HELD", 3)
    reader.gate.set()
    kept = Shelf(ThreadRuntime(), reader.read)
    for number in "123451":
        kept.get([number])
    assert reader.calls == [["1"], ["2"], ["3"], ["4"], ["5"], ["1"]]
    kept.get(["4", "5"])
    assert len(reader.calls) == 6


def test_whoever_looked_before_the_answer_came_and_asks_after_it_reads_nothing_again(reader: Reader) -> None:
    """Between the look at the shelf and the question another caller's answer may have come."""
    reader.gate.set()
    kept = Shelf(ThreadRuntime(), reader.read)
    for _ in range(3):
        assert kept._together.get(["1000"])["1000"]
    assert reader.calls == [["1000"]]
