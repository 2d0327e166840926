"""Telling apart: which filters no record can meet both."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.conditions import Condition
from shared_code.core.filters import inside
from shared_code.core.mapping import Mapping, TableRule
from shared_code.core.records import Side, Value
from shared_code.core.telling_apart import told_apart_from
from tests.unit.core.makers import make_field, make_mapping


def mapping(name: str, *conditions: Condition, table: str = "accounts") -> Mapping:
    rule = TableRule(table, "id", filter=conditions)
    return replace(make_mapping(make_field("name")), name=name, sales=rule)


def are_apart(one: Condition, other: Condition) -> bool:
    ours, theirs = mapping("ONE", one), mapping("TWO", other)
    return told_apart_from(ours, Side.SALES, [ours, theirs]) == [theirs]


CASES = [
    (Condition("kind", "is", (3,)), Condition("kind", "is", (11,)), True),
    (Condition("kind", "is", (3,)), Condition("kind", "is", (3,)), False),
    (Condition("kind", "one_of", (1, 3)), Condition("kind", "one_of", (3, 11)), False),
    (Condition("kind", "is", (3,)), Condition("kind", "is_not", (3,)), True),
    (Condition("kind", "is", (3,)), Condition("kind", "is_not", (11,)), False),
    (Condition("kind", "is_blank", (True,)), Condition("kind", "is_not_blank", (True,)), True),
    (Condition("kind", "is", ("Person",)), Condition("kind", "is", ("person",)), False),
    (Condition("kind", "is_blank", (True,)), Condition("kind", "is", ("Person",)), True),
    (Condition("kind", "is", (3,)), Condition("other", "is", (11,)), False),
    (Condition("kind", "is", (True,)), Condition("kind", "is_not", (1,)), False),
    (Condition("kind", "more", (3,)), Condition("kind", "less", (3,)), False),
]


@pytest.mark.parametrize(("one", "other", "expected"), CASES)
def test_two_filters_are_apart_where_one_field_cannot_meet_both(
    one: Condition, other: Condition, expected: bool
) -> None:
    assert are_apart(one, other) is are_apart(other, one) is expected


def test_mappings_of_other_tables_are_nobodys_business() -> None:
    one = mapping("ONE", Condition("kind", "is", (3,)))
    other = mapping("TWO", Condition("kind", "is", (11,)), table="contacts")
    assert told_apart_from(one, Side.SALES, [one, other]) == []


VALUES = st.sampled_from([None, "", "a", "A", "b", 1, 2, True, False])
CONDITIONS = st.builds(
    Condition,
    st.just("kind"),
    st.sampled_from(["is", "is_not", "one_of"]),
    st.lists(VALUES, min_size=1, max_size=3).map(tuple),
) | st.sampled_from([Condition("kind", "is_blank", (True,)), Condition("kind", "is_not_blank", (True,))])


@given(one=CONDITIONS, other=CONDITIONS, value=VALUES)
def test_no_record_is_in_two_that_are_apart(one: Condition, other: Condition, value: Value) -> None:
    if are_apart(one, other):
        native = {"kind": value}
        assert not (
            inside(mapping("ONE", one), Side.SALES, native)
            and inside(mapping("TWO", other), Side.SALES, native)
        )
