"""Choosing the partner of one record: it is looked for by how its number or name begins, or made."""

from __future__ import annotations

from typing import Any

from shared_code.core.records import Side
from shared_code.sync import coupling_api, pairs_shown
from shared_code.sync.api_input import NotFound, mapping_of, record_ids_of
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view


def show(visit: Visit) -> Reply:
    """The record, and those of the other side that begin with what was typed."""
    return _show(visit, _side(visit.asked.query.get("side", "")))


def _side(text: str) -> Side:
    return Side.SALES if text == Side.SALES.value else Side.BC


def _show(visit: Visit, side: Side, result: dict[str, Any] | None = None) -> Reply:
    mapping = mapping_of(visit.at, visit.captured["name"])
    (own,) = record_ids_of(mapping, side, {"id": [visit.captured["id"]]}, "id", 1)
    name = pairs_shown.name_of(visit.at, mapping, side, own)
    if name is None:
        raise NotFound(f"{side.system_name} has no record {own} of {mapping.name}")
    typed = visit.asked.query.get("text", "").strip() if visit.asked.method == "GET" else ""
    other = side.other
    asked = visit.query(side=other.value, text=typed, begins="true")
    found = view(coupling_api.find_records(visit.parts, mapping.name, asked))["records"] if typed else []
    return visit.page(
        "partner.html", mapping=mapping.name, own=own, name=name, side=side, other=other, typed=typed,
        offered=found, result=result,
    )  # fmt: skip


def choose(visit: Visit) -> Reply:
    """Couple the record with the one that was chosen, or tell why that is not done."""
    form, name, own = visit.form, visit.captured["name"], visit.captured["id"]
    side = _side(form.get("side"))
    pair = {side.value: own, side.other.value: form.get("partner").strip()}
    asked = body(pairs=[pair], then=form.get("then") or "nothing")
    found = view(coupling_api.couple(visit.parts, name, asked, visit.query()))
    if not found["coupled"]:
        return _show(visit, side, found["pairs"][0])
    elsewhere = None if side is Side.BC else side.value
    return visit.back(
        "mappings", name, "records", own, notice="coupled", job=found["job"] or None, side=elsewhere
    )


PLACE = "mappings/{name}/records/{id}/partner"
ROUTES = (
    Route("GET", PLACE, Role.OPERATOR, show),
    Route("POST", PLACE, Role.OPERATOR, choose),
)
