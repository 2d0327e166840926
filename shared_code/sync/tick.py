"""The minute's tick: queue a look at every mapping that is due, and what is due to be tried again.

The schedules are data, so that people change them while the app runs.  A tick only queues; it takes
seconds and can be repeated.
"""

from __future__ import annotations

from dataclasses import replace

from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.core.telemetry import STANDING
from shared_code.store.schedules import Schedule
from shared_code.sync import connection_switch, rule_changes, tombstones
from shared_code.sync.history import undos
from shared_code.sync.messages import Advance, DeletionsDue, ScanMode, ScanStep
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.previewing import previews
from shared_code.sync.retries import queue_due


def tick(parts: Parts) -> int:
    """One tick over all connections; how many looks were queued."""
    return sum(_tick_connection(parts, at) for at in parts.connections.values())


def _tick_connection(parts: Parts, at: ConnectionParts) -> int:
    if connection_switch.is_off(at):
        return 0
    schedules = at.schedules.all()
    queued = 0
    for mapping in at.mappings.values():
        found = schedules.get(mapping.name) or Schedule(mapping.name, mapping.interval_s)
        if found.disabled_because:
            parts.telemetry.count(STANDING, connection=at.name, mapping=mapping.name)
        schedule = rule_changes.bring_into_force(parts, at, mapping, found)
        swept = schedule is not None and _is_sweep_due(parts, at, mapping, schedule)
        if schedule and _claim(parts, at, schedule, swept=swept):
            queued += sweep(parts, at, mapping) if swept else look(parts, at, mapping)
            queue_due(parts, at, mapping.name, schedule.retries_from)
    if queued and tombstones.are_told(at.mappings.values()):
        parts.send(DeletionsDue(at.name))
        queued += 1
    for full_sync in at.full_syncs.running():
        parts.send(Advance(at.name, full_sync, nudge=True))
    previews.look_after(parts, at)
    undos.look_after(parts, at)
    return queued


def _claim(parts: Parts, at: ConnectionParts, schedule: Schedule, *, swept: bool) -> bool:
    """Whether the mapping is due and this tick is the one that looks: its next time is moved first."""
    now = parts.runtime.now()
    switched_off = schedule.disabled_because and not schedule.heals
    if switched_off or now + TOLERANCE_S < schedule.next_due_s:
        return False
    swept_at_s = now if swept or not schedule.swept_at_s else schedule.swept_at_s
    due = replace(schedule, next_due_s=now + schedule.interval_s, disabled_because="", swept_at_s=swept_at_s)
    return at.schedules.put(due)


TOLERANCE_S = 5.0
"""A timer that comes a little early still counts as this interval's."""


def _is_sweep_due(parts: Parts, at: ConnectionParts, mapping: Mapping, schedule: Schedule) -> bool:
    """Whether all records are looked at where deletions are not told with the changes.

    A mapping that was never synchronised in full has nothing to compare with, and one that is being
    synchronised in full is looked at anyhow.
    """
    every_s = mapping.sweep_hours * 3600.0
    is_old = schedule.swept_at_s and parts.runtime.now() - schedule.swept_at_s >= every_s > 0
    if not is_old or at.full_syncs.running():
        return False
    return any(at.watermarks.get(mapping.name, side).cursor is not None for side in mapping.watched)


def sweep(parts: Parts, at: ConnectionParts, mapping: Mapping) -> int:
    """Queue a look at everything, and at the changes of Sales where it tells deletions; how many looks."""
    tells = Side.SALES in mapping.watched
    whole = (Side.BC,) if tells or mapping.is_option_set else tuple(Side)
    for side in whole:
        step = ScanStep(
            at.name, mapping.name, side, parts.new_job_id(), JobKind.SCHEDULED, ScanMode.FULL,
            rules=at.digests[mapping.name],
        )  # fmt: skip
        parts.send(step)
    return len(whole) + (look(parts, at, mapping, (Side.SALES,)) if tells else 0)


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
