"""Writes that no base knows of: which values of a side are what Tandem wrote there.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared_code.core.base import Base, confirm_base
from shared_code.core.journal import Entry, Reason
from shared_code.core.records import Side, Value, Values

_MERGED = frozenset(Reason) - {Reason.CREATED, Reason.REMOVED, Reason.UNDONE}
"""What decides values that both sides come to hold; what is undone is undone on one side alone."""


def with_ours(
    base: Base, side: Side, held: Values, entries: Sequence[Entry], *, last_writer_is_us: bool = False
) -> Base:
    """The base with what ``side`` holds as one of these writes left it: the other side held what was sent.

    What a write left is told by its entry, once its answer was noted.  Before that a value in another form
    (``is_another_form``) is what the service made of it only if Tandem wrote the record last.
    """
    for each in entries:
        sent = dict(_as_told(each, held))
        if last_writer_is_us:
            sent |= dict(_in_doubt(each, held))
        if sent:
            base = confirm_base(base, side, sent, held)
    return base


def forms_in_doubt(base: Base, side: Side, held: Values, entries: Sequence[Entry]) -> bool:
    """Whether it matters who wrote the record last."""
    known = with_ours(base, side, held, entries).on(side)
    names = {name for each in entries for name, _ in _in_doubt(each, held)}
    return any(held[name] != known.get(name) for name in names)


def _as_told(entry: Entry, held: Values) -> Iterator[tuple[str, Value]]:
    """The fields that hold what the entry tells, with what was sent."""
    for name, value in entry.new.items():
        if entry.because.get(name) in _MERGED and name in held and held[name] == value:
            yield name, entry.sent.get(name, value)


def _in_doubt(entry: Entry, held: Values) -> Iterator[tuple[str, Value]]:
    """The fields that hold another form of what was sent, where no answer was noted."""
    for name, value in () if entry.sent else entry.new.items():
        if entry.because.get(name) in _MERGED and is_another_form(value, held.get(name)):
            yield name, value


def is_another_form(sent: Value, held: Value) -> bool:
    """Whether two different texts have the same letters and digits."""
    if not (isinstance(sent, str) and isinstance(held, str)) or sent == held:
        return False
    return bool(_bare(sent)) and _bare(sent) == _bare(held)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
