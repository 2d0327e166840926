"""Transformation rules: what each does, that no value makes one fail, and what a document may not say."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.mapping import FieldType, native_of
from shared_code.core.put_results import Unfit
from shared_code.core.records import Side, Value
from shared_code.core.rule_reading import read_rules
from shared_code.core.transform import get, put
from shared_code.core.transformation_rules import KINDS, UNREADABLE_PREFIX, Rule, apply
from tests.unit.core.makers import BOTH_WAYS, TO_SALES, Couplings, make_field

LINKS = Couplings()
RECORD: dict[str, Value] = {
    "name": "Adatum", "name2": " ", "street": "Station Road, 21",
    "city": "Cambridge", "amount": Decimal("1234.50"),
}  # fmt: skip


def rules(*entries: Any) -> tuple[Rule, ...]:
    found, problems = read_rules(list(entries))
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("entry", "value", "expected"),
    [
        ("trim", "  a b ", "a b"),
        ("trim", None, None),
        ("collapse", " a \u00a0  b\t", "a b"),
        ("upper", "Straße", "STRASSE"),
        ("lower", "ŻÓŁĆ", "żółć"),
        ("title", "anna VAN DER berg", "Anna Van Der Berg"),
        ({"replace": "GmbH", "with": "Ltd."}, "Adatum GmbH", "Adatum Ltd."),
        ({"replace": ".", "with": ""}, "a.b.c", "abc"),
        ({"regex": r"\D+", "with": ""}, "+44 (0)20 7946", "440207946"),
        ({"regex": r"^(\w+) (\w+)$", "with": r"\2, \1"}, "Anna Berg", "Berg, Anna"),
        ({"table": {"DE": "Germany"}}, "DE ", "Germany"),
        ({"table": {"DE": "Germany"}}, None, None),
        ({"table": {"DE": "Germany"}, "otherwise": "keep"}, "FR", "FR"),
        ({"table": {"DE": "Germany"}, "otherwise": "blank"}, "FR", None),
        ({"table": {"": "none"}}, None, "none"),
        ({"join": ["name", "name2", "city"], "separator": " / "}, "x", "Adatum / Cambridge"),
        ({"template": "{street}, {city}"}, "x", "Station Road, 21, Cambridge"),
        ({"template": "({name2}) {nothing}"}, "x", None),
        ({"template": "{amount} GBP"}, "x", "1234.5 GBP"),
        ({"split": "-"}, "a-b-c", "a"),
        ({"split": "-", "part": 2}, "a-b-c", "b"),
        ({"split": "-", "part": -1}, "a-b-c", "c"),
        ({"split": "-", "part": 4}, "a-b-c", None),
        ({"split": "-", "part": 0}, "a-b-c", None),
        ({"date_format": "DD.MM.YYYY"}, "2024-02-29", "29.02.2024"),
        ({"date_format": "YYYY/MM/DD"}, "2024-02-29T12:00:00Z", "2024/02/29"),
        ({"date_format": "DD.MM.YYYY"}, "0001-01-01", None),
        ({"read_date": "MM/DD/YYYY"}, "02/29/2024", "2024-02-29"),
        ({"read_date": "MM/DD/YYYY"}, " ", None),
        ({"number_format": 2}, Decimal("1234.5"), "1234.50"),
        ({"number_format": 2, "point": ",", "thousands": "."}, 1234567.125, "1.234.567,13"),
        ({"number_format": 0}, Decimal("0.5"), "1"),
        ({"number_format": 1}, None, None),
        ({"read_number": ",", "thousands": "."}, "1.234,5", Decimal("1234.5")),
        ({"read_number": "."}, " 12 345 ", Decimal(12345)),
        ({"default": "unknown"}, " ", "unknown"),
        ({"default": "unknown"}, "x", "x"),
        ({"constant": "Tandem"}, "x", "Tandem"),
        ({"cut": 3}, "abcdef", "abc"),
        ({"cut": 3}, "ab😀", "ab"),
        ({"cut": 3}, None, None),
    ],
)
def test_each_rule_does_what_it_says(entry: Any, value: Value, expected: Value) -> None:
    assert apply(rules(entry), value, RECORD) == expected


@pytest.mark.parametrize(
    ("entry", "value", "words"),
    [
        ({"table": {"DE": "Germany"}}, "FR", "“FR” is not in the table"),
        ({"date_format": "DD.MM.YYYY"}, "tomorrow", "“tomorrow” is no date"),
        ({"read_date": "DD.MM.YYYY"}, "31.02.2024", "“31.02.2024” is no date of the form DD.MM.YYYY"),
        ({"number_format": 2}, "many", "“many” is no number"),
        ({"number_format": 2}, "NaN", "“NaN” is no number"),
        ({"read_number": ","}, "1.5", "“1.5” is no number"),
        ({"regex": "a", "with": "b"}, "a" * 251, "251 characters"),
    ],
)
def test_what_a_rule_cannot_read_is_told_and_not_written(entry: Any, value: Value, words: str) -> None:
    each = make_field("f", direction=TO_SALES, rules=rules(entry))
    neutral = get(each, Side.BC, {"bc_f": value}, LINKS)
    assert str(neutral).startswith(UNREADABLE_PREFIX)
    unfit = put(each, Side.SALES, neutral, LINKS)
    assert isinstance(unfit, Unfit)
    assert unfit.code == "unreadable"
    assert words in unfit.text


def test_rules_read_what_an_option_holds_in_business_central() -> None:
    each = make_field(
        "f", FieldType.OPTION, TO_SALES, options=(("2", 20),), rules=rules({"split": ":", "part": -1})
    )
    neutral = get(each, Side.BC, {"bc_f": "0:2"}, LINKS)
    assert neutral == "2"
    assert put(each, Side.SALES, neutral, LINKS) == {"sales_f": 20}
    assert get(each, Side.SALES, {"sales_f": 20}, LINKS) == "2"


def test_rules_follow_one_another() -> None:
    steps = rules({"template": "{street}  {city}"}, "collapse", "upper", {"cut": 12})
    assert apply(steps, None, RECORD) == "STATION ROAD"


def test_a_one_way_rule_is_not_applied_to_what_the_other_side_holds() -> None:
    each = make_field("f", direction=TO_SALES, rules=rules({"replace": "a", "with": "aa"}))
    assert get(each, Side.BC, {"bc_f": "a"}, LINKS) == "aa"
    assert get(each, Side.SALES, {"sales_f": "aa"}, LINKS) == "aa"


def test_a_rule_that_tidies_is_applied_to_both_sides() -> None:
    each = make_field("f", direction=BOTH_WAYS, rules=rules("upper"))
    assert get(each, Side.BC, {"bc_f": "a"}, LINKS) == get(each, Side.SALES, {"sales_f": "A"}, LINKS)


def test_the_fields_a_rule_takes_are_read_on_the_side_it_flows_from() -> None:
    each = make_field("f", direction=TO_SALES, rules=rules({"join": ["a", "b"]}, {"template": "{c} {a}"}))
    assert native_of(each, Side.BC) == ("bc_f", "a", "b", "c", "a")
    assert native_of(each, Side.SALES) == ("sales_f",)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("trim", "must be a list"),
        (["trim"] * 21, "up to 20"),
        ([5], "rule 5 must be"),
        ([{}], "must be a rule's name"),
        (["uper"], "there is no rule “uper”; did you mean “upper”?"),
        (["zzz"], "there are trim"),
        ([{"shout": 1}], "there is no rule “shout”"),
        (["replace"], "rule replace needs “replace”"),
        ([{"replace": "a"}], "rule replace needs “with”"),
        ([{"replace": "", "with": "a"}], "must not be empty"),
        ([{"replace": "a", "with": "b", "at": 1}], "unknown key “at”"),
        ([{"cut": "3"}], "cut is 3 and must be a whole number"),
        ([{"cut": True}], "cut is True and must be a whole number"),
        ([{"cut": 0}], "cut must be between 1 and 4000"),
        ([{"number_format": 11}], "between 0 and 10"),
        ([{"join": []}], "must be a list of texts"),
        ([{"join": ["a", 1]}], "must be a list of texts"),
        ([{"table": {"a": 1}}], "must be a table of texts"),
        ([{"table": {"a": "b"}, "otherwise": "guess"}], "otherwise must be one of refuse, keep, blank"),
        ([{"date_format": "DD.MM"}], "YYYY is missing"),
        ([{"date_format": "%d DD.MM.YYYY"}], "“%” is not possible"),
        ([{"regex": "(", "with": ""}], "the pattern is not usable"),
        ([{"regex": "a", "with": r"\1"}], "the pattern is not usable"),
        ([{"regex": "(a+)+$", "with": ""}], "repeats a group that repeats"),
        ([{"regex": "a*b*c*d*", "with": ""}], "more than 3 times"),
        ([{"regex": "a" * 201, "with": ""}], "more than 200 characters"),
    ],
)
def test_a_wrong_rule_is_refused_with_what_is_wrong(given: Any, words: str) -> None:
    found, problems = read_rules(given)
    assert found == ()
    assert any(words in each for each in problems), problems


def test_every_fault_of_all_rules_is_told_at_once() -> None:
    _, problems = read_rules(["uper", {"cut": 0}, {"replace": "a"}])
    assert len(problems) == 3


PATTERNS = [r"(\w*)\W*(\w*)$", r".*x.*y.*z", r"[a-z]+@[a-z]+\.[a-z]+$"]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("text", ["a" * 250, "ax" * 125, "a@" * 125, " " * 250, "xyxy" * 62])
def test_a_pattern_that_is_allowed_is_done_within_a_second_on_any_text(pattern: str, text: str) -> None:
    began = time.process_time()
    apply(rules({"regex": pattern, "with": ""}), text, {})
    assert time.process_time() - began < 1


EVERY = [
    "trim", "collapse", "upper", "lower", "plain_text", "title", {"replace": "a", "with": ""},
    {"regex": r"\s+", "with": "-"},
    {"table": {"a": "b"}}, {"join": ["x", "y"]}, {"template": "{x}-{y}"}, {"split": "a", "part": -2},
    {"date_format": "DD.MM.YYYY"}, {"read_date": "YYYYMMDD"}, {"number_format": 3, "thousands": ","},
    {"read_number": ",", "thousands": "."}, {"default": "-"}, {"constant": "c"}, {"cut": 7},
]  # fmt: skip
anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(),
    st.text(st.characters(exclude_categories=()), max_size=20), st.from_regex(r"[0-9]{1,4}[-./,][0-9]{1,4}"),
)  # fmt: skip


def test_every_rule_is_among_those_tried_on_anything() -> None:
    assert {rule.name for rule in rules(*EVERY)} == set(KINDS)


@given(st.lists(st.sampled_from(EVERY), max_size=6), anything, anything, anything)
def test_no_value_whatsoever_makes_a_rule_fail(steps: list[Any], value: Any, x: Any, y: Any) -> None:
    result = apply(rules(*steps), value, {"x": x, "y": y})
    assert result is None or isinstance(result, str | int | float | Decimal)


TIDYING = [name for name, each in KINDS.items() if each.tidies]


@given(st.lists(st.sampled_from(TIDYING), min_size=1, max_size=4), anything)
def test_tidying_twice_is_tidying_once(steps: list[Any], value: Any) -> None:
    each = make_field("f", rules=rules(*steps))
    once = get(each, Side.BC, {"bc_f": value}, LINKS)
    assert get(each, Side.BC, {"bc_f": once}, LINKS) == once
