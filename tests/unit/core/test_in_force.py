"""Of the dated lines of one place one is in force on a day, and it is the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.in_force import in_force, place_id, read_together, records, within_of
from shared_code.core.mapping import IN_FORCE, Condition, InForce
from shared_code.core.records import Row, Value, Version

RULE = InForce(
    within=("list", "item"), place=("unit", "quantity"), begins="from", ends="to", amount="price",
    conditions=(Condition("status", "is", ("Active",)),),
)  # fmt: skip
TODAY = "2026-06-15"


def line(id_: str, price: object = 10, begins: str = "", ends: str = "", **values: Value) -> Row:
    blank = {"list": "RETAIL", "item": "1000", "unit": "PCS", "quantity": 0, "status": "Active"}
    dates = {"from": begins or "0001-01-01", "to": ends or "0001-01-01"}
    held: dict[str, Value] = {**blank, **dates, "price": Decimal(str(price)), **values}
    return Row(id_, Version(f"etag-{id_}", f"stamp-{id_}"), held)


@pytest.mark.parametrize(
    ("begins", "ends", "counts"),
    [
        ("", "", True),
        (TODAY, "", True),
        ("", TODAY, True),
        (TODAY, TODAY, True),
        ("2026-06-16", "", False),
        ("", "2026-06-14", False),
        ("2026-06-16", "2026-06-14", False),
    ],
)
def test_a_line_counts_from_its_first_to_its_last_day_and_a_blank_date_is_no_bound(
    begins: str, ends: str, counts: bool
) -> None:
    assert (in_force(RULE, [line("a", begins=begins, ends=ends)], TODAY) is not None) is counts


def test_the_lowest_price_counts_and_of_equal_ones_the_line_that_began_last() -> None:
    lines = [line("a", 12, "2026-06-01"), line("b", 9, "2026-01-01"), line("c", 9, "2026-02-01")]
    assert in_force(RULE, lines, TODAY) is lines[2]


def test_a_price_of_zero_and_a_line_that_fails_a_condition_are_none() -> None:
    assert in_force(RULE, [line("a", 0), line("b", 5, status="Draft")], TODAY) is None


def test_lines_of_one_place_are_one_record_and_others_are_others() -> None:
    lines = [line("a", 10), line("b", 9), line("c", 8, unit="BOX"), line("d", 7, quantity=Decimal("10.00"))]
    found = records(RULE, lines, TODAY)
    assert {place: row.values["price"] for place, row in found.items()} == {
        "RETAIL;1000;PCS;0": 9, "RETAIL;1000;BOX;0": 8, "RETAIL;1000;PCS;10": 7,
    }  # fmt: skip


def test_a_record_without_a_line_in_force_says_so() -> None:
    (row,) = records(RULE, [line("a", ends="2026-01-31"), line("b", begins="2026-07-01")], TODAY).values()
    assert (row.values[IN_FORCE], row.version) == (False, Version("none", "stamp-b"))


def test_the_version_changes_with_the_line_in_force_and_the_stamp_with_any_line() -> None:
    old, new = line("a", 10, ends=TODAY), line("b", 12, begins="2026-06-16")
    (today,) = records(RULE, [old, new], TODAY).values()
    (tomorrow,) = records(RULE, [old, new], "2026-06-16").values()
    assert (today.version.etag, tomorrow.version.etag) == ("a etag-a", "b etag-b")
    assert today.version.stamp == tomorrow.version.stamp == "stamp-b"


def test_an_id_of_another_shape_belongs_to_no_lines() -> None:
    assert within_of(RULE, "RETAIL;1000;PCS") is None


CODES = st.text(st.characters(exclude_categories=("Cs",)), max_size=12).map(str.strip)


@given(st.tuples(CODES, CODES, CODES), st.tuples(CODES, CODES, CODES))
def test_an_id_tells_its_parts_and_two_places_never_share_one(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    rows = [line("a", list=parts[0], item=parts[1], unit=parts[2]) for parts in (one, other)]
    ids = [place_id(RULE, each.values) for each in rows]
    assert (ids[0] == ids[1]) is (one == other)
    for row, record_id in zip(rows, ids, strict=True):
        assert within_of(RULE, record_id) == read_together(RULE, row.values)
        assert not set(record_id) & set("/\\#?%|")


DAYS = st.integers(0, 40).map(lambda n: (date(2026, 6, 1) + timedelta(n)).isoformat())
LINES = st.lists(
    st.tuples(st.integers(0, 20), st.one_of(st.just(""), DAYS), st.one_of(st.just(""), DAYS)), max_size=8
).map(lambda found: [line(f"l{n}", *each) for n, each in enumerate(found)])


@given(LINES, DAYS, st.randoms())
def test_the_choice_is_a_cheapest_line_that_covers_the_day_whatever_the_order(
    lines: list[Row], day: str, random: object
) -> None:
    chosen = in_force(RULE, lines, day)
    covering = [
        each for each in lines
        if each.values["price"] and str(each.values["from"]) <= day
        and (each.values["to"] == "0001-01-01" or day <= str(each.values["to"]))
    ]  # fmt: skip
    assert (chosen is None) is (covering == [])
    if chosen:
        assert chosen in covering
        assert chosen.values["price"] == min(each.values["price"] for each in covering)  # type: ignore[type-var]
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_force(RULE, shuffled, day) is chosen


@given(LINES, DAYS)
def test_lines_outside_the_conditions_change_no_choice(lines: list[Row], day: str) -> None:
    drafts = [
        replace(each, id=f"draft-{each.id}", values={**each.values, "status": "Draft"}) for each in lines
    ]
    assert in_force(RULE, [*lines, *drafts], day) is in_force(RULE, lines, day)
