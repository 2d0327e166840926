"""Undo: what of a job's writes to one record can be taken back, decided from what is known and nothing else.

A value is put back only where the record still holds what Tandem wrote; a record that Tandem created is
removed only while nobody else has written it.  Everything else is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling, OriginKind
from shared_code.core.journal import Entry, Reason
from shared_code.core.mapping import FieldMapping, FieldType, Mapping
from shared_code.core.merging import Known, State
from shared_code.core.records import Side, Value, Values


class Otherwise(StrEnum):
    """What is done with a created record that cannot be removed: only listed; blocked or retired, so that
    nobody uses it by mistake; or its pair is ended."""

    LIST = "list"
    WITHDRAW = "withdraw"
    UNCOUPLE = "uncouple"


class Why(StrEnum):
    """Why something is not taken back."""

    CHANGED_SINCE = "changed_since"
    UNKNOWN = "unknown"
    ERASED = "erased"
    DELETED = "deleted"
    GONE = "gone"
    REFUSED = "refused"
    REFERRED_TO = "referred_to"
    NUMBER_DRAWN = "number_drawn"
    CONTACT_STAYS = "contact_stays"
    LINES_STAY = "lines_stay"


WORDS = {
    Why.CHANGED_SINCE: "it does not hold what Tandem wrote any more: somebody changed it since",
    Why.UNKNOWN: "what both sides had in common is not known; synchronise the record first",
    Why.ERASED: "its values were erased from the journal",
    Why.DELETED: "Tandem deleted the row, and a deleted row does not come back",
    Why.GONE: "the record is not there any more, or the pair was ended",
    Why.REFUSED: "the service refused it",
    Why.REFERRED_TO: "other records refer to it",
    Why.NUMBER_DRAWN: "the number it had is drawn for good: the series of Business Central gives each once",
    Why.CONTACT_STAYS: "Business Central keeps the contact that it made with the record",
    Why.LINES_STAY: "lines of an order are not put back; change them in one of the two systems",
}

WITHDRAWN: dict[tuple[Side, str], dict[str, Value]] = {
    (Side.BC, "customers"): {"blocked": "All"},
    (Side.BC, "vendors"): {"blocked": "All"},
    (Side.BC, "items"): {"blocked": True},
    (Side.SALES, "accounts"): {"statecode": 1, "statuscode": 2},
    (Side.SALES, "contacts"): {"statecode": 1, "statuscode": 2},
    (Side.SALES, "pricelevels"): {"statecode": 1, "statuscode": 100002},
    (Side.SALES, "products"): {"statecode": 1, "statuscode": 2},
    (Side.SALES, "transactioncurrencies"): {"statecode": 1, "statuscode": 2},
    (Side.SALES, "uomschedules"): {"statecode": 1, "statuscode": 2},
}
"""How a record is blocked or retired, by table.  Sources: Microsoft docs, api-reference/v2.0 (blocked) and
dataverse entity reference (statecode, statuscode)."""


def offers(table: str, left: Left) -> tuple[Otherwise, ...]:
    """What can be done with a record of this table that was created and stays; nothing about mere fields."""
    if left.fields or left.why is Why.GONE or left.why in REMAINS:
        return ()
    blocked = (Otherwise.WITHDRAW,) if (left.side, table) in WITHDRAWN else ()
    return (*blocked, Otherwise.UNCOUPLE)


@dataclass(frozen=True, slots=True)
class Left:
    """Fields of one side that stay as they are, and why."""

    side: Side
    fields: tuple[str, ...]
    why: Why
    text: str = ""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What is done about one record: values put back by side, or the side whose record is removed; what stays
    as it is.  Of a created record that is removed, what was written to its partner is put back, too."""

    back: dict[Side, dict[str, Value]] = field(default_factory=dict)
    remove: Side | None = None
    left: tuple[Left, ...] = ()


def plan_undo(
    mapping: Mapping,
    pair: Coupling,
    base: Base | None,
    states: dict[Side, State],
    job: str,
    entries: Sequence[Entry],
) -> UndoPlan:
    """What of the writes of ``job`` to this pair is taken back; ``entries`` are its, the oldest first."""
    origin = pair.origin
    if origin and origin.kind is OriginKind.CREATED and origin.job == job and origin.side:
        plan, sides = _plan_removal(pair, origin.side, states[origin.side]), [origin.side.other]
    else:
        plan, sides = UndoPlan(), list(Side)
    own = [each for each in entries if each.job == job]
    for side in sides if not plan.left else ():
        plan = _plan_side(mapping, base, side, states[side], [e for e in own if e.side is side], plan)
    return plan


