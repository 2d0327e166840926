"""Instructions: what a person wants counts more than what the rules say, and never against a direction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.base import Base
from shared_code.core.instructions import Instruction, rules_under
from shared_code.core.merging import Merge, Overruled, merge
from shared_code.core.policies import ConflictRule, DeletionRule, Rules
from shared_code.core.reconcile import Create, Hold, Leave, PartnerDeleted, Remove, reconcile
from shared_code.core.records import Absent, Deleted, Side, Value
from tests.unit.core.makers import BOTH_WAYS, FROM_SALES, TO_SALES, known, make_field, make_mapping

MAPPING = make_mapping(
    make_field("name"), make_field("street", group="address"), make_field("city", group="address"),
    make_field("number", direction=TO_SALES), make_field("owner", direction=FROM_SALES),
)  # fmt: skip
NAMES = [each.name for each in MAPPING.fields]
VALUES = st.fixed_dictionaries({name: st.sampled_from([None, "a", "b", "c"]) for name in NAMES})
FAVOURING = {Side.BC: Instruction.BC_VALUES, Side.SALES: Instruction.SALES_VALUES}


def under(instruction: Instruction, **rules: object) -> Rules:
    return rules_under(instruction, Rules(**rules))  # type: ignore[arg-type]


def test_a_favoured_side_replaces_what_only_the_other_one_changed_and_says_so() -> None:
    base = Base(dict.fromkeys(NAMES, "a"), dict.fromkeys(NAMES, "a"))
    bc, sales = known(Side.BC, base.bc), known(Side.SALES, base.bc, name="b")
    found = merge(MAPPING, base, {Side.BC: bc, Side.SALES: sales}, under(Instruction.BC_VALUES))
    assert found == Merge(to_sales={"name": "a"}, overruled=(Overruled("name", Side.SALES, {"name": "b"}),))


@given(bc=VALUES, sales=VALUES, base=st.none() | VALUES, side=st.sampled_from(list(Side)))
def test_after_it_both_hold_the_favoured_sides_values_wherever_these_may_flow(
    bc: dict[str, Value], sales: dict[str, Value], base: dict[str, Value] | None, side: Side
) -> None:
    held = {Side.BC: bc, Side.SALES: sales}
    states = {each: known(each, values) for each, values in held.items()}
    common = Base(base, base) if base is not None else None
    found = merge(MAPPING, common, states, under(FAVOURING[side]))
    after = {each: {**values, **found.to(each)} for each, values in held.items()}
    assert found.conflicts == ()
    flowing = [each.name for each in MAPPING.fields if each.direction.flows_from(side)]
    assert [after[side][n] for n in flowing] == [held[side][n] for n in flowing]
    in_step = [n for n in flowing if common and common.bc[n] == bc[n] == sales[n]]
    assert all(after[Side.BC][n] == after[Side.SALES][n] for n in flowing if n not in in_step)
    assert not any(name in found.to(side) for name in flowing)


@pytest.mark.parametrize("rule", list(ConflictRule))
def test_a_merge_on_demand_follows_the_rules_of_the_mapping(rule: ConflictRule) -> None:
    rules = Rules(conflict=rule)
    assert rules_under(Instruction.MERGE, rules) == rules_under(Instruction.NONE, rules) == rules


def test_a_creation_that_is_not_released_waits_unless_a_person_wants_it() -> None:
    state, none = known(Side.BC, name="a"), frozenset[Side]()
    assert isinstance(reconcile(MAPPING, None, state, Absent(), Rules(create_in=none)), Hold)
    found = reconcile(MAPPING, None, state, Absent(), under(Instruction.CREATE, create_in=none))
    assert found == Create(Side.SALES, {"name": "a"})


@pytest.mark.parametrize(
    ("more", "creates"),
    [({"creates": False}, True), ({"creates_only_in": Side.BC}, False), ({"direction": FROM_SALES}, False)],
)
def test_a_person_creates_what_the_mapping_creates_not_by_itself_and_nothing_against_its_direction(
    more: dict[str, object], creates: bool
) -> None:
    mapping = make_mapping(make_field("name", direction=more.get("direction", BOTH_WAYS)), **more)
    found = reconcile(mapping, None, known(Side.BC, name="a"), Absent(), under(Instruction.CREATE))
    assert isinstance(found, Create) is creates
    assert isinstance(found, Leave) is not creates


def test_a_record_outside_the_filter_gets_no_partner_whoever_wants_it() -> None:
    outside = known(Side.BC, name="a", inside=False)
    assert isinstance(reconcile(MAPPING, None, outside, Absent(), under(Instruction.CREATE)), Leave)


@pytest.mark.parametrize("creates", [True, False])
@pytest.mark.parametrize("gone", list(Side))
def test_a_deleted_partner_is_created_again_where_a_person_wants_it(gone: Side, creates: bool) -> None:
    mapping = make_mapping(make_field("name"), creates=creates)
    states = {gone: Deleted("x"), gone.other: known(gone.other, name="a")}
    base = Base({"name": "b"}, {"name": "b"})
    found = reconcile(mapping, base, states[Side.BC], states[Side.SALES], under(Instruction.RESTORE))
    assert found == Create(gone, {"name": "a"}, restores=True)


@pytest.mark.parametrize("ours", [True, False])
def test_an_edited_survivor_is_deleted_only_where_a_person_wants_it(ours: bool) -> None:
    base, survivor = Base({"name": "b"}, {"name": "b"}), known(Side.SALES, name="edited")
    by_rule = Rules(deletion=DeletionRule.DELETE)
    assert isinstance(reconcile(MAPPING, base, Deleted("x"), survivor, by_rule, ours=ours), PartnerDeleted)
    found = reconcile(MAPPING, base, Deleted("x"), survivor, under(Instruction.DELETE), ours=ours)
    assert found == Remove(Side.SALES)
