"""Vanished: a record that a service does not show may be deleted, or the service shows none any more.

A lost right or a filter on it makes a service answer nothing at all, without an error.  Before a missing
record that is coupled counts as deleted, or one that is listed as gone, others of its mapping must be there.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.brakes import Brake, Sight
from shared_code.core.frozen import frozen
from shared_code.core.records import Row, Side
from shared_code.sync import absence, brakes
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.selecting import DELETED


@frozen
class Shown:
    """What a service shows of the records asked for.

    ``doubted`` are missing ones, by their ids, that nothing proves to be deleted: no other record is shown
    either, and too few are known to call the table hidden.
    """

    rows: Mapping[str, Row]
    doubted: frozenset[str] = frozenset()


def believed(work: Work, side: Side, asked: Mapping[str, Item], rows: Mapping[str, Row]) -> Shown:
    """What the service shows of the records asked for, once that can be believed.

    The missing ones are asked for again together with the others: a service that hid all of them may show
    them by now.  Raises ``BrakeHolds`` where known records are missing and no other one is shown.
    """
    known = {record_id: item for record_id, item in asked.items() if item.coupling or item.problem}
    gone = [record_id for record_id, item in known.items() if record_id not in rows and not _told(item)]
    _refuse_mass(work, side, len(gone))
    if not gone or any(absence.really_shown(rows.keys() & known.keys())):
        return Shown(rows)
    others = absence.witnesses(work.at, work.mapping, side, known)
    if _is_released(work):
        return Shown(rows)
    again = work.system(side).read(work.table(side), [*gone, *others]) if others else {}
    found = {**rows, **{record_id: again[record_id] for record_id in gone if record_id in again}}
    if again.keys() & set(others):
        return Shown(found)
    if absence.looks_hidden(len(gone) + len(others)):
        raise absence.hidden(work.mapping, side)
    return Shown(found, frozenset(gone) - found.keys())


def _refuse_mass(work: Work, side: Side, gone: int) -> None:
    """Raise ``BrakeHolds`` where one batch alone finds too many of the coupled records gone."""
    brake = work.mapping.brake
    if brake.holds(Sight.MISSING, gone, 0) and not _is_released(work):
        coupled = sum(1 for _ in work.store.all_coupled(whole=False))
        if brake.holds(Sight.MISSING, gone, coupled):
            raise brakes.BrakeHolds(work.mapping, Brake(Sight.MISSING, side, gone, coupled))


def _told(item: Item) -> bool:
    """Whether it was found deleted before, so that a second look concludes nothing new, or the service itself
    says that an uncoupled record was."""
    if item.coupling is None and item.stamp == DELETED.stamp:
        return True
    return bool(item.problem and item.problem.code == "partner_deleted")


def _is_released(work: Work) -> bool:
    """Whether a person said that so many really were deleted."""
    job = work.at.jobs.get(work.batch.job)
    return job is not None and brakes.is_released(work.at, work.mapping, job.full_sync)
