"""Filters on native values: what is inside, and which rows belong to another company."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.conditions import OPERATORS
from shared_code.core.filter_language import parse_filter
from shared_code.core.filters import BLANKS, foreign, inside, meets, told
from shared_code.core.mapping import Condition, TableRule
from shared_code.core.records import ZERO_ID, Side, Value
from tests.unit.core.makers import make_field, make_mapping

COMPANY = "0C000000-0000-0000-0000-0000000000CC"

CONDITIONS: list[tuple[Value, str, tuple[Value, ...], bool]] = [
    ("Person", "is", ("Person",), True),
    ("person", "is", ("PERSON",), True),
    ("Company", "is", ("Person",), False),
    (None, "is", ("Person",), False),
    (0, "is", (0,), True),
    (Decimal(3), "is", (3,), True),
    ("3", "is", (3,), False),
    (False, "is", (False,), True),
    (0, "is", (False,), False),
    (True, "is", (1,), False),
    (None, "is", (False,), False),
    (None, "is", (0,), False),
    (None, "is", ("",), True),
    ("_x0020_", "is", ("",), True),
    ("", "is", ("_x0020_",), True),
    (ZERO_ID, "is", ("",), True),
    ("a", "is", ("",), False),
    ("a", "is_not", ("A",), False),
    ("b", "is_not", ("A",), True),
    (None, "is_not", ("A",), True),
    ("", "is_not", ("_x0020_",), False),
    ("multiple", "one_of", ("Customer", "Multiple"), True),
    ("Vendor", "one_of", ("Customer", "Multiple"), False),
    ("Vendor", "one_of", (), False),
    (0, "is_blank", (True,), False),
    (False, "is_blank", (True,), False),
    ("x", "is_blank", (True,), False),
    ("x", "is_not_blank", (True,), True),
    (0, "is_not_blank", (True,), True),
]


@pytest.mark.parametrize(("value", "op", "wanted", "expected"), CONDITIONS)
def test_a_condition(value: Value, op: str, wanted: tuple[Value, ...], expected: bool) -> None:
    assert meets(Condition("f", op, wanted), {"f": value}, Side.BC) is expected


@pytest.mark.parametrize("blank", BLANKS)
def test_every_form_of_blank_is_blank(blank: Value) -> None:
    assert meets(Condition("f", "is_blank"), {"f": blank}, Side.BC)
    assert not meets(Condition("f", "is_not_blank"), {"f": blank}, Side.BC)


@pytest.mark.parametrize("op", OPERATORS)
def test_a_field_that_is_not_there_is_blank(op: str) -> None:
    condition = Condition("f", op, ("x",))
    assert meets(condition, {}, Side.BC) == meets(condition, {"f": None}, Side.BC)


def test_a_record_is_inside_when_it_meets_all_conditions_of_its_own_side() -> None:
    conditions = (Condition("a", "is", (1,)), Condition("b", "is", (2,)))
    mapping = make_mapping(make_field("f"), bc=TableRule("customers", "id", filter=conditions))
    assert inside(mapping, Side.BC, {"a": 1, "b": 2})
    assert not inside(mapping, Side.BC, {"a": 1, "b": 3})
    assert inside(mapping, Side.SALES, {})


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (None, False),
        ("", False),
        (COMPANY, False),
        (COMPANY.lower(), False),
        (ZERO_ID, True),
        ("other", True),
    ],
)
def test_a_row_with_the_mark_of_another_company_is_foreign(mark: Value, expected: bool) -> None:
    rule = TableRule("accounts", "accountid", company_column="company")
    mapping = make_mapping(make_field("f"), sales=rule)
    assert foreign(mapping, Side.SALES, {"company": mark}, COMPANY) is expected
    assert not foreign(mapping, Side.BC, {"company": mark}, COMPANY)


def test_without_a_company_column_no_row_is_foreign() -> None:
    assert not foreign(make_mapping(make_field("f")), Side.SALES, {"company": "other"}, COMPANY)


values = st.one_of(st.sampled_from(BLANKS), st.booleans(), st.integers(0, 3), st.text(max_size=3))


@given(value=values, wanted=values)
def test_is_not_is_the_opposite_of_is(value: Value, wanted: Value) -> None:
    record = {"f": value}
    assert meets(Condition("f", "is", (wanted,)), record, Side.BC) is not meets(
        Condition("f", "is_not", (wanted,)), record, Side.BC
    )


@given(value=values, wanted=values)
def test_is_asks_both_ways_alike(value: Value, wanted: Value) -> None:
    assert meets(Condition("f", "is", (wanted,)), {"f": value}, Side.BC) == meets(
        Condition("f", "is", (value,)), {"f": wanted}, Side.BC
    )


def test_a_record_is_told_of_what_keeps_it_outside_where_that_is_one_condition_alone() -> None:
    filter_ = (Condition("a", "is", (1,), otherwise="No a."), Condition("b", "is", (2,)))
    mapping = make_mapping(make_field("name"), bc=TableRule("customers", "id", filter=filter_))
    told_of = {(1, 2): "", (9, 2): "No a.", (9, 9): "", (1, 9): ""}
    for (a, b), why in told_of.items():
        assert told(mapping, Side.BC, {"a": a, "b": b}) == why


ASKED: list[tuple[Side, str, Value, bool]] = [
    (Side.BC, "f < 5", 4, True),
    (Side.BC, "f < 5", 5, False),
    (Side.BC, "f <= 5", Decimal("5.0"), True),
    (Side.BC, "f > 5", "6", False),
    (Side.BC, "f > 0", True, False),
    (Side.SALES, "f < 5", None, False),
    (Side.BC, "f < 2026-01-01", "2025-12-31", True),
    (Side.BC, "f < 2026-01-01", "0001-01-01", False),
    (Side.BC, "f >= 2026-01-01", "2026-01-01T00:00:00Z", True),
    (Side.BC, "f >= 2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.47Z", False),
    (Side.BC, "f >= 2026-01-01", "no date", False),
    (Side.BC, "f = 2026-01-01", "2026-01-01T00:00:00Z", True),
    (Side.BC, "f is blank", "0001-01-01", True),
    (Side.SALES, "f is blank", "0001-01-01", False),
    (Side.SALES, "f is blank", "   ", True),
    (Side.BC, "f is blank", "   ", False),
    (Side.BC, "f starts with 'ab'", "ABC", True),
    (Side.BC, "f starts with 'ab'", " abc", False),
    (Side.SALES, "f ends with 'c '", "abc ", False),
    (Side.SALES, "f ends with 'STRASSE'", "Hauptstraße", True),
    (Side.BC, "f ends with 'STRASSE'", "Hauptstraße", False),
    (Side.BC, "f contains 'b'", None, False),
    (Side.SALES, "f = 'abc'", "ABC  ", True),
    (Side.BC, "f = 'abc'", "ABC  ", False),
    (Side.BC, "f not in (1, 2)", 3, True),
    (Side.BC, "f not in (1, 2)", 2, False),
    (Side.BC, "f = 1 or f = 2", 2, True),
    (Side.BC, "not (f = 1 or f > 5)", 6, False),
    (Side.BC, "not (f = 1 or f > 5)", 2, True),
]


@pytest.mark.parametrize(("side", "text", "value", "expected"), ASKED)
def test_a_filter_in_words(side: Side, text: str, value: Value, expected: bool) -> None:
    assert all(meets(test, {"f": value}, side) for test in parse_filter(text)) is expected
