"""What a person does with a mapping in force: release its brake, or have all of it looked at anew."""

from __future__ import annotations

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.store.full_syncs import FullSync
from shared_code.sync import full_sync
from shared_code.sync.brakes import held
from shared_code.sync.parts import ConnectionParts, Parts


class NoBrake(Exception):
    """No brake holds the mapping."""


def release_brake(parts: Parts, at: ConnectionParts, mapping: Mapping) -> FullSync:
    """Believe what the brake saw: a full synchronisation of the mapping concludes from it.

    Nothing else is released: records that are to be coupled first still wait.  Raises ``NoBrake``.
    """
    if held(at.schedules.get(mapping.name, mapping.interval_s)) is None:
        raise NoBrake(f"no brake holds {mapping.name}")
    at.tallies.clear(mapping.name)
    return full_sync.start(parts, at, full_sync.Request((mapping.name,), believe=(mapping.name,)))


def reset(parts: Parts, at: ConnectionParts, mapping: Mapping) -> FullSync:
    """Forget where the mapping's looks went on and look at everything.  Couplings, bases and problems stay.

    A repeat looks at everything again, which finds nothing to do.
    """
    now = parts.runtime.now()
    for side in Side:
        if at.watermarks.get(mapping.name, side).etag:
            at.watermarks.renew(mapping.name, side, now, at.digests[mapping.name])
    return full_sync.start(parts, at, full_sync.Request((mapping.name,)))
