"""A pair whose BC record leaves the filter: it stays as it is, or its Sales row goes where Tandem made it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.core.base import Base
from shared_code.core.policies import DeletionRule, LeavingRule, Rules
from shared_code.core.reconcile import (
    LEFT_BEHIND,
    OTHER_COMPANY,
    OUTSIDE_FILTER,
    EndCoupling,
    Leave,
    PartnerDeleted,
    Remove,
    State,
    reconcile,
)
from shared_code.core.records import Absent, Deleted, Side
from tests.unit.core.makers import TO_SALES, known, make_field, make_mapping, unread

KEEPING = make_mapping(make_field("price", direction=TO_SALES), direction=TO_SALES)
REMOVING = replace(KEEPING, leaving=LeavingRule.REMOVE)
BASE = Base({"price": "1"}, {"price": "1"})
LEFT = known(Side.BC, price="1", inside=False)
SALES: dict[str, State] = {
    "unread": unread(Side.SALES),
    "same": known(Side.SALES, price="1"),
    "edited": known(Side.SALES, price="2"),
}


@pytest.mark.parametrize("sales", SALES)
def test_the_row_that_tandem_made_goes_whatever_a_person_wrote_into_a_field_of_business_central(
    sales: str,
) -> None:
    assert reconcile(REMOVING, BASE, LEFT, SALES[sales], Rules()) == Remove(Side.SALES)


@pytest.mark.parametrize("sales", SALES)
def test_a_row_that_a_person_made_stays_and_is_told(sales: str) -> None:
    assert reconcile(REMOVING, BASE, LEFT, SALES[sales], Rules(), ours=False) == Leave(LEFT_BEHIND)


@pytest.mark.parametrize("ours", [True, False])
def test_other_mappings_leave_the_pair_as_it_is(ours: bool) -> None:
    decision = reconcile(KEEPING, BASE, LEFT, unread(Side.SALES), Rules(), ours=ours)
    assert decision == Leave(OUTSIDE_FILTER)


def test_a_row_outside_the_filter_of_sales_has_not_left_that_of_business_central() -> None:
    sales = known(Side.SALES, price="1", inside=False)
    assert reconcile(REMOVING, BASE, known(Side.BC, price="1"), sales, Rules()) == Leave(OUTSIDE_FILTER)


def test_a_row_of_another_company_is_never_removed() -> None:
    sales = known(Side.SALES, price="1", foreign=True)
    assert reconcile(REMOVING, BASE, LEFT, sales, Rules()) == Leave(OTHER_COMPANY)


def test_the_coupling_ends_when_the_row_is_gone() -> None:
    assert reconcile(REMOVING, BASE, LEFT, Deleted("s"), Rules()) == EndCoupling((Side.SALES,))


@pytest.mark.parametrize("side", Side)
def test_the_coupling_with_a_record_outside_the_filter_stays_until_the_deletion_is_proven(side: Side) -> None:
    left = known(side.other, price="1", inside=False)
    for proven, decision in ((True, EndCoupling((side,))), (False, Leave(OUTSIDE_FILTER))):
        gone = Deleted("gone", proven)
        bc, sales = (gone, left) if side is Side.BC else (left, gone)
        assert reconcile(REMOVING, BASE, bc, sales, Rules()) == decision


def test_the_coupling_with_a_row_of_another_company_ends_whatever_is_proven() -> None:
    sales = known(Side.SALES, price="1", foreign=True)
    assert reconcile(REMOVING, BASE, Deleted("b", False), sales, Rules()) == EndCoupling((Side.BC,))


def test_an_uncoupled_record_outside_the_filter_is_nothing_to_do() -> None:
    assert reconcile(REMOVING, None, LEFT, Absent(), Rules()) == Leave(OUTSIDE_FILTER)


def test_a_deletion_removes_the_row_that_tandem_made_and_no_other() -> None:
    rules, edited = Rules(deletion=DeletionRule.DELETE), SALES["edited"]
    assert reconcile(REMOVING, BASE, Deleted("b"), edited, rules) == Remove(Side.SALES)
    decision = reconcile(REMOVING, BASE, Deleted("b"), edited, rules, ours=False)
    assert decision == PartnerDeleted(Side.BC)


def test_an_edit_that_flows_from_sales_survives_a_deletion() -> None:
    both = make_mapping(make_field("price"), make_field("note", direction=TO_SALES))
    rules = Rules(deletion=DeletionRule.DELETE)
    base = Base({"price": "1", "note": "n"}, {"price": "1", "note": "n"})
    for values, expected in (
        ({"price": "2", "note": "n"}, PartnerDeleted(Side.BC)),
        ({"price": "1", "note": "m"}, Remove(Side.SALES)),
    ):
        assert reconcile(both, base, Deleted("b"), known(Side.SALES, values), rules) == expected
