"""Numbered entries: each is dealt with once, and none is missed however late its transaction commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.core.catalogue import MappingInvalid, parse_mapping
from shared_code.core.moved_by import MAX_MARKS, MAX_RANGES, Entries

LOOK_BACK_S = 600.0


def test_what_was_found_is_not_fresh_again() -> None:
    known = Entries().after(1000, 400, 7, [5, 6, 7])
    assert known.seen == ((5, 7),)
    assert known.fresh([5, 6, 7, 8, 10]) == {8, 10}


def test_a_number_between_that_commits_late_is_fresh() -> None:
    known = Entries().after(1000, 400, 8, [6, 8])
    assert known.seen == ((6, 6), (8, 8))
    assert known.fresh([6, 7, 8]) == {7}
    assert known.after(1010, 410, 8, [7]).seen == ((6, 8),)


def test_there_is_no_floor_before_a_mark_is_settled() -> None:
    known = Entries().after(1000, 400, 8, [8])
    assert known.floor(999) is None
    assert known.floor(1000) == 8


def test_below_the_floor_nothing_is_kept() -> None:
    known = Entries().after(1000, 400, 8, [7, 8]).after(1700, 1100, 9, [9])
    assert known.marks == ((1000, 8), (1700, 9))
    assert known.seen == ((9, 9),)


def test_an_empty_table_has_a_mark_too() -> None:
    assert Entries().after(1000, 400, 0, []).marks == ((1000, 0),)


def test_looks_that_come_close_together_make_one_mark() -> None:
    known = Entries().after(1000, 400, 8, [8]).after(1003, 403, 9, [9])
    assert known.marks == ((1000, 8),)
    assert known.seen == ((8, 9),)


@given(st.lists(st.integers(1, 10_000), max_size=3000))
def test_what_is_kept_has_its_limits(numbers: list[int]) -> None:
    known, now_s = Entries(), 0.0
    for start in range(0, len(numbers), 50):
        now_s += 7
        some = numbers[start : start + 50]
        known = known.after(now_s, now_s - LOOK_BACK_S, max(some), some)
    assert len(known.marks) <= MAX_MARKS
    assert len(known.seen) <= MAX_RANGES


@dataclass(frozen=True)
class Posted:
    """An entry: its number follows from when it is written, and it is seen from when it commits."""

    number: int
    written_s: float
    seen_s: float


@st.composite
def ledgers(draw: st.DrawFn) -> list[Posted]:
    gaps = draw(st.lists(st.floats(0, 900), max_size=30))
    moments = [sum(gaps[: place + 1]) for place in range(len(gaps))]
    delays = draw(st.lists(st.floats(0, LOOK_BACK_S - 1), min_size=len(gaps), max_size=len(gaps)))
    places = zip(moments, delays, strict=True)
    return [Posted(number, at, at + late) for number, (at, late) in enumerate(places, 1)]


@settings(deadline=None)
@given(ledgers(), st.lists(st.floats(5, 400), min_size=1, max_size=40), st.integers(0, 100))
def test_every_entry_that_commits_within_the_look_back_is_dealt_with_exactly_once(
    ledger: list[Posted], pauses: list[float], lost: int
) -> None:
    """``lost``: a look that was given up before its watermark moved is done again."""
    known, dealt, since_s = Entries(), list[int](), 0.0
    end_s = (ledger[-1].seen_s if ledger else 0) + 2 * LOOK_BACK_S
    now_s, place = 0.0, 0
    while now_s < end_s:
        now_s += pauses[place % len(pauses)]
        place += 1
        floor = known.floor(since_s - LOOK_BACK_S)
        visible = [each for each in ledger if each.seen_s <= now_s]
        found = [
            each.number
            for each in visible
            if (each.number > floor if floor is not None else each.written_s >= since_s - LOOK_BACK_S)
        ]
        fresh = known.fresh(found)
        if place == lost:
            continue
        dealt += sorted(fresh)
        highest = max((each.number for each in visible), default=0)
        known, since_s = known.after(now_s, now_s - LOOK_BACK_S, highest, found), now_s
    assert sorted(dealt) == [each.number for each in ledger]


DOCUMENT: dict[str, Any] = {
    "name": "X",
    "direction": "to_sales",
    "bc": {"table": "items", "moved_by": {"table": "entries", "names": "itemNumber", "by": "number",
                                          "shows": "inventory"}},
    "sales": {"table": "products", "key": "productid"},
    "fields": [{"name": "stock", "type": "decimal", "bc": "inventory", "sales": "quantityonhand"}],
}  # fmt: skip


def with_rule(**changes: Any) -> dict[str, Any]:
    rule = {**DOCUMENT["bc"]["moved_by"], **changes}
    kept = {key: value for key, value in rule.items() if value is not None}
    return {**DOCUMENT, "bc": {**DOCUMENT["bc"], "moved_by": kept}}


def test_a_rule_is_read() -> None:
    rule = parse_mapping(DOCUMENT).bc.moved_by
    assert rule is not None
    assert (rule.table, rule.names, rule.by, rule.shows) == (
        "entries",
        "itemNumber",
        "number",
        ("inventory",),
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"table": None}, "bc.moved_by.table is missing"),
        ({"shows": None}, "bc.moved_by.shows is missing"),
        ({"by": None}, "names and by need each other"),
        ({"names": None, "by": None}, "it needs among"),
        ({"shows": "unitPrice"}, "no field takes unitPrice"),
        ({"entries": [{"field": "x", "is_blank": True}]}, "can be is, is_not and one_of"),
        ({"entries": "kind = 'A' or size = 1"}, "can be is, is_not and one_of"),
        ({"other": 1}, "unknown key"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(MappingInvalid, match=problem):
        parse_mapping(with_rule(**changes))


def test_rows_of_sales_are_not_moved_by_entries() -> None:
    wrong = {**DOCUMENT, "sales": {**DOCUMENT["sales"], "moved_by": DOCUMENT["bc"]["moved_by"]}}
    with pytest.raises(MappingInvalid, match="sales has an unknown key “moved_by”"):
        parse_mapping(wrong)
