"""Detection: find what changed on one side of a mapping and put it on the work queue.

A scan goes page by page.  A page's batches are registered, then the step is taken create-only: it names them
and tells where the scan goes on.  Then they are sent, and the watermark moves when the last page is queued.
So a watermark never passes work that is not durably queued, and a step that is delivered twice neither forks
the scan nor gives a record twice.

The mapping's filter is not sent to the service: ``core`` applies it, so that a record that leaves the
filter is seen leaving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_code.core.identity import digest
from shared_code.core.jobs import MAX_BATCH, Batch, Job
from shared_code.core.mapping import Mapping
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.core.telemetry import LOOKS
from shared_code.store.jobs import RESTART, Step, step_key
from shared_code.sync import rules
from shared_code.sync.brakes import BrakeHolds, hold, refuse_mass
from shared_code.sync.full_scan import COMPLETE, FullScan, Taken
from shared_code.sync.messages import Advance, BatchDue, ScanMode, ScanStep
from shared_code.sync.parts import AGAIN_S, ConnectionParts, Parts, table_of
from shared_code.sync.selecting import DELETED, Selected, select
from shared_code.sync.sending import send_all
from shared_code.systems.interface import AccessDenied, Cursor, CursorExpired, Page, Sighting, Throttled


def take_step(parts: Parts, step: ScanStep) -> None:
    """Take one step of a scan and send the next.  A repeat does nothing that was done."""
    at = parts.connection(step.connection)
    mapping = at.mapping(step.mapping)
    try:
        if not rules.is_made_under(at, mapping.name, step.rules):
            step = _of_present_rules(at, mapping, step)
        next_cursor = _take(parts, at, mapping, step)
    except RulesDiffer:
        # Not in force: what this process would select is not what is wanted.  The next tick looks again.
        if step.number or step.mode is ScanMode.FULL:
            parts.send(step, delay_s=rules.WAIT_S)
        return
    except CursorExpired:
        step = replace(step, rules=at.digests[mapping.name])
        if step.full_sync:
            # The job goes on, because the full synchronisation waits for it: its scan begins anew.
            at.jobs.take_step(step.job, step_key(step.side, step.number), Step(RESTART))
            parts.send(replace(step, number=step.number + 1), delay_s=BEGIN_ANEW_S)
            return
        # The service forgot where we were; nothing may be concluded but that everything must be looked at.
        end_first_look(parts, at, step)
        _look_at_everything(parts, at, mapping, step)
        return
    except Throttled as throttled:
        parts.send(step, delay_s=throttled.retry_after_s)
        return
    except (AccessDenied, BrakeHolds) as reason:
        now = parts.runtime.now()
        if isinstance(reason, BrakeHolds):
            hold(at, mapping, reason, now)
        else:
            at.schedules.disable(mapping.name, mapping.interval_s, str(reason), now + AGAIN_S)
        if step.full_sync:
            parts.send(Advance(step.connection, step.full_sync))
        return
    parts.telemetry.count(LOOKS, connection=at.name, side=str(step.side))
    if next_cursor:
        parts.send(replace(step, number=step.number + 1))
    elif next_cursor is not None and step.full_sync:
        parts.send(Advance(step.connection, step.full_sync))


class RulesDiffer(Exception):
    """This process does not have the rules in force."""


def _of_present_rules(at: ConnectionParts, mapping: Mapping, step: ScanStep) -> ScanStep:
    """A step that was planned under other rules, planned anew.

    Raises ``CursorExpired`` where pages were read already: what the old rules left out is not known.
    """
    if not rules.in_force(at, mapping):
        raise RulesDiffer
    if step.number or step.mode is ScanMode.FULL:
        raise CursorExpired(f"The rules of {mapping.name} have changed; its scan begins anew.")
    return replace(step, rules=at.digests[mapping.name])


def _take(parts: Parts, at: ConnectionParts, mapping: Mapping, step: ScanStep) -> str | None:
    """Where the scan goes on, ``COMPLETE``, or ``None`` where there was nothing to start from."""
    key = step_key(step.side, step.number)
    if step.number > 0 or step.mode is ScanMode.FULL:
        taken = at.jobs.step(step.job, key)
        if taken is not None:
            return _give(parts, at, mapping, step, taken)
    cursor, seen = _starting_point(at, step)
    if cursor is None and step.mode is ScanMode.CHANGES:
        # Never synchronised in full: the first full synchronisation sets the watermark.
        watermark = at.watermarks.get(mapping.name, step.side)
        waited = watermark.renewing_since_s and parts.runtime.now() - watermark.renewing_since_s > RENEWAL_S
        if waited or (not watermark.etag and _is_lost(at, mapping)):
            _look_at_everything(parts, at, mapping, step)
        return None
    scan = FullScan(parts, at, mapping, step) if step.mode is ScanMode.FULL else None
    found = scan.take(cursor) if scan else _look_at_changes(at, mapping, step, cursor)
    if not step.full_sync:  # Nobody asked for it.
        refuse_mass(at, mapping, step, found.deleted, found.changed, parts.runtime.now())
    batches = _batches(mapping, step, key, found.work) + _accounted(mapping, step, key, found.unchanged)
    own = replace(found.step, batches=tuple(each.id for each in batches))
    if batches or own.next or step.number or scan or has_begun(at, step):
        taken = _register(parts, at, mapping, step, batches, own)
        if taken is not own:
            return _give(parts, at, mapping, step, taken)
        _send(parts, at, step, own)
    if scan:
        scan.forget(cursor, own)
    if own.watermark and not own.next:
        _move_watermark(at, mapping, step, seen, own.watermark)
    return own.next


def _look_at_changes(at: ConnectionParts, mapping: Mapping, step: ScanStep, cursor: Cursor | None) -> Taken:
    """A page of what changed."""
    page = at.systems[step.side].scan(table_of(mapping, step.side), cursor)
    is_watched = step.side in mapping.watched
    # Where no value flows from there, looks are about what is not there any more: full ones.
    found = select(at, mapping, step.side, page) if is_watched else Selected()
    work = _with_overtaken(at, mapping, page, found)
    deleted = {each.id for each in work if each.version == DELETED}
    changed = {each.id for each in work} - deleted
    mark = page.watermark.text if page.watermark and is_watched else ""
    own = Step(page.next.text if page.next else COMPLETE, mark)
    return Taken(work, (), own, deleted=deleted, changed=changed)


def _with_overtaken(at: ConnectionParts, mapping: Mapping, page: Page, found: Selected) -> list[Sighting]:
    """The work, once what has not moved is stored again.

    A worker that read such a record before, when it held something else, may be about to store that: nobody
    looks at the entries again, so it must not.  What somebody has stored since is compared once more.
    """
    overtaken = at.couplings(mapping.name).renew(found.unmoved)
    again = [each for each in page.seen if each.id in overtaken]
    return sorted([*found.work, *again], key=lambda each: each.id)


def _is_lost(at: ConnectionParts, mapping: Mapping) -> bool:
    """Whether a watermark that is not there was there: the mapping was matched once, and no full
    synchronisation is about to set it.  Where nothing is coupled new records must be found all the same."""
    if at.full_syncs.running():
        return False
    return at.pairs(mapping.name).is_whole() or any(at.couplings(mapping.name).all_coupled(limit=1))


BEGIN_ANEW_S = 30.0
"""How long a scan of everything rests before it is begun anew because the service forgot where it was."""

RENEWAL_S = 1800.0
"""After so long without an end a full scan that renews a watermark is begun again."""


def _look_at_everything(parts: Parts, at: ConnectionParts, mapping: Mapping, step: ScanStep) -> None:
    """Queue a full scan of one side, then note that it must come to its end.

    In this order: without the note the next look finds out anew that the watermark is of no use.
    """
    # One whose own pages expire is not begun anew at once: the next one might fare no better.
    delay_s = BEGIN_ANEW_S if step.mode is ScanMode.FULL else 0.0
    parts.send(replace(step, job=parts.new_job_id(), mode=ScanMode.FULL, number=0), delay_s=delay_s)
    at.watermarks.renew(mapping.name, step.side, parts.runtime.now(), at.digests[mapping.name])


def _starting_point(at: ConnectionParts, step: ScanStep) -> tuple[Cursor | None, str | None]:
    """The cursor to go on from, and the watermark's text where this scan began with it."""
    watermark = at.watermarks.get(step.mapping, step.side)
    if not rules.is_made_under(at, step.mapping, watermark.rules):
        _refuse_old(at, step)
    if step.number > 0:
        before = at.jobs.step(step.job, step_key(step.side, step.number - 1))
        text = before.next if before else COMPLETE
        return (Cursor(text) if text and text != RESTART else None), watermark.cursor
    if step.mode is ScanMode.FULL or watermark.cursor is None:
        return None, watermark.cursor
    return Cursor(watermark.cursor), watermark.cursor


