"""Examining Tandem itself: schedules that do not run, work that piles up, notifications, stored files."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.store import poison
from shared_code.store.schedules import Schedule
from shared_code.sync import views
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.messages import QUEUES
from shared_code.sync.parts import ConnectionParts, Parts

OVERDUE_S = 900.0
"""A mapping that was to be looked at so long ago: the timer does not run."""

MANY_MESSAGES = 5_000
"""More messages than a full synchronisation of a million records sends."""


def examine_app(parts: Parts) -> Iterator[Finding]:
    """What holds for the whole app."""
    yield from _queues(parts)
    yield from _notifications(parts)
    for name, reason in sorted(parts.set_aside.items()):
        text = f"its stored file is set aside: {reason}"
        yield Finding(Area.SETTINGS, name, Level.WARNING, text, "Correct the file or take it back.")


def examine_schedules(parts: Parts, at: ConnectionParts) -> Iterator[Finding]:
    """Whether each mapping of a connection is looked at when it is due."""
    stored = at.schedules.all()
    if not stored:
        yield Finding(Area.SCHEDULE, f"{at.name}: {SCHEDULES}", Level.WARNING, NOT_BEGUN, SOON)
        return
    for name, mapping in at.mappings.items():
        schedule = stored.get(name) or Schedule(name, mapping.interval_s)
        yield _schedule(parts, f"{at.name}: {name}", schedule)


SCHEDULES = "schedules"
NOT_BEGUN = "no mapping was looked at yet"
SOON = (
    "Nothing, where the connection was made just now: it begins within two minutes. Else see in the portal "
    "that the function app runs and that its timer function is enabled."
)


def _schedule(parts: Parts, subject: str, schedule: Schedule) -> Finding:
    late_s = parts.runtime.now() - schedule.next_due_s
    if schedule.disabled_because:
        text = f"switched off: {schedule.disabled_because}"
        return Finding(Area.SCHEDULE, subject, Level.FAULT, text, SWITCH_ON)
    if not schedule.etag:
        return Finding(Area.SCHEDULE, subject, Level.WARNING, "it was never looked at", START_TIMER)
    if late_s > OVERDUE_S:
        text = f"its look is {late_s / 60:.0f} min late"
        return Finding(Area.SCHEDULE, subject, Level.FAULT, text, START_TIMER)
    return Finding(Area.SCHEDULE, subject, Level.OK, f"looked at every {schedule.interval_s} s")


SWITCH_ON = "Mend what the text tells, then start a full synchronisation of the mapping: it switches it on."
START_TIMER = "See in the portal that the function app runs and that its timer function is enabled."


def _queues(parts: Parts) -> Iterator[Finding]:
    for name in QUEUES:
        waiting, given_up = parts.queue.length(name), poison.count(parts.tables, name)
        level = Level.WARNING if waiting > MANY_MESSAGES else Level.OK
        remedy = (
            "" if level is Level.OK else "Look at the running jobs: a system may be throttling or stopped."
        )
        yield Finding(Area.QUEUE, name, level, f"{waiting:,} messages wait", remedy)
        if given_up.number:
            text = f"{given_up.number:,} messages were given up"
            yield Finding(
                Area.QUEUE, name, Level.WARNING, text, "See the table Poison; their records are listed."
            )


def _notifications(parts: Parts) -> Iterator[Finding]:
    hooks = views.webhooks_view(parts)
    if not hooks["wanted"]:
        text = "not wanted: changes are found by looking each minute"
        yield Finding(Area.NOTIFICATIONS, "webhooks", Level.OK, text)
    elif hooks["problem"]:
        yield Finding(
            Area.NOTIFICATIONS, "webhooks", Level.WARNING, hooks["problem"], "Changes come by looking."
        )
    elif not hooks["registeredAt"]:
        text = "not registered yet"
        yield Finding(Area.NOTIFICATIONS, "webhooks", Level.WARNING, text, "It is done within the hour.")
    else:
        yield Finding(Area.NOTIFICATIONS, "webhooks", Level.OK, f"registered at {hooks['registeredAt']}")
