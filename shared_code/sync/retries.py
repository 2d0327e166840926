"""Trying again: records that failed or wait are queued when their time comes or their reason is gone."""

from __future__ import annotations

from collections.abc import Sequence

from shared_code.core.instructions import Instruction
from shared_code.core.jobs import MAX_BATCH, Job, JobKind
from shared_code.core.records import Side, Version
from shared_code.store.jobs import Step, step_key
from shared_code.sync.detect import new_batch
from shared_code.sync.messages import BatchDue
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.systems.interface import Sighting

MAX_LOOKED_AT, MAX_RETRIES = 5000, 500
"""Problems of one mapping looked at in one tick, and those queued by it."""


def queue_records(
    parts: Parts,
    at: ConnectionParts,
    mapping: str,
    side: Side,
    ids: Sequence[str],
    kind: JobKind = JobKind.RETRY,
    job_id: str = "",
    instruction: Instruction = Instruction.NONE,
) -> str:
    """Queue records of one side as a job of their own; returns the job's id.

    With a ``job_id`` that follows from the cause a repeat queues the same job again and makes no second one.
    """
    job = Job(job_id or parts.new_job_id(), mapping, kind, parts.runtime.now(), instruction=instruction)
    unseen = [Sighting(each, Version("", "")) for each in dict.fromkeys(ids)]
    pieces = [unseen[start : start + MAX_BATCH] for start in range(0, len(unseen), MAX_BATCH)]
    key, made_under = step_key(side, 0), at.digests[mapping]
    batches = [new_batch(job.id, mapping, side, key, piece, made_under, ordered=False) for piece in pieces]
    at.jobs.add(job)
    at.jobs.add_batches(batches)
    at.jobs.take_step(job.id, step_key(side, 0), Step(batches=tuple(each.id for each in batches)))
    for batch in batches:
        parts.send(BatchDue(at.name, job.id, batch.id))
    return job.id


def queue_due(parts: Parts, at: ConnectionParts, mapping: str, start: str = "") -> int:
    """Queue the mapping's records whose next attempt is due; how many there were.

    Their next attempt is moved first, so that a tick that comes while they wait in the queue does not
    queue them again.  A tick looks at a part of the problems, from the row ``start`` on, and notes where the
    next one goes on: so each has its turn, however many wait for a person.
    """
    now = parts.runtime.now()
    store = at.couplings(mapping)
    due, going_on = store.due_problems(now, start, MAX_LOOKED_AT, MAX_RETRIES)
    if due:
        store.postpone(due, now + RESERVED_S)
    for side in Side:
        if ids := [each.record_id for each in due if each.side is side]:
            queue_records(parts, at, mapping, side, ids)
    if going_on != start:
        at.schedules.change(mapping, at.mapping(mapping).interval_s, retries_from=going_on)
    return len(due)


RESERVED_S = 300.0
"""How long a queued retry keeps others from queueing the same record."""
