"""Long runs over one record: people edit both sides, processes die between any two steps, writes are refused.

However a run goes, no edit is dropped, the base never holds what a side has not held, and when the edits
stop the record comes to rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.core.base import Base, confirm_base, settle_base
from shared_code.core.mapping import ConflictRule
from shared_code.core.policies import Rules
from shared_code.core.reconcile import (
    Merge,
    reconcile,
)
from shared_code.core.records import Side, Value
from tests.unit.core.makers import FROM_SALES, TO_SALES, known, make_field, make_mapping

MAPPING = make_mapping(
    make_field("phone"),
    make_field("street", group="address"),
    make_field("city", group="address"),
    make_field("currency", group="credit"),
    make_field("limit", direction=TO_SALES, group="credit"),
    make_field("number", direction=TO_SALES),
    make_field("score", direction=FROM_SALES),
)
NAMES = [each.name for each in MAPPING.fields]
BOTH_WAYS_NAMES = [each.name for each in MAPPING.fields if each.direction not in (TO_SALES, FROM_SALES)]
VALUES: list[Value] = [None, "a", "b", "A"]


def as_stored(side: Side, name: str, value: Value) -> Value:
    """A service's normalisation: Business Central keeps the phone in capitals."""
    return value.upper() if side is Side.BC and name == "phone" and isinstance(value, str) else value


@dataclass
class Record:
    """One coupled record, and every value each side ever held."""

    held: dict[Side, dict[str, Value]]
    base: Base | None = None
    history: dict[tuple[Side, str], set[Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for side in Side:
            for name in NAMES:
                self.set(side, name, self.held[side].get(name))

    def set(self, side: Side, name: str, value: Value) -> None:
        stored = as_stored(side, name, value)
        self.held[side][name] = stored
        self.history.setdefault((side, name), set()).add(stored)

    def merge(self, rule: ConflictRule) -> Merge:
        both = known(Side.BC, self.held[Side.BC]), known(Side.SALES, self.held[Side.SALES])
        decision = reconcile(MAPPING, self.base, *both, Rules(conflict=rule))
        assert isinstance(decision, Merge)
        return decision

    def cycle(self, rule: ConflictRule, dies_before_confirming: bool = False) -> Merge:
        """One look at the record: write, confirm, or settle where nothing is to be written."""
        merge = self.merge(rule)
        for side in (side for side in Side if merge.to(side)):
            for name, value in merge.to(side).items():
                self.set(side, name, value)
            if dies_before_confirming:
                return merge
            self.base = confirm_base(self.base, side, merge.to(side), dict(self.held[side]))
        if not merge.to_bc and not merge.to_sales:
            opened = frozenset(conflict.group for conflict in merge.conflicts)
            bc, sales = (
                dict(self.held[each]) for each in (Side.BC, Side.SALES)
            )  # A base keeps what it is given.
            self.base = settle_base(MAPPING, self.base, bc, sales, opened)
        return merge

    def check_base(self) -> None:
        for side in Side if self.base else ():
            assert self.base is not None
            for name, value in self.base.on(side).items():
                assert value in self.history[side, name], f"the base holds what {side} never held"


edits = st.tuples(st.just("edit"), st.sampled_from(Side), st.sampled_from(NAMES), st.sampled_from(VALUES))
looks = st.tuples(st.just("look"), st.booleans(), st.sampled_from(ConflictRule))
states = st.fixed_dictionaries({name: st.sampled_from(VALUES) for name in NAMES})


@settings(max_examples=300, deadline=None)
@given(bc=states, sales=states, steps=st.lists(st.one_of(edits, edits, looks), max_size=12))
def test_a_record_comes_to_rest_when_the_edits_stop(
    bc: dict[str, Value],
    sales: dict[str, Value],
    steps: list[tuple[str, Side, str, Value] | tuple[str, bool, ConflictRule]],
) -> None:
    record = Record({Side.BC: dict(bc), Side.SALES: dict(sales)})
    for step in steps:
        if len(step) == 4:
            record.set(step[1], step[2], step[3])
        else:
            record.cycle(step[2], dies_before_confirming=step[1])
        record.check_base()
    check_rest(record)


def check_rest(record: Record) -> None:
    """After a few looks nothing is written any more, and only contested groups differ."""
    for _ in range(4):
        merge = record.cycle(ConflictRule.ASK)
        record.check_base()
    assert merge == Merge(conflicts=merge.conflicts)
    contested = {name for conflict in merge.conflicts for name in conflict.fields}
    for name in set(NAMES) - contested:
        bc, sales = (record.held[side][name] for side in Side)
        assert as_stored(Side.BC, name, sales) == bc, f"{name} is at rest and differs"


@settings(max_examples=300, deadline=None)
@given(
    common=states,
    on_bc=st.dictionaries(st.sampled_from(BOTH_WAYS_NAMES), st.just("from bc")),
    on_sales=st.dictionaries(st.sampled_from(BOTH_WAYS_NAMES), st.just("from sales")),
    dies=st.booleans(),
)
def test_every_edit_ends_on_both_sides_or_in_a_conflict(
    common: dict[str, Value], on_bc: dict[str, Value], on_sales: dict[str, Value], dies: bool
) -> None:
    record = Record({Side.BC: dict(common), Side.SALES: dict(common)})
    check_rest(record)
    for side, edited in ((Side.BC, on_bc), (Side.SALES, on_sales)):
        for name, value in edited.items():
            record.set(side, name, value)
    record.cycle(ConflictRule.ASK, dies_before_confirming=dies)
    merge = record.cycle(ConflictRule.ASK)
    contested = {name: conflict for conflict in merge.conflicts for name in conflict.fields}
    for side, edited in ((Side.BC, on_bc), (Side.SALES, on_sales)):
        for name, value in edited.items():
            places = [record.held[each][name] for each in Side]
            if name in contested:
                places = [(contested[name].bc if side is Side.BC else contested[name].sales)[name]]
            assert all(as_stored(Side.BC, name, place) == as_stored(Side.BC, name, value) for place in places)
