"""Jobs, and the records of one."""

from __future__ import annotations

from shared_code.sync import api, job_records
from shared_code.sync.api_input import id_of, number_of
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, view

SHOWN = 25
RECORDS = 100
"""Records on one page."""
MOST_RECORDS = 100_000_000


def show(visit: Visit) -> Reply:
    """The newest jobs."""
    limit = number_of(visit.asked.query, "limit", SHOWN, api.MAX_JOBS)
    jobs = view(api.list_jobs(visit.parts, visit.query(limit=str(limit))))["jobs"]
    return visit.page("jobs.html", jobs=jobs, limit=limit, most=api.MAX_JOBS)


def one(visit: Visit) -> Reply:
    """One job with its counters and records."""
    own = id_of(visit.captured["id"])
    job = view(api.get_job(visit.parts, own, visit.query()))
    start = number_of(visit.asked.query, "from", 1, MOST_RECORDS) - 1
    found = visit.at.jobs.get(own)
    records, more = job_records.records_of(visit.at, found, start, RECORDS) if found else ([], False)
    following = visit.link("jobs", own, **{"from": start + RECORDS + 1}) if more else ""
    return visit.page("job.html", job=job, records=records, following=following)


ROUTES = (Route("GET", "jobs", Role.READER, show), Route("GET", "jobs/{id}", Role.READER, one))
