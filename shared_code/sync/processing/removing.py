"""Removing rows of Sales whose record of Business Central is gone or left the filter.

A removal carries the version that was seen, so a row that a person edits meanwhile is decided anew.  The
journal keeps what the row held before it goes.
"""

from __future__ import annotations

from dataclasses import replace

from shared_code.core.journal import Entry, Reason
from shared_code.core.records import Deleted, Side
from shared_code.sync.processing import committing, journaling, problems
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan
from shared_code.systems.interface import Gone, NotDone, Refused, Removal, Removed, WriteResult


def remove(work: Work, plan: Plan) -> None:
    """Send the round's removals; the next round ends the couplings of what is gone."""
    planned = [(each, removal) for each in plan.removals if (removal := _removal(each))]
    if not planned:
        return
    entries = [_kept(work, item) for item, _ in planned]
    announced = work.at.journal.announce(work.mapping.name, entries)
    results = work.system(Side.SALES).delete(work.table(Side.SALES), [each for _, each in planned])
    for (item, _), result in zip(planned, results, strict=True):
        _take_result(work, item, result)
    gone = {each.bc_id: result for each, result in zip(entries, results, strict=True)}
    journaling.withdraw(work, announced, {i: r for i, r in gone.items() if not isinstance(r, Gone)})


def _removal(item: Item) -> Removal | None:
    version, row_id = item.version_on(Side.SALES), item.id_on(Side.SALES)
    return None if item.settled or version is None or row_id is None else Removal(row_id, version)


def _kept(work: Work, item: Item) -> Entry:
    """What the row held: the deletion decides against all of it."""
    version, held = item.version_on(Side.SALES), item.values_on(Side.SALES)
    assert version is not None
    assert item.coupling is not None
    entry = journaling.new_entry(
        work, item.coupling.bc_id, Side.SALES, version.stamp, dict(held), dict.fromkeys(held)
    )
    return replace(entry, because=dict.fromkeys(held, Reason.REMOVED), overruled=tuple(held))


def _take_result(work: Work, item: Item, result: WriteResult) -> None:
    match result:
        case Removed() | Gone():
            item.removed = True
            item.states[Side.SALES] = Deleted(str(item.id_on(Side.SALES)))
        case Refused():
            problems.refused(work, item, Side.SALES, result, {})
            committing.keep_open(work, item)
        case NotDone(retry_after_s, _):
            item.hand_on(retry_after_s)
        case _:
            # Somebody else wrote, or nobody knows whether the row is gone: what is there now decides.
            item.states.pop(Side.SALES, None)
