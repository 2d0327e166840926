"""From a queue message to the use case it asks for.  What is no message of ours is kept as poison."""

from __future__ import annotations

from contextlib import suppress

from shared_code.core.telemetry import POISON
from shared_code.store import poison
from shared_code.store.compares import COMPARE_ID
from shared_code.store.full_syncs import Wish
from shared_code.sync import (
    connection_switch,
    detect,
    faults,
    full_sync,
    full_sync_control,
    match_reports,
    telling,
    tombstones,
    walks,
)
from shared_code.sync.comparing import comparing
from shared_code.sync.history import undos
from shared_code.sync.identity_check import WAIT_S, NotAsked, is_confirmed
from shared_code.sync.messages import (
    Advance,
    BatchDue,
    DeletionsDue,
    MatchStep,
    Message,
    MessageInvalid,
    ScanMode,
    ScanStep,
    WalkStep,
    from_text,
)
from shared_code.sync.parts import ConnectionParts, Parts, UnknownName
from shared_code.sync.previewing.previews import PreviewEnded, parts_for
from shared_code.sync.processing.abandoning import abandon
from shared_code.sync.processing.batch import process_batch
from shared_code.systems.interface import SettingWrong, SystemUnavailable

AGAIN_S = 30.0
"""When a step of a scan is tried again after its system did not answer."""


def handle(parts: Parts, queue: str, text: str) -> None:
    """Do what one message asks for.

    A message that cannot be understood or names nothing that exists is kept and done with: repeating it
    would change nothing.  Any other fault is the caller's, who will be given the message again.
    """
    try:
        message = from_text(text)
        _do(parts_for(parts, message), message)
    except PreviewEnded:
        return  # It was removed while work for it was on its way.
    except UnknownName:
        # What another process has just learned about may be what this one does not know yet.
        newer = parts.renew()
        if newer is None:
            poison.keep(parts.tables, queue, text, parts.runtime.now())
        else:
            handle(newer, queue, text)
    except MessageInvalid:
        poison.keep(parts.tables, queue, text, parts.runtime.now())


def _do(parts: Parts, message: Message) -> None:
    at = parts.connection(message.connection)
    if not _may_work(parts, at):
        _postpone(parts, message)
        return
    try:
        with telling.of_message(parts, message):
            _work(parts, message)
    except SettingWrong as fault:
        faults.note(parts, at, str(fault), logged=f"{type(fault).__name__}; GET /api/health tells more")
        raise


def _may_work(parts: Parts, at: ConnectionParts) -> bool:
    """Whether the connection is on and its systems are the known ones; why not is kept for people to see."""
    if connection_switch.is_off(at):
        return False
    asked = at.name not in parts.confirmed
    try:
        confirmed = is_confirmed(parts, at)
    except NotAsked as fault:
        faults.note(parts, at, str(fault))
        return False
    if asked and confirmed:
        faults.solved(at)
    return confirmed


def _work(parts: Parts, message: Message) -> None:
    match message:
        case ScanStep():
            _take_step(parts, message)
        case Advance():
            full_sync.advance(parts, message)
            undos.advance(parts, parts.connection(message.connection), message.full_sync)
        case BatchDue():
            _process(parts, message)
        case DeletionsDue():
            _look_for_deletions(parts, message)
        case WalkStep(job=job) if job.startswith(COMPARE_ID):
            comparing.take_step(parts, message)
        case WalkStep():
            walks.take_step(parts, message)
        case MatchStep():
            _make_report(parts, message)


def _postpone(parts: Parts, message: Message) -> None:
    """The systems cannot be asked or are not the known ones: nothing is touched, work waits.

    A first look at changes need not wait, nor one at deletions: the next tick repeats it.
    """
    repeated = isinstance(message, DeletionsDue) or (
        isinstance(message, ScanStep) and _is_first_look(message)
    )
    if not repeated:
        parts.send(message, delay_s=WAIT_S)


def _make_report(parts: Parts, step: MatchStep) -> None:
    try:
        match_reports.take_step(parts, step)
    except SystemUnavailable:
        parts.send(step, delay_s=AGAIN_S)


def _look_for_deletions(parts: Parts, due: DeletionsDue) -> None:
    with suppress(SystemUnavailable):
        tombstones.look(parts, parts.connection(due.connection))


def _process(parts: Parts, due: BatchDue) -> None:
    """A batch of a full synchronisation that is paused waits."""
    at = parts.connection(due.connection)
    job = at.jobs.get(due.job)
    if job is not None and full_sync_control.is_paused(at, job):
        parts.send(due, delay_s=full_sync_control.PAUSED_S)
        return
    process_batch(parts, due, job)


def _take_step(parts: Parts, step: ScanStep) -> None:
    at = parts.connection(step.connection)
    match full_sync_control.wish_of(at, step.full_sync):
        case Wish.PAUSE:
            parts.send(step, delay_s=full_sync_control.PAUSED_S)
            return
        case Wish.STOP:
            full_sync_control.end_scan(parts, at, step)
            return
    try:
        detect.take_step(parts, step)
    except SystemUnavailable:
        if _is_first_look(step):
            detect.end_first_look(parts, parts.connection(step.connection), step)
        else:
            parts.send(step, delay_s=AGAIN_S)


def _is_first_look(step: ScanStep) -> bool:
    """A first look at changes is simply repeated by the next tick: the watermark has not moved."""
    return step.number == 0 and step.mode is ScanMode.CHANGES


def keep_poison(parts: Parts, queue: str, text: str) -> None:
    """Keep a message that failed again and again where a person finds it.

    The records of a batch are not lost with it: they are listed and tried again (``abandon``).  Steps of
    scans and full synchronisations come again by themselves, with the next tick.
    """
    poison.keep(parts.tables, queue, text, parts.runtime.now())
    parts.telemetry.count(POISON, queue=queue)
    try:
        message = from_text(text)
        if isinstance(message, BatchDue):
            abandon(parts_for(parts, message), message)
    except (MessageInvalid, UnknownName):
        return
