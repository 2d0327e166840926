"""Changed rules: a mapping's file was edited, and a process that knows the new rules has begun.

The tick of the process that began last brings its rules into force; a process that began earlier and has
others leaves the work to the new ones until it ends.

What changed decides what is done: with the fields alone everything is looked at again; where other records
are selected or matched, they are matched first and nothing is created until both sides are known again.
"""

from __future__ import annotations

from dataclasses import replace

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.core.rules_digest import same_selection
from shared_code.store.schedules import Schedule
from shared_code.sync import full_sync
from shared_code.sync.parts import ConnectionParts, Parts


def bring_into_force(parts: Parts, at: ConnectionParts, mapping: Mapping, found: Schedule) -> Schedule | None:
    """The schedule under this process's rules; ``None`` where a process that began later has others."""
    own = at.digests[mapping.name]
    if found.rules == own:
        return _replanned(parts, at, mapping, found)
    if not found.rules:
        return replace(found, rules=own, rules_at_s=parts.started_s)
    if parts.started_s < found.rules_at_s:
        return None
    kept = found.released and same_selection(found.rules, own)
    changed = replace(found, rules=own, rules_at_s=parts.started_s, released=kept, replan=True)
    if not at.schedules.put(changed):
        return None  # Somebody else changed the schedule meanwhile; the next tick sees what it is now.
    _renew_watermarks(parts, at, mapping)
    return _replanned(parts, at, mapping, at.schedules.get(mapping.name, mapping.interval_s))


def _renew_watermarks(parts: Parts, at: ConnectionParts, mapping: Mapping) -> None:
    """A process of the old rules must not move them any more."""
    for side in Side:
        if at.watermarks.get(mapping.name, side).etag:
            now_s = parts.runtime.now()
            at.watermarks.renew(mapping.name, side, now_s, at.digests[mapping.name])


def _replanned(parts: Parts, at: ConnectionParts, mapping: Mapping, found: Schedule) -> Schedule:
    """Have everything looked at once after the rules have changed, if it was ever looked at.

    The note is taken off last: a tick that dies in between begins a second look, which finds nothing to do.
    """
    if not found.replan or found.disabled_because or at.full_syncs.running():
        return found
    if any(at.watermarks.get(mapping.name, side).etag for side in Side):
        full_sync.start(parts, at, full_sync.Request((mapping.name,)))
    return at.schedules.change(mapping.name, mapping.interval_s, replan=False)
