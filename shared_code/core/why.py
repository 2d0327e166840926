"""Why a field holds what it holds: from the journal, the base and what both sides hold, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from shared_code.core.base import Base
from shared_code.core.coupling import Origin, OriginKind
from shared_code.core.journal import WORDS, Entry
from shared_code.core.merging import Merge
from shared_code.core.reconcile import (
    OTHER_COMPANY,
    OUTSIDE_FILTER,
    Deactivate,
    Decision,
    Hold,
    Leave,
    PartnerDeleted,
    Remove,
)
from shared_code.core.records import Side, Value


class Author(StrEnum):
    """Who wrote a value last: Tandem, a person, a person here whose value Tandem carried to the other side,
    or nobody since the pair was coupled.  ``unknown``: before the journal's memory."""

    TANDEM = "tandem"
    PERSON = "person"
    OTHER_SIDE = "other_side"
    EQUAL_FROM_THE_START = "equal_from_the_start"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Held:
    """One field of one side: what it holds, what was common, who wrote it, and the entry that shows it."""

    side: Side
    value: Value
    base: Value
    author: Author
    text: str
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a pair: its entries (the newest first), base, origin, and what would be done next."""

    entries: Sequence[Entry]
    base: Base | None
    origin: Origin | None
    decision: Decision | None


def held(field: str, side: Side, value: Value, known: Known) -> Held:
    """Who wrote a side's value, as far as it can be told.

    What Tandem wrote and is still there, Tandem wrote.  A value that differs from the base was changed since.
    Else the value came from the other side or was there when the pair was coupled.
    """
    common = known.base.on(side).get(field) if known.base else None
    is_known = known.base is not None and field in known.base.on(side)
    latest = _latest(field, side, known)
    if latest and (latest.erased_at_s or latest.new.get(field) == value):
        return Held(side, value, common, Author.TANDEM, _wrote(field, latest), latest)
    if is_known and value != common:
        return Held(side, value, common, Author.PERSON, _changed_since(side))
    if latest:
        return Held(side, value, common, Author.PERSON, _changed_after(field, latest), latest)
    carried = _latest(field, side.other, known)
    if carried and carried.new.get(field) == value:
        return Held(side, value, common, Author.OTHER_SIDE, _came_from(side, carried), carried)
    if known.origin and (known.origin.kind is not OriginKind.CREATED or known.origin.side is not side):
        return Held(side, value, common, Author.EQUAL_FROM_THE_START, _was_there(side, known.origin))
    return Held(side, value, common, Author.UNKNOWN, "It was written before the journal's memory begins.")


def _latest(field: str, side: Side, known: Known) -> Entry | None:
    return next((each for each in known.entries if each.side is side and field in each.because), None)


def _wrote(field: str, entry: Entry) -> str:
    what = f"Tandem wrote it to {entry.side.system_name} on {moment(entry.at_s)} in job {entry.job}"
    decided = f" ({entry.by})" if entry.by else ""
    because = f"because {WORDS[entry.because[field]]}{decided}"
    if entry.erased_at_s:
        return f"{what}, {because}. Its values were erased on {moment(entry.erased_at_s)}."
    before = "" if entry.is_creation else f" Before it was {shown(entry.old.get(field))}."
    return f"{what}, {because}.{before}"


def _changed_since(side: Side) -> str:
    return f"Somebody changed it in {side.system_name} since both sides were last in step."


def _changed_after(field: str, entry: Entry) -> str:
    wrote = f"Tandem wrote {shown(entry.new.get(field))} on {moment(entry.at_s)}"
    return f"Somebody changed it in {entry.side.system_name} after {wrote}."


def _came_from(side: Side, carried: Entry) -> str:
    other = side.other.system_name
    when = f"on {moment(carried.at_s)} in job {carried.job}"
    return f"It was written in {side.system_name}; Tandem carried it over to {other} {when}."


def _was_there(side: Side, origin: Origin) -> str:
    return f"{side.system_name} held it already {how_coupled(origin, 'when')}."


def how_coupled(origin: Origin, word: str = "") -> str:
    """How the pair came to be, in words."""
    when = f"on {moment(origin.at_s)} in job {origin.job}"
    match origin.kind:
        case OriginKind.CREATED:
            made_in = origin.side.system_name if origin.side else "one of the two systems"
            text = f"Tandem created the record of {made_in} {when}"
        case OriginKind.BY_HAND:
            text = f"a person coupled the pair {when}"
        case _:
            text = f"the pair was coupled because its records match {when}"
    return f"{word} {text}".strip()


def next_step(field: str, bc: Value, sales: Value, known: Known) -> str:
    """What would happen to a field at the next look, in words."""
    match known.decision:
        case Merge() as merge:
            return _next_of_merge(field, bc, sales, merge)
        case Leave(reason):
            return f"Nothing is written: {LEAVING.get(reason, 'the mapping does not carry the record')}."
        case Hold():
            return "Nothing is written: creating is not released."
        case PartnerDeleted(side):
            return f"Nothing is written: the record of {side.system_name} was deleted and a person decides."
        case Remove(side):
            return f"The record of {side.system_name} is deleted, because its partner was."
        case Deactivate(side):
            return f"The record of {side.system_name} is taken out of use, because its partner was deleted."
    return "It is not coupled, so nothing is compared."


LEAVING = {
    OUTSIDE_FILTER: "the record is outside the mapping's filter",
    OTHER_COMPANY: "the row of Sales belongs to another company",
}


def _next_of_merge(field: str, bc: Value, sales: Value, merge: Merge) -> str:
    for side in Side:
        if field in merge.to(side):
            value = shown(merge.to(side)[field])
            return f"{value} is written to {side.system_name}, because {WORDS[merge.because[field]]}."
    if any(field in each.fields for each in merge.conflicts):
        return "Nothing until a person decides the conflict."
    if bc == sales:
        return "Nothing: both sides hold the same."
    return (
        "Nothing: both sides hold what they held when they were last in step; the next edit is carried over."
    )


def shown(value: Value) -> str:
    """A value in a sentence."""
    return "blank" if value is None else f"“{value}”"


def moment(at_s: float) -> str:
    """A moment in a sentence (UTC)."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
