"""Reconcile: what is to be done about one record, decided from what is known and nothing else.

The input is the mapping, the base (what both sides held when they were last in step), what is
known of each side in neutral values, and the rules.  The output is one ``Decision``.  All behaviour of
direction, conflict, filter and deletion is here and only here.

The algorithm is a state-based three-way merge with an archive (Balasubramaniam and Pierce, "What is
a File Synchronizer?", 1998) per field group.  Two duties: never overwrite a change that the base
has not seen, and do all that can be done without a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from shared_code.core.base import Base
from shared_code.core.mapping import (
    ConflictRule,
    DeletionRule,
    Direction,
    FieldMapping,
    FieldType,
    LeavingRule,
    Mapping,
    Rules,
)
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


@dataclass(frozen=True, slots=True)
class Create:
    """Create the partner on ``side`` with these neutral values."""

    side: Side
    values: Values
    restores: bool = False


@dataclass(frozen=True, slots=True)
class ReadFirst:
    """These sides must be read before anything can be said."""

    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Do nothing, for a reason that is right: outside the filter, another company's, nothing to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Creating is not released: the record waits to be coupled or released."""

    side: Side


@dataclass(frozen=True, slots=True)
class PartnerDeleted:
    """The record of ``side`` was deleted and a person decides; nothing is written."""

    side: Side


@dataclass(frozen=True, slots=True)
class EndCoupling:
    """The coupling ends; ``deleted`` names the sides whose record is gone."""

    deleted: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete the surviving record of ``side`` because its partner was deleted or left the filter."""

    side: Side


type Decision = Merge | Create | ReadFirst | Leave | Hold | PartnerDeleted | EndCoupling | Remove

OUTSIDE_FILTER = "outside_filter"
OTHER_COMPANY = "other_company"
NO_RECORD = "no_record"
NOT_CREATED = "not_created_by_this_mapping"
LEFT_BEHIND = "left_behind"


def reconcile(
    mapping: Mapping, base: Base | None, bc: State, sales: State, rules: Rules, *, ours: bool = True
) -> Decision:
    """Decide about one record.  Pure: equal input gives an equal decision.

    ``ours``: the Sales row was made by Tandem; one that a person made is not removed.
    An ``Unread`` side stands for the base: the caller proves that with the conditional write that
    follows.  Where there is no base to stand for, the decision is ``ReadFirst``.
    """
    states = {Side.BC: bc, Side.SALES: sales}
    if any(isinstance(state, Deleted) for state in states.values()):
        return _decide_deletion(mapping, base, states, rules, ours)
    if any(isinstance(state, Absent) for state in states.values()):
        return _decide_creation(mapping, states, rules)
    if base is None and (unread := _sides(states, Unread)):
        return ReadFirst(unread)
    # Leaving the filter is not a change of value: the pair keeps coupling and base, and is merged on return.
    if (reason := _reason_to_leave(mapping, states)) and not _is_half_created(mapping, base, reason):
        return _decide_leaving(mapping, bc, reason, ours)
    merge = _merge(mapping, base, states, rules.conflict)
    unknown = _unread_without_base(mapping, base, states, merge)
    return ReadFirst(unknown) if unknown else merge


def _unread_without_base(
    mapping: Mapping, base: Base | None, states: MappingOf[Side, State], merge: Merge
) -> tuple[Side, ...]:
    """Unread sides whose value of a field to be written is not in the base, so that nothing stands for it.

    Nor does the base tell where a name in parts is parted now.
    """
    written = {*merge.to_bc, *merge.to_sales}
    in_parts = {each.name for each in mapping.fields if each.type is FieldType.PERSON_NAME}
    unknown = {side: written - base.on(side).keys() if base else written for side in states}
    unknown[Side.SALES] |= in_parts & merge.to_sales.keys()
    return tuple(side for side in _sides(states, Unread) if unknown[side])


def _sides(states: MappingOf[Side, State], kind: type) -> tuple[Side, ...]:
    return tuple(side for side, state in states.items() if isinstance(state, kind))


def _reason_to_leave(mapping: Mapping, states: MappingOf[Side, State]) -> str | None:
    known = [state for state in states.values() if isinstance(state, Known)]
    if any(state.foreign for state in known):
        return OTHER_COMPANY
    return None if all(state.inside for state in known) else OUTSIDE_FILTER


def _decide_leaving(mapping: Mapping, bc: State, reason: str, ours: bool) -> Decision:
    """A pair outside the filter stays as it is, unless the mapping removes what left Business Central's."""
    left = isinstance(bc, Known) and not bc.inside
    if reason != OUTSIDE_FILTER or not left or mapping.leaving is LeavingRule.KEEP:
        return Leave(reason)
    return Remove(Side.SALES) if ours else Leave(LEFT_BEHIND)


