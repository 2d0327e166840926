"""Cleaning up: old jobs go with all that belongs to them, the journal's months that are past, old poison.

Batches that nobody works on are sent again.

Couplings, problems and watermarks are the present and stay.
"""

from __future__ import annotations

from dataclasses import replace

from shared_code.core.jobs import Job
from shared_code.core.outcome import Outcome
from shared_code.store import poison
from shared_code.store.tables import Changed
from shared_code.sync import walks
from shared_code.sync.history import undos
from shared_code.sync.messages import QUEUES, BatchDue
from shared_code.sync.parts import ConnectionParts, Parts, job_prefix

KEEP_JOBS_S = 30 * 86_400.0
"""How long a job can be looked at."""

MAX_JOBS = 500
"""Jobs removed per connection in one run; the next run goes on."""


def clean_up(parts: Parts) -> int:
    """Remove what is older than its time; how many jobs went.  Can be repeated and cut short."""
    send_open_again(parts)
    for queue in QUEUES:
        poison.remove_old(parts.tables, queue, parts.runtime.now())
    return sum(_clean_connection(at, parts.runtime.now()) for at in parts.connections.values())


def send_open_again(parts: Parts) -> int:
    """Send the batches of yesterday's jobs again that are still open; how many.

    A batch is on file before its message is sent: whoever dies in between leaves a batch that nobody works
    on.  Its records are found again by other ways, but its job would never end.
    """
    settled = job_prefix(parts.runtime.now() - SETTLED_S)
    return sum(
        _send_again(parts, at, job)
        for at in parts.connections.values()
        for job in at.jobs.older_than(settled, MAX_JOBS)
    )


SETTLED_S = 3 * 3600.0
"""After so long no batch is still on its way by itself."""


def _send_again(parts: Parts, at: ConnectionParts, job: Job) -> int:
    if not walks.is_complete(at, job):
        walks.go_on(parts, at, job)
    open_batches = at.jobs.open_batches(job.id)
    for batch_id in open_batches:
        if job.instruction:
            _lapse(at, job.id, batch_id)
        else:
            parts.send(BatchDue(at.name, job.id, batch_id))
    return len(open_batches)


def _lapse(at: ConnectionParts, job: str, batch_id: str) -> None:
    """What a person wanted done and nobody did for hours is not done any more: the records may be meant
    otherwise by now.  Nothing was done to them; they count as skipped."""
    batch = at.jobs.batch(job, batch_id)
    if batch is None or batch.done:
        return
    try:
        at.jobs.finish(replace(batch, done=True, counts={Outcome.SKIPPED: len(batch.ids)}))
    except Changed:
        return  # Somebody does it after all.


def _clean_connection(at: ConnectionParts, now_s: float) -> int:
    for report in at.match_reports.older_than(job_prefix(now_s - KEEP_JOBS_S), MAX_JOBS):
        at.match_reports.remove(report)
    for name in at.mappings:
        at.journal.remove_past(name, now_s)
        at.announcements(name).remove_old(now_s)
        at.partings(name).remove_old(now_s)
    undos.remove_old(at, now_s - KEEP_JOBS_S)
    before = job_prefix(now_s - KEEP_JOBS_S)
    old = at.jobs.older_than(before, MAX_JOBS)
    for job in old:
        if job.full_sync:
            at.full_syncs.remove(job.full_sync)
        at.jobs.remove(job.id)
    return len(old)
