"""Reconcile where one record is missing: creating its partner, and what a deletion means."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from shared_code.core.base import settle_base
from shared_code.core.mapping import Direction, Mapping
from shared_code.core.policies import BySide, DeletionRule, DeletionRules, Rules
from shared_code.core.reconcile import (
    NO_RECORD,
    NOT_CREATED,
    OTHER_COMPANY,
    OUTSIDE_FILTER,
    Create,
    Deactivate,
    Decision,
    EndCoupling,
    Hold,
    Leave,
    PartnerDeleted,
    ReadFirst,
    Remove,
    State,
    reconcile,
)
from shared_code.core.records import Absent, Deleted, Side, Value
from tests.unit.core.makers import (
    BOTH_WAYS,
    CUSTOMER,
    FROM_SALES,
    IN_STEP,
    STORED,
    TO_SALES,
    common,
    known,
    make_field,
    make_mapping,
    sales,
    stored,
    unread,
)

# Creating


def towards(target: Side, **more: object) -> Mapping:
    """A mapping with a field each way and one both ways, of ``target``'s own direction or bidirectional."""
    fields = (
        make_field("both"),
        make_field("down", direction=TO_SALES),
        make_field("up", direction=FROM_SALES),
        make_field("blank"),
    )
    return replace(make_mapping(*fields), **more)  # type: ignore[arg-type]


OUR_WAY = {Side.SALES: "down", Side.BC: "up"}
FILLED: dict[str, Value] = {"both": "b", "down": "d", "up": "u", "blank": None}


def decide_on_new(mapping: Mapping, present: Side, state: State, rules: Rules) -> Decision:
    states: dict[Side, State] = {present: state, present.other: Absent()}
    return reconcile(mapping, None, states[Side.BC], states[Side.SALES], rules)


@pytest.mark.parametrize("target", tuple(Side))
def test_a_partner_is_created_with_what_flows_to_it_and_is_not_blank(target: Side) -> None:
    decision = decide_on_new(towards(target), target.other, known(target.other, FILLED), Rules())
    assert decision == Create(target, {"both": "b", OUR_WAY[target]: FILLED[OUR_WAY[target]]})


@pytest.mark.parametrize("target", tuple(Side))
@pytest.mark.parametrize(
    ("direction", "creates", "released", "foreign", "inside"),
    list(product(Direction, [True, False], [True, False], [True, False], [True, False])),
)
def test_every_creation(
    target: Side, direction: Direction, creates: bool, released: bool, foreign: bool, inside: bool
) -> None:
    mapping = towards(target, direction=direction, creates=creates)
    state = known(target.other, FILLED, inside=inside, foreign=foreign)
    rules = Rules(create_in=frozenset({target} if released else {target.other}))
    decision = decide_on_new(mapping, target.other, state, rules)
    flows = direction in (BOTH_WAYS, TO_SALES if target is Side.SALES else FROM_SALES)
    if foreign:
        assert decision == Leave(OTHER_COMPANY)
    elif not inside:
        assert decision == Leave(OUTSIDE_FILTER)
    elif not flows or not creates:
        assert decision == Leave(NOT_CREATED)
    elif not released:
        assert decision == Hold(target)
    else:
        assert isinstance(decision, Create)
        assert not decision.restores


@pytest.mark.parametrize("side", tuple(Side))
def test_a_record_must_be_read_before_its_partner_is_created(side: Side) -> None:
    assert decide_on_new(CUSTOMER, side, unread(side), Rules()) == ReadFirst((side,))


def test_where_no_record_is_known_there_is_nothing_to_do() -> None:
    assert reconcile(CUSTOMER, None, Absent(), Absent(), Rules()) == Leave(NO_RECORD)


# Deleting

SURVIVORS = ("same", "edited", "unread", "outside", "foreign", "deleted", "absent")


