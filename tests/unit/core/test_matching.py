"""Matching of uncoupled records: sure where a key's value is unique on both sides, else for a person."""

from __future__ import annotations

from collections import Counter
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.mapping import MatchKey
from shared_code.core.matching import MAX_CANDIDATES, Matches, match
from shared_code.core.records import Side, Value, Values

NUMBER, EMAIL, NAME = MatchKey("number"), MatchKey("email"), MatchKey("name", hints=True)
KEYS = (NUMBER, EMAIL, NAME)

type Table = dict[str, Values]


def matched(bc: Table, sales: Table, keys: tuple[MatchKey, ...] = KEYS) -> Matches:
    return match(keys, bc, sales)


def test_a_value_unique_on_both_sides_makes_a_pair() -> None:
    result = matched(
        {"b1": {"number": "1"}, "b2": {"number": "2"}}, {"s2": {"number": "2"}, "s3": {"number": "3"}}
    )
    assert result.pairs == [("b2", "s2")]
    assert result.candidates == {Side.BC: {}, Side.SALES: {}}


@pytest.mark.parametrize(
    ("bc", "sales", "for_bc", "for_sales"),
    [
        (["b1", "b2"], ["s1"], {"b1": ["s1"], "b2": ["s1"]}, {"s1": ["b1", "b2"]}),
        (["b1"], ["s1", "s2"], {"b1": ["s1", "s2"]}, {"s1": ["b1"], "s2": ["b1"]}),
        (
            ["b1", "b2"],
            ["s1", "s2"],
            {"b1": ["s1", "s2"], "b2": ["s1", "s2"]},
            {"s1": ["b1", "b2"], "s2": ["b1", "b2"]},
        ),
    ],
    ids=["twice in BC", "twice in Sales", "twice on both"],
)
def test_a_value_that_several_hold_makes_candidates(
    bc: list[str], sales: list[str], for_bc: dict[str, list[str]], for_sales: dict[str, list[str]]
) -> None:
    same: Values = {"number": "1"}
    result = matched(dict.fromkeys(bc, same), dict.fromkeys(sales, same))
    assert result.pairs == []
    assert result.candidates == {Side.BC: for_bc, Side.SALES: for_sales}


def test_a_value_twice_on_one_side_and_not_on_the_other_says_nothing() -> None:
    result = matched({"b1": {"number": "1"}, "b2": {"number": "1"}}, {"s1": {"number": "2"}})
    assert result == Matches()


def test_an_earlier_key_outweighs_a_later_one() -> None:
    bc: Table = {"b1": {"number": "1", "email": "x"}, "b2": {"number": "2", "email": "y"}}
    sales: Table = {"s1": {"number": "1", "email": "y"}, "s2": {"number": "3", "email": "x"}}
    assert matched(bc, sales).pairs == [("b1", "s1")]
    assert set(matched(bc, sales, (EMAIL, NUMBER)).pairs) == {("b1", "s2"), ("b2", "s1")}


def test_a_later_key_decides_between_those_an_earlier_one_left_open() -> None:
    bc: Table = {"b1": {"number": "1", "email": "x"}, "b2": {"number": "1", "email": "y"}}
    sales: Table = {"s1": {"number": "1", "email": "x"}, "s2": {"number": "1", "email": "y"}}
    result = matched(bc, sales)
    assert result.pairs == [("b1", "s1"), ("b2", "s2")]
    assert result.candidates == {Side.BC: {}, Side.SALES: {}}


def test_a_double_of_a_record_that_a_later_key_coupled_still_waits_for_a_person() -> None:
    bc: Table = {"b1": {"number": "1", "email": "x"}, "b2": {"number": "1"}}
    sales: Table = {"s1": {"number": "1", "email": "x"}}
    result = matched(bc, sales)
    assert result.pairs == [("b1", "s1")]
    assert result.candidates == {Side.BC: {"b2": ["s1"]}, Side.SALES: {}}


def test_a_record_is_coupled_by_one_key_only() -> None:
    same: Values = {"number": "1", "email": "x", "name": "n"}
    assert matched({"b1": same}, {"s1": same}).pairs == [("b1", "s1")]


def test_a_key_that_hints_only_makes_candidates() -> None:
    result = matched({"b1": {"name": "Müller"}}, {"s1": {"name": "Müller"}})
    assert result.pairs == []
    assert result.candidates == {Side.BC: {"b1": ["s1"]}, Side.SALES: {"s1": ["b1"]}}


@pytest.mark.parametrize(
    ("one", "other"),
    [("A@B.example", "a@b.EXAMPLE"), ("Müller  GmbH", " müller gmbh "), ("STRASSE", "straße"), (7, "7")],
)
def test_case_and_blanks_make_no_difference(one: Value, other: Value) -> None:
    assert matched({"b1": {"email": one}}, {"s1": {"email": other}}).pairs == [("b1", "s1")]


