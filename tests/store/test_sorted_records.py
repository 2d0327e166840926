"""What a scan keeps by how ids begin is given back a share at a time, as the steps that count kept it."""

from __future__ import annotations

import pytest

from shared_code.core.records import Side
from shared_code.store import sorted_records
from shared_code.store.jobs import BATCHES
from shared_code.store.memory import MemoryTables
from shared_code.store.sorted_records import Kind, SortedRecords


@pytest.fixture
def tables() -> MemoryTables:
    made = MemoryTables()
    made.ensure((BATCHES,))
    return made


@pytest.fixture
def kept(tables: MemoryTables) -> SortedRecords:
    return SortedRecords(tables, "cronus", "job", Side.SALES)


def ids(
    kept: SortedRecords, first: str = "", before: str | None = None, takes: tuple[str, ...] = ("t",)
) -> list[str]:
    return [each[0] for each in kept.between(Kind.SEEN, first, before, takes)]


def test_a_share_is_given_back_in_the_order_of_ids_beginnings(kept: SortedRecords) -> None:
    counts = kept.keep(Kind.SEEN, 0, "t", [("c1x", "e"), ("a1x", "e"), ("b1x", "e"), ("a1y", "")])
    assert counts == {"a1": 2, "b1": 1, "c1": 1}
    assert ids(kept, "", "b1") == ["a1x", "a1y"]
    assert ids(kept, "b1", "c1") == ["b1x"]
    assert ids(kept, "b1", None) == ["b1x", "c1x"]
    assert next(iter(kept.between(Kind.SEEN, "", None, {"t"}))) == ("a1x", "e")


def test_what_an_attempt_kept_that_does_not_count_is_left_out(kept: SortedRecords) -> None:
    kept.keep(Kind.SEEN, 0, "lost", [("a1", "old")])
    kept.keep(Kind.SEEN, 0, "t", [("a2", "new")])
    assert ids(kept) == ["a2"]


def test_of_one_id_the_later_step_comes_last(kept: SortedRecords) -> None:
    kept.keep(Kind.SEEN, 10, "u", [("a1", "second")])
    kept.keep(Kind.SEEN, 9, "t", [("a1", "first")])
    assert [each[1] for each in kept.between(Kind.SEEN, "", None, {"t", "u"})] == ["first", "second"]


def test_sides_and_kinds_are_kept_apart(tables: MemoryTables, kept: SortedRecords) -> None:
    other = SortedRecords(tables, "cronus", "job", Side.BC)
    other.keep(Kind.SEEN, 0, "t", [("a1",)])
    kept.keep(Kind.PAIR, 0, "t", [("a2",)])
    assert ids(kept) == []
    assert ids(other) == ["a1"]


def test_many_records_of_one_beginning_take_several_rows(
    tables: MemoryTables, kept: SortedRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorted_records, "PIECE", 3)
    monkeypatch.setattr(sorted_records, "AT_ONCE", 6)
    wanted = [f"a{number:05d}" for number in range(20)]
    kept.keep(Kind.SEEN, 0, "t", [(each,) for each in wanted])
    assert ids(kept) == wanted
    assert len(list(tables.query(BATCHES, "cronus|job"))) == 7


def test_pages_go_on_where_they_ended_and_hold_a_bounded_number(kept: SortedRecords) -> None:
    for number in range(5):
        kept.keep(Kind.GONE, number, "t", [(f"a{number}1",), (f"a{number}2",)])
    kept.keep(Kind.GONE, 6, "lost", [("a01",)])
    found, start = kept.page(Kind.GONE, "", 3, {"t"})
    assert found == [("a01",), ("a02",), ("a11",), ("a12",)]
    rest, end = kept.page(Kind.GONE, start, 100, {"t"})
    assert [each[0] for each in rest] == ["a21", "a22", "a31", "a32", "a41", "a42"]
    assert end == ""


def test_parts_of_one_attempt_do_not_replace_each_other(kept: SortedRecords) -> None:
    kept.keep(Kind.SEEN, 0, "t", [("a1",)], 0)
    kept.keep(Kind.SEEN, 0, "t", [("a2",)], 1)
    assert ids(kept) == ["a1", "a2"]


def test_a_share_that_is_removed_leaves_the_others(kept: SortedRecords) -> None:
    kept.keep(Kind.SEEN, 0, "t", [("a1",), ("b1",), ("c1",)])
    kept.remove(Kind.SEEN, "b1", "c1")
    kept.remove(Kind.SEEN, "b1", "c1")
    assert ids(kept) == ["a1", "c1"]
