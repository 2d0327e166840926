"""What a full scan keeps of records until their turn comes, as lines of short texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from shared_code.core.records import Version
from shared_code.store.sorted_records import Record
from shared_code.sync.weighing import Known, Seen
from shared_code.systems.interface import Page, Sighting

GIVEN, INSIDE, DELETED = "g", "i", "d"
"""Marks: given to a batch already; may get a partner; told as deleted."""

SETTLED, LIVING_ON = "s", "l"

type IsInside = Callable[[Sighting], bool]


def seen_in(page: Page, may_be_inside: IsInside) -> Seen:
    """What one page shows, weighed at once."""
    return Seen({each.id: each for each in page.seen}, frozenset(page.deleted), frozenset(), may_be_inside)


def lines_of_page(page: Page, given: Collection[str], may_be_inside: IsInside) -> Iterator[Record]:
    """A page as it is kept; the values of the scan's columns are not needed later."""
    for each in page.seen:
        mark = GIVEN if each.id in given else INSIDE if may_be_inside(each) else ""
        yield each.id, each.version.etag, each.version.stamp, mark
    for record_id in page.deleted:
        yield record_id, "", "", GIVEN + DELETED if record_id in given else DELETED


def seen_of_lines(lines: Iterable[Record]) -> Seen:
    """What several pages showed of a share; the last sight of a record counts."""
    last = {record_id: (etag, stamp, mark) for record_id, etag, stamp, mark in lines}
    marked = {
        each: frozenset(record_id for record_id, (_, _, mark) in last.items() if each in mark)
        for each in (GIVEN, INSIDE, DELETED)
    }
    records = {
        record_id: Sighting(record_id, Version(etag, stamp))
        for record_id, (etag, stamp, mark) in last.items()
        if DELETED not in mark
    }
    return Seen(records, marked[DELETED], marked[GIVEN], lambda seen: seen.id in marked[INSIDE])


def line_of_pair(pair: Known) -> Record:
    """A pair as it is kept."""
    version = pair.version or Version("", "")
    marks = (SETTLED if pair.settled else "") + (LIVING_ON if pair.living_on else "")
    return pair.id, pair.bc_id, version.etag, version.stamp, marks


def pair_of_line(line: Record) -> Known:
    """The pair of a line."""
    record_id, bc_id, etag, stamp, marks = line
    return Known(record_id, bc_id, Version(etag, stamp), SETTLED in marks, LIVING_ON in marks)
