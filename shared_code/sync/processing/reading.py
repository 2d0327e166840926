"""Reading: every side that some open record of a batch lacks, with what cannot be believed left out."""

from __future__ import annotations

from shared_code.core.records import Absent, Deleted, Row, Side
from shared_code.sync.processing import contested, living_on, recalling, still_there, vanished
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.selecting import DELETED


def read_missing(work: Work) -> None:
    """Read every side that some open item lacks: one read per side, at most 500 ids, and one more where both
    sides of a pair have moved."""
    first = _first_side(work)
    read = {side: _read_side(work, side) for side in (first, first.other)}
    contested.read_again(work, read, first)
    recalling.recall(work)
    living_on.complete(work)


def _first_side(work: Work) -> Side:
    """Where entries move a record of Business Central, no version tells which of two readings is the older
    one.  Read after Sales, what is written under the version of Sales is never older than what is there."""
    is_moved = work.mapping.bc.moved_by is not None
    return Side.SALES if is_moved or living_on.needs_sales_first(work) else work.batch.side


def _read_side(work: Work, side: Side) -> frozenset[str]:
    """Read a side of the open items that lack it; which items those were."""
    lacking = {
        id_: each for each in work.open_items() if side not in each.states and (id_ := each.id_on(side))
    }
    read = frozenset(each.id for each in lacking.values())
    if lacking:
        found = work.system(side).read(work.table(side), sorted(lacking))
        living_on.know(work, side, lacking, found)
        lacking = {i: each for i, each in lacking.items() if side not in each.states}
        shown = vanished.believed(work, side, lacking, found)
        work.links.load(side, shown.rows.values())
        if side is Side.SALES:
            still_there.look(work, shown.rows.values())
        for record_id, item in lacking.items():
            if row := shown.rows.get(record_id):
                _take_read(work, item, side, row)
            else:
                proven = record_id not in shown.doubted
                item.states[side] = Deleted(record_id, proven) if item.coupling else Absent()
    for item in work.open_items():
        if side not in item.states:
            item.states[side] = Absent()
    return read


def _take_read(work: Work, item: Item, side: Side, row: Row) -> None:
    if row.version.stamp < _newest_seen(work, item, side) and not work.mapping.side(side).in_force:
        # A stale replica.  Deciding on it could undo a write, or take an edit for dealt with.  Not so a
        # record made of lines, which is older again when its newest line is deleted.
        item.hand_on(work.soon_s)
        return
    work.know(item, side, row)


def _newest_seen(work: Work, item: Item, side: Side) -> str:
    """The stamp of the newest version that the coupling, the scan or the record's problem has seen.

    Business Central is read at its primary, which is never behind a scan.
    """
    known = item.coupling.version_on(side) if item.coupling else None
    seen = known.stamp if known else ""
    return max(seen, _scanned_at(work, item, side), _listed_at(work, item)) if side is Side.SALES else seen


def _scanned_at(work: Work, item: Item, side: Side) -> str:
    """The version at which the scan saw the record; none any more where the scan told of a deletion and a
    minute of rests later the row is still there.  Then Sales was put back to a time before it was deleted."""
    if side is not item.side:
        return ""
    return "" if item.stamp == DELETED.stamp and _has_rested(work) else item.stamp


def _listed_at(work: Work, item: Item) -> str:
    """The version in Sales at which the record was listed: an older one solves nothing.

    Only Sales numbers its versions.  A system that was put back to an earlier state never shows it again.
    """
    stamp = item.problem.stamp if item.problem else ""
    return "" if _has_rested(work) or not stamp.isdecimal() else stamp


def _has_rested(work: Work) -> bool:
    """Whether the batch was handed on for a minute: by then a replica has caught up."""
    return work.batch.attempt >= A_MINUTE_OF_RESTS


A_MINUTE_OF_RESTS = 6
"""Attempts of a batch between which its records rest for 1, 2, 4, 8, 16 and 32 seconds."""
