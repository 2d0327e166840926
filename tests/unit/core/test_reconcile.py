"""Reconcile by example: two records merge or are left alone; every case is in test_reconcile_exhaustive."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from shared_code.core.base import Base, confirm_base, settle_base
from shared_code.core.mapping import ConflictRule, Direction, FieldType
from shared_code.core.policies import Rules
from shared_code.core.reconcile import (
    OTHER_COMPANY,
    OUTSIDE_FILTER,
    Conflict,
    Create,
    Leave,
    Merge,
    Overruled,
    ReadFirst,
    State,
    reconcile,
)
from shared_code.core.records import Absent, Side, Values
from tests.unit.core.makers import (
    BOTH_WAYS,
    CUSTOMER,
    IN_STEP,
    STORED,
    TO_SALES,
    bc,
    common,
    known,
    make_field,
    make_mapping,
    sales,
    stored,
    unread,
)


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


def far(name: str | None) -> dict[str, str]:
    return {"state": name} if name else {}


@pytest.mark.parametrize("sales", [None, "Shipped", "Invoiced"])
@pytest.mark.parametrize("bc", [None, "Shipped", "Invoiced"])
def test_a_state_that_moves_onward_never_comes_back(bc: str | None, sales: str | None) -> None:
    states = (("Shipped", 3, 100001), ("Invoiced", 4, 100003))
    field = make_field(
        "state", FieldType.STATE, TO_SALES, sales=("statecode", "statuscode"), states=states, onward=True
    )
    order = [None, "Shipped", "Invoiced"]
    moves = order.index(bc) > order.index(sales)
    for base in (None, Base({}, {}), Base(far(bc), far(sales)), Base(far("Shipped"), far("Shipped"))):
        merged = reconcile(
            make_mapping(field), base, known(Side.BC, **far(bc)), known(Side.SALES, **far(sales)), Rules()
        )
        is_known = base == Base(far(bc), far(sales)) and bc and sales
        assert merged == (Merge(to_sales={"state": bc}) if moves and not is_known else Merge())


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


@pytest.mark.parametrize("side", tuple(Side))
def test_a_record_that_may_not_be_given_a_partner_is_left_alone_and_a_pair_is_merged(side: Side) -> None:
    closed = known(side, {**STORED, "phone": "2"}, creatable=False)
    alone: dict[Side, State] = {side: closed, side.other: Absent()}
    assert reconcile(CUSTOMER, None, alone[Side.BC], alone[Side.SALES], Rules()) == Leave(OUTSIDE_FILTER)
    pair: dict[Side, State] = {side: closed, side.other: stored(side.other)}
    merged = reconcile(CUSTOMER, IN_STEP, pair[Side.BC], pair[Side.SALES], Rules())
    assert isinstance(merged, Merge)
    assert merged.to(side.other) == {"phone": "2"}


def test_a_record_that_returns_to_the_filter_is_merged_against_its_old_base() -> None:
    assert reconcile(CUSTOMER, IN_STEP, bc(phone="2"), sales(), Rules()) == Merge(to_sales={"phone": "2"})


# Reading first


@pytest.mark.parametrize("unread_sides", [(Side.BC,), (Side.SALES,), (Side.BC, Side.SALES)])
def test_without_a_base_what_is_unread_is_read_first(unread_sides: tuple[Side, ...]) -> None:
    states = {side: unread(side) if side in unread_sides else stored(side) for side in Side}
    decision = reconcile(CUSTOMER, None, states[Side.BC], states[Side.SALES], Rules())
    assert decision == ReadFirst(unread_sides)


# The base


def test_a_confirmed_write_puts_what_was_sent_into_the_base() -> None:
    base = confirm_base(None, Side.SALES, {"phone": "2"}, {"phone": "2", "number": "T"})
    assert base == Base({"phone": "2"}, {"phone": "2"})


def test_a_sent_value_that_came_back_different_is_the_services_normalisation() -> None:
    base = confirm_base(IN_STEP, Side.SALES, {"phone": "2"}, {**STORED, "phone": "+2"})
    assert (base.bc["phone"], base.sales["phone"]) == ("2", "+2")
    assert reconcile(CUSTOMER, base, bc(phone="2"), sales(phone="+2"), Rules()) == Merge()


def test_a_sent_value_that_came_back_different_from_bc_is_the_base_of_bc() -> None:
    base = confirm_base(IN_STEP, Side.BC, {"phone": "2"}, {**STORED, "phone": "+2"})
    assert (base.bc["phone"], base.sales["phone"]) == ("+2", "2")


def test_a_value_that_was_not_sent_and_came_back_filled_is_that_sides_change() -> None:
    """A template filled the phone of a record that was just created in Sales."""
    sent = common("number", "street", "city")
    base = confirm_base(None, Side.SALES, sent, {**STORED, "phone": "from a template"})
    decision = reconcile(CUSTOMER, base, bc(phone=None), sales(phone="from a template"), Rules())
    assert decision == Merge(to_bc={"phone": "from a template"})


def test_a_confirmed_write_leaves_the_rest_of_the_base_alone() -> None:
    base = confirm_base(IN_STEP, Side.BC, {"phone": "2"}, {"phone": "2", "street": "edited"})
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
