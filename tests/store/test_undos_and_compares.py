"""Undos and compares on file: guarded headers, records page by page, and removal with all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.core.compare import Finding, Sums
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side, Version
from shared_code.core.undo import Otherwise
from shared_code.store import compares, undos
from shared_code.store.compares import CompareStore, Line, Suspect
from shared_code.store.tables import Tables
from shared_code.store.undos import Phase, Undo, UndoLine, UndoneRecord, UndoStore


@pytest.fixture
def stored(tables: Tables) -> Tables:
    tables.ensure([undos.TABLE, compares.TABLE])
    return tables


UNDO = Undo("undo-1", 5.0, (UndoLine("CUSTOMER", "J", 1.5), UndoLine("PAYMENT TERMS", "K", 2.5)), "b1")


def test_an_undo_comes_back_as_it_was_and_is_changed_by_one_at_a_time(stored: Tables, partition: str) -> None:
    store = UndoStore(stored, partition)
    store.add(UNDO)
    found = store.get("undo-1")
    assert found is not None
    assert replace(found, etag="") == UNDO
    moved = replace(found, position=2, phase=Phase.RUN, otherwise=Otherwise.UNCOUPLE)
    assert list(store.unfinished()) == ["undo-1"]
    assert store.put(moved)
    assert not store.put(moved)
    assert list(store.unfinished()) == []
    assert store.get("undo-2") is None
    assert store.older_than(5.1) == ["undo-1"]
    assert store.older_than(5.0) == []


def test_the_records_of_an_undo_are_paged_by_phase_and_go_with_it(stored: Tables, partition: str) -> None:
    store = UndoStore(stored, partition)
    store.add(UNDO)
    made = [
        UndoneRecord("CUSTOMER", f"b{n}", "ü/\\#? 😀", Outcome.MODIFIED, "sales" if n % 2 else "", "",
                     {"sales": ["phone"]}, [{"side": "bc", "fields": ["a"], "why": "gone", "text": "t"}])
        for n in range(7)
    ]  # fmt: skip
    store.note("undo-1", Phase.PREVIEW, made)
    store.note("undo-1", Phase.PREVIEW, made)
    store.note("undo-10", Phase.PREVIEW, made[:1])
    seen: list[UndoneRecord] = []
    page, start = store.records("undo-1", Phase.PREVIEW, 3)
    while True:
        seen += page
        if not start:
            break
        page, start = store.records("undo-1", Phase.PREVIEW, 3, start)
    assert seen == made
    assert store.records("undo-1", Phase.RUN, 3) == ([], "")
    assert store.removed("undo-1", Phase.PREVIEW, "CUSTOMER", ["b1", "b2", "b9"]) == {"b1"}
    store.remove("undo-1")
    assert (store.get("undo-1"), store.records("undo-1", Phase.PREVIEW, 3)) == (None, ([], ""))
    assert len(store.records("undo-10", Phase.PREVIEW, 3)[0]) == 1


def test_a_line_of_a_compare_comes_back_and_is_moved_on_once(stored: Tables, partition: str) -> None:
    store = CompareStore(stored, partition)
    store.add("compare-1", ["CUSTOMER", "PAYMENT TERMS"], 5.0)
    line = store.line("compare-1", "PAYMENT TERMS")
    assert line is not None
    sums = Sums().plus("a", Version("W/1", "1")).plus("b", None)
    moved = replace(
        line, phase=compares.Phase.CONFIRM, number=3, cursor="x" * 5000, seen={Side.BC: 4, Side.SALES: 5},
        coupled={Side.BC: sums, Side.SALES: Sums()}, suspects=2, more=True, message="no",
    )  # fmt: skip
    assert store.put(moved)
    assert not store.put(moved)
    found = store.line("compare-1", "PAYMENT TERMS")
    assert found is not None
    assert replace(found, etag="") == replace(moved, etag="")
    assert [each.mapping for each in store.lines("compare-1")] == ["CUSTOMER", "PAYMENT TERMS"]
    assert store.newest(5) == [("compare-1", 5.0)]


def test_the_suspects_of_a_compare_are_paged_dropped_and_go_with_it(stored: Tables, partition: str) -> None:
    store = CompareStore(stored, partition)
    store.add("compare-1", ["A"], 5.0)
    made = [Suspect("A", Side.BC, f"b{n}", "W/1", Finding.DIFFERS) for n in range(5)]
    store.note("compare-1", [*made, Suspect("B", Side.SALES, "s1", "", Finding.MISSING)])
    first, start = store.records("compare-1", "A", 3)
    rest, end = store.records("compare-1", "A", 3, start)
    assert (first + rest, end) == (made, "")
    store.note("compare-1", [replace(made[0], finding="differs", text="ü 😀")])
    store.drop("compare-1", made[1:])
    store.drop("compare-1", made[1:])
    assert [each.id for each in store.records("compare-1", "", 9)[0]] == ["b0", "s1"]
    store.remove("compare-1")
    assert (store.records("compare-1", "", 9), store.lines("compare-1")) == (([], ""), [])
    assert store.line("compare-1", "A") is None
    assert Line("c", "A").phase is compares.Phase.BC


def test_sums_do_not_depend_on_the_order_and_tell_a_version_that_moved() -> None:
    one, other = ("a", Version("W/1", "1")), ("b", Version("W/2", "2"))
    assert Sums().plus(*one).plus(*other) == Sums().plus(*other).plus(*one)
    moved = Sums().plus(*one).plus("b", Version("W/3", "3"))
    assert moved.same_records(Sums().plus(*one).plus(*other))
    assert moved != Sums().plus(*one).plus(*other)
    assert not Sums().plus("a", None).same_records(Sums().plus("c", None))
    assert Sums.of_texts(moved.as_texts()) == moved


def test_what_a_compare_tells_of_a_record_is_erased_and_that_it_was_found_stays(
    stored: Tables, partition: str
) -> None:
    store = CompareStore(stored, partition)
    for compare in ("compare-1", "compare-2"):
        store.add(compare, ["CUSTOMER"], 1.0)
        kinds = [(Side.BC, "b1"), (Side.SALES, "s1"), (Side.BC, "b2")]
        found = [
            Suspect("CUSTOMER", side, own, "1", Finding.DIFFERS, "differs", f"{own} Ann")
            for side, own in kinds
        ]
        store.note(compare, found)
    assert store.erase("CUSTOMER", {Side.BC: "b1", Side.SALES: "s1"}) == 4
    for compare in ("compare-1", "compare-2"):
        kept = {each.id: (each.finding, each.text) for each in store.records(compare, "CUSTOMER", 10)[0]}
        assert kept == {"b1": ("differs", ""), "s1": ("differs", ""), "b2": ("differs", "b2 Ann")}
    assert store.erase("CUSTOMER", {Side.BC: "b1", Side.SALES: "s1"}) == 0