def _refuse_old(at: ConnectionParts, step: ScanStep) -> None:
    """A watermark of other rules: either those are in force, or a scan of theirs came too late to set it."""
    if not rules.in_force(at, at.mapping(step.mapping)):
        raise RulesDiffer
    if step.number == 0 and step.mode is ScanMode.CHANGES:
        raise CursorExpired(f"The rules of {step.mapping} have changed; everything is looked at again.")


def _move_watermark(at: ConnectionParts, mapping: Mapping, step: ScanStep, seen: str | None, to: str) -> None:
    if step.mode is ScanMode.FULL:
        at.watermarks.set(mapping.name, step.side, to, at.digests[mapping.name])
        return
    present = at.watermarks.get(mapping.name, step.side)
    if present.cursor == seen and to != seen:
        at.watermarks.move(mapping.name, step.side, present, to, at.digests[mapping.name])


def _batches(mapping: Mapping, step: ScanStep, key: str, work: Sequence[Sighting]) -> list[Batch]:
    parts = [work[start : start + MAX_BATCH] for start in range(0, len(work), MAX_BATCH)]
    ordered = step.mode is ScanMode.FULL
    return [
        new_batch(step.job, mapping.name, step.side, key, part, step.rules, ordered=ordered) for part in parts
    ]


def _accounted(mapping: Mapping, step: ScanStep, key: str, unchanged: Sequence[Sighting]) -> list[Batch]:
    """Batches that are done before they begin: nothing changed, and a full run counts that too."""
    batches = _batches(mapping, step, key, unchanged)
    return [replace(each, done=True, counts={Outcome.UNCHANGED: len(each.ids)}) for each in batches]


