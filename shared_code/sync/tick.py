"""The minute's tick: queue a look at every mapping that is due, and what is due to be tried again.

The schedules are data, so that people change them while the app runs.  A tick only queues; it takes
seconds and can be repeated.
"""

from __future__ import annotations

from dataclasses import replace

from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.store.schedules import Schedule
from shared_code.sync import rule_changes
from shared_code.sync.history import undos
from shared_code.sync.messages import Advance, ScanMode, ScanStep
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.previewing import previews
from shared_code.sync.retries import queue_due


def tick(parts: Parts) -> int:
    """One tick over all connections; how many looks were queued."""
    return sum(_tick_connection(parts, at) for at in parts.connections.values())


def _tick_connection(parts: Parts, at: ConnectionParts) -> int:
    schedules = at.schedules.all()
    queued = 0
    for mapping in at.mappings.values():
        found = schedules.get(mapping.name) or Schedule(mapping.name, mapping.interval_s)
        schedule = rule_changes.bring_into_force(parts, at, mapping, found)
        if schedule and _claim(parts, at, schedule):
            queued += look(parts, at, mapping)
            queue_due(parts, at, mapping.name, schedule.retries_from)
    for full_sync in at.full_syncs.running():
        parts.send(Advance(at.name, full_sync, nudge=True))
    previews.look_after(parts, at)
    undos.look_after(parts, at)
    return queued


def _claim(parts: Parts, at: ConnectionParts, schedule: Schedule) -> bool:
    """Whether the mapping is due and this tick is the one that looks: its next time is moved first."""
    now = parts.runtime.now()
    switched_off = schedule.disabled_because and not schedule.heals
    if switched_off or now + TOLERANCE_S < schedule.next_due_s:
        return False
    return at.schedules.put(replace(schedule, next_due_s=now + schedule.interval_s, disabled_because=""))


TOLERANCE_S = 5.0
"""A timer that comes a little early still counts as this interval's."""


def look(
    parts: Parts,
    at: ConnectionParts,
    mapping: Mapping,
    sides: tuple[Side, ...] | None = None,
    delay_s: float = 0,
) -> int:
    """Queue a look at the changes of a mapping; how many sides are looked at."""
    watched = [side for side in mapping.watched if sides is None or side in sides]
    for side in watched:
        job = parts.new_job_id()
        step = ScanStep(
            at.name, mapping.name, side, job, JobKind.SCHEDULED, ScanMode.CHANGES,
            rules=at.digests[mapping.name],
        )  # fmt: skip
        parts.send(step, delay_s=delay_s)
    return len(watched)
