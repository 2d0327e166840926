"""Reconcile: what is to be done about one record, decided from what is known and nothing else.

The input is the mapping, the base (what both sides held when they were last in step), what is
known of each side in neutral values, and the rules.  The output is one ``Decision``.  All behaviour of
direction, conflict, filter and deletion is here and only here.

What both sides hold is brought together in ``merging.py``.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

from shared_code.core.base import Base
from shared_code.core.frozen import frozen
from shared_code.core.mapping import FieldType, Mapping
from shared_code.core.merging import Conflict as Conflict
from shared_code.core.merging import Known as Known
from shared_code.core.merging import Merge as Merge
from shared_code.core.merging import Overruled as Overruled
from shared_code.core.merging import State as State
from shared_code.core.merging import merge
from shared_code.core.policies import DeletionRule, LeavingRule, Rules, deletion_rule
from shared_code.core.records import Absent, Deleted, Side, Unread, Values


@frozen
class Create:
    """Create the partner on ``side`` with these neutral values."""

    side: Side
    values: Values
    restores: bool = False


@frozen
class ReadFirst:
    """These sides must be read before anything can be said."""

    sides: tuple[Side, ...]


@frozen
class Leave:
    """Do nothing, for a reason that is right: outside the filter, another company's, nothing to do."""

    reason: str


@frozen
class Hold:
    """Creating is not released: the record waits to be coupled or released."""

    side: Side


@frozen
class PartnerDeleted:
    """The record of ``side`` was deleted and a person decides; nothing is written."""

    side: Side


@frozen
class EndCoupling:
    """The coupling ends; ``deleted`` names the sides whose record is gone.  ``parted``: the mapping's rule
    wants it, and the record that is left gets no new partner by itself."""

    deleted: tuple[Side, ...]
    parted: bool = False


@frozen
class Remove:
    """Delete the surviving record of ``side`` because its partner was deleted or left the filter."""

    side: Side


@frozen
class Deactivate:
    """Take the surviving record of ``side`` out of use because its partner was deleted."""

    side: Side


@frozen
class MergedAway:
    """People merged the record of Sales into another one: a person decides what its partner belongs to."""

    survivor: str


type Decision = (
    Merge
    | Create
    | ReadFirst
    | Leave
    | Hold
    | PartnerDeleted
    | EndCoupling
    | Remove
    | Deactivate
    | MergedAway
)

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
    if isinstance(bc, Deleted) or isinstance(sales, Deleted):
        return _decide_deletion(mapping, base, states, rules, ours)
    if isinstance(bc, Absent) or isinstance(sales, Absent):
        return _decide_creation(mapping, states, rules)
    if base is None and (unread := _sides(states, Unread)):
        return ReadFirst(unread)
    if isinstance(sales, Known) and sales.merged_into:
        return MergedAway(sales.merged_into)
    # Leaving the filter is not a change of value: the pair keeps coupling and base, and is merged on return.
    if (reason := _reason_to_leave(mapping, states)) and not _is_half_created(mapping, base, reason):
        return _decide_leaving(mapping, bc, reason, ours)
    merged = merge(mapping, base, states, rules)
    unknown = _unread_without_base(mapping, base, states, merged)
    return ReadFirst(unknown) if unknown else merged


def is_in_step(bc: State, sales: State) -> bool:
    """Whether two records that were read surely need nothing.

    ``reconcile`` then says so by any mapping, base and rules.  Nearly all that were just created are such.
    """
    if not (isinstance(bc, Known) and isinstance(sales, Known)) or sales.merged_into:
        return False
    inside = bc.inside and sales.inside and not (bc.foreign or sales.foreign)
    return inside and bc.values == sales.values


def _unread_without_base(
    mapping: Mapping, base: Base | None, states: MappingOf[Side, State], merged: Merge
) -> tuple[Side, ...]:
    """Unread sides whose value of a field to be written is not in the base, so that nothing stands for it.

    Nor does the base tell where a name in parts is parted now.
    """
    if not (unread := _sides(states, Unread)):
        return ()
    written = {*merged.to_bc, *merged.to_sales}
    in_parts = {each.name for each in mapping.fields if each.type is FieldType.PERSON_NAME}
    unknown = {side: written - base.on(side).keys() if base else written for side in states}
    unknown[Side.SALES] |= in_parts & merged.to_sales.keys()
    return tuple(side for side in unread if unknown[side])


