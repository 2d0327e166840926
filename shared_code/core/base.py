"""The base: what both sides held when they were last in step, and how it follows what is confirmed."""

from __future__ import annotations

from shared_code.core.frozen import frozen
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side, Values


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
    last common value, so that the next look still sees both changes.
    """
    if not open_groups and len(bc) == len(sales) == len(mapping.fields):
        return Base(dict(bc), dict(sales))
    old = base or Base({}, {})
    kept = [each.name for each in mapping.fields if each.group in open_groups]
    taken = [each.name for each in mapping.fields if each.group not in open_groups]
    return Base(
        {name: old.bc[name] for name in kept if name in old.bc} | {name: bc.get(name) for name in taken},
        {name: old.sales[name] for name in kept if name in old.sales}
        | {name: sales.get(name) for name in taken},
    )


def with_given(mapping: Mapping, base: Base | None, sales: Values) -> Base | None:
    """The base right after a creation in Business Central that could not be given what is fixed there.

    What Sales held then is what it was created with: Business Central's own value takes its place.
    """
    if base is None:
        return None
    fixed = [each.name for each in mapping.fields if each.fixed_in_bc and each.name not in base.sales]
    return Base(base.bc, {**base.sales, **{name: sales.get(name) for name in fixed}})


def confirm_base(base: Base | None, sent_to: Side, sent: Values, returned: Values) -> Base:
    """The base right after a confirmed write of ``sent``, the values the other side held when it was decided.

    What that side holds by now is not asked: a person may have changed it since, or nobody has read it
    again.  A sent field that came back different is the service's normalisation and becomes the base of that
    side.  A field that was not sent and came back filled (a template, a default) is not recorded, so
    the next reconcile sees it as that side's change and carries it over.
    """
    old = base or Base({}, {})
    theirs = {name: returned.get(name) for name in sent}
    pair = (theirs, sent) if sent_to is Side.BC else (sent, theirs)
    return Base({**old.bc, **pair[0]}, {**old.sales, **pair[1]})
