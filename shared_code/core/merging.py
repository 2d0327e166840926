"""Merging: what both sides of a pair hold, brought together per field group against their common base.

A state-based three-way merge with an archive (Balasubramaniam and Pierce, "What is a File Synchronizer?",
1998).  Two duties: never overwrite a change that the base has not seen, and do all that can be done without
a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from shared_code.core.base import Base
from shared_code.core.mapping import ConflictRule, Direction, FieldMapping, FieldType, Mapping, Rules
from shared_code.core.records import Absent, Deleted, Side, Unread, Value, Values, Version


@dataclass(frozen=True, slots=True)
class Known:
    """A side that was read.  ``inside``: the mapping's filter; ``foreign``: it belongs to another company;
    ``creatable``: it may be given a partner."""

    id: str
    version: Version
    values: Values
    inside: bool = True
    foreign: bool = False
    creatable: bool = True


type State = Known | Unread | Deleted | Absent


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field group changed on both sides to different values."""

    group: str
    fields: tuple[str, ...]
    base: Values
    bc: Values
    sales: Values


@dataclass(frozen=True, slots=True)
class Overruled:
    """A value that a rule decided against; the journal keeps it."""

    group: str
    side: Side
    values: Values


@dataclass(frozen=True, slots=True)
class Merge:
    """Both records exist: fields to write on each side (none: they are in step) and open conflicts."""

    to_bc: Values = field(default_factory=dict)
    to_sales: Values = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    overruled: tuple[Overruled, ...] = ()

    def to(self, side: Side) -> Values:
        return self.to_bc if side is Side.BC else self.to_sales


def merge(mapping: Mapping, base: Base | None, states: MappingOf[Side, State], rules: Rules) -> Merge:
    """Which fields are written where; what is contested is a conflict, or decided by the rule."""
    held = {side: _values_of(state, base, side) for side, state in states.items()}
    writes: dict[Side, dict[str, Value]] = {Side.BC: {}, Side.SALES: {}}
    conflicts: list[Conflict] = []
    overruled: list[Overruled] = []
    for group in mapping.groups:
        winner = _winner(group, base, held)
        if isinstance(winner, _Both):
            if rules.conflict is ConflictRule.ASK:
                conflicts.append(_conflict(group, base, held))
                continue
            winner = _FAVOURED[rules.conflict]
            overruled.append(Overruled(group[0].group, winner.other, _values_in(group, held[winner.other])))
        for each in group:
            if (target := _target(each, winner)) and not _agree(each, base, held):
                writes[target][each.name] = held[target.other].get(each.name)
    return Merge(writes[Side.BC], writes[Side.SALES], tuple(conflicts), tuple(overruled))


def _values_of(state: State, base: Base | None, side: Side) -> Values:
    if isinstance(state, Known):
        return state.values
    assert base is not None, "an unread side stands for the base"
    return base.on(side)


class _Both:
    """Marks a group that changed on both sides to different values."""


BOTH = _Both()
type _Winner = Side | _Both | None


def _winner(group: tuple[FieldMapping, ...], base: Base | None, held: MappingOf[Side, Values]) -> _Winner:
    """The side whose values count, ``None`` where the group is in step, ``BOTH`` where it is contested."""
    if all(_agree(each, base, held) for each in group):
        return None
    sources = [side for side in Side if any(each.direction.flows_from(side) for each in group)]
    if len(sources) == 1:
        # One way: the target's own value is not a source, so a difference there is put right.
        return sources[0]
    changed = [side for side in sources if _changed(group, base, held, side)]
    if len(changed) == 1:
        return changed[0]
    return BOTH if changed else None


def _agree(each: FieldMapping, base: Base | None, held: MappingOf[Side, Values]) -> bool:
    """Whether this field needs no write: equal, or as both services stored one common value, or kept."""
    ours = {side: held[side].get(each.name) for side in Side}
    if ours[Side.BC] == ours[Side.SALES]:
        return True
    if each.only_on_create and not (each.after_create and base is not None and each.name not in base.sales):
        return True
    if each.keep_when_blank and any(ours[s] is None and each.direction.flows_from(s) for s in Side):
        return True
    return base is not None and all(
        each.name in base.on(s) and base.on(s)[each.name] == ours[s] for s in Side
    )


def _changed(
    group: tuple[FieldMapping, ...], base: Base | None, held: MappingOf[Side, Values], side: Side
) -> bool:
    """Whether a person changed the group on ``side`` since the base.

    Only fields out of step count: what both sides hold is in nobody's way, and counting it would make
    conflicts of nothing, or a winner with nothing to write.
    Without a base (the pair was coupled by matching, or the field is newly mapped) a value counts as
    a change and a blank does not: a blank says nothing that could be lost.
    A converted amount moves with the rate, without a person: it flows its one way and decides nothing.
    """
    return any(
        _field_changed(each, base, held[side], side)
        for each in group
        if each.direction.flows_from(side)
        and each.type is not FieldType.LOCAL_AMOUNT
        and not _agree(each, base, held)
    )


def _field_changed(each: FieldMapping, base: Base | None, values: Values, side: Side) -> bool:
    value = values.get(each.name)
    if base is None or each.name not in base.on(side):
        return value is not None
    return value != base.on(side)[each.name]


_FAVOURED = {ConflictRule.BC_WINS: Side.BC, ConflictRule.SALES_WINS: Side.SALES}


def _conflict(group: tuple[FieldMapping, ...], base: Base | None, held: MappingOf[Side, Values]) -> Conflict:
    names = tuple(each.name for each in group)
    common = {name: base.bc[name] for name in names if base is not None and name in base.bc}
    return Conflict(
        group[0].group, names, common, _values_in(group, held[Side.BC]), _values_in(group, held[Side.SALES])
    )


def _values_in(group: tuple[FieldMapping, ...], values: Values) -> Values:
    return {each.name: values.get(each.name) for each in group}


def _target(each: FieldMapping, winner: Side | None) -> Side | None:
    """The side this field is written to, if it is written: the loser's, or a one-way field's own target.

    A one-way field of an uncontested group is put right even where the group itself has no winner.
    """
    if winner is not None:
        return winner.other if each.direction.flows_to(winner.other) else None
    return _ONE_WAY.get(each.direction)


_ONE_WAY = {Direction.TO_SALES: Side.SALES, Direction.FROM_SALES: Side.BC}
