"""Merging: a number that Business Central keeps for good goes to Sales, and is never changed from there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.base import Base, with_given
from shared_code.core.mapping import ConflictRule, FieldType, Mapping, Rules
from shared_code.core.merging import Merge
from shared_code.core.reconcile import Create, reconcile
from shared_code.core.records import Absent, Side, Value
from tests.unit.core.makers import BOTH_WAYS, TO_SALES, known, make_field, make_mapping

CUSTOMER = make_mapping(make_field("phone"), make_field("number", FieldType.CODE, TO_SALES, fixed_in_bc=True))
GIVEN = make_mapping(make_field("phone"), make_field("number", FieldType.CODE, BOTH_WAYS, fixed_in_bc=True))


def decide(
    mapping: Mapping, was: Value, bc: Value, sales: Value, rule: ConflictRule = ConflictRule.ASK
) -> Merge:
    base = Base({"phone": "1", "number": was}, {"phone": "1", "number": was})
    states = (known(side, phone="1", number=value) for side, value in ((Side.BC, bc), (Side.SALES, sales)))
    decision = reconcile(mapping, base, *states, Rules(conflict=rule))
    assert isinstance(decision, Merge)
    return decision


@pytest.mark.parametrize("mapping", [CUSTOMER, GIVEN])
def test_an_edit_in_sales_is_a_conflict_with_both_values(mapping: Mapping) -> None:
    decision = decide(mapping, "C1", "C1", "X")
    (conflict,) = decision.conflicts
    assert (conflict.group, conflict.bc, conflict.sales) == ("number", {"number": "C1"}, {"number": "X"})
    assert (decision.to_bc, decision.to_sales) == ({}, {})


@pytest.mark.parametrize(
    ("bc", "sales", "written"),
    [("C2", "C1", {"number": "C2"}), ("C1", None, {"number": "C1"}), ("C2", "C2", {}), ("C1", "C1", {})],
)
def test_business_centrals_number_goes_to_sales(bc: Value, sales: Value, written: dict[str, Value]) -> None:
    assert decide(GIVEN, "C1", bc, sales) == Merge(to_sales=written)


def test_no_rule_renames_but_one_may_decide_for_business_central() -> None:
    assert decide(GIVEN, "C1", "C1", "X", ConflictRule.SALES_WINS).conflicts
    decided = decide(GIVEN, "C1", "C1", "X", ConflictRule.BC_WINS)
    assert decided.to_sales == {"number": "C1"}
    assert [(each.side, each.values) for each in decided.overruled] == [(Side.SALES, {"number": "X"})]


def test_a_person_who_favours_sales_renames_nothing_either() -> None:
    base = Base({"phone": "1", "number": "C1"}, {"phone": "1", "number": "C1"})
    states = (known(Side.BC, phone="2", number="C1"), known(Side.SALES, phone="1", number="X"))
    decision = reconcile(GIVEN, base, *states, Rules(favour=Side.SALES))
    assert isinstance(decision, Merge)
    assert (decision.to_bc, [each.group for each in decision.conflicts]) == ({"phone": "1"}, ["number"])


def test_records_that_were_matched_with_different_numbers_are_a_conflict() -> None:
    states = (known(Side.BC, phone="1", number="C1"), known(Side.SALES, phone="1", number="X"))
    decision = reconcile(CUSTOMER, None, *states, Rules())
    assert isinstance(decision, Merge)
    assert [each.group for each in decision.conflicts] == ["number"]


@pytest.mark.parametrize(("mapping", "sent"), [(CUSTOMER, {}), (GIVEN, {"number": "X"})])
def test_it_is_sent_at_creation_where_it_flows_there(mapping: Mapping, sent: dict[str, Value]) -> None:
    row = known(Side.SALES, phone="1", number="X")
    decision = reconcile(mapping, None, Absent(), row, Rules())
    assert decision == Create(Side.BC, {"phone": "1", **sent})


def test_a_number_that_business_central_chose_at_creation_takes_the_place_of_sales_own() -> None:
    sent = {"phone": "1"}
    base = with_given(CUSTOMER, Base(sent, sent), {}, {"phone": "1", "number": "X"})
    states = (known(Side.BC, phone="1", number="C9"), known(Side.SALES, phone="1", number="X"))
    assert reconcile(CUSTOMER, base, *states, Rules()) == Merge(to_sales={"number": "C9"})


VALUES = st.sampled_from([None, "C1", "C2", "X"])


@given(was=VALUES, bc=VALUES, sales=VALUES, rule=st.sampled_from(ConflictRule))
def test_nothing_is_ever_written_to_business_central(
    was: Value, bc: Value, sales: Value, rule: ConflictRule
) -> None:
    for mapping in (CUSTOMER, GIVEN):
        assert "number" not in decide(mapping, was, bc, sales, rule).to_bc
