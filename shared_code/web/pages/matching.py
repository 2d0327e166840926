"""Matching reports: who would be coupled with whom and why, and coupling what a person chooses of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared_code.core.match_report import Result
from shared_code.core.records import Side
from shared_code.sync import coupling_api, match_api
from shared_code.sync.api_input import BadInput
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.texts import phrase
from shared_code.web.visit import Visit, body, view

LINES = 100
PLACE = "match-reports"
RESULTS = {
    Result.EXACT: phrase("Sure pairs"),
    Result.POSSIBLE: phrase("Possible pairs"),
    Result.SEVERAL: phrase("Several candidates"),
    Result.NONE: phrase("No partner"),
}


def show(visit: Visit) -> Reply:
    """The reports that are kept, and the mappings of which one can be made."""
    reports = view(match_api.list_reports(visit.parts, visit.query()))["reports"]
    mappings = {name: each for name, each in visit.at.mappings.items() if each.match}
    return visit.page("match_reports.html", reports=reports, mappings=mappings)


def begin(visit: Visit) -> Reply:
    """Make the report of a mapping."""
    asked = body(mapping=visit.form.get("mapping"))
    begun = view(match_api.begin(visit.parts, asked, visit.query()))
    return visit.back(PLACE, begun["id"], notice="queued")


def one(visit: Visit) -> Reply:
    """One report: the lines of a result, of which a person chooses."""
    return _one(visit, visit.asked.query.get("result") or Result.EXACT.value)


def _one(visit: Visit, result: str, failed: Sequence[dict[str, Any]] = ()) -> Reply:
    own = visit.captured["id"]
    report = view(match_api.get(visit.parts, own, visit.query()))
    asked = visit.query("cursor", result=result, limit=str(LINES))
    page = view(match_api.lines(visit.parts, own, asked))
    onward = visit.link(PLACE, own, result=result, cursor=page["cursor"]) if page["cursor"] else ""
    return visit.page(
        "match_report.html", report=report, lines=page["lines"], results=RESULTS, result=result,
        following=onward, moves=report["status"] == "In Process", failed=failed,
    )  # fmt: skip


def choose(visit: Visit) -> Reply:
    """Couple the pairs that were ticked, or create the partners of the records that were."""
    form, own = visit.form, visit.captured["id"]
    mapping, result = form.get("mapping"), form.get("result") or Result.EXACT.value
    if form.get("act") == "create":
        done = _created(visit, mapping, form.all("record"))
        return visit.back(PLACE, own, result=result, notice="queued" if done else "nothing", job=done)
    pairs = [_pair(each) for each in form.all("pair")]
    asked = body(pairs=pairs, then=form.get("then") or "nothing")
    found = view(coupling_api.couple(visit.parts, mapping, asked, visit.query()))
    failed = [each for each in found["pairs"] if each["result"] not in ("coupled", "in_place")]
    if failed:
        return _one(visit, result, failed)
    return visit.back(PLACE, own, result=result, notice="coupled", job=found["job"] or None)


def _pair(text: str) -> dict[str, str]:
    bc, _, sales = text.partition("|")
    return {Side.BC.value: bc, Side.SALES.value: sales}


def _created(visit: Visit, mapping: str, records: Sequence[str]) -> str | None:
    """The last job that makes partners of the ticked records, side by side."""
    if not records:
        raise BadInput("record", "tick at least one record")
    job = None
    for side in Side:
        ids = [own for each in records for of, _, own in [each.partition("|")] if of == side.value]
        if ids:
            asked = body(side=side.value, ids=ids)
            job = view(coupling_api.create_partners(visit.parts, mapping, asked, visit.query()))["job"] or job
    return job


ROUTES = (
    Route("GET", PLACE, Role.READER, show),
    Route("POST", PLACE, Role.OPERATOR, begin),
    Route("GET", f"{PLACE}/{{id}}", Role.READER, one),
    Route("POST", f"{PLACE}/{{id}}", Role.OPERATOR, choose),
)
