"""The base: what both sides held when they were last in step, and how it follows what is confirmed."""

from __future__ import annotations

from shared_code.core import order_lines
from shared_code.core.frozen import frozen
from shared_code.core.mapping import Direction, Mapping
from shared_code.core.order_lines import LINES
from shared_code.core.records import Side, Value, Values


@frozen
class Base:
    """The neutral values each side held when they were last in step.

    They are equal but for what a service made of a value when it stored it (its normalisation), and
    for fields of a group that is in conflict, which keep the last common value.
    """

    bc: Values
    sales: Values

    def on(self, side: Side) -> Values:
        return self.bc if side is Side.BC else self.sales


def settle_base(
    mapping: Mapping, base: Base | None, bc: Values, sales: Values, open_groups: frozenset[str]
) -> Base:
    """The base after a merge that needed no further write.

    Groups in step take what both sides hold; ``open_groups`` (in conflict, refused or waiting) keep the
    last common value, so that the next look still sees both changes.  Whole values are kept as they are
    given: nobody changes those of a record in place.
    """
    if not open_groups and len(bc) == len(sales) == len(mapping.fields):
        return Base(bc, sales)
    old = base or Base({}, {})
    kept = [each.name for each in mapping.fields if each.group in open_groups]
    taken = [each.name for each in mapping.fields if each.group not in open_groups]
    after = Base(
        {name: old.bc[name] for name in kept if name in old.bc} | {name: bc.get(name) for name in taken},
        {name: old.sales[name] for name in kept if name in old.sales}
        | {name: sales.get(name) for name in taken},
    )
    return _with_open_lines(after, old, bc, sales) if LINES in kept else after


def _with_open_lines(after: Base, old: Base, bc: Values, sales: Values) -> Base:
    """Lines that are in step are taken where others of the order are open."""
    held_bc, held_sales = order_lines.read(bc.get(LINES)), order_lines.read(sales.get(LINES))
    if held_bc is None or held_sales is None:
        return after
    known = {side: order_lines.read(old.on(side).get(LINES)) for side in Side}
    lines = order_lines.settled(known, {Side.BC: held_bc, Side.SALES: held_sales})
    bc_text, sales_text = (order_lines.text_of(lines[side]) for side in (Side.BC, Side.SALES))
    return Base({**after.bc, LINES: bc_text}, {**after.sales, LINES: sales_text})


def with_given(mapping: Mapping, base: Base | None, made: Values | None, sales: Values) -> Base | None:
    """The base right after a creation in Business Central that could not be given what is fixed there.

    What Sales held then is what it was created with: Business Central's own value takes its place.  An order
    that goes both ways was not given what Sales leaves blank, either: what its customer fills there is no
    edit.  ``made`` is what the creation led to; ``None`` where it was read later only, so that nobody can
    tell what was filled from what somebody wrote.
    """
    if base is None:
        return None
    fixed = [each.name for each in mapping.fields if each.fixed_in_bc and each.name not in base.sales]
    bc = made or {}
    filled = _filled_at_creation(mapping, base) if mapping.order_lines and made is not None else []
    return Base(
        {**base.bc, **{name: bc.get(name) for name in filled}},
        {**base.sales, **{name: sales.get(name) for name in (*fixed, *filled)}},
    )


def _filled_at_creation(mapping: Mapping, base: Base) -> list[str]:
    """The fields that go both ways and were not sent.  Lines are the order's own: no customer fills them."""
    both_ways = [each.name for each in mapping.fields if each.direction is Direction.BIDIRECTIONAL]
    return [name for name in both_ways if name not in base.bc and name not in base.sales and name != LINES]


def confirm_base(base: Base | None, sent_to: Side, sent: Values, returned: Values) -> Base:
    """The base right after a confirmed write of ``sent``, the values the other side held when it was decided.

    What that side holds by now is not asked: a person may have changed it since, or nobody has read it
    again.  A sent field that came back different is the service's normalisation and becomes the base of that
    side.  A field that was not sent and came back filled (a template, a default) is not recorded, so
    the next reconcile sees it as that side's change and carries it over.
    """
    theirs = {name: returned.get(name) for name in sent}
    pair = (theirs, sent) if sent_to is Side.BC else (sent, theirs)
    if base is None and LINES not in sent:
        return Base(*pair)
    old = base or Base({}, {})
    after = Base({**old.bc, **pair[0]}, {**old.sales, **pair[1]})
    return _with_confirmed_lines(after, old, sent_to, sent[LINES], returned) if LINES in sent else after


def _with_confirmed_lines(after: Base, old: Base, sent_to: Side, sent: Value, returned: Values) -> Base:
    """Of lines only those are confirmed that were sent."""
    before = {side: order_lines.read(old.on(side).get(LINES)) or {} for side in Side}
    held = order_lines.read(returned.get(LINES)) or {}
    lines = order_lines.confirmed(before, sent_to, order_lines.changes_of(sent), held)
    return Base(
        {**after.bc, LINES: order_lines.text_of(lines[Side.BC])},
        {**after.sales, LINES: order_lines.text_of(lines[Side.SALES])},
    )
