"""What a person does with a full synchronisation that runs: pause, resume, stop, and a line once more.

The header says what is wanted; whoever takes a step or a batch of it looks there first.  So it holds for all
instances within moments, and nothing that is being written is cut short.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from shared_code.core.jobs import Job
from shared_code.store.full_syncs import FullSync, Line, Phase, Wish
from shared_code.store.jobs import Step, step_key
from shared_code.sync.messages import Advance, ScanStep
from shared_code.sync.parts import ConnectionParts, Parts

PAUSED_S = 30.0
"""When paused work looks again whether it may go on."""


class Control(StrEnum):
    """What can be done with a full synchronisation."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class LineControl(StrEnum):
    """What can be done with one of its lines."""

    RESTART = "restart"
    RESET = "reset"


class NotNow(Exception):
    """It cannot be done as things are; the text says why."""


_WISHES = {Control.PAUSE: Wish.PAUSE, Control.RESUME: Wish.RUN, Control.STOP: Wish.STOP}
TRIES = 5


def control(parts: Parts, at: ConnectionParts, full_sync: str, wanted: Control) -> None:
    """Pause, resume or stop.  A repeat changes nothing.  Raises ``NotNow`` where it has ended or stops."""
    for _ in range(TRIES):
        header = _header(at, full_sync)
        if header.finished:
            raise NotNow("It has ended. Begin a new one, or restart one of its lines.")
        if header.wish is Wish.STOP and wanted is not Control.STOP:
            raise NotNow("It is being stopped. Wait for its end, then begin a new one.")
        if at.full_syncs.put_header(replace(header, wish=_WISHES[wanted])):
            parts.send(Advance(at.name, full_sync))
            return
    raise NotNow("It kept changing. Try again.")


def control_line(
    parts: Parts, at: ConnectionParts, full_sync: str, mapping: str, wanted: LineControl
) -> None:
    """Run a line once more, or put it back so that it waits for that.  Raises ``NotNow`` while it runs."""
    found = at.full_syncs.get(full_sync)
    line = next((each for each in found[1] if each.mapping == mapping), None) if found else None
    if found is None or line is None:
        raise NotNow(f"There is no line of {mapping} in it.")
    if line.phase not in (Phase.DONE, Phase.HELD):
        raise NotNow("The line runs or waits for others. Wait for its end, or stop the full synchronisation.")
    phase = Phase.BLOCKED if wanted is LineControl.RESTART else Phase.HELD
    again = Line(
        full_sync, mapping, line.depends_on, line.position, parts.new_job_id(), phase, etag=line.etag
    )
    if not at.full_syncs.put_line(again):
        raise NotNow("Somebody else changed the line. Look at it again.")
    _open_again(at, full_sync)
    parts.send(Advance(at.name, full_sync))


def _open_again(at: ConnectionParts, full_sync: str) -> None:
    """One that has ended runs again: a line of it is not done any more."""
    for _ in range(TRIES):
        header = _header(at, full_sync)
        at.full_syncs.note_running(header)
        if at.full_syncs.put_header(replace(header, finished=False, wish=Wish.RUN)):
            return
    raise NotNow("It kept changing. Try again.")


def _header(at: ConnectionParts, full_sync: str) -> FullSync:
    header = at.full_syncs.header(full_sync)
    if header is None:
        raise NotNow(f"There is no full synchronisation {full_sync}.")
    return header


def wish_of(at: ConnectionParts, full_sync: str) -> Wish:
    """What a person wants of a full synchronisation now; work that belongs to none just runs."""
    header = at.full_syncs.header(full_sync) if full_sync else None
    return header.wish if header else Wish.RUN


def is_paused(at: ConnectionParts, job: Job) -> bool:
    """Whether the batches of a job wait.  Those of one that is being stopped still run."""
    return wish_of(at, job.full_sync) is Wish.PAUSE


def end_scan(parts: Parts, at: ConnectionParts, step: ScanStep) -> None:
    """The scan of a stopped run ends where it stands.  Its watermark stays: the rest was not seen."""
    at.jobs.take_step(step.job, step_key(step.side, step.number), Step())
    parts.send(Advance(step.connection, step.full_sync))
