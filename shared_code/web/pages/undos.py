"""Undoing: first a preview, then the real thing."""

from __future__ import annotations

from shared_code.core.undo import Otherwise
from shared_code.sync.history import undo_api
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view

RECORDS = 50


def start(visit: Visit) -> Reply:
    """Preview the undo of a job, of a full synchronisation, or of a record's part of one."""
    form = visit.form
    names = ("job", "fullSynchronization", "mapping", "id")
    named = {name: form.get(name) for name in names if form.get(name)}
    begun = view(undo_api.start(visit.parts, body(**named), visit.query()))
    return visit.back("undos", begun["id"], notice="queued")


def show(visit: Visit) -> Reply:
    """How far an undo is, and what would become, or became, of each record."""
    own = visit.captured["id"]
    found = view(undo_api.get(visit.parts, own, visit.query()))
    page = view(undo_api.records(visit.parts, own, visit.query("cursor", limit=str(RECORDS))))
    return visit.page(
        "undo.html", undo=found, records=page["records"], following=visit.onward(page["next"], "undos", own),
        moves=found["status"] != "Finished",
        choices=[each.value for each in Otherwise],
    )  # fmt: skip


def run(visit: Visit) -> Reply:
    """Do what the preview told."""
    own = visit.captured["id"]
    asked = body(otherwise=visit.form.get("otherwise") or None)
    view(undo_api.run(visit.parts, own, asked, visit.query()))
    return visit.back("undos", own, notice="queued")


ROUTES = (
    Route("POST", "undos", Role.ADMINISTRATOR, start),
    Route("GET", "undos/{id}", Role.READER, show),
    Route("POST", "undos/{id}/run", Role.ADMINISTRATOR, run),
)
