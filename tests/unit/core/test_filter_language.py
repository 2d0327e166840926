"""The language of filters: what it says, what it refuses, and that it says again what it was read as."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.core.conditions import Compound, Condition, Joint, Test, fields_of
from shared_code.core.filter_language import (
    MAX_CHARS,
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_VALUES,
    FilterUnreadable,
    joined,
    negated,
    parse_filter,
    text_of,
)
from shared_code.core.filters import meets
from shared_code.core.records import Side, Value

WORKED = (
    'customertypecode in (3, 12) and not blocked and (name starts with "A" or country is blank) '
    "and lastModified >= 2026-01-01"
)


def test_a_whole_filter() -> None:
    either = (Condition("name", "starts_with", ("A",)), Condition("country", "is_blank", (True,)))
    assert parse_filter(WORKED) == (
        Condition("customertypecode", "one_of", (3, 12)),
        Condition("blocked", "is_not", (True,)),
        Compound(Joint.ANY, either),
        Condition("lastModified", "at_least", ("2026-01-01",)),
    )
    assert text_of(parse_filter(WORKED)) == WORKED
    assert list(fields_of(parse_filter(WORKED))) == [
        "customertypecode", "blocked", "name", "country", "lastModified",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", Condition("a", "is", (1,))),
        ("a=-1.50", Condition("a", "is", (Decimal("-1.50"),))),
        ("a <> 'x'", Condition("a", "is_not", ("x",))),
        ("a != true", Condition("a", "is_not", (True,))),
        ("a", Condition("a", "is", (True,))),
        ("not a", Condition("a", "is_not", (True,))),
        ("not not a", Condition("a", "is", (True,))),
        ("a not in (1)", Condition("a", "is_not", (1,))),
        ("not a in (1, 2)", Condition("a", "is_not", (1, 2))),
        ("a is not blank", Condition("a", "is_not_blank", (True,))),
        ("not (a is blank)", Condition("a", "is_not_blank", (True,))),
        ("[is] is blank", Condition("is", "is_blank", (True,))),
        ("a ends with 'he said \"so\"'", Condition("a", "ends_with", ('he said "so"',))),
        ('a contains "he said ""so"""', Condition("a", "contains", ('he said "so"',))),
        ("a = 'O''Neill'", Condition("a", "is", ("O'Neill",))),
        ("a < 2026-01-31T08:00:00Z", Condition("a", "less", ("2026-01-31T08:00:00Z",))),
    ],
)
def test_a_condition_and_its_opposites(text: str, expected: Condition) -> None:
    assert parse_filter(text) == (expected,)


def test_and_binds_before_or_and_brackets_before_both() -> None:
    a, b, c = (Condition(name, "is", (True,)) for name in "abc")
    assert parse_filter("a or b and c") == (Compound(Joint.ANY, (a, Compound(Joint.ALL, (b, c)))),)
    assert parse_filter("(a or b) and c") == (Compound(Joint.ANY, (a, b)), c)
    assert parse_filter("((a)) and (b and c)") == (a, b, c)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it ends at character 1, where the name of a field"),
        ("a =", "it ends at character 4, where a value"),
        ("a = b", "at character 5, “b”: a value: a text in quotes"),
        ("a == 1", "at character 4, “=”: a value"),
        ("a startswith 'x'", "did you mean “starts with”?"),
        ("a starts 'x'", "“with” is needed here"),
        ("a starts with ''", "a text in quotes that is not empty"),
        ("a starts with 3", "a text in quotes that is not empty"),
        ("a AND b", "did you mean “and”?"),
        ("a = 'x", "at character 5, “'x”: this text is not ended by a quote"),
        ("a = 1 b = 2", "at character 7, “b”: “and”, “or” or the end is needed here"),
        ("a in 1", "at character 6, “1”: “(” is needed here"),
        ("a in ()", "at character 7, “)”: a value"),
        ("a in (1", "it ends at character 8, where “)” is needed"),
        ("(a", "it ends at character 3, where “)” is needed"),
        ("a > 'x'", "compares numbers and dates"),
        ("a > '2026-01-01'", "a date is written without quotes"),
        ("a >= true", "compares numbers and dates"),
        ("a = 1; drop", "at character 6, “; drop”: this cannot be read"),
        ("a eq 1", "at character 3, “eq”"),
        ("and", "the name of a field"),
        ("a is 3", "“blank” is needed here"),
        ("a = 1e5", "this cannot be read"),
        ("ä = 1", "this cannot be read"),
        ("a" * (MAX_CHARS + 1), f"up to {MAX_CHARS} are possible"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), f"nested more than {MAX_DEPTH} deep"),
        ("not " * (MAX_DEPTH + 1) + "a", f"nested more than {MAX_DEPTH} deep"),
        (" and ".join(["a"] * (MAX_CONDITIONS + 1)), f"more than {MAX_CONDITIONS} conditions"),
        (f"a in ({', '.join(['1'] * (MAX_VALUES + 1))})", f"up to {MAX_VALUES} are possible"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(FilterUnreadable, match=r".") as raised:
        parse_filter(text)
    assert told in str(raised.value)


@given(st.text(max_size=80))
def test_no_text_whatsoever_makes_the_reading_fail_otherwise(text: str) -> None:
    for each in (text, f"a = {text}", f"a = '{text}'"):
        try:
            assert parse_filter(each)
        except FilterUnreadable as unreadable:
            assert str(unreadable)


names = st.sampled_from(["a", "b", "name", "is", "contains", "starts", "_x1"])
texts = st.text(max_size=8)
numbers = st.one_of(st.integers(-(10**6), 10**6), st.decimals(-1000, 1000, places=3))
times = st.sampled_from(["2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31T08:00:00.123Z"])
single: st.SearchStrategy[Value] = st.one_of(st.booleans(), numbers, times, texts)


@st.composite
def leaves(draw: st.DrawFn) -> Test:
    field = draw(names)
    match draw(st.sampled_from(["is", "is_not", "one_of", "blank", "order", "part"])):
        case "blank":
            return Condition(field, draw(st.sampled_from(["is_blank", "is_not_blank"])), (True,))
        case "order":
            op = draw(st.sampled_from(["less", "at_most", "more", "at_least"]))
            return Condition(field, op, (draw(st.one_of(numbers, times)),))
        case "part":
            op = draw(st.sampled_from(["starts_with", "ends_with", "contains"]))
            return Condition(field, op, (draw(st.text(min_size=1, max_size=8)),))
        case "is":
            return Condition(field, "is", (draw(single),))
        case op:
            return Condition(field, op, tuple(draw(st.lists(single, min_size=1, max_size=3))))


tests: st.SearchStrategy[Test] = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(Joint.ANY, parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(Joint.ALL, parts)),
        inner.map(negated),
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(tests)
def test_what_is_written_is_read_as_the_same_whatever_the_texts_hold(test: Test) -> None:
    """So no value can end its quotes and become part of the filter."""
    whole = test.parts if isinstance(test, Compound) and test.joint is Joint.ALL else (test,)
    assert parse_filter(text_of(whole)) == whole


records = st.dictionaries(names, st.one_of(st.none(), single), max_size=5)


@given(test=tests, record=records, side=st.sampled_from(Side))
def test_the_opposite_of_a_test_is_met_by_just_the_others(
    test: Test, record: dict[str, Value], side: Side
) -> None:
    assert meets(negated(test), record, side) is not meets(test, record, side)
