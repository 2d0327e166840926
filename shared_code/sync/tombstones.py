"""Tombstones: deletions in Business Central that its extension tells, so that they show within a minute.

A tombstone concludes nothing.  It makes a coupled record looked at, and only what the service says is not
there counts as deleted: a record that was restored under its id is there.  Where deletions may be missing
from the list, and for records that are made of several, everything is looked at.  The daily look at
everything stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared_code.core.brakes import Sight
from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.brakes import BrakeHolds, hold, refuse_many
from shared_code.sync.messages import DeletionsDue
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.retries import queue_records
from shared_code.systems.business_central_keys import API
from shared_code.systems.interface import AccessDenied, Throttled

PLACE = ""
"""Under no mapping's name: one list tells of all tables."""

AT_ONCE_S = 1.0
"""So long ago that everything is due to be looked at."""


def are_told(mappings: Iterable[Mapping]) -> bool:
    """Whether Business Central has the extension: some mapping reads through it."""
    return any(each.bc.api == API for each in mappings)


def look(parts: Parts, at: ConnectionParts) -> None:
    """Queue the coupled records that were deleted since the last look, then note how far it went.

    Where it cannot be read now the next tick looks again.
    """
    seen = at.watermarks.get(PLACE, Side.BC)
    try:
        found = at.systems[Side.BC].deletions(seen.cursor or "")
    except (AccessDenied, Throttled):
        return
    if found is None:
        return
    for mapping in at.mappings.values():
        ids = [record for table, record in found.records if table == mapping.bc.table]
        if not found.is_complete or (ids and mapping.bc.in_force):
            look_at_everything_soon(at, mapping)
        elif ids:
            _queue(parts, at, mapping, ids)
    if found.cursor != seen.cursor:
        at.watermarks.move(PLACE, Side.BC, seen, found.cursor)
    if found.has_more:
        parts.send(DeletionsDue(at.name))


def look_at_everything_soon(at: ConnectionParts, mapping: Mapping) -> None:
    """The next tick looks at all records of the mapping, where it does so at all."""
    at.schedules.change(mapping.name, mapping.interval_s, swept_at_s=AT_ONCE_S)


def _queue(parts: Parts, at: ConnectionParts, mapping: Mapping, ids: Sequence[str]) -> None:
    """Queue those that have a partner, may get one, or are listed.  A mapping that stands still looks at
    everything when it goes on."""
    if at.schedules.get(mapping.name, mapping.interval_s).disabled_because:
        look_at_everything_soon(at, mapping)
        return
    store = at.couplings(mapping.name)
    known, listed = store.load(Side.BC, ids), store.problems(Side.BC, ids)
    chosen = [each for each in ids if each in listed or _has_partner(known.get(each))]
    now = parts.runtime.now()
    try:
        refuse_many(at, mapping, Side.BC, Sight.DELETED, chosen, now)
    except BrakeHolds as reason:
        hold(at, mapping, reason, now)
        return
    if chosen:
        queue_records(parts, at, mapping.name, Side.BC, chosen, JobKind.SCHEDULED)


def _has_partner(known: Coupling | Intent | None) -> bool:
    return isinstance(known, Intent) or (isinstance(known, Coupling) and known.state is CouplingState.COUPLED)
