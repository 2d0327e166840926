"""What the HTTP functions for compares answer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from shared_code.core.compare import Sums
from shared_code.core.records import Side
from shared_code.store.compares import COMPARE_ID, Line, Phase, Suspect
from shared_code.sync.api import Answer, problem
from shared_code.sync.api_input import (
    MAX_ID,
    BadInput,
    NotFound,
    connection_of,
    document_of,
    id_of,
    mapping_of,
    names_of,
    number_of,
    refuse_unknown,
    refuse_unknown_parameters,
)
from shared_code.sync.comparing.comparing import KEPT, start, store_of
from shared_code.sync.comparing.repairing import repair
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.views import View, instant

DEFAULT_FOUND, MAX_FOUND = 100, 1000
"""Records on one page."""


def begin(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /compares: begin one; 202 with its address."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mappings"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    compare = start(parts, at, names_of(at, document, "mappings"))
    address = {"Location": f"/api/compares/{compare}?connection={at.name}"}
    return Answer(202, {"id": compare, "connection": at.name, "status": "In Process"}, address)


def list_all(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /compares: those that are kept, the newest first."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    return Answer(200, {"compares": [_head(at, i, at_s) for i, at_s in store_of(at).newest(KEPT)]})


def _head(at: ConnectionParts, compare: str, created_at_s: float) -> View:
    lines = store_of(at).lines(compare)
    return {
        "id": compare,
        "connection": at.name,
        "createdAt": instant(created_at_s),
        "status": _status(lines),
        "findings": sum(each.findings for each in lines),
    }


def _status(lines: list[Line]) -> str:
    return "Finished" if all(each.phase is Phase.DONE for each in lines) else "In Process"


def get(parts: Parts, compare: str, query: Mapping[str, str]) -> Answer:
    """GET /compares/{id}: the sums of both sides and of what is on file, for each mapping."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    created_at_s = _created(at, compare)
    lines = store_of(at).lines(compare)
    return Answer(200, {**_head(at, compare, created_at_s), "lines": [_line_view(each) for each in lines]})


def _created(at: ConnectionParts, compare: str) -> float:
    known = dict(store_of(at).newest(KEPT)) if id_of(compare).startswith(COMPARE_ID) else {}
    if compare not in known:
        raise NotFound(f"there is no compare {compare[:MAX_ID]} of connection {at.name}")
    return known[compare]


def _line_view(each: Line) -> View:
    return {
        "mapping": each.mapping,
        "status": "Finished" if each.phase is Phase.DONE else "In Process",
        "verdict": _verdict(each),
        "message": each.message,
        "bc": _side_view(each, Side.BC),
        "sales": _side_view(each, Side.SALES),
        "suspects": each.suspects,
        "findings": each.findings,
        "more": each.more,
        "startedAt": instant(each.started_at_s),
        "finishedAt": instant(each.finished_at_s),
    }


def _verdict(each: Line) -> str:
    """``in_step``: nothing drifted.  ``drifted``: some records did.  ``unknown``: it cannot be told (yet)."""
    if each.phase is not Phase.DONE or each.message:
        return "unknown"
    return "drifted" if each.findings or each.more else "in_step"


def _side_view(each: Line, side: Side) -> View:
    return {
        "records": each.seen[side],
        "uncoupled": each.uncoupled[side],
        "coupled": _sums_view(each.coupled[side]),
        "stored": _sums_view(each.stored[side]),
    }


def _sums_view(sums: Sums) -> View:
    return dict(sums.as_texts())


def findings(parts: Parts, compare: str, query: Mapping[str, str]) -> Answer:
    """GET /compares/{id}/findings: the records that drifted."""
    refuse_unknown_parameters(query, "connection", "mapping", "limit", "cursor")
    at = connection_of(parts, query.get("connection"))
    _created(at, compare)
    mapping = mapping_of(at, query["mapping"], "mapping").name if "mapping" in query else ""
    limit, start_row = number_of(query, "limit", DEFAULT_FOUND, MAX_FOUND), query.get("cursor", "")
    if start_row and not start_row.startswith(f"record|{compare}|"):
        raise BadInput("cursor", "it is none of ours: follow the link “next” of the page before")
    page, following = store_of(at).records(compare, mapping, limit, start_row)
    chosen = {"mapping": mapping} if mapping else {}
    more = {"connection": at.name, **chosen, "limit": limit, "cursor": following}
    link = f"/api/compares/{compare}/findings?{urlencode(more)}" if following else None
    return Answer(200, {"findings": [_finding_view(each) for each in page if each.finding], "next": link})


def _finding_view(each: Suspect) -> View:
    return {"mapping": each.mapping, "side": each.side.value, "id": each.id, "finding": each.finding,
            "text": each.text}  # fmt: skip


def repair_findings(parts: Parts, compare: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /compares/{id}/repair: synchronise the records that drifted; 202 with the jobs."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mapping"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    _created(at, compare)
    given = document.get("mapping")
    mapping = mapping_of(at, given, "mapping").name if given is not None else ""
    if _status(store_of(at).lines(compare)) != "Finished":
        return problem(409, "The compare is not at its end.", "Wait until it is Finished, then repair.")
    return Answer(202, {"id": compare, "jobs": repair(parts, at, compare, mapping)})
