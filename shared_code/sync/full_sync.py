"""Full synchronisation: all mappings in dependency order, each matched, then run one way, then the other.

The lines are moved on by whoever notices that one is complete: the last batch of a job, the last step
of a scan, or the minute timer.  Moving on is idempotent and each line is guarded by its etag, so that
two who notice at once do it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared_code.core.dependencies import waves
from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.store.full_syncs import FullSync, Line, Phase, Wish
from shared_code.store.mending import mend
from shared_code.sync.acceptance import accept
from shared_code.sync.brakes import BrakeHolds, hold
from shared_code.sync.matching import MatchResult, TooMany, keep_pairs, match_uncoupled
from shared_code.sync.messages import BATCH_QUEUE, Advance, BatchDue, ScanMode, ScanStep
from shared_code.sync.parts import AGAIN_S, ConnectionParts, Parts
from shared_code.systems.interface import AccessDenied, SettingWrong, SystemFault

FULL, COUPLE, NOTHING = "Full Synchronization", "Couple Records", "No Records To Synchronize Now"
"""The recommendations, in the words of the review page."""

STOPPED = "A person stopped it; what was being written then was finished. Restart the line to go on."

PATIENCE_S = 90.0
"""How long a line may show no progress before its work is sent again."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a full synchronisation is asked for: which mappings (none: all) and which are released.

    ``accept``: the systems are meant as they are now, also where they were restored or replaced.
    ``believe``: mappings whose brake a person released.
    """

    mappings: tuple[str, ...] = ()
    release: tuple[str, ...] = ()
    accept: bool = False
    believe: tuple[str, ...] = ()


def start(parts: Parts, at: ConnectionParts, request: Request) -> FullSync:
    """Put a full synchronisation on file and let it begin."""
    chosen = [at.mapping(name) for name in request.mappings or at.mappings]
    for name in request.release:
        at.mapping(name)
    if request.accept:
        accept(parts, at)
    now, believe = parts.runtime.now(), request.believe
    full_sync = FullSync(parts.new_job_id(), now, request.release, believe=believe)
    at.full_syncs.add(full_sync, _lines(parts, full_sync.id, chosen))
    parts.send(Advance(at.name, full_sync.id))
    return full_sync


def _lines(parts: Parts, full_sync: str, chosen: Sequence[Mapping]) -> list[Line]:
    by_name = {each.name: each for each in chosen}
    order = [name for wave in waves({each.name: each.depends_on for each in chosen}) for name in wave]
    return [
        Line(full_sync, name, _among(by_name[name].depends_on, by_name), position, parts.new_job_id())
        for position, name in enumerate(order)
    ]


def _among(names: Iterable[str], chosen: Iterable[str]) -> tuple[str, ...]:
    known = set(chosen)
    return tuple(name for name in names if name in known)


def advance(parts: Parts, message: Advance) -> None:
    """Move every line on that can be moved on."""
    at = parts.connection(message.connection)
    found = at.full_syncs.get(message.full_sync)
    if found is None:
        return
    header, lines = found
    if header.finished:
        # Whoever finished it may not have come to take it off the list of running ones.
        at.full_syncs.finish(header.id)
        return
    if header.wish is Wish.PAUSE:
        return
    by_name = {each.mapping: each for each in lines}
    for line in lines:
        by_name[line.mapping] = _advance_line(parts, at, header, line, by_name, message.nudge)
    if all(each.phase is Phase.DONE for each in by_name.values()):
        at.full_syncs.put_header(replace(header, finished=True))
        at.full_syncs.finish(header.id)


def _advance_line(
    parts: Parts, at: ConnectionParts, header: FullSync, line: Line, lines: dict[str, Line], nudge: bool
) -> Line:
    """One line, as far as it can go now."""
    if line.mapping not in at.mappings:
        return _without_mapping(parts, at, line)
    mapping = at.mapping(line.mapping)
    match line.phase:
        case Phase.BLOCKED if header.wish is Wish.STOP:
            return _end(parts, at, line, STOPPED)
        case Phase.BLOCKED if all(lines[name].phase is Phase.DONE for name in line.depends_on):
            return _begin(parts, at, header, mapping, line)
        case Phase.MATCHING if nudge and parts.runtime.now() - line.started_at_s > PATIENCE_S:
            return _match(parts, at, header, mapping, line)
        case Phase.TO_SALES | Phase.FROM_SALES:
            return _go_on(parts, at, header, mapping, line, nudge)
        case _:
            return line


def _without_mapping(parts: Parts, at: ConnectionParts, line: Line) -> Line:
    """The line of a mapping that is not there any more ends.

    Raises ``UnknownName`` where it may be newer than what this process knows.
    """
    if line.phase is Phase.DONE:
        return line
    if parts.renew() is not None:
        at.mapping(line.mapping)
    return _end(parts, at, line, "The mapping was taken back or set aside; see GET /api/mapping-files.")


def _begin(parts: Parts, at: ConnectionParts, header: FullSync, mapping: Mapping, line: Line) -> Line:
    begun = replace(line, phase=Phase.MATCHING, started_at_s=parts.runtime.now())
    if not at.full_syncs.put_line(begun):
        return line  # Somebody else began it.
    return _match(parts, at, header, mapping, _fresh(at, begun))


def _match(parts: Parts, at: ConnectionParts, header: FullSync, mapping: Mapping, line: Line) -> Line:
    try:
        mend(at.tables, at.couplings(mapping.name), at.pairs(mapping.name))
        trusting = mapping.name in (*header.release, *header.believe)
        result = match_uncoupled(parts, at, mapping, line.job, trusting=trusting)
        keep_pairs(at, mapping)
    except AccessDenied as denied:
        at.schedules.disable(mapping.name, mapping.interval_s, str(denied), parts.runtime.now() + AGAIN_S)
        return _end(parts, at, line, str(denied))
    except BrakeHolds as brake:
        hold(at, mapping, brake, parts.runtime.now())
        return _end(parts, at, line, str(brake))
    except (SettingWrong, TooMany) as fault:
        return _end(parts, at, line, str(fault))
    except SystemFault as fault:
        return _keep(at, line, replace(line, message=str(fault)))  # The next nudge tries again.
    recommendation = _recommend(at, mapping, line, result, header.release)
    at.schedules.enable(mapping.name, mapping.interval_s)
    begun = replace(line, recommendation=recommendation, message="")
    return _run_side(parts, at, header, mapping, begun, Phase.TO_SALES)


def _recommend(
    at: ConnectionParts, mapping: Mapping, line: Line, result: MatchResult, release: Sequence[str]
) -> str:
    """The recommendation; it also decides whether uncoupled records may be created.

    Where both sides hold uncoupled records nothing is created until a person released it, but where a
    key identifies a record: then what has no equal cannot be the same as anything.
    """
    identified = any(key.identifies for key in mapping.match)
    already = at.schedules.get(mapping.name, mapping.interval_s).released
    released = already or identified or not result.both_sides_left or mapping.name in release
    at.schedules.change(mapping.name, mapping.interval_s, released=released)
    if not released:
        return COUPLE
    return FULL if result.coupled + result.left_bc + result.left_sales else NOTHING


def _run_side(
    parts: Parts, at: ConnectionParts, header: FullSync, mapping: Mapping, line: Line, phase: Phase
) -> Line:
    """Start a direction, or skip it where nothing flows that way and no brake is released."""
    side = _SOURCES[phase]
    if not _is_looked_at(header, mapping, side):
        if phase is Phase.TO_SALES:
            return _run_side(parts, at, header, mapping, line, Phase.FROM_SALES)
        return _end(parts, at, line, "")
    running = replace(line, phase=phase)
    if not at.full_syncs.put_line(running):
        return line
    parts.send(_scan(at, line, side, 0))
    return _fresh(at, running)


_SOURCES = {Phase.TO_SALES: Side.BC, Phase.FROM_SALES: Side.SALES}


def _scan(at: ConnectionParts, line: Line, side: Side, number: int) -> ScanStep:
    return ScanStep(
        at.name, line.mapping, side, line.job, JobKind.FULL, ScanMode.FULL, number, line.full_sync,
        at.digests[line.mapping],
    )  # fmt: skip


def _go_on(
    parts: Parts, at: ConnectionParts, header: FullSync, mapping: Mapping, line: Line, nudge: bool
) -> Line:
    side = _SOURCES[line.phase]
    impatient = nudge and parts.runtime.now() - line.started_at_s > PATIENCE_S
    if denied := at.schedules.get(mapping.name, mapping.interval_s).disabled_because:
        return _end(parts, at, line, denied)
    scans = not at.jobs.steps_complete(line.job, side)
    if scans or at.jobs.has_open(line.job, side):
        if impatient:
            _send_lost(parts, at, line, side, scans)
        elif parts.again:
            parts.send(_scan(at, line, side, 0))
        return line
    if header.wish is Wish.STOP:
        return _end(parts, at, line, STOPPED)
    if line.phase is Phase.TO_SALES:
        return _run_side(parts, at, header, mapping, line, Phase.FROM_SALES)
    return _end(parts, at, line, "")


def _is_looked_at(header: FullSync, mapping: Mapping, side: Side) -> bool:
    """Whether values flow from the side, or a brake is released: the daily look, which may have tripped it,
    sees both sides."""
    if side in mapping.watched:
        return True
    return mapping.name in header.believe and not mapping.is_option_set


def _send_lost(parts: Parts, at: ConnectionParts, line: Line, side: Side, scans: bool) -> None:
    """Queue again what the direction goes on with: the step that is due, or the open batches.

    These only when the queue holds nothing, not even what is delayed or being processed.
    """
    if scans:
        parts.send(_scan(at, line, side, at.jobs.steps_taken(line.job, side)))
    elif not parts.queue.length(BATCH_QUEUE):
        for batch_id in at.jobs.open_batches(line.job, side):  # One that is done hands on its rest once more.
            parts.send(BatchDue(at.name, line.job, batch_id))


def _end(parts: Parts, at: ConnectionParts, line: Line, message: str) -> Line:
    ended = replace(line, phase=Phase.DONE, message=message, finished_at_s=parts.runtime.now())
    if at.full_syncs.put_line(ended) and not message:
        parts.send(Advance(at.name, line.full_sync))
    return _fresh(at, ended)


def _keep(at: ConnectionParts, line: Line, changed: Line) -> Line:
    at.full_syncs.put_line(changed)
    return _fresh(at, line)


def _fresh(at: ConnectionParts, line: Line) -> Line:
    """The line as it is on file now, with its etag."""
    found = at.full_syncs.get(line.full_sync)
    return next((each for each in found[1] if each.mapping == line.mapping), line) if found else line
