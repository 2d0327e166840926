"""Reconcile by example: merging, creating, leaving alone; the exhaustive cases are in a file of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

import pytest

from shared_code.core.mapping import ConflictRule, DeletionRule, Direction, FieldType, Mapping, Rules
from shared_code.core.reconcile import (
    NO_RECORD,
    NOT_CREATED,
    OTHER_COMPANY,
    OUTSIDE_FILTER,
    Base,
    Conflict,
    Create,
    Decision,
    EndCoupling,
    Hold,
    Leave,
    Merge,
    Overruled,
    PartnerDeleted,
    ReadFirst,
    Remove,
    State,
    confirm_base,
    reconcile,
    settle_base,
)
from shared_code.core.records import Absent, Deleted, Side, Value, Values
from tests.unit.core.makers import BOTH_WAYS, FROM_SALES, TO_SALES, known, make_field, make_mapping, unread

PHONE = make_field("phone")
NUMBER = make_field("number", direction=TO_SALES)
STREET = make_field("street", group="address")
CITY = make_field("city", group="address")
CUSTOMER = make_mapping(PHONE, NUMBER, STREET, CITY)

STORED: Values = {"phone": "1", "number": "C1", "street": "Main", "city": "Ulm"}
IN_STEP = Base(STORED, STORED)


def stored(side: Side, **changes: Value) -> State:
    return known(side, {**STORED, **changes})


def bc(**changes: Value) -> State:
    return stored(Side.BC, **changes)


def sales(**changes: Value) -> State:
    return stored(Side.SALES, **changes)


def common(*names: str) -> dict[str, Value]:
    return {name: STORED[name] for name in names}


@dataclass(frozen=True)
class MergeCase:
    """A record of CUSTOMER whose base is ``STORED``; ``bc`` and ``sales`` are what changed since."""

    name: str
    bc: Values
    sales: Values
    expected: Merge
    rule: ConflictRule = ConflictRule.ASK


ADDRESS_CONFLICT = Conflict(
    "address",
    ("street", "city"),
    base={"street": "Main", "city": "Ulm"},
    bc={"street": "High", "city": "Ulm"},
    sales={"street": "Main", "city": "Bonn"},
)

MERGES = [
    MergeCase("nothing changed", {}, {}, Merge()),
    MergeCase("changed in BC goes to Sales", {"phone": "2"}, {}, Merge(to_sales={"phone": "2"})),
    MergeCase("changed in Sales goes to BC", {}, {"phone": "2"}, Merge(to_bc={"phone": "2"})),
    MergeCase("cleared in Sales is cleared in BC", {}, {"phone": None}, Merge(to_bc={"phone": None})),
    MergeCase("the same change on both sides needs nothing", {"phone": "2"}, {"phone": "2"}, Merge()),
    MergeCase(
        "phone here and street there is no conflict",
        {"phone": "2"},
        {"street": "High"},
        Merge(to_bc={"street": "High"}, to_sales={"phone": "2"}),
    ),
    MergeCase(
        "street here and city there is one conflict",
        {"street": "High"},
        {"city": "Bonn"},
        Merge(conflicts=(ADDRESS_CONFLICT,)),
    ),
    MergeCase(
        "a conflict holds up its own group only",
        {"street": "High", "phone": "2"},
        {"city": "Bonn"},
        Merge(to_sales={"phone": "2"}, conflicts=(ADDRESS_CONFLICT,)),
    ),
    MergeCase(
        "BC wins and the journal keeps what Sales held",
        {"street": "High"},
        {"city": "Bonn"},
        Merge(
            to_sales={"street": "High", "city": "Ulm"},
            overruled=(Overruled("address", Side.SALES, {"street": "Main", "city": "Bonn"}),),
        ),
        ConflictRule.BC_WINS,
    ),
    MergeCase(
        "Sales wins and the journal keeps what BC held",
        {"phone": "2"},
        {"phone": "3"},
        Merge(to_bc={"phone": "3"}, overruled=(Overruled("phone", Side.BC, {"phone": "2"}),)),
        ConflictRule.SALES_WINS,
    ),
    MergeCase(
        "of a group only the fields that differ are written",
        {"street": "High"},
        {},
        Merge(to_sales={"street": "High"}),
    ),
    MergeCase(
        "a street both changed alike is no conflict with a city one changed",
        {"street": "High", "city": "Bonn"},
        {"street": "High"},
        Merge(to_sales={"city": "Bonn"}),
    ),
    MergeCase(
        "drift of a one-way target is put right", {}, {"number": "X"}, Merge(to_sales={"number": "C1"})
    ),
    MergeCase(
        "a one-way field is never contested",
        {"number": "C2"},
        {"number": "X"},
        Merge(to_sales={"number": "C2"}),
    ),
]


@pytest.mark.parametrize("case", MERGES, ids=lambda case: case.name)
def test_merge(case: MergeCase) -> None:
    rules = Rules(conflict=case.rule)
    assert reconcile(CUSTOMER, IN_STEP, bc(**case.bc), sales(**case.sales), rules) == case.expected


@pytest.mark.parametrize("case", MERGES, ids=lambda case: case.name)
def test_equal_input_gives_an_equal_decision(case: MergeCase) -> None:
    states = bc(**case.bc), sales(**case.sales)
    first, second = (reconcile(CUSTOMER, IN_STEP, *states, Rules()) for _ in range(2))
    assert first == second


FIRST_LOOKS = [
    MergeCase("a value goes where the other is blank", {"phone": "1"}, {}, Merge(to_sales={"phone": "1"})),
    MergeCase("also from Sales", {}, {"phone": "1"}, Merge(to_bc={"phone": "1"})),
    MergeCase("equal values need nothing", {"phone": "1"}, {"phone": "1"}, Merge()),
    MergeCase(
        "different values are for a person",
        {"phone": "1"},
        {"phone": "2"},
        Merge(conflicts=(Conflict("phone", ("phone",), {}, {"phone": "1"}, {"phone": "2"}),)),
    ),
    MergeCase(
        "one way, the source's value counts",
        {"number": "1"},
        {"number": "2"},
        Merge(to_sales={"number": "1"}),
    ),
    MergeCase(
        "one way, the source's blank counts too", {}, {"number": "2"}, Merge(to_sales={"number": None})
    ),
    MergeCase(
        "an address is completed where the rest is equal",
        {"street": "Main", "city": "Ulm"},
        {"street": "Main"},
        Merge(to_sales={"city": "Ulm"}),
    ),
    MergeCase(
        "two halves of an address are for a person",
        {"street": "Main"},
        {"city": "Ulm"},
        Merge(
            conflicts=(
                Conflict(
                    "address",
                    ("street", "city"),
                    {},
                    {"street": "Main", "city": None},
                    {"street": None, "city": "Ulm"},
                ),
            )
        ),
    ),
]


@pytest.mark.parametrize("case", FIRST_LOOKS, ids=lambda case: case.name)
def test_merge_of_a_pair_that_was_just_coupled(case: MergeCase) -> None:
    both = known(Side.BC, case.bc), known(Side.SALES, case.sales)
    assert reconcile(CUSTOMER, None, *both, Rules()) == case.expected


def test_a_field_that_is_newly_mapped_merges_like_a_pair_just_coupled() -> None:
    base = Base(common("number", "street", "city"), common("number", "street", "city"))
    decision = reconcile(CUSTOMER, base, bc(), sales(phone=None), Rules())
    assert decision == Merge(to_sales={"phone": "1"})


def test_a_field_that_is_newly_mapped_is_read_before_it_is_written() -> None:
    base = Base(common("number", "street", "city"), common("number", "street", "city"))
    assert reconcile(CUSTOMER, base, bc(), unread(Side.SALES), Rules()) == ReadFirst((Side.SALES,))


def test_a_conflict_at_first_sight_is_read_again_before_either_value_is_written() -> None:
    """Its fields are not in the base, so an unread side must not pass for blank."""
    held = {side: {**STORED, "phone": f"{side} phone"} for side in Side}
    base = settle_base(CUSTOMER, None, held[Side.BC], held[Side.SALES], frozenset({"phone"}))
    decision = reconcile(CUSTOMER, base, bc(phone="edited again"), unread(Side.SALES), Rules())
    assert decision == ReadFirst((Side.SALES,))


def test_an_unread_side_needs_no_reading_for_fields_the_base_holds() -> None:
    base = Base(common("phone", "number"), common("phone", "number"))
    decision = reconcile(CUSTOMER, base, bc(phone="2", street=None, city=None), unread(Side.SALES), Rules())
    assert decision == Merge(to_sales={"phone": "2"})


def test_a_normalised_value_is_in_step() -> None:
    base = Base({**STORED, "phone": "1"}, {**STORED, "phone": "01"})
    assert reconcile(CUSTOMER, base, bc(phone="1"), sales(phone="01"), Rules()) == Merge()


def test_a_normalised_value_that_changes_on_one_side_goes_to_the_other() -> None:
    base = Base({**STORED, "phone": "1"}, {**STORED, "phone": "01"})
    assert reconcile(CUSTOMER, base, bc(phone="1"), sales(phone="02"), Rules()) == Merge(
        to_bc={"phone": "02"}
    )


def test_numbers_of_equal_worth_are_equal() -> None:
    mapping = make_mapping(make_field("price", FieldType.DECIMAL))
    both = known(Side.BC, price=Decimal("1.50")), known(Side.SALES, price=Decimal("1.5"))
    assert reconcile(mapping, None, *both, Rules()) == Merge()


CREDIT = make_mapping(
    make_field("currency", group="credit"), make_field("limit", direction=TO_SALES, group="credit")
)


def test_a_one_way_field_of_a_group_flows_at_first_sight_where_the_rest_is_equal() -> None:
    both = known(Side.BC, currency="EUR", limit="100"), known(Side.SALES, currency="EUR")
    assert reconcile(CREDIT, None, *both, Rules()) == Merge(to_sales={"limit": "100"})


def test_a_one_way_field_of_a_group_is_put_right_where_nobody_changed_the_group() -> None:
    base = Base({"currency": "EUR", "limit": "100"}, {"currency": "EUR", "limit": "100"})
    both = known(Side.BC, currency="EUR", limit="100"), known(Side.SALES, currency="EUR", limit="7")
    assert reconcile(CREDIT, base, *both, Rules()) == Merge(to_sales={"limit": "100"})


def test_the_currency_changed_in_sales_does_not_carry_the_limit_against_its_direction() -> None:
    base = Base({"currency": "EUR", "limit": "100"}, {"currency": "EUR", "limit": "100"})
    both = known(Side.BC, currency="EUR", limit="100"), known(Side.SALES, currency="USD", limit="7")
    assert reconcile(CREDIT, base, *both, Rules()) == Merge(to_bc={"currency": "USD"})


# Fields with rules of their own


@pytest.mark.parametrize("base", [None, Base({"owner": "A"}, {"owner": "A"}), Base({}, {})])
def test_a_blank_source_keeps_the_target_where_the_field_says_so(base: Base | None) -> None:
    mapping = make_mapping(make_field("owner", direction=TO_SALES, keep_when_blank=True))
    assert reconcile(mapping, base, known(Side.BC), known(Side.SALES, owner="A"), Rules()) == Merge()


def test_a_source_with_a_value_is_written_where_blank_is_kept() -> None:
    mapping = make_mapping(make_field("owner", direction=TO_SALES, keep_when_blank=True))
    both = known(Side.BC, owner="B"), known(Side.SALES, owner="A")
    assert reconcile(mapping, None, *both, Rules()) == Merge(to_sales={"owner": "B"})


def test_a_blank_target_is_filled_where_blank_is_kept() -> None:
    mapping = make_mapping(make_field("owner", direction=TO_SALES, keep_when_blank=True))
    assert reconcile(mapping, None, known(Side.BC, owner="B"), known(Side.SALES), Rules()) == Merge(
        to_sales={"owner": "B"}
    )


@pytest.mark.parametrize("base", [None, Base({"code": "EUR"}, {"code": "EUR"})])
@pytest.mark.parametrize("direction", [TO_SALES, BOTH_WAYS])
def test_a_field_for_creation_only_is_never_written_later(base: Base | None, direction: Direction) -> None:
    mapping = make_mapping(make_field("code", direction=direction, only_on_create=True))
    both = known(Side.BC, code="NEW"), known(Side.SALES, code="OLD")
    assert reconcile(mapping, base, *both, Rules()) == Merge()


def test_a_field_for_creation_only_is_written_at_creation() -> None:
    mapping = make_mapping(make_field("code", direction=TO_SALES, only_on_create=True))
    assert reconcile(mapping, None, known(Side.BC, code="EUR"), Absent(), Rules()) == Create(
        Side.SALES, {"code": "EUR"}
    )


# Filter and company


@pytest.mark.parametrize("side", tuple(Side))
@pytest.mark.parametrize("other_is_read", [True, False])
@pytest.mark.parametrize(
    ("inside", "foreign", "reason"),
    [(False, False, OUTSIDE_FILTER), (True, True, OTHER_COMPANY), (False, True, OTHER_COMPANY)],
)
def test_a_record_outside_the_filter_or_of_another_company_is_left_alone(
    side: Side, other_is_read: bool, inside: bool, foreign: bool, reason: str
) -> None:
    changed = known(side, {**STORED, "phone": "2", "street": "High"}, inside=inside, foreign=foreign)
    other = stored(side.other, city="Bonn") if other_is_read else unread(side.other)
    states: dict[Side, State] = {side: changed, side.other: other}
    assert reconcile(CUSTOMER, IN_STEP, states[Side.BC], states[Side.SALES], Rules()) == Leave(reason)


def test_a_record_that_returns_to_the_filter_is_merged_against_its_old_base() -> None:
    assert reconcile(CUSTOMER, IN_STEP, bc(phone="2"), sales(), Rules()) == Merge(to_sales={"phone": "2"})


# Reading first


@pytest.mark.parametrize("unread_sides", [(Side.BC,), (Side.SALES,), (Side.BC, Side.SALES)])
def test_without_a_base_what_is_unread_is_read_first(unread_sides: tuple[Side, ...]) -> None:
    states = {side: unread(side) if side in unread_sides else stored(side) for side in Side}
    decision = reconcile(CUSTOMER, None, states[Side.BC], states[Side.SALES], Rules())
    assert decision == ReadFirst(unread_sides)


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


def specified_deletion(mapping: Mapping, gone: Side, kind: str, rule: DeletionRule) -> Decision:
    """What must happen when the record of ``gone`` is deleted."""
    left = gone.other
    if kind == "deleted":
        return EndCoupling((Side.BC, Side.SALES))
    if kind in ("absent", "outside", "foreign") or rule is DeletionRule.UNCOUPLE:
        return EndCoupling((gone,))
    may_restore = mapping.creates and mapping.direction.flows_to(gone)
    may_remove = mapping.direction.flows_to(left)
    acts = (rule is DeletionRule.RESTORE and may_restore) or (rule is DeletionRule.DELETE and may_remove)
    if not acts:
        return PartnerDeleted(gone)
    if kind == "unread":
        return ReadFirst((left,))
    if rule is DeletionRule.RESTORE:
        phone = "2" if kind == "edited" else "1"
        number = common("number") if gone is Side.SALES else {}
        return Create(gone, {"phone": phone, **number, **common("street", "city")}, restores=True)
    return PartnerDeleted(gone) if kind == "edited" else Remove(left)


@pytest.mark.parametrize("rule", tuple(DeletionRule))
@pytest.mark.parametrize("kind", SURVIVORS)
@pytest.mark.parametrize("gone", tuple(Side))
@pytest.mark.parametrize("direction", tuple(Direction))
@pytest.mark.parametrize("creates", [True, False])
def test_every_deletion(
    creates: bool, direction: Direction, gone: Side, kind: str, rule: DeletionRule
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


# The base


def test_a_confirmed_write_puts_what_was_sent_into_the_base() -> None:
    base = confirm_base(
        None, Side.SALES, {"phone": "2"}, {**STORED, "phone": "2"}, {"phone": "2", "number": "T"}
    )
    assert base == Base({"phone": "2"}, {"phone": "2"})


def test_a_sent_value_that_came_back_different_is_the_services_normalisation() -> None:
    base = confirm_base(
        IN_STEP, Side.SALES, {"phone": "2"}, {**STORED, "phone": "2"}, {**STORED, "phone": "+2"}
    )
    assert (base.bc["phone"], base.sales["phone"]) == ("2", "+2")
    assert reconcile(CUSTOMER, base, bc(phone="2"), sales(phone="+2"), Rules()) == Merge()


def test_a_sent_value_that_came_back_different_from_bc_is_the_base_of_bc() -> None:
    base = confirm_base(IN_STEP, Side.BC, {"phone": "2"}, {**STORED, "phone": "2"}, {**STORED, "phone": "+2"})
    assert (base.bc["phone"], base.sales["phone"]) == ("+2", "2")


def test_a_value_that_was_not_sent_and_came_back_filled_is_that_sides_change() -> None:
    """A template filled the phone of a record that was just created in Sales."""
    ours = {**STORED, "phone": None}
    sent = common("number", "street", "city")
    base = confirm_base(None, Side.SALES, sent, ours, {**STORED, "phone": "from a template"})
    decision = reconcile(CUSTOMER, base, bc(phone=None), sales(phone="from a template"), Rules())
    assert decision == Merge(to_bc={"phone": "from a template"})


def test_a_confirmed_write_leaves_the_rest_of_the_base_alone() -> None:
    base = confirm_base(IN_STEP, Side.BC, {"phone": "2"}, {"phone": "2"}, {"phone": "2", "street": "edited"})
    assert base.on(Side.BC) == {**STORED, "phone": "2"}
    assert base.on(Side.SALES) == {**STORED, "phone": "2"}


def test_groups_that_stay_open_keep_the_last_common_value() -> None:
    bc_now = {**STORED, "street": "High", "phone": "2"}
    sales_now = {**STORED, "city": "Bonn", "phone": "2"}
    base = settle_base(CUSTOMER, IN_STEP, bc_now, sales_now, frozenset({"address"}))
    assert base == Base({**STORED, "phone": "2"}, {**STORED, "phone": "2"})


def test_a_group_open_from_the_first_look_stays_out_of_the_base() -> None:
    base = settle_base(CUSTOMER, None, STORED, {**STORED, "phone": "2"}, frozenset({"phone"}))
    assert "phone" not in base.bc
    assert "phone" not in base.sales


def test_a_base_that_is_settled_knows_every_mapped_field() -> None:
    base = settle_base(CUSTOMER, None, {"phone": "1"}, {"phone": "1"}, frozenset())
    assert base.bc == {"phone": "1", "number": None, "street": None, "city": None}
    assert base.sales == base.bc
