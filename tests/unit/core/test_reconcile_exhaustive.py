"""Every case of the three-way merge, against a specification written independently of it.

One field: the base is none, lacks the field or holds one of the pairs of {blank, x, y, z}; each side holds
one of {blank, x, y, z}; three directions and three conflict rules.  A group of two fields: the same with
{blank, x, y} for each field and each field's own direction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import pytest

from shared_code.core.base import Base, confirm_base, settle_base
from shared_code.core.mapping import ConflictRule, Direction
from shared_code.core.policies import Rules
from shared_code.core.reconcile import (
    Merge,
    ReadFirst,
    State,
    is_in_step,
    reconcile,
)
from shared_code.core.records import Side, Value, Values
from tests.unit.core.makers import known, make_field, make_mapping, unread

type Pair = tuple[Value, Value]
"""What Business Central holds and what Sales holds, of one field."""

VALUES: tuple[Value, ...] = (None, "x", "y", "z")
FEW_VALUES: tuple[Value, ...] = (None, "x", "y")
RULES = tuple(each for each in ConflictRule if each is not ConflictRule.NEWEST_WINS)
"""The newest is one of the other three, by the times of change: see test_merging."""
FAVOURED = {ConflictRule.BC_WINS: Side.BC, ConflictRule.SALES_WINS: Side.SALES}
MOST_ROUNDS = 3
"""Rounds of writing after which a record must be quiet."""


@dataclass(frozen=True)
class Case:
    """One record before the merge; an entry of ``base`` is ``None`` where the base lacks the field."""

    directions: tuple[Direction, ...]
    base: tuple[Pair | None, ...] | None
    now: tuple[Pair, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"f{number}" for number in range(len(self.now)))

    def remembered(self, number: int) -> Pair | None:
        return None if self.base is None else self.base[number]


@dataclass(frozen=True)
class Outcome:
    """What a merge does: writes by side and field, whether it asks, and whose values it overrules."""

    to_bc: Mapping[str, Value]
    to_sales: Mapping[str, Value]
    asks: bool = False
    overrules: Side | None = None


QUIET = Outcome({}, {})


def single_cases(direction: Direction) -> Iterator[Case]:
    pairs: list[Pair] = list(product(VALUES, VALUES))
    bases: list[tuple[Pair | None, ...] | None] = [None, (None,), *((pair,) for pair in pairs)]
    for base, now in product(bases, pairs):
        yield Case((direction,), base, (now,))


def group_cases(directions: tuple[Direction, Direction]) -> Iterator[Case]:
    pairs: list[Pair] = list(product(FEW_VALUES, FEW_VALUES))
    remembered: list[Pair | None] = [None, *((value, value) for value in FEW_VALUES)]
    bases: list[tuple[Pair | None, ...] | None] = [None, *product(remembered, remembered)]
    for base, first, second in product(bases, pairs, pairs):
        yield Case(directions, base, (first, second))


# The specification -------------------------------------------------------------------------------------


def specified_field(case: Case, rule: ConflictRule) -> Outcome:
    """What must happen to a field that is its own group."""
    (direction,), ((bc, sales),) = case.directions, case.now
    remembered = case.remembered(0)
    to_sales, to_bc = Outcome({}, {"f0": bc}), Outcome({"f0": sales}, {})
    if bc == sales or remembered == (bc, sales):
        return QUIET
    if direction is not Direction.BIDIRECTIONAL:
        return to_sales if direction is Direction.TO_SALES else to_bc
    was_bc, was_sales = remembered or (None, None)
    verdicts = {
        (True, False): to_sales,
        (False, True): to_bc,
        (True, True): {
            ConflictRule.ASK: Outcome({}, {}, asks=True),
            ConflictRule.BC_WINS: Outcome({}, {"f0": bc}, overrules=Side.SALES),
            ConflictRule.SALES_WINS: Outcome({"f0": sales}, {}, overrules=Side.BC),
        }[rule],
    }
    return verdicts[bc != was_bc, sales != was_sales]


def specified_group(case: Case, rule: ConflictRule) -> Outcome:
    """What must happen to fields that merge as one value: what differs comes from the side that changed.

    A field that is in step says nothing about who changed the group.
    """
    numbers = range(len(case.now))
    unsettled = [n for n in numbers if len(set(case.now[n])) == 2 and case.remembered(n) != case.now[n]]
    if not unsettled:
        return QUIET
    speaks = {
        Side.BC: [n for n in unsettled if case.directions[n] is not Direction.FROM_SALES],
        Side.SALES: [n for n in unsettled if case.directions[n] is not Direction.TO_SALES],
    }
    edited = {side for side in Side if _tuple_of(case, side, speaks[side]) != _was(case, side, speaks[side])}
    for side in Side:
        if edited == {side}:
            return _written(case, unsettled, speaks, side)
    if not edited:
        return _one_way_fields_put_right(case, unsettled)
    if rule is ConflictRule.ASK:
        return Outcome({}, {}, asks=True)
    winner = FAVOURED[rule]
    result = _written(case, unsettled, speaks, winner)
    return Outcome(result.to_bc, result.to_sales, overrules=winner.other)


def _at(pair: Pair, side: Side) -> Value:
    return pair[0] if side is Side.BC else pair[1]


def _tuple_of(case: Case, side: Side, numbers: Sequence[int]) -> list[Value]:
    return [_at(case.now[n], side) for n in numbers]


def _was(case: Case, side: Side, numbers: Sequence[int]) -> list[Value]:
    """What the side held; where nothing is remembered, a blank: only a value can be a change then."""
    return [_at(case.remembered(n) or (None, None), side) for n in numbers]


def _written(case: Case, unsettled: Sequence[int], speaks: Mapping[Side, list[int]], source: Side) -> Outcome:
    values = {f"f{n}": _at(case.now[n], source) for n in unsettled if n in speaks[source]}
    return Outcome({}, values) if source is Side.BC else Outcome(values, {})


def _one_way_fields_put_right(case: Case, unsettled: Sequence[int]) -> Outcome:
    right = {n: case.directions[n] for n in unsettled}
    return Outcome(
        {f"f{n}": case.now[n][1] for n, way in right.items() if way is Direction.FROM_SALES},
        {f"f{n}": case.now[n][0] for n, way in right.items() if way is Direction.TO_SALES},
    )


# What is tested ----------------------------------------------------------------------------------------


def base_of(case: Case) -> Base | None:
    if case.base is None:
        return None
    pairs = {name: pair for name, pair in zip(case.names, case.base, strict=True) if pair}
    return Base(
        {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}
    )


def values_of(case: Case, side: Side) -> dict[str, Value]:
    return {name: _at(pair, side) for name, pair in zip(case.names, case.now, strict=True)}


class Bench:
    """The mapping of one list of directions, all fields in one group, with its cases merged."""

    def __init__(self, directions: tuple[Direction, ...], rule: ConflictRule) -> None:
        fields = [make_field(f"f{n}", direction=way, group="g") for n, way in enumerate(directions)]
        self.mapping = make_mapping(*fields)
        self.rule = rule

    def merge(self, base: Base | None, bc: Values, sales: Values) -> Merge:
        decision = reconcile(
            self.mapping, base, known(Side.BC, bc), known(Side.SALES, sales), Rules(conflict=self.rule)
        )
        assert isinstance(decision, Merge)
        return decision

    def merge_case(self, case: Case) -> Merge:
        return self.merge(base_of(case), values_of(case, Side.BC), values_of(case, Side.SALES))


def outcome_of(merge: Merge) -> Outcome:
    loser = merge.overruled[0].side if merge.overruled else None
    return Outcome(merge.to_bc, merge.to_sales, bool(merge.conflicts), loser)


def check_invariants(bench: Bench, case: Case, merge: Merge) -> None:
    """What holds of every merge whatever the specification says."""
    held = {side: values_of(case, side) for side in Side}
    for each in bench.mapping.fields:
        for side in Side:
            if each.name in merge.to(side):
                assert each.direction.flows_to(side), "written against its direction"
                assert merge.to(side)[each.name] == held[side.other][each.name], "not the source's value"
                assert merge.to(side)[each.name] != held[side][each.name], "writes what is there already"
    assert len(merge.conflicts) + len(merge.overruled) <= 1
    if merge.conflicts:
        assert bench.rule is ConflictRule.ASK
        assert {**merge.to_bc, **merge.to_sales} == {}, "a group in conflict is left alone"
        (conflict,) = merge.conflicts
        assert (conflict.bc, conflict.sales) == (held[Side.BC], held[Side.SALES])
        assert conflict.fields == case.names
    for overruled in merge.overruled:
        assert overruled.side is FAVOURED[bench.rule].other
        assert overruled.values == held[overruled.side]
    check_nothing_lost(bench, case, merge)


def check_nothing_lost(bench: Bench, case: Case, merge: Merge) -> None:
    """A value a person wrote where it may be written ends on the other side, in a conflict or overruled."""
    overruled = {each.side for each in merge.overruled}
    for number, each in enumerate(bench.mapping.fields):
        for side in Side:
            value = _at(case.now[number], side)
            was = _at(case.remembered(number) or (None, None), side)
            if not each.direction.flows_from(side) or value == was or len(set(case.now[number])) == 1:
                continue
            if case.remembered(number) == case.now[number]:
                continue
            carried = merge.to(side.other).get(each.name, "not written") == value
            assert carried or merge.conflicts or side in overruled, f"the edit of {side} is dropped"


def check_converges(bench: Bench, case: Case) -> None:
    """Written, confirmed and settled, the record is quiet, and only what is in conflict differs."""
    base = base_of(case)
    held = {side: values_of(case, side) for side in Side}
    for _ in range(MOST_ROUNDS):
        merge = bench.merge(base, held[Side.BC], held[Side.SALES])
        if not merge.to_bc and not merge.to_sales:
            break
        for side in (side for side in Side if merge.to(side)):
            held[side].update(merge.to(side))
            base = confirm_base(base, side, merge.to(side), held[side])
    else:
        pytest.fail(f"still writing after {MOST_ROUNDS} rounds")
    open_groups = frozenset(conflict.group for conflict in merge.conflicts)
    base = settle_base(bench.mapping, base, held[Side.BC], held[Side.SALES], open_groups)
    again = bench.merge(base, held[Side.BC], held[Side.SALES])
    assert again == merge, "the next look sees something else"
    assert not again.overruled
    # A pair that the base already held was one value in two services' spellings, and stays so.
    settled = held[Side.BC] == held[Side.SALES] or any(
        pair is not None and pair[0] != pair[1] for pair in case.base or ()
    )
    assert open_groups or settled


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("direction", tuple(Direction))
class TestOneField:
    """A field that is its own group."""

    def test_decides_as_specified(self, direction: Direction, rule: ConflictRule) -> None:
        bench = Bench((direction,), rule)
        for case in single_cases(direction):
            assert outcome_of(bench.merge_case(case)) == specified_field(case, rule), case

    def test_keeps_the_invariants(self, direction: Direction, rule: ConflictRule) -> None:
        bench = Bench((direction,), rule)
        for case in single_cases(direction):
            check_invariants(bench, case, bench.merge_case(case))

    def test_is_quiet_once_its_writes_are_confirmed(self, direction: Direction, rule: ConflictRule) -> None:
        bench = Bench((direction,), rule)
        for case in single_cases(direction):
            check_converges(bench, case)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("directions", tuple(product(Direction, Direction)), ids="-".join)
class TestGroupOfTwoFields:
    """Two fields that merge as one value, each with a direction of its own."""

    def test_decides_as_specified(self, directions: tuple[Direction, Direction], rule: ConflictRule) -> None:
        bench = Bench(directions, rule)
        for case in group_cases(directions):
            assert outcome_of(bench.merge_case(case)) == specified_group(case, rule), case

    def test_keeps_the_invariants(self, directions: tuple[Direction, Direction], rule: ConflictRule) -> None:
        bench = Bench(directions, rule)
        for case in group_cases(directions):
            check_invariants(bench, case, bench.merge_case(case))

    def test_is_quiet_once_its_writes_are_confirmed(
        self, directions: tuple[Direction, Direction], rule: ConflictRule
    ) -> None:
        bench = Bench(directions, rule)
        for case in group_cases(directions):
            check_converges(bench, case)


def all_cases() -> Iterator[Case]:
    for direction in Direction:
        yield from single_cases(direction)
    yield from group_cases((Direction.BIDIRECTIONAL, Direction.TO_SALES))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("side", tuple(Side))
def test_an_unread_side_stands_for_the_base(side: Side, rule: ConflictRule) -> None:
    for case in all_cases():
        base = base_of(case)
        if base is None or len(base.bc) < len(case.names):
            continue
        bench = Bench(case.directions, rule)
        other = known(side.other, values_of(case, side.other))
        rules = Rules(conflict=rule)
        as_unread: dict[Side, State] = {side: unread(side), side.other: other}
        as_known: dict[Side, State] = {side: known(side, base.on(side)), side.other: other}
        assert reconcile(bench.mapping, base, as_unread[Side.BC], as_unread[Side.SALES], rules) == reconcile(
            bench.mapping, base, as_known[Side.BC], as_known[Side.SALES], rules
        ), case


@pytest.mark.parametrize("side", tuple(Side))
def test_nothing_stands_for_an_unread_value_that_the_base_lacks(side: Side) -> None:
    """A field whose value on the unread side nobody knows is neither written there nor carried from it."""
    for case in all_cases():
        base = base_of(case)
        states: dict[Side, State] = {
            side: unread(side),
            side.other: known(side.other, values_of(case, side.other)),
        }
        decision = reconcile(
            Bench(case.directions, ConflictRule.ASK).mapping,
            base,
            states[Side.BC],
            states[Side.SALES],
            Rules(),
        )
        if base is None:
            assert decision == ReadFirst((side,)), case
        elif isinstance(decision, Merge):
            assert {*decision.to_bc, *decision.to_sales} <= base.on(side).keys(), case
        else:
            assert decision == ReadFirst((side,)), case


def test_both_sides_unread_are_in_step() -> None:
    mapping = make_mapping(make_field("f0"), make_field("f1", direction=Direction.TO_SALES))
    base = Base({"f0": "x", "f1": "y"}, {"f0": "x", "f1": "y"})
    assert reconcile(mapping, base, unread(Side.BC), unread(Side.SALES), Rules()) == Merge()


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("rule", RULES)
def test_two_records_that_are_surely_in_step_need_nothing_whatever_the_base(
    direction: Direction, rule: ConflictRule
) -> None:
    mapping = make_mapping(make_field("f0", direction=direction))
    bases = [None, Base({}, {}), *(Base({"f0": a}, {"f0": b}) for a, b in product(VALUES, VALUES))]
    marks: list[dict[str, object]] = [{}, {"inside": False}, {"foreign": True}, {"merged_into": "other"}]
    quiet = 0
    for base, bc, sales, of_bc, of_sales in product(bases, VALUES, VALUES, marks[:3], marks):
        here = replace(known(Side.BC, {"f0": bc}), **of_bc)
        there = replace(known(Side.SALES, {"f0": sales}), **of_sales)
        if is_in_step(here, there):
            quiet += 1
            assert reconcile(mapping, base, here, there, Rules(conflict=rule)) == Merge()
    assert quiet == len(bases) * len(VALUES)
