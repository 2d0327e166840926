"""Removing records whose partner is gone, or whose record of Business Central left the filter.

A removal carries the version that was seen, so a record that a person edits meanwhile is decided anew.  The
journal keeps what the record held before it goes.  A row of Sales that rows refer to which people edit there
stays unless a person wants just this one deleted: Sales deletes the contacts of an account with it, and what
nobody has carried yet would be lost.  Where the right to delete lacks only these records fail: the mapping
needs it for nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_code.core.journal import Entry, Reason
from shared_code.core.mapping import Mapping
from shared_code.core.records import Deleted, Side
from shared_code.sync.processing import committing, journaling, problems
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.referring import referred_to
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan
from shared_code.systems.interface import AccessDenied, Gone, NotDone, Refused, Removal, Removed, WriteResult


def remove(work: Work, plan: Plan) -> None:
    """Send the round's removals; the next round ends the couplings of what is gone."""
    for side, items in plan.removals.items():
        planned = [(each, removal) for each in items if (removal := _removal(each, side))]
        if side is Side.SALES and not work.rules.insists:
            planned = _spare_referred(work, planned)
        if planned:
            _remove(work, side, planned)


def _remove(work: Work, side: Side, planned: Sequence[tuple[Item, Removal]]) -> None:
    entries = [_kept(work, item, side) for item, _ in planned]
    announced = work.at.journal.announce(work.mapping.name, entries)
    results = delete(work, side, [each for _, each in planned])
    for (item, _), result in zip(planned, results, strict=True):
        _take_result(work, item, side, result)
    gone = {each.bc_id: result for each, result in zip(entries, results, strict=True)}
    journaling.withdraw(work, announced, {i: r for i, r in gone.items() if not isinstance(r, Gone)})


def delete(work: Work, side: Side, removals: Sequence[Removal]) -> Sequence[WriteResult]:
    """Delete records of one side; without the right to, what is still there counts as refused."""
    try:
        return work.system(side).delete(work.table(side), removals)
    except AccessDenied as denied:
        there = work.system(side).read(work.table(side), [each.id for each in removals])
        refusal = Refused(DENIED, str(denied))
        return [refusal if each.id in there else Gone() for each in removals]


DENIED = "access_denied"
"""The code of a refusal, and of the problem, where a right lacks."""


def _spare_referred(work: Work, planned: list[tuple[Item, Removal]]) -> list[tuple[Item, Removal]]:
    """List what others refer to, for a person to decide; what is left to be removed."""
    titles = referred_to(work, [each.id for _, each in planned], lambda mapping, ids: (), _carries_edits)
    for item, removal in planned:
        if title := titles.get(removal.id):
            why = f"Sales would delete {title} with it, so it stays: move or delete these first."
            problems.partner_deleted(work, item, Side.BC, why)
            committing.keep_open(work, item)
    return [(item, removal) for item, removal in planned if removal.id not in titles]


def _carries_edits(mapping: Mapping) -> bool:
    return mapping.direction.flows_from(Side.SALES)


def _removal(item: Item, side: Side) -> Removal | None:
    version, record_id = item.version_on(side), item.id_on(side)
    return None if item.settled or version is None or record_id is None else Removal(record_id, version)


def _kept(work: Work, item: Item, side: Side) -> Entry:
    """What the record held: the deletion decides against all of it."""
    version, held = item.version_on(side), item.values_on(side)
    assert version is not None
    assert item.coupling is not None
    entry = journaling.new_entry(
        work, item.coupling.bc_id, side, version.stamp, dict(held), dict.fromkeys(held)
    )
    return replace(entry, because=dict.fromkeys(held, Reason.REMOVED), overruled=tuple(held))


def _take_result(work: Work, item: Item, side: Side, result: WriteResult) -> None:
    match result:
        case Removed() | Gone():
            item.removed = True
            item.states[side] = Deleted(str(item.id_on(side)))
        case Refused(code, message) if code == DENIED:
            problems.fail(work, item, DENIED, message)
            committing.keep_open(work, item)
        case Refused():
            problems.refused(work, item, side, result, {})
            committing.keep_open(work, item)
        case NotDone(retry_after_s, _):
            item.hand_on(retry_after_s)
        case _:
            # Somebody else wrote, or nobody knows whether the record is gone: what is there now decides.
            item.states.pop(side, None)
