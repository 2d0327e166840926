"""Giving up a batch whose message failed again and again: its records are listed and tried again.

Without this a batch that met five dead processes or a longer outage of storage would be forgotten, its
job would never end, and a full synchronisation would wait for it for ever.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from shared_code.core.jobs import Batch
from shared_code.core.outcome import Outcome, Problem, retry_delay_s
from shared_code.store.tables import Changed, Operation, in_chunks
from shared_code.sync.messages import BatchDue
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.processing.batch import hand_on, tell_full_sync

HELD = "possible_partner"
"""Records with this problem wait for a person and stay as they are."""


def abandon(parts: Parts, due: BatchDue) -> None:
    """List the records of a batch as failed, to be tried again, and finish it.  A repeat changes nothing."""
    at = parts.connection(due.connection)
    batch, job = at.jobs.batch(due.job, due.batch), at.jobs.get(due.job)
    if batch is None or job is None:
        return
    if not batch.done:
        problems = _problems(at, batch, parts.runtime.now())
        _store(at, batch, problems)
        counts = Counter(each.outcome for each in problems)
        batch = _finished(at, replace(batch, done=True, counts=dict(counts)))
    hand_on(parts, at, batch, 0.0)
    tell_full_sync(parts, at, job, batch)


def _problems(at: ConnectionParts, batch: Batch, now: float) -> list[Problem]:
    """One for each record, filed under the side it was given on, so that this side is read again."""
    known = at.couplings(batch.mapping).problems(batch.side, batch.ids, ordered=batch.ordered)
    return [_problem(batch, each, known.get(each), now) for each in batch.ids]


def _problem(batch: Batch, record_id: str, known: Problem | None, now: float) -> Problem:
    if known is not None and known.code == HELD:
        return known
    attempts = (known.attempts if known else 0) + 1
    return Problem(
        side=batch.side,
        record_id=record_id,
        outcome=Outcome.FAILED,
        code="internal",
        message="Its batch was given up after several attempts that did not end; it is tried again.",
        attempts=attempts,
        next_attempt_at_s=now + retry_delay_s(attempts),
        since_s=known.since_s if known else now,
    )


def _store(at: ConnectionParts, batch: Batch, problems: list[Problem]) -> None:
    store = at.couplings(batch.mapping)
    operations: list[Operation] = [store.problem_operation(each) for each in problems if each.code != HELD]
    for chunk in in_chunks(operations):
        store.transact(chunk)


def _finished(at: ConnectionParts, batch: Batch) -> Batch:
    try:
        at.jobs.finish(batch)
    except Changed:
        # Another delivery finished it after all: its account stands.
        return at.jobs.batch(batch.job, batch.id) or batch
    return batch
