"""Compares: whether both sides still hold what Tandem believes, and repairing what drifted."""

from __future__ import annotations

from shared_code.sync.comparing import compare_api
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view

FOUND = 100


def show(visit: Visit) -> Reply:
    """Those that are kept, the newest first."""
    found = view(compare_api.list_all(visit.parts, visit.query()))["compares"]
    return visit.page("compares.html", compares=found)


def start(visit: Visit) -> Reply:
    """Begin one."""
    begun = view(compare_api.begin(visit.parts, body(), visit.query()))
    return visit.back("compares", begun["id"], notice="queued")


def one(visit: Visit) -> Reply:
    """One compare with its sums and the records that drifted."""
    own = visit.captured["id"]
    found = view(compare_api.get(visit.parts, own, visit.query()))
    page = view(compare_api.findings(visit.parts, own, visit.query("cursor", limit=str(FOUND))))
    following = visit.onward(page["next"], "compares", own)
    moves = found["status"] != "Finished"
    return visit.page(
        "compare.html", compare=found, findings=page["findings"], following=following, moves=moves
    )


def repair(visit: Visit) -> Reply:
    """Synchronise the records that drifted."""
    own = visit.captured["id"]
    done = view(compare_api.repair_findings(visit.parts, own, body(), visit.query()))
    job = done["jobs"][0] if done["jobs"] else None
    return visit.back("compares", own, notice="queued" if job else "nothing", job=job)


ROUTES = (
    Route("GET", "compares", Role.READER, show),
    Route("POST", "compares", Role.OPERATOR, start),
    Route("GET", "compares/{id}", Role.READER, one),
    Route("POST", "compares/{id}/repair", Role.OPERATOR, repair),
)