def new_batch(
    job: str, mapping: str, side: Side, key: str, work: Sequence[Sighting], made_under: str, *, ordered: bool
) -> Batch:
    """A batch whose id follows from its content, so that a repeated step registers it once."""
    ids = tuple(each.id for each in work)
    stamps = tuple(each.version.stamp for each in work)
    batch_id = f"{key}|{digest((job, mapping, *ids, *stamps))}"
    return Batch(batch_id, job, mapping, side, ids, stamps, ordered, rules=made_under)


def _register(
    parts: Parts, at: ConnectionParts, mapping: Mapping, step: ScanStep, batches: list[Batch], own: Step
) -> Step:
    """Put the batches on file, then take the step that names them; the step as it is on file.

    The first taker decides what the step gives.  Another attempt saw another page, because records changed
    meanwhile: what it registered is withdrawn, else the job would be given some records twice.
    """
    if batches or own.take:
        at.jobs.add(Job(step.job, mapping.name, step.kind, parts.runtime.now(), step.full_sync))
        at.jobs.add_batches(batches)
    return at.jobs.take_step(step.job, step_key(step.side, step.number), own)


def has_begun(at: ConnectionParts, step: ScanStep) -> bool:
    """Whether an earlier attempt at the step registered something."""
    return bool(at.jobs.batches_of_step(step.job, step_key(step.side, step.number)))


def end_first_look(parts: Parts, at: ConnectionParts, step: ScanStep) -> None:
    """A first look at changes is given up, for another will come: what an earlier attempt at it gave is sent,
    what it had not come to give is withdrawn."""
    if has_begun(at, step):
        taken = at.jobs.take_step(step.job, step_key(step.side, step.number), Step())
        _send(parts, at, step, taken)


def _give(parts: Parts, at: ConnectionParts, mapping: Mapping, step: ScanStep, taken: Step) -> str:
    """Go on with a step that another attempt took, which may have ended there; where the scan goes on.

    The watermark of a look at changes stays: the next look begins where this one did.
    """
    _send(parts, at, step, taken)
    if taken.watermark and not taken.next and step.mode is ScanMode.FULL:
        at.watermarks.set(mapping.name, step.side, taken.watermark)
    return taken.next


def _send(parts: Parts, at: ConnectionParts, step: ScanStep, taken: Step) -> None:
    """Send what the step gives and is not done, and withdraw what it does not give."""
    found = at.jobs.batches_of_step(step.job, step_key(step.side, step.number))
    at.jobs.withdraw([each for each in found if each.id not in taken.batches and not each.attempt])
    due = [each for each in found if not each.done and (each.id in taken.batches or each.attempt)]
    send_all(parts, [BatchDue(at.name, step.job, each.id) for each in due])
