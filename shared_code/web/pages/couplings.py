"""Couplings: looking for records, coupling them, and the page of one record with its journal."""

from __future__ import annotations

from functools import partial
from typing import Any

from shared_code.core.records import Side
from shared_code.sync import coupling_api
from shared_code.sync.api import Answer
from shared_code.sync.api_input import NotFound, is_id, mapping_of
from shared_code.sync.history import history_api
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view

ENTRIES = 50
"""Entries of the journal that a record's page shows."""


def search(visit: Visit) -> Reply:
    """Records of both sides by number, name or id, each with its partner."""
    asked = visit.asked.query
    name, text = asked.get("mapping", ""), asked.get("text", "").strip()
    found = _found(visit, name, text) if name in visit.at.mappings and text else {}
    mappings = visit.at.mappings
    return visit.page(
        "couplings.html", mappings=mappings, chosen=name, text=text, found=found, result=None, pair={}
    )


def _found(visit: Visit, mapping: str, text: str) -> dict[Side, list[dict[str, Any]]]:
    return {side: _of_side(visit, mapping, side, text) for side in Side}


def _of_side(visit: Visit, mapping: str, side: Side, text: str) -> list[dict[str, Any]]:
    """By number or name; what may be an id by that too."""
    asked = visit.query(side=side.value, text=text, begins="true")
    records: list[dict[str, Any]] = view(coupling_api.find_records(visit.parts, mapping, asked))["records"]
    own = text.lower()
    if not is_id(own) or any(each["id"] == own for each in records):
        return records
    answer = _pair(visit, mapping, side, own)
    if answer is None:
        return records
    found = {"id": own, "name": answer[f"{side.value}Name"], "coupledWith": answer[side.other.value]}
    return [*records, {**found, "bcLink": answer["bcLink"], "salesLink": answer["salesLink"]}]


def _pair(visit: Visit, mapping: str, side: Side, own: str) -> dict[str, Any] | None:
    try:
        return view(coupling_api.get_pair(visit.parts, mapping, own, visit.query(side=side.value)))
    except NotFound:
        return None


def couple(visit: Visit) -> Reply:
    """Couple two records, or first only tell what would become of them."""
    form = visit.form
    name, act = form.get("mapping"), form.get("act")
    mapping_of(visit.at, name, "mapping")
    pair = {side.value: form.get(side.value).strip() for side in Side}
    then, move = form.get("then") or "nothing", form.get("move") == "yes"
    asked = body(pairs=[pair], then=then, move=move, check=act != "couple")
    result = view(coupling_api.couple(visit.parts, name, asked, visit.query()))
    if act == "couple" and result["coupled"]:
        return visit.back(
            "mappings", name, "records", pair["bc"], notice="coupled", job=result["job"] or None
        )
    return visit.page(
        "couplings.html", mappings=visit.at.mappings, chosen=name, text="", found={},
        result={**result["pairs"][0], "then": then, "move": move}, pair=pair,
    )  # fmt: skip


def record(visit: Visit) -> Reply:
    """One record: both values and the base side by side, why, its problem, and what Tandem wrote."""
    name, own = visit.captured["name"], visit.captured["id"]
    asked = visit.query("side", mapping=name, id=own)
    both = visit.parts.runtime.run_all([partial(_why, visit, asked), partial(_journal, visit, asked)], 2)
    found, journal = both
    return visit.page("record.html", why=found, mapping=name, own=own, side=_side(visit), journal=journal)


def _why(visit: Visit, asked: dict[str, str]) -> dict[str, Any]:
    return view(history_api.why(visit.parts, asked))


def _journal(visit: Visit, asked: dict[str, str]) -> dict[str, Any]:
    """What was written; nothing where the record was never coupled."""
    try:
        return view(history_api.journal(visit.parts, {**asked, "limit": str(ENTRIES)}))
    except NotFound:
        return {"entries": [], "more": False}


def _side(visit: Visit) -> str:
    return "sales" if visit.asked.query.get("side") == "sales" else "bc"


def act(visit: Visit) -> Reply:
    """Synchronise a record now, uncouple it, or create its partner."""
    name, own, form = visit.captured["name"], visit.captured["id"], visit.form
    wanted, side = form.get("act"), form.get("side") or "bc"
    if wanted == "uncouple":
        answer = coupling_api.uncouple(visit.parts, name, body(side=side, ids=[own]), visit.query())
    elif wanted == "create":
        answer = coupling_api.create_partners(visit.parts, name, body(side=side, ids=[own]), visit.query())
    else:
        asked = body(side=side, ids=[own], values=wanted)
        answer = coupling_api.synchronize(visit.parts, name, asked, visit.query())
    return _queued(visit, answer, side)


def _queued(visit: Visit, answer: Answer, side: str) -> Reply:
    found = view(answer)
    notice = "queued" if found["queued"] else "nothing"
    place = ("mappings", visit.captured["name"], "records", visit.captured["id"])
    return visit.back(*place, notice=notice, job=found["job"] or None, side=side if side != "bc" else None)


def erase(visit: Visit) -> Reply:
    """Remove the values of a record from the journal."""
    name, own = visit.captured["name"], visit.captured["id"]
    asked = body(mapping=name, id=own, side=visit.form.get("side") or None)
    view(history_api.erase(visit.parts, asked, visit.query()))
    return visit.back("mappings", name, "records", own, notice="erased", side=visit.form.get("side"))


def uncouple_all(visit: Visit) -> Reply:
    """End every pair of a mapping."""
    name = visit.form.get("mapping")
    mapping_of(visit.at, name, "mapping")
    if visit.form.get("really") != name:
        return visit.back("mappings", name, notice="nothing")
    found = view(coupling_api.uncouple(visit.parts, name, body(all=True), visit.query()))
    return visit.back("jobs", found["job"], notice="queued")


ROUTES = (
    Route("GET", "couplings", Role.READER, search),
    Route("POST", "couplings", Role.OPERATOR, couple),
    Route("POST", "couplings/uncouple-all", Role.ADMINISTRATOR, uncouple_all),
    Route("GET", "mappings/{name}/records/{id}", Role.READER, record),
    Route("POST", "mappings/{name}/records/{id}", Role.OPERATOR, act),
    Route("POST", "mappings/{name}/records/{id}/erase", Role.ADMINISTRATOR, erase),
)
