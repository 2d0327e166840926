"""What a person is shown: full synchronisations, jobs and health, as plain JSON-ready values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from shared_code.core.brakes import Brake
from shared_code.core.jobs import Job, Progress, progress
from shared_code.core.mapping import Direction
from shared_code.core.outcome import PROBLEMS, Outcome, Problem
from shared_code.core.records import Side
from shared_code.runtime import Runtime
from shared_code.store import poison
from shared_code.store.couplings import problem_row
from shared_code.store.full_syncs import FullSync, Line, LineStatus, Phase, Wish
from shared_code.store.tables import StoreError
from shared_code.store.webhooks import Registration, WebhookStore
from shared_code.sync import faults, walks
from shared_code.sync.brakes import held
from shared_code.sync.full_sync import COUPLE
from shared_code.sync.messages import QUEUES
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.record_links import Links

type View = dict[str, Any]

type Place = tuple[str, Side, str]
"""A record: its mapping, side and id."""


def full_sync_view(
    at: ConnectionParts, full_sync: FullSync, lines: Iterable[Line], why_not: str = "",
    runtime: Runtime | None = None,
) -> View:  # fmt: skip
    """A full synchronisation with a line per mapping, in the words of the review page.

    ``why_not`` tells why nothing of the connection is synchronised now: lines that wait for that say so.
    ``runtime``: the lines are read several at a time, and each tells its pace.
    """
    now_s = runtime.now() if runtime else 0.0
    calls = [
        partial(line_view, at, line, "" if line.phase is Phase.DONE else why_not, now_s=now_s)
        for line in lines
    ]
    shown = runtime.run_all(calls, AT_ONCE) if runtime else [call() for call in calls]
    return {
        "id": full_sync.id,
        "connection": at.name,
        "createdAt": instant(full_sync.created_at_s),
        "status": "Finished"
        if all(each["jobQueueEntryStatus"] in _ENDED for each in shown)
        else _WISHED[full_sync.wish],
        "lines": shown,
    }


_WISHED = {Wish.RUN: "In Process", Wish.PAUSE: "Paused", Wish.STOP: "Stopping"}
_ENDED = (LineStatus.FINISHED.value, LineStatus.ERROR.value)


def line_view(at: ConnectionParts, line: Line, why_not: str = "", *, now_s: float = 0.0) -> View:
    """One line: dependency filter, the three statuses, counters and progress."""
    # A mapping of people's own may be gone when its last run is looked at.
    mapping = at.mappings.get(line.mapping)
    watched = mapping.watched if mapping else tuple(Side)
    accounts = list(at.jobs.accounts(line.job)) if line.phase not in (Phase.BLOCKED, Phase.HELD) else []
    sums = {side: progress(each for each in accounts if each.side is side) for side in Side}
    given = sum(each.given for each in sums.values())
    done = sum(each.done for each in sums.values())
    to_status, from_status = (
        _direction_status(line, sums[Side.BC], Side.BC),
        _direction_status(line, sums[Side.SALES], Side.SALES),
    )
    return {
        "mapping": line.mapping,
        "title": mapping.title if mapping else line.mapping,
        "direction": (mapping.direction if mapping else Direction.BIDIRECTIONAL).value,
        "dependencyFilter": "|".join(line.depends_on),
        "jobQueueEntryStatus": _line_status(line).value,
        "toIntTableJobStatus": to_status if Side.BC in watched else "",
        "fromIntTableJobStatus": from_status if Side.SALES in watched else "",
        "initialSynchRecommendation": line.recommendation,
        "message": line.message or why_not or _couple_hint(at, line),
        "job": line.job,
        "toSales": progress_view(sums[Side.BC]),
        "fromSales": progress_view(sums[Side.SALES]),
        "progress": {
            "given": given,
            "done": done,
            "percent": _percent(line, given, done),
            **_pace(line, given, done, now_s),
        },
        "startedAt": instant(line.started_at_s),
        "finishedAt": instant(line.finished_at_s),
    }


def _couple_hint(at: ConnectionParts, line: Line) -> str:
    if line.recommendation != COUPLE or line.mapping not in at.mappings:
        return ""
    what = "Both sides hold records that are not coupled."
    if not at.mapping(line.mapping).creates:
        return f"{what} Couple what belongs together; this mapping creates none."
    rest = f"to create the rest, start a full synchronisation that releases {line.mapping}."
    return f"{what} Couple what belongs together; {rest}"


def _line_status(line: Line) -> LineStatus:
    if line.phase is Phase.HELD:
        return LineStatus.BLANK
    if line.phase is Phase.BLOCKED:
        return LineStatus.READY
    if line.phase is Phase.DONE:
        return LineStatus.ERROR if line.message else LineStatus.FINISHED
    return LineStatus.IN_PROCESS


_ORDER = (Phase.HELD, Phase.BLOCKED, Phase.MATCHING, Phase.TO_SALES, Phase.FROM_SALES, Phase.DONE)
_PHASES = {Side.BC: Phase.TO_SALES, Side.SALES: Phase.FROM_SALES}


def _direction_status(line: Line, sums: Progress, side: Side) -> str:
    """Blank before, “In Process”, then “Success”, or “Error” where a record failed."""
    if _ORDER.index(line.phase) < _ORDER.index(_PHASES[side]):
        return ""
    if line.phase is _PHASES[side]:
        return "In Process"
    failed = sums.counts[Outcome.FAILED] or (line.phase is Phase.DONE and line.message)
    return "Error" if failed else "Success"


def _pace(line: Line, given: int, done: int, now_s: float) -> View:
    """How many records a minute are done, and how long what was given takes at that pace; null where nothing
    tells."""
    until_s = line.finished_at_s if line.phase is Phase.DONE else now_s
    seconds = until_s - line.started_at_s if line.started_at_s else 0.0
    a_minute = round(60.0 * done / seconds, 1) if seconds > 0 and done else None
    left = round(seconds * (given - done) / done) if a_minute and line.phase is not Phase.DONE else None
    return {"recordsPerMinute": a_minute, "secondsLeft": left}


def _percent(line: Line, given: int, done: int) -> int:
    if line.phase is Phase.DONE:
        return 100
    return min(99, 100 * done // given) if given else 0


def progress_view(sums: Progress) -> View:
    """The counters of one direction; they add up to ``given`` when nothing is open."""
    counts = {outcome.value: number for outcome, number in sums.counts.items()}
    return {"given": sums.given, "done": sums.done, "openBatches": sums.open_batches, **counts}


AT_ONCE = 16
"""Jobs whose batches are read at a time: a person waits, and each is a request to storage."""


def job_views(parts: Parts, at: ConnectionParts, jobs: Iterable[Job]) -> list[View]:
    """Several jobs, each as ``job_view`` shows it."""
    return parts.runtime.run_all([partial(job_view, at, each) for each in jobs], AT_ONCE)


def job_view(at: ConnectionParts, job: Job) -> View:
    """One job with the counters of both directions."""
    accounts = list(at.jobs.accounts(job.id))
    sums = {side: progress(each for each in accounts if each.side is side) for side in Side}
    open_batches = any(each.open_batches for each in sums.values())
    return {
        "id": job.id,
        "connection": at.name,
        "mapping": job.mapping,
        "kind": job.kind.value,
        "instruction": job.instruction.value,
        "createdAt": instant(job.created_at_s),
        "fullSynchronization": job.full_sync or None,
        "status": "In Process" if open_batches or not walks.is_complete(at, job) else "Finished",
        "toSales": progress_view(sums[Side.BC]),
        "fromSales": progress_view(sums[Side.SALES]),
    }


def problem_view(mapping: str, problem: Problem, links: Links) -> View:
    """One record that is not in step: why, and what to do."""
    known = PROBLEMS.get(problem.code)
    return {
        "mapping": mapping,
        "side": problem.side.value,
        "id": problem.record_id,
        "outcome": problem.outcome.value,
        "code": problem.code,
        "message": problem.message,
        "remedy": known.remedy if known else "",
        "healsByItself": bool(known and known.heals),
        "attempts": problem.attempts,
        "setAside": problem.set_aside,
        "since": instant(problem.since_s),
        "details": problem.details,
        **links.of_problem(mapping, problem),
    }


def problems_page(
    at: ConnectionParts, limit: int, start: Place | None = None
) -> tuple[list[View], Place | None]:
    """Up to ``limit`` records of the connection that are not in step, and the one to go on from, if any.

    One that gets in or out of step meanwhile may or may not be seen; no other is seen twice or passed.
    """
    names = list(at.mappings)
    found: list[tuple[str, Problem]] = []
    for name in names[names.index(start[0]) if start else 0 :]:
        row = problem_row(start[1], start[2]) if start and name == start[0] else ""
        rest = limit + 1 - len(found)
        found += [(name, each) for each in (at.couplings(name).all_problems(rest, row) if rest else ())]
    links = Links(at)
    shown = [problem_view(name, each, links) for name, each in found[:limit]]
    following = [(name, each.side, each.record_id) for name, each in found[limit:]]
    return shown, following[0] if following else None


UNAVAILABLE = "unavailable"


def unavailable_view(error: StoreError) -> View:
    """The health while storage does not answer."""
    return {"status": UNAVAILABLE, "message": str(error), "connections": {}}


def health_view(parts: Parts) -> View:
    """Whether storage answers, which mappings cannot run, and whether notifications come."""
    try:
        connections = {name: _connection_health(parts, at) for name, at in parts.connections.items()}
        hooks, kept = webhooks_view(parts), poison_view(parts)
    except StoreError as error:
        return unavailable_view(error)
    troubled = any(each["disabled"] or each["stoppedBecause"] for each in connections.values())
    status = "degraded" if troubled or hooks["problem"] or parts.set_aside else "ok"
    return {
        "status": status,
        "connections": connections,
        "webhooks": hooks,
        "poison": kept,
        "setAside": dict(parts.set_aside),
    }


def poison_view(parts: Parts) -> View:
    """How many messages could not be understood or done, and when the newest came.

    They do not make the health worse: what a batch was about is listed with the problems and tried again.
    """
    counts = [poison.count(parts.tables, queue) for queue in QUEUES]
    newest_s = max(each.newest_at_s for each in counts)
    return {"kept": sum(each.number for each in counts), "newestAt": instant(newest_s)}


def webhooks_view(parts: Parts) -> View:
    """Whether notifications are wanted, when they were last registered, and why they are not."""
    state = WebhookStore(parts.tables).registration() if parts.hooks.url else Registration()
    return {
        "wanted": bool(parts.hooks.url),
        "registeredAt": instant(state.registered_at_s),
        "problem": state.problem,
    }


def _connection_health(parts: Parts, at: ConnectionParts) -> View:
    schedules = at.schedules.all()
    disabled = {name: each.disabled_because for name, each in schedules.items() if each.disabled_because}
    return {
        "company": at.connection.company_id,
        "mappings": sorted(at.mappings),
        "disabled": disabled,
        "brakes": [brake_view(name, each) for name, s in sorted(schedules.items()) if (each := held(s))],
        "stoppedBecause": faults.why_not(parts, at),
        "offSince": instant(at.identities.switch().off_since_s),
    }


def brake_view(mapping: str, brake: Brake) -> View:
    """A tripped brake: what it saw, since when, and the one action that releases it."""
    return {
        "mapping": mapping,
        "saw": brake.sight.value,
        "side": brake.side.value,
        "records": brake.seen,
        "of": brake.of,
        "since": instant(brake.since_s),
        "message": brake.told(mapping),
        "release": f"/api/mappings/{quote(mapping)}/brake/release",
    }


def instant(at_s: float) -> str | None:
    """A moment as people and programs read it (UTC), ``None`` for none."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds") if at_s else None