def survivor(side: Side, kind: str) -> State:
    return {
        "same": stored(side),
        "edited": stored(side, phone="2"),
        "unread": unread(side),
        "outside": known(side, STORED, inside=False),
        "foreign": known(side, STORED, foreign=True),
        "deleted": Deleted(f"{side}-id"),
        "absent": Absent(),
    }[kind]


def specified_deletion(mapping: Mapping, gone: Side, kind: str, rules: DeletionRules) -> Decision:
    """What must happen when the record of ``gone`` is deleted."""
    left = gone.other
    if isinstance(rules, BySide):
        rule = rules.bc if gone is Side.BC else rules.sales
    else:
        rule = rules if (rules, gone) != (DeletionRule.DELETE, Side.SALES) else DeletionRule.ASK
    if kind == "deleted":
        return EndCoupling((Side.BC, Side.SALES))
    if kind in ("absent", "outside", "foreign"):
        return EndCoupling((gone,))
    if rule is DeletionRule.UNCOUPLE:
        return EndCoupling((gone,), parted=True)
    if kind == "unread":
        return ReadFirst((left,))
    may_restore = mapping.direction.flows_to(gone)  # The rule asks for it, whatever else is created.
    may_remove = mapping.direction.flows_to(left)
    removes = rule in (DeletionRule.DELETE, DeletionRule.DEACTIVATE)
    acts = (rule is DeletionRule.RESTORE and may_restore) or (removes and may_remove)
    if not acts:
        return PartnerDeleted(gone)
    if rule is DeletionRule.RESTORE:
        phone = "2" if kind == "edited" else "1"
        number = common("number") if gone is Side.SALES else {}
        return Create(gone, {"phone": phone, **number, **common("street", "city")}, restores=True)
    if kind == "edited":
        return PartnerDeleted(gone)
    return Remove(left) if rule is DeletionRule.DELETE else Deactivate(left)


BY_SIDE = [BySide(bc, sales) for bc in DeletionRule for sales in DeletionRule]


@pytest.mark.parametrize("rule", [*DeletionRule, *BY_SIDE], ids=str)
@pytest.mark.parametrize("kind", SURVIVORS)
@pytest.mark.parametrize("gone", tuple(Side))
@pytest.mark.parametrize("direction", tuple(Direction))
@pytest.mark.parametrize("creates", [True, False])
def test_every_deletion(
    creates: bool, direction: Direction, gone: Side, kind: str, rule: DeletionRules
) -> None:
    mapping = replace(CUSTOMER, creates=creates, direction=direction)
    states: dict[Side, State] = {gone: Deleted(f"{gone}-id"), gone.other: survivor(gone.other, kind)}
    decision = reconcile(mapping, IN_STEP, states[Side.BC], states[Side.SALES], Rules(deletion=rule))
    assert decision == specified_deletion(mapping, gone, kind, rule)


def test_a_deletion_is_not_carried_over_without_a_base_to_tell_an_edit() -> None:
    rules = Rules(deletion=DeletionRule.DELETE)
    assert reconcile(CUSTOMER, None, Deleted("b"), sales(), rules) == PartnerDeleted(Side.BC)


def test_a_value_that_is_gone_from_the_survivor_is_an_edit_too() -> None:
    rules = Rules(deletion=DeletionRule.DELETE)
    state = known(Side.SALES, common("number", "street", "city"))
    assert reconcile(CUSTOMER, IN_STEP, Deleted("b"), state, rules) == PartnerDeleted(Side.BC)


def test_a_deletion_is_never_carried_over_an_open_conflict() -> None:
    """The survivor's contested value is not in the base, so it counts as an edit."""
    rules = Rules(deletion=DeletionRule.DELETE)
    base = settle_base(
        CUSTOMER, IN_STEP, {**STORED, "phone": "2"}, {**STORED, "phone": "3"}, frozenset({"phone"})
    )
    assert reconcile(CUSTOMER, base, Deleted("b"), sales(phone="3"), rules) == PartnerDeleted(Side.BC)