def _is_half_created(mapping: Mapping, base: Base | None, reason: str) -> bool:
    """Whether Tandem's own creation still lacks what follows it: until then its row may be outside the filter
    (a product is a draft before it is active)."""
    follows = [each.name for each in mapping.fields if each.after_create and each.only_on_create]
    return reason == OUTSIDE_FILTER and base is not None and any(name not in base.sales for name in follows)


def _decide_creation(mapping: Mapping, states: MappingOf[Side, State], rules: Rules) -> Decision:
    present = next((side for side, state in states.items() if not isinstance(state, Absent)), None)
    if present is None:
        return Leave(NO_RECORD)
    state = states[present]
    if not isinstance(state, Known):
        return ReadFirst((present,))
    if reason := _reason_to_leave(mapping, states):
        return Leave(reason)
    if not state.creatable:
        return Leave(OUTSIDE_FILTER)
    target = present.other
    if not mapping.may_create(target):
        return Leave(NOT_CREATED)
    if target not in rules.create_in:
        return Hold(target)
    return Create(target, _values_to_create(mapping, target, state.values))


def _values_to_create(mapping: Mapping, target: Side, values: Values) -> Values:
    writable = (f.name for f in mapping.fields if f.direction.flows_to(target) and not f.after_create)
    return {name: values[name] for name in writable if values.get(name) is not None}


def _decide_deletion(
    mapping: Mapping, base: Base | None, states: MappingOf[Side, State], rules: Rules, ours: bool
) -> Decision:
    deleted = _sides(states, Deleted)
    survivors = _sides(states, Known) + _sides(states, Unread)
    if not survivors:
        return EndCoupling(deleted)
    (gone,) = deleted
    survivor = states[gone.other]
    if isinstance(survivor, Known) and (survivor.foreign or not survivor.inside):
        return EndCoupling(deleted)
    if isinstance(survivor, Unread) and rules.deletion is not DeletionRule.UNCOUPLE:
        # What nobody has read may be deleted too.
        return ReadFirst((gone.other,))
    # Neither a restoration nor a deletion goes against the direction; where it would, a person decides.
    match rules.deletion:
        case DeletionRule.UNCOUPLE:
            return EndCoupling(deleted)
        case DeletionRule.RESTORE if mapping.may_create(gone):
            return _decide_restoration(mapping, gone, survivor)
        case DeletionRule.DELETE if mapping.direction.flows_to(gone.other):
            return _decide_removal(mapping, base, gone.other, survivor, ours)
        case _:
            return PartnerDeleted(gone)


def _decide_restoration(mapping: Mapping, gone: Side, survivor: State) -> Decision:
    if not isinstance(survivor, Known):
        return ReadFirst((gone.other,))
    return Create(gone, _values_to_create(mapping, gone, survivor.values), restores=True)


def _decide_removal(mapping: Mapping, base: Base | None, side: Side, survivor: State, ours: bool) -> Decision:
    """A deletion is carried over only to a record nobody edited since; an edit survives a deletion.

    Only fields whose values flow from there count: in others an edit would be put right, not carried over.
    """
    if not isinstance(survivor, Known):
        return ReadFirst((side,))
    edited = base is None or any(
        base.on(side).get(each.name) != survivor.values.get(each.name)
        for each in mapping.fields
        if each.direction.flows_from(side)
    )
    return PartnerDeleted(side.other) if edited or not (ours or side is Side.BC) else Remove(side)


def _merge(mapping: Mapping, base: Base | None, states: MappingOf[Side, State], rule: ConflictRule) -> Merge:
    held = {side: _values_of(state, base, side) for side, state in states.items()}
    writes: dict[Side, dict[str, Value]] = {Side.BC: {}, Side.SALES: {}}
    conflicts: list[Conflict] = []
    overruled: list[Overruled] = []
    for group in mapping.groups:
        winner = _winner(group, base, held)
        if isinstance(winner, _Both):
            if rule is ConflictRule.ASK:
                conflicts.append(_conflict(group, base, held))
                continue
            winner = _FAVOURED[rule]
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
