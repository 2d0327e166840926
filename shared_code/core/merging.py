"""Merging: what both sides of a pair hold, brought together per field group against their common base.

A state-based three-way merge with an archive (Balasubramaniam and Pierce, "What is a File Synchronizer?",
1998).  Two duties: never overwrite a change that the base has not seen, and do all that can be done without
a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import field
from datetime import datetime

from shared_code.core import order_lines
from shared_code.core.base import Base
from shared_code.core.frozen import frozen
from shared_code.core.journal import Reason
from shared_code.core.mapping import ConflictRule, Direction, FieldMapping, FieldType, Mapping
from shared_code.core.policies import Rules
from shared_code.core.records import Absent, Deleted, Side, Unread, Value, Values, Version
from shared_code.core.states import place


@frozen
class Known:
    """A side that was read.  ``inside``: the mapping's filter; ``foreign``: it belongs to another company;
    ``creatable``: it may be given a partner; ``edited_at``: when somebody wrote it since it was last dealt
    with, as the service tells, blank where nobody did or it is not known; ``merged_into``: the record that
    people merged it into."""

    id: str
    version: Version
    values: Values
    inside: bool = True
    foreign: bool = False
    creatable: bool = True
    edited_at: str = ""
    merged_into: str = ""


type State = Known | Unread | Deleted | Absent


@frozen
class Conflict:
    """One field group changed on both sides to different values."""

    group: str
    fields: tuple[str, ...]
    base: Values
    bc: Values
    sales: Values

    def on(self, side: Side) -> Values:
        return self.bc if side is Side.BC else self.sales


@frozen
class Overruled:
    """A value that a rule decided against; the journal keeps it."""

    group: str
    side: Side
    values: Values


@frozen
class Merge:
    """Both records exist: fields to write on each side (none: they are in step) and open conflicts.

    ``because`` tells what decided each field that is written.
    """

    to_bc: Values = field(default_factory=dict)
    to_sales: Values = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    overruled: tuple[Overruled, ...] = ()
    because: MappingOf[str, Reason] = field(default_factory=dict, compare=False)

    def to(self, side: Side) -> Values:
        return self.to_bc if side is Side.BC else self.to_sales


def merge(mapping: Mapping, base: Base | None, states: MappingOf[Side, State], rules: Rules) -> Merge:
    """Which fields are written where; what is contested is a conflict, or decided by the rule."""
    held = {side: _values_of(state, base, side) for side, state in states.items()}
    if held[Side.BC] == held[Side.SALES]:
        return Merge()
    writes: dict[Side, dict[str, Value]] = {Side.BC: {}, Side.SALES: {}}
    conflicts: list[Conflict] = []
    overruled: list[Overruled] = []
    because: dict[str, Reason] = {}
    for group in mapping.groups:
        if group[0].type is FieldType.LINES:
            conflicts += _merge_lines(group[0], base, held, states, rules, writes, because)
            continue
        winner, reason = _favoured(group, rules, held, *_winner(group, base, held))
        if winner is not None and winner is rules.favour and _changed(group, base, held, winner.other):
            overruled.append(Overruled(group[0].group, winner.other, _values_in(group, held[winner.other])))
        if reason is None:
            contested = _conflict(group, base, held)
            winner, reason = _decided(contested, states, rules, is_fixed=group[0].fixed_in_bc)
            if winner is None:
                conflicts.append(contested)
                continue
            overruled.append(Overruled(contested.group, winner.other, contested.on(winner.other)))
        for each in group:
            if (target := _target(each, winner)) and not _agree(each, base, held):
                writes[target][each.name] = held[target.other].get(each.name)
                because[each.name] = reason
    return Merge(writes[Side.BC], writes[Side.SALES], tuple(conflicts), tuple(overruled), because)


def _merge_lines(
    each: FieldMapping,
    base: Base | None,
    held: MappingOf[Side, Values],
    states: MappingOf[Side, State],
    rules: Rules,
    writes: MappingOf[Side, dict[str, Value]],
    because: dict[str, Reason],
) -> list[Conflict]:
    """The lines of an order, one by one; what is written of them is one value for each side."""
    lines = {side: order_lines.read(held[side].get(each.name)) for side in Side}
    known = {side: order_lines.read(base.on(side).get(each.name)) if base else None for side in Side}
    bc, sales = lines[Side.BC], lines[Side.SALES]
    if bc is None or sales is None:
        return []

    decided: list[Reason] = []

    def decide(contested: order_lines.LineConflict) -> Side | None:
        winner, reason = _ruled(_line_conflict(each, contested), states, rules)
        decided.extend([reason] if winner else [])
        return winner

    found = order_lines.merge_lines(known, {Side.BC: bc, Side.SALES: sales}, decide, rules.favour)
    for side in Side:
        if found.to[side]:
            writes[side][each.name] = order_lines.text_of(found.to[side])
            because[each.name] = Reason.DECIDED if rules.favour else (*decided, Reason.CHANGED)[0]
    return [_line_conflict(each, contested) for contested in found.conflicts]


def _line_conflict(each: FieldMapping, contested: order_lines.LineConflict) -> Conflict:
    """A part of a line as a group of its own: a person decides about it alone."""
    held = ({each.name: order_lines.told(line)} for line in (contested.base, contested.bc, contested.sales))
    return Conflict(f"{each.name} {contested.id} {contested.part}", (each.name,), *held)


def _decided(
    contested: Conflict, states: MappingOf[Side, State], rules: Rules, *, is_fixed: bool
) -> tuple[Side | None, Reason]:
    """Whose value counts where both sides changed a group: as a person chose for these values, else as the
    rule says.  ``None``: nobody and nothing decides, or for what is fixed in Business Central."""
    winner, reason = _ruled(contested, states, rules)
    return (None, reason) if is_fixed and winner is Side.SALES else (winner, reason)


def _ruled(contested: Conflict, states: MappingOf[Side, State], rules: Rules) -> tuple[Side | None, Reason]:
    choice = rules.choices.get(contested.group)
    if choice and choice.fits(contested.bc, contested.sales):
        return choice.winner, Reason.DECIDED
    match rules.conflict:
        case ConflictRule.BC_WINS:
            return Side.BC, Reason.BC_WINS
        case ConflictRule.SALES_WINS:
            return Side.SALES, Reason.SALES_WINS
        case ConflictRule.NEWEST_WINS:
            return _newest(states), Reason.NEWEST_WINS
    return None, Reason.DECIDED


CLOCKS_DIFFER_S = 10.0
"""Two services' clocks are compared nowhere else.  Edits closer together than this are nobody's to order."""


def _newest(states: MappingOf[Side, State]) -> Side | None:
    """The side that a person edited last, where that is known."""
    edited = {side: each.edited_at for side, each in states.items() if isinstance(each, Known)}
    known = [side for side in Side if edited.get(side)]
    if len(known) < len(Side):
        return known[0] if known else None
    bc, sales = (datetime.fromisoformat(edited[side]) for side in (Side.BC, Side.SALES))
    if abs((bc - sales).total_seconds()) < CLOCKS_DIFFER_S:
        return None
    return Side.BC if bc > sales else Side.SALES


def _values_of(state: State, base: Base | None, side: Side) -> Values:
    if isinstance(state, Known):
        return state.values
    assert base is not None, "an unread side stands for the base"
    return base.on(side)


def _winner(
    group: tuple[FieldMapping, ...], base: Base | None, held: MappingOf[Side, Values]
) -> tuple[Side | None, Reason | None]:
    """The side whose values count, ``None`` where the group is in step, and why that is so.

    Without a reason the group is contested: both sides changed it to different values.
    """
    if all(_agree(each, base, held) for each in group):
        return None, Reason.ONE_WAY
    if group[0].fixed_in_bc:
        return _winner_of_fixed(group[0], base, held)
    sources = [side for side in Side if any(each.direction.flows_from(side) for each in group)]
    if len(sources) == 1:
        # One way: the target's own value is not a source, so a difference there is put right.
        return sources[0], Reason.ONE_WAY
    changed = [side for side in sources if _changed(group, base, held, side)]
    if len(changed) == 1:
        return changed[0], Reason.CHANGED if _is_known(group, base) else Reason.FIRST
    return (None, None) if changed else (None, Reason.ONE_WAY)


def _is_known(group: tuple[FieldMapping, ...], base: Base | None) -> bool:
    """Whether something in common was known of a field of the group."""
    return base is not None and any(each.name in base.bc or each.name in base.sales for each in group)


def _favoured(
    group: tuple[FieldMapping, ...],
    rules: Rules,
    held: MappingOf[Side, Values],
    winner: Side | None,
    reason: Reason | None,
) -> tuple[Side | None, Reason | None]:
    """The side a person favours, where its values can count; a group that is in step stays so."""
    side, in_step = rules.favour, winner is None and reason is not None
    if side is Side.SALES and _is_given_in_bc(group[0], held[Side.SALES]):
        side = Side.BC
    renames = side is Side.SALES and group[0].fixed_in_bc
    counts = side is not None and not renames and any(each.direction.flows_from(side) for each in group)
    return (side, Reason.DECIDED) if counts and not in_step else (winner, reason)


def _is_given_in_bc(each: FieldMapping, sales: Values) -> bool:
    """Whether Business Central would give it a value again as often as the blank of Sales is written."""
    return (
        bool(each.given_in_bc_with)
        and sales.get(each.name) is None
        and bool(sales.get(each.given_in_bc_with))
    )


def _winner_of_fixed(
    each: FieldMapping, base: Base | None, held: MappingOf[Side, Values]
) -> tuple[Side | None, Reason | None]:
    """Business Central's value goes to Sales, unless somebody wrote another one there."""
    sales = held[Side.SALES]
    is_edited = sales.get(each.name) is not None and _field_changed(each, base, sales, Side.SALES)
    return (None, None) if is_edited else (Side.BC, Reason.ONE_WAY)


def _agree(each: FieldMapping, base: Base | None, held: MappingOf[Side, Values]) -> bool:
    """Whether this field needs no write: equal, or as both services stored one common value, or kept."""
    name = each.name
    bc, sales = held[Side.BC].get(name), held[Side.SALES].get(name)
    if bc == sales:
        return True
    if each.only_on_create and not _is_to_follow(each, base):
        return True
    if each.onward and place(each, sales) >= place(each, bc):
        return True
    if each.keep_when_blank and (
        (bc is None and each.direction.flows_from(Side.BC))
        or (sales is None and each.direction.flows_from(Side.SALES))
    ):
        return True
    if base is None or name not in base.bc or name not in base.sales:
        return False
    return base.bc[name] == bc and base.sales[name] == sales


def _is_to_follow(each: FieldMapping, base: Base | None) -> bool:
    """Whether the field is written once, right after a creation, and was not yet."""
    return base is not None and (
        (each.after_create and each.name not in base.sales)
        or (each.after_create_in_bc and each.name not in base.bc)
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