def _sides(states: MappingOf[Side, State], kind: type) -> tuple[Side, ...]:
    return tuple(side for side, state in states.items() if isinstance(state, kind))


def _reason_to_leave(mapping: Mapping, states: MappingOf[Side, State]) -> str | None:
    reason = None
    for state in states.values():
        if isinstance(state, Known):
            if state.foreign:
                return OTHER_COMPANY
            if not state.inside:
                reason = OUTSIDE_FILTER
    return reason


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
    if not mapping.may_create(target, insists=rules.insists):
        return Leave(NOT_CREATED)
    if target not in rules.create_in:
        return Hold(target)
    return Create(target, _values_to_create(mapping, target, state.values))


def _values_to_create(mapping: Mapping, target: Side, values: Values) -> Values:
    names = mapping.created_with[target]
    needed = mapping.never_blank if target is Side.SALES else frozenset()
    given = {name: value for name in names if (value := values.get(name)) is not None or name in needed}
    if mapping.lines is None or target is Side.SALES:
        return given
    # A document takes the blanks of a group too: what it is created for would fill them with its own.
    begun = {each.group for each in mapping.fields if each.name in given}
    blank = (each.name for each in mapping.fields if each.group in begun and each.name in names)
    return {**dict.fromkeys(blank), **given}


def _decide_deletion(
    mapping: Mapping, base: Base | None, states: MappingOf[Side, State], rules: Rules, ours: bool
) -> Decision:
    deleted = _sides(states, Deleted)
    survivors = _sides(states, Known) + _sides(states, Unread)
    if not survivors:
        return EndCoupling(deleted)
    (gone,) = deleted
    survivor = states[gone.other]
    if reason := _reason_to_leave(mapping, states):
        # Nobody is asked here, so a record that shows again after all would get a second partner.
        is_kept = reason == OUTSIDE_FILTER and not _is_proven(states[gone])
        return Leave(reason) if is_kept else EndCoupling(deleted)
    rule = deletion_rule(rules.deletion, gone)
    if isinstance(survivor, Unread) and rule is not DeletionRule.UNCOUPLE:
        # What nobody has read may be deleted too.
        return ReadFirst((gone.other,))
    # Neither a restoration nor a deletion goes against the direction; where it would, a person decides.
    match rule:
        case DeletionRule.UNCOUPLE:
            return EndCoupling(deleted, parted=True)
        case DeletionRule.RESTORE if mapping.may_create(gone, insists=True):
            # The rule, or a person, asks for just this record, also where nothing else is created.
            return _decide_restoration(mapping, gone, survivor)
        case DeletionRule.DELETE if rules.insists:
            return Remove(gone.other)
        case DeletionRule.DELETE if mapping.direction.flows_to(gone.other):
            may_go = (ours or gone is Side.SALES) and not _is_edited(mapping, base, gone.other, survivor)
            return Remove(gone.other) if may_go else PartnerDeleted(gone)
        case DeletionRule.DEACTIVATE if mapping.direction.flows_to(gone.other):
            is_edited = _is_edited(mapping, base, gone.other, survivor)
            return PartnerDeleted(gone) if is_edited else Deactivate(gone.other)
        case _:
            return PartnerDeleted(gone)


def _is_proven(state: State) -> bool:
    return not isinstance(state, Deleted) or state.proven


def _decide_restoration(mapping: Mapping, gone: Side, survivor: State) -> Decision:
    if not isinstance(survivor, Known):
        return ReadFirst((gone.other,))
    return Create(gone, _values_to_create(mapping, gone, survivor.values), restores=True)


def _is_edited(mapping: Mapping, base: Base | None, side: Side, survivor: State) -> bool:
    """Whether somebody edited the survivor since: a deletion is carried over to no such record.

    Only fields whose values flow from there count: in others an edit would be put right, not carried over.
    """
    assert isinstance(survivor, Known), "an unread survivor is read first"
    return base is None or any(
        base.on(side).get(each.name) != survivor.values.get(each.name)
        for each in mapping.fields
        if each.direction.flows_from(side)
    )
