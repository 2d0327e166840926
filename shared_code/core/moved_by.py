"""Entries that move a record without a new version of it: stock, and what is left to be paid.

Business Central keeps both in ledgers.  Posting an entry leaves the stamp of the item or invoice alone, so a
look also asks for entries.  They are numbered in the order in which they are posted and never say anything
else later.  A number is taken when an entry is written and seen when its transaction commits, so a look goes
back to what was the highest number some minutes ago.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_code.core.conditions import Test

NUMBER = "entryNumber"
"""The field of an entry with its number."""
MAX_RANGES = 500
MAX_MARKS = 40


@dataclass(frozen=True, slots=True)
class MovedBy:
    """Which entries move the records of a BC table, and what of these.

    ``table`` is the entries' entity set, in the same API; only those that meet ``entries`` count.  ``names``
    is the entry's field with the record that it moves, by the record's field ``by``.  Without it an entry may
    move any record that meets ``among``.  ``shows`` are the record's fields that move.  What is not
    ``numbered`` is no ledger but other records (the item of a variant), found by their time of change.
    """

    table: str
    shows: tuple[str, ...]
    names: str | None = None
    by: str | None = None
    entries: tuple[Test, ...] = ()
    among: tuple[Test, ...] = ()
    numbered: bool = True


type Range = tuple[int, int]
"""Numbers from the first to the last, both included."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Which entries were dealt with.

    ``marks`` are moments, in seconds, with the highest number there was, oldest first.  ``seen`` are numbers
    beyond the oldest mark's, as ranges in order.
    """

    marks: tuple[tuple[float, int], ...] = ()
    seen: tuple[Range, ...] = ()

    def floor(self, settled_s: float) -> int | None:
        """All entries up to this number were dealt with; ``None`` where no mark is that old.

        What was written before ``settled_s`` is committed by now.
        """
        old = [number for at_s, number in self.marks if at_s <= settled_s]
        return max(old) if old else None

    def fresh(self, numbers: Iterable[int]) -> set[int]:
        """Those of the numbers that were not dealt with."""
        wanted = set(numbers)
        return {each for each in wanted if not any(first <= each <= last for first, last in self.seen)}

    def after(self, now_s: float, settled_s: float, highest: int, numbers: Iterable[int]) -> Entries:
        """What is known after a look at ``now_s`` that found these numbers; none is above ``highest``.

        What is left out for want of room is looked at once more, never missed.
        """
        top = max([highest, *(number for _, number in self.marks)])
        apart_s = max((now_s - settled_s) / (MAX_MARKS / 2), 0.0)
        marks = self.marks
        if not marks or now_s - marks[-1][0] >= apart_s:
            marks = (*marks, (now_s, top))
        kept = _recent(marks, settled_s)[-MAX_MARKS:]
        floor = kept[0][1] if kept and kept[0][0] <= settled_s else -1
        return Entries(kept, _joined([*self.seen, *((each, each) for each in numbers)], floor))


def _recent(marks: Sequence[tuple[float, int]], settled_s: float) -> tuple[tuple[float, int], ...]:
    """The newest mark that is settled, and all after it."""
    settled = sum(at_s <= settled_s for at_s, _ in marks)
    return tuple(marks[max(settled - 1, 0) :])


def _joined(ranges: Iterable[Range], floor: int) -> tuple[Range, ...]:
    """The ranges in order, those that touch joined, without what is not beyond ``floor``."""
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if last <= floor:
            continue
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined[-MAX_RANGES:])