@pytest.mark.parametrize("blank", [None, "", "   "])
def test_blank_is_nothing_to_match_on(blank: Value) -> None:
    assert matched({"b1": {"email": blank}}, {"s1": {"email": blank}}) == Matches()
    assert matched({"b1": {}}, {"s1": {}}) == Matches()


def test_candidates_are_few() -> None:
    same: Values = {"number": "1"}
    result = matched({"b1": same}, {f"s{n}": same for n in range(50)})
    assert result.candidates[Side.BC]["b1"] == [f"s{n}" for n in range(MAX_CANDIDATES)]


def test_a_candidate_is_named_once_however_many_keys_suggest_it() -> None:
    both: Values = {"number": "1", "name": "n"}
    result = matched({"b1": both, "b2": both}, {"s1": both})
    assert result.candidates[Side.SALES] == {"s1": ["b1", "b2"]}


def test_the_given_records_are_left_as_they_are() -> None:
    bc: Table = {"b1": {"number": "1"}}
    matched(bc, {"s1": {"number": "1"}})
    assert bc == {"b1": {"number": "1"}}


tables = st.dictionaries(
    st.integers(0, 7),
    st.fixed_dictionaries({key.field: st.sampled_from([None, "1", "2", "3"]) for key in KEYS}),
    max_size=8,
)


@given(bc=tables, sales=tables)
def test_pairs_are_one_to_one_unique_and_alike_in_both_directions(
    bc: dict[int, Values], sales: dict[int, Values]
) -> None:
    ours: Table = {f"b{n}": values for n, values in bc.items()}
    theirs: Table = {f"s{n}": values for n, values in sales.items()}
    result = matched(ours, theirs)
    coupled = [each for pair in result.pairs for each in pair]
    assert len(set(coupled)) == len(coupled)
    for left, right in result.pairs:
        assert any(ours[left][k] == theirs[right][k] is not None for k in ("number", "email"))
    swapped = match(KEYS, theirs, ours)
    assert {(b, s) for s, b in swapped.pairs} == set(result.pairs)
    for side, candidates in result.candidates.items():
        for record_id, others in candidates.items():
            assert record_id not in coupled
            assert Counter(others).most_common(1)[0][1] == 1
            assert all(each[0] == ("s" if side is Side.BC else "b") for each in others)


MANY = 20_000


@pytest.mark.parametrize("kind", ["all different", "all the same", "hundreds alike"])
def test_many_records_take_time_in_proportion(kind: str) -> None:
    """Processor time, and far above what is needed: only comparing each with each would take longer."""
    modulus = {"all different": MANY, "all the same": 1, "hundreds alike": 100}[kind]
    values: list[Values] = [
        {"number": str(n % modulus), "email": f"{n % modulus}@x", "name": "n"} for n in range(MANY)
    ]
    start = process_time()
    result = matched(
        {f"b{n}": value for n, value in enumerate(values)}, {f"s{n}": value for n, value in enumerate(values)}
    )
    assert process_time() - start < 2
    assert len(result.pairs) == (MANY if modulus == MANY else 0)


def test_a_key_can_need_several_equal_values() -> None:
    unit = MatchKey("name", together_with=("group",))
    bc = {
        "b1": {"name": "PCS", "group": "g1"},
        "b2": {"name": "PCS", "group": "g2"},
        "b3": {"name": "BOX", "group": None},
    }
    sales = {
        "s1": {"name": "pcs", "group": "g2"},
        "s2": {"name": "BOX", "group": None},
        "s3": {"name": "PCS", "group": "g1"},
    }
    assert matched(bc, sales, (unit,)).pairs == [("b1", "s3"), ("b2", "s1")]


def test_values_of_several_fields_are_not_run_together() -> None:
    both = MatchKey("name", together_with=("group",))
    bc = {"b1": {"name": "a b", "group": "c"}}
    assert matched(bc, {"s1": {"name": "a", "group": "b c"}}, (both,)).pairs == []


def test_a_value_that_others_hold_too_is_not_unique() -> None:
    bc: Table = {"b1": {"number": "1", "email": "X"}}
    sales: Table = {"s1": {"email": "x"}}
    assert match(KEYS, bc, sales).pairs == [("b1", "s1")]
    doubtful = match(KEYS, bc, sales, {(1, "x")})
    assert doubtful.pairs == []
    assert doubtful.candidates == {Side.BC: {"b1": ["s1"]}, Side.SALES: {"s1": ["b1"]}}
    assert match(KEYS, bc, sales, {(0, "x")}).pairs == [("b1", "s1")]


def test_case_counts_where_a_key_says_so() -> None:
    key = MatchKey("name", case_sensitive=True)
    bc: Table = {"b1": {"name": "Ab"}, "b2": {"name": "cd"}}
    sales: Table = {"s1": {"name": "AB"}, "s2": {"name": " cd "}}
    assert match((key,), bc, sales).pairs == [("b2", "s2")]
