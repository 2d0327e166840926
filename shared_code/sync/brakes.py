"""Brakes at work: nothing is concluded from too much at once, and the mapping stops with what was seen.

A person releases a brake with a full synchronisation that believes what it saw.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from shared_code.core.brakes import Brake, Sight, brake_of
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.store.full_syncs import FullSync
from shared_code.store.schedules import Schedule
from shared_code.sync.messages import ScanMode, ScanStep
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.selecting import DELETED
from shared_code.systems.interface import Sighting

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


def refuse_missing(at: ConnectionParts, mapping: Mapping, step: ScanStep, seen: Collection[str]) -> set[str]:
    """The coupled records of the step's side that a complete scan did not see.

    Raises ``BrakeHolds`` where they are too many and no person released the mapping.
    """
    coupled = _coupled(at, mapping, step.side)
    absent = coupled.keys() - set(seen)
    news = _news(at, mapping, absent, coupled) if len(absent) > 0 else set[str]()
    _refuse(at, mapping, step.full_sync, Brake(Sight.MISSING, step.side, len(news), len(coupled)))
    return absent


def refuse_mass(
    at: ConnectionParts, mapping: Mapping, step: ScanStep, work: Sequence[Sighting], now_s: float
) -> None:
    """Raise ``BrakeHolds`` where a page of changes tells of too many, or the pages of the last hour do.

    A look at everything tells of changes, too, where nobody asked for it: the service forgot the last one.
    """
    gone = {each.id for each in work if each.version == DELETED}
    changed = _written(at, mapping, step, work) - gone
    for sight, ids in ((Sight.DELETED, gone), (Sight.CHANGED, changed)):
        refuse_many(at, mapping, step.side, sight, ids, now_s, step.full_sync)


def _written(at: ConnectionParts, mapping: Mapping, step: ScanStep, work: Sequence[Sighting]) -> set[str]:
    """The records that somebody changed: a look at everything gives others as work, too."""
    found = {each.id: each.version for each in work}
    if step.mode is ScanMode.CHANGES or not mapping.brake.watches(Sight.CHANGED):
        return set(found)
    known = at.couplings(mapping.name).load(step.side, sorted(found), ordered=True, whole=False)
    pairs = {key: each for key, each in known.items() if isinstance(each, Coupling)}
    return {key for key, each in pairs.items() if each.version_on(step.side) != found[key]}


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


def _coupled(at: ConnectionParts, mapping: Mapping, side: Side) -> dict[str, str]:
    """The BC id of each coupled record, by its id on ``side``; those that live on are not missed."""
    coupled = at.couplings(mapping.name).all_coupled(whole=mapping.bc.lives_on is not None)
    return {each.id_on(side): each.bc_id for each in coupled if not lives_on(mapping, each)}


def lives_on(mapping: Mapping, pair: Coupling) -> bool:
    """Whether the BC record of a pair is known to have gone where it lives on."""
    then = mapping.bc.lives_on.then if mapping.bc.lives_on else ()
    held = pair.base.bc if pair.base else {}
    return bool(then) and all(held.get(name) == value for name, value in then)


def _news(at: ConnectionParts, mapping: Mapping, ids: Collection[str], coupled: dict[str, str]) -> set[str]:
    """Those that were not found deleted before: a pair whose partner is gone waits for a person."""
    listed = at.couplings(mapping.name).all_problems(MAX_LISTED)
    known = {each.record_id for each in listed if each.code == "partner_deleted"}
    return {each for each in ids if coupled[each] not in known}


def _refuse(at: ConnectionParts, mapping: Mapping, full_sync: str, brake: Brake) -> None:
    if mapping.brake.holds(brake.sight, brake.seen, brake.of) and not is_released(at, mapping, full_sync):
        raise BrakeHolds(mapping, brake)