def _plan_removal(pair: Coupling, side: Side, state: State) -> UndoPlan:
    if not isinstance(state, Known):
        return UndoPlan(left=(Left(side, (), Why.GONE),))
    if not pair.untouched or state.version.stamp != pair.untouched:
        return UndoPlan(left=(Left(side, (), Why.CHANGED_SINCE),))
    return UndoPlan(remove=side)


REMAINS = frozenset((Why.NUMBER_DRAWN, Why.CONTACT_STAYS))
"""What Business Central keeps of a record that is gone: nothing can be done about it."""

HAVE_CONTACTS = frozenset(("customers", "vendors"))
"""Tables of Business Central whose new records are given a contact (Marketing Setup), which a deletion leaves
there without its relation (CustVendBank-Update, UpdateContFromCust.OnDelete)."""


def remains(mapping: Mapping, number: str, job: str, entries: Sequence[Entry]) -> tuple[Left, ...]:
    """What stays in Business Central where a record that ``job`` made there goes."""
    drawn = _drawn(mapping, number, [each for each in entries if each.job == job])
    contact = mapping.bc.table in HAVE_CONTACTS
    return (*([drawn] if drawn else []), *([Left(Side.BC, (), Why.CONTACT_STAYS)] if contact else []))


def _drawn(mapping: Mapping, number: str, own: Sequence[Entry]) -> Left | None:
    """A number that a series gave.  One that came from Sales was carried nowhere, and is free again."""
    names = [each.name for each in mapping.fields if each.bc == "number"]
    told = any(name in each.new for each in own if each.side is Side.SALES for name in names)
    return Left(Side.BC, tuple(names), Why.NUMBER_DRAWN, number) if number and (told or not names) else None


def _plan_side(
    mapping: Mapping, base: Base | None, side: Side, state: State, own: Sequence[Entry], plan: UndoPlan
) -> UndoPlan:
    back: dict[str, Value] = {}
    left = list(plan.left)
    written = {name for each in own for name in each.because}
    for group in mapping.groups:
        names = tuple(each.name for each in group if each.name in written)
        if not names:
            continue
        why = _why_not(group, names, base, side, state, own)
        if why is None:
            assert isinstance(state, Known)
            back |= {n: v for n in names if (v := _old(n, own)) != state.values.get(n)}
        else:
            left.append(Left(side, names, why))
    return replace(plan, back={**plan.back, **({side: back} if back else {})}, left=tuple(left))


def _why_not(
    group: tuple[FieldMapping, ...],
    names: tuple[str, ...],
    base: Base | None,
    side: Side,
    state: State,
    own: Sequence[Entry],
) -> Why | None:
    """Why a group stays as it is; a group is put back whole or not at all."""
    if any(each.erased_at_s for each in own):
        return Why.ERASED
    if group[0].type is FieldType.LINES:
        return Why.LINES_STAY
    if any(each.because.get(name) is Reason.REMOVED for each in own for name in names):
        return Why.DELETED
    if not isinstance(state, Known):
        return Why.GONE
    if all(state.values.get(name) == _old(name, own) for name in names):
        return None
    if any(state.values.get(name) != _new(name, own) for name in names):
        return Why.CHANGED_SINCE
    known = base is not None and all(n in base.on(s) for n in names for s in Side)
    return None if known else Why.UNKNOWN


def _old(name: str, own: Sequence[Entry]) -> Value:
    """What the field held before the job's first write."""
    return next(each.old.get(name) for each in own if name in each.because)


def _new(name: str, own: Sequence[Entry]) -> Value:
    """What the job wrote last."""
    return next(each.new.get(name) for each in reversed(own) if name in each.because)


def undone_base(base: Base, side: Side, held: Values) -> Base:
    """The base after an undo on ``side``: each side in step with itself, so that neither counts as changed.

    What the other side holds stays its base.  The pair is apart in these fields until somebody edits one of
    them; then that edit is carried over as ever.
    """
    own = {**base.on(side), **held}
    return Base(own, base.sales) if side is Side.BC else Base(base.bc, own)
