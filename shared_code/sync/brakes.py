"""Brakes at work: nothing is concluded from too much at once, and the mapping stops with what was seen.

A person releases a brake with a full synchronisation that believes what it saw.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from shared_code.core.brakes import Brake, Sight, brake_of
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.store.coupling_ranges import CouplingRanges
from shared_code.store.full_syncs import FullSync
from shared_code.store.schedules import Schedule
from shared_code.sync.messages import ScanStep
from shared_code.sync.parts import ConnectionParts

MAX_LISTED = 100_000
"""Listed records of a mapping that are looked at."""


class BrakeHolds(Exception):
    """Too many coupled records are gone or changed to believe it; nothing is concluded."""

    def __init__(self, mapping: Mapping, brake: Brake) -> None:
        super().__init__(brake.told(mapping.name))
        self.brake = brake


def hold(at: ConnectionParts, mapping: Mapping, tripped: BrakeHolds, now_s: float) -> None:
    """Stop the mapping; all others go on.  A repeat keeps the moment at which the first one stopped it."""
    before = held(at.schedules.get(mapping.name, mapping.interval_s))
    brake = replace(tripped.brake, since_s=before.since_s if before else now_s)
    at.schedules.hold(mapping.name, mapping.interval_s, str(tripped), brake.text())


def held(schedule: Schedule) -> Brake | None:
    """The brake that holds a mapping, if one does."""
    return brake_of(schedule.brake) if schedule.disabled_because else None


def refuse_missing(
    at: ConnectionParts, mapping: Mapping, side: Side, full_sync: str, news: int, coupled: int
) -> None:
    """Raise ``BrakeHolds`` where a complete scan did not see too many of all coupled records and no person
    released the mapping.  ``news`` are those that nobody found deleted before."""
    _refuse(at, mapping, full_sync, Brake(Sight.MISSING, side, news, coupled))


def refuse_mass(
    at: ConnectionParts,
    mapping: Mapping,
    step: ScanStep,
    deleted: Collection[str],
    changed: Collection[str],
    now_s: float,
) -> None:
    """Raise ``BrakeHolds`` where a step tells of too many deleted or changed records, or those of the last
    hour do.  A look at everything tells of changes, too, where nobody asked for it: the service forgot the
    last one."""
    for sight, ids in ((Sight.DELETED, deleted), (Sight.CHANGED, changed)):
        refuse_many(at, mapping, step.side, sight, ids, now_s, step.full_sync)


def refuse_many(
    at: ConnectionParts,
    mapping: Mapping,
    side: Side,
    sight: Sight,
    ids: Collection[str],
    now_s: float,
    full_sync: str = "",
) -> None:
    """Raise ``BrakeHolds`` where these coupled records are too many, with those seen so within the hour.

    A page without such a record costs nothing, one with few a row of storage.
    """
    if not ids or not mapping.brake.watches(sight):
        return
    store = at.couplings(mapping.name)
    found = store.load(side, sorted(ids), whole=False).values()
    pairs = [each for each in found if isinstance(each, Coupling) and each.state is CouplingState.COUPLED]
    known = {each.id_on(side): each.bc_id for each in pairs}
    news = _news(at, mapping, known, known) if sight is Sight.DELETED and known else known
    seen = at.tallies.add(mapping.name, side, sight, list(news), now_s) if news else 0
    most = mapping.brake.most(sight, seen)
    if most is not None:
        of = sum(1 for _ in store.all_coupled(limit=most + 1, whole=False))
        _refuse(at, mapping, full_sync, Brake(sight, side, seen, of))


def is_released(at: ConnectionParts, mapping: Mapping, full_sync: str) -> bool:
    """Whether a person said that it really is so, with this full synchronisation or one that runs."""
    ids = dict.fromkeys((*((full_sync,) if full_sync else ()), *at.full_syncs.running()))
    found = (at.full_syncs.get(each) for each in ids)
    return any(each and mapping.name in _believed(each[0].id == full_sync, each[0]) for each in found)


def _believed(is_own: bool, header: FullSync) -> tuple[str, ...]:
    """A release of creations counts for the full synchronisation that it was given with."""
    return (*header.release, *header.believe) if is_own else header.believe


def lives_on(mapping: Mapping, pair: Coupling) -> bool:
    """Whether the BC record of a pair is known to have gone where it lives on."""
    then = mapping.bc.lives_on.then if mapping.bc.lives_on else ()
    held = pair.base.bc if pair.base else {}
    return bool(then) and all(held.get(name) == value for name, value in then)


def _news(at: ConnectionParts, mapping: Mapping, ids: Collection[str], coupled: dict[str, str]) -> set[str]:
    """Those that were not found deleted before: a pair whose partner is gone waits for a person."""
    known = found_deleted(at, mapping)
    return {each for each in ids if coupled[each] not in known}


def found_deleted(at: ConnectionParts, mapping: Mapping) -> set[str]:
    """The BC ids of the pairs of which a record was found deleted before."""
    listed = CouplingRanges(at.tables, at.couplings(mapping.name).partition).listed(limit=MAX_LISTED)
    return {each.record_id for each in listed if each.code == "partner_deleted"}


def _refuse(at: ConnectionParts, mapping: Mapping, full_sync: str, brake: Brake) -> None:
    if mapping.brake.holds(brake.sight, brake.seen, brake.of) and not is_released(at, mapping, full_sync):
        raise BrakeHolds(mapping, brake)
