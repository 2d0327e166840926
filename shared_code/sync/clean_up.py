"""Cleaning up: jobs with all that belongs to them go when they are old.

Couplings, problems and watermarks are the present and stay; the journal is the memory of values and
keeps its own time.
"""

from __future__ import annotations

from shared_code.sync.parts import ConnectionParts, Parts, job_prefix

KEEP_JOBS_S = 30 * 86_400.0
"""How long a job can be looked at."""

MAX_JOBS = 500
"""Jobs removed per connection in one run; the next run goes on."""


def clean_up(parts: Parts) -> int:
    """Remove what is older than its time; how many jobs went.  Can be repeated and cut short."""
    before = job_prefix(parts.runtime.now() - KEEP_JOBS_S)
    return sum(_clean_connection(at, before) for at in parts.connections.values())


def _clean_connection(at: ConnectionParts, before: str) -> int:
    old = at.jobs.older_than(before, MAX_JOBS)
    for job in old:
        if job.full_sync:
            at.full_syncs.remove(job.full_sync)
        at.jobs.remove(job.id)
    return len(old)
