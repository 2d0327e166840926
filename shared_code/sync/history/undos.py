"""Undoing a job, a full synchronisation, or one record's part of a job: previewed first, then done.

Preview and run are the same walk over the journal, on the queue, one mapping after the other; the preview
only tells.  The mappings of a full synchronisation are taken back in the opposite order, so that what refers
to a record goes before it.  An undo is moved on by whoever notices that a mapping is through: the last batch,
or the minute timer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared_code.core.instructions import Instruction
from shared_code.core.jobs import JobKind
from shared_code.core.records import Side
from shared_code.core.undo import Otherwise
from shared_code.store.undos import UNDO_ID, Phase, Undo, UndoLine, UndoStore
from shared_code.sync import walks
from shared_code.sync.parts import ConnectionParts, Parts


class NothingToUndo(ValueError):
    """What was named never wrote anything that can be taken back; the text says why."""


class NotPreviewed(ValueError):
    """An undo is run once its preview is at its end; the text says how far it is."""


def store_of(at: ConnectionParts) -> UndoStore:
    return UndoStore(at.tables, at.name)


def begin(parts: Parts, at: ConnectionParts, lines: Iterable[tuple[str, str]], record: str = "") -> Undo:
    """Begin the preview of an undo of jobs (mapping and job, in the order in which they ran)."""
    found = [line for mapping, job in lines if (line := _line(at, mapping, job))]
    if not found:
        raise NothingToUndo("the job is not on file any more, or its mapping is not there")
    undo = Undo(f"{UNDO_ID}{parts.new_job_id()}", parts.runtime.now(), tuple(reversed(found)), record)
    store_of(at).add(undo)
    advance(parts, at, undo.id)
    return undo


def _line(at: ConnectionParts, mapping: str, job: str) -> UndoLine | None:
    found = at.jobs.get(job)
    if found is None or mapping not in at.mappings:
        return None
    return UndoLine(mapping, job, found.created_at_s)


def run(parts: Parts, at: ConnectionParts, undo: Undo, otherwise: Otherwise) -> Undo:
    """Do what the preview told.  Run again it does what is left, which may be nothing.

    Raises ``NotPreviewed``.
    """
    if not undo.done:
        raise NotPreviewed(
            f"it is at {undo.position} of {len(undo.lines)} mappings; wait until it is Finished"
        )
    lines = tuple(replace(each, by="") for each in undo.lines)
    running = replace(undo, phase=Phase.RUN, position=0, lines=lines, otherwise=otherwise)
    if not store_of(at).put(running):
        raise NotPreviewed("somebody else has just started it")
    advance(parts, at, undo.id)
    return running


def advance(parts: Parts, at: ConnectionParts, undo_id: str) -> None:
    """Move an undo on as far as it can go now.  Can be repeated; two who notice at once do it once."""
    if not undo_id.startswith(UNDO_ID):
        return
    undo = store_of(at).get(undo_id)
    if undo is None or undo.done:
        return
    line = undo.lines[undo.position]
    if line.mapping not in at.mappings:
        _next(parts, at, undo)
    elif not line.by:
        _begin_line(parts, at, undo, line)
    elif at.jobs.get(line.by) is None:
        _walk(parts, at, undo, line)
    elif _is_through(at, line):
        _next(parts, at, undo)


def _is_through(at: ConnectionParts, line: UndoLine) -> bool:
    job = at.jobs.get(line.by)
    return job is not None and walks.is_complete(at, job) and not at.jobs.has_open(job.id, Side.BC)


def _next(parts: Parts, at: ConnectionParts, undo: Undo) -> None:
    if store_of(at).put(replace(undo, position=undo.position + 1)):
        advance(parts, at, undo.id)


def _begin_line(parts: Parts, at: ConnectionParts, undo: Undo, line: UndoLine) -> None:
    """Note the job that does it, then put that on file: who dies in between leaves one that is begun anew."""
    begun = replace(line, by=parts.new_job_id())
    lines = tuple(begun if each is line else each for each in undo.lines)
    if store_of(at).put(replace(undo, lines=lines)):
        _walk(parts, at, undo, begun)


def _walk(parts: Parts, at: ConnectionParts, undo: Undo, line: UndoLine) -> None:
    instruction = Instruction.UNDO if undo.phase is Phase.RUN else Instruction.PLAN_UNDO
    what = {"undo": undo.id, "job": line.job, "since_s": line.since_s, "record": undo.record,
            "otherwise": undo.otherwise.value}  # fmt: skip
    order = walks.Order(walks.JOURNAL, undo=what)
    walks.begin(parts, at, line.mapping, JobKind.UNDO, order, instruction, line.by)


def look_after(parts: Parts, at: ConnectionParts) -> None:
    """Each minute: move on what nobody noticed."""
    for undo_id in list(store_of(at).unfinished()):
        advance(parts, at, undo_id)


def remove_old(at: ConnectionParts, before_s: float) -> None:
    """Undos go with the jobs of their time."""
    for undo_id in store_of(at).older_than(before_s):
        store_of(at).remove(undo_id)
