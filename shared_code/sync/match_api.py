"""What the HTTP functions for matching reports answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from shared_code.core.coupling import Coupling
from shared_code.core.instructions import Instruction
from shared_code.core.mapping import Mapping as TableMapping
from shared_code.core.mapping import MatchKey
from shared_code.core.match_report import MatchLine, Phase, Report, Result, count_name
from shared_code.core.records import Side
from shared_code.sync import match_reports, on_demand, walks
from shared_code.sync.api import Answer, problem
from shared_code.sync.api_input import (
    BadInput,
    NotFound,
    connection_of,
    document_of,
    id_of,
    mapping_of,
    number_of,
    refuse_unknown,
    refuse_unknown_parameters,
    side_of,
)
from shared_code.sync.coupling_api import then_of
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.views import instant

MAX_CRITERIA = 8
MAX_REPORTS = 50
DEFAULT_LINES, MAX_LINES = 100, 1000
"""Lines of one page; a page may hold up to a hundred more or fewer."""
LINES_OF_ROW = 100
MAX_DOWNLOAD_ROWS = 20_000
"""Rows of lines in one download: two million lines."""


def begin(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /match-reports: begin one; 202 with its address."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mapping", "criteria"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    mapping = mapping_of(at, document.get("mapping"), "mapping")
    report = match_reports.begin(parts, at, mapping, _criteria(mapping, document))
    location = {"Location": f"/api/match-reports/{report.id}?connection={at.name}"}
    return Answer(202, _report_view(at, report), location)


def list_reports(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /match-reports: the newest first."""
    refuse_unknown_parameters(query, "connection", "limit")
    at = connection_of(parts, query.get("connection"))
    limit = number_of(query, "limit", 20, MAX_REPORTS)
    return Answer(200, {"reports": [_report_view(at, each) for each in at.match_reports.newest(limit)]})


def get(parts: Parts, report_id: str, query: Mapping[str, str]) -> Answer:
    """GET /match-reports/{id}."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    return Answer(200, _report_view(at, _report(at, report_id)))


def lines(parts: Parts, report_id: str, query: Mapping[str, str]) -> Answer:
    """GET /match-reports/{id}/lines: the lines of a result or of all, page by page."""
    refuse_unknown_parameters(query, "connection", "result", "limit", "cursor")
    at = connection_of(parts, query.get("connection"))
    report, result = _report(at, report_id), _result(query)
    limit = number_of(query, "limit", DEFAULT_LINES, MAX_LINES)
    rows = max(1, limit // LINES_OF_ROW)
    found, following = at.match_reports.lines(report.id, result, rows, _cursor(query))
    more = {**query, "connection": at.name, "cursor": following}
    view = {
        "lines": _line_views(at, report, found),
        "cursor": following,
        "next": f"/api/match-reports/{report.id}/lines?{urlencode(more)}" if following else None,
    }
    return Answer(200, view)


def download(parts: Parts, report_id: str, query: Mapping[str, str]) -> Answer:
    """GET /match-reports/{id}/download: all lines of a result, or of all, as a table (CSV)."""
    refuse_unknown_parameters(query, "connection", "result")
    at = connection_of(parts, query.get("connection"))
    report, result = _report(at, report_id), _result(query)
    found, _ = at.match_reports.lines(report.id, result, MAX_DOWNLOAD_ROWS)
    name = f"attachment; filename=matching-{report.id}.csv"
    return Answer(200, {}, {"Content-Disposition": name}, _table(report, found))


def accept(parts: Parts, report_id: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /match-reports/{id}/accept: couple all pairs of a result, or create partners for what has none."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "result", "side", "then"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    report = _report(at, report_id)
    mapping = mapping_of(at, report.mapping)
    if report.phase is not Phase.READY:
        return problem(409, "The report is not finished.", "Wait until its status is Finished.")
    result, side, then = _accepted(document)
    try:
        if then is Instruction.CREATE:
            on_demand.refuse_creation(mapping, side.other)
    except on_demand.NotAllowed as reason:
        return problem(409, "The mapping does not do this.", str(reason))
    job = walks.accept(parts, at, report, result, side, then)
    return Answer(202, {"report": report.id, "job": job})


def _accepted(document: Mapping[str, Any]) -> tuple[Result, Side, Instruction]:
    result = document.get("result")
    if result in (Result.EXACT, Result.POSSIBLE):
        if "side" in document:
            raise BadInput("side", "pairs have no side")
        return Result(result), Side.BC, then_of(document, "then", "nothing")
    if result == Result.NONE:
        if "then" in document:
            raise BadInput("then", "what has no partner gets one; there is nothing else to say")
        return Result.NONE, side_of(document.get("side"), "side"), Instruction.CREATE
    raise BadInput(
        "result", "it must be exact, possible or none; several candidates are for a person to decide"
    )


def _criteria(mapping: TableMapping, document: Mapping[str, Any]) -> Sequence[MatchKey]:
    if "criteria" not in document:
        return mapping.match
    given = document["criteria"]
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_CRITERIA:
        raise BadInput("criteria", f"it must be a list of 1 to {MAX_CRITERIA} objects")
    return [_criterion(mapping, each) for each in given]


def _criterion(mapping: TableMapping, given: object) -> MatchKey:
    if not isinstance(given, dict) or not given.keys() <= {"fields", "caseSensitive", "onlySuggests"}:
        raise BadInput("criteria", "each has fields, and may have caseSensitive and onlySuggests")
    known, fields = [each.name for each in mapping.fields], given.get("fields")
    if not isinstance(fields, list) or not fields or not all(each in known for each in fields):
        raise BadInput("criteria", f"fields must be a list of some of {', '.join(known)}")
    flags = [given.get(name, False) for name in ("caseSensitive", "onlySuggests")]
    if not all(isinstance(each, bool) for each in flags):
        raise BadInput("criteria", "caseSensitive and onlySuggests must be true or false")
    first, *others = dict.fromkeys(fields)
    return MatchKey(first, hints=flags[1], together_with=tuple(others), case_sensitive=flags[0])


def _report(at: ConnectionParts, report_id: str) -> Report:
    found = at.match_reports.get(id_of(report_id))
    if found is None:
        raise NotFound(f"there is no matching report {report_id} of connection {at.name}")
    return found


def _result(query: Mapping[str, str]) -> Result | None:
    given = query.get("result")
    if given is None:
        return None
    if given not in tuple(Result):
        raise BadInput("result", f"it must be one of {', '.join(Result)}")
    return Result(given)


def _cursor(query: Mapping[str, str]) -> str:
    given = query.get("cursor", "")
    allowed = (
        given.isascii() and given.replace("|", "").replace("-", "").isalnum() and len(given) <= MAX_CURSOR
    )
    if given and not allowed:
        raise BadInput("cursor", "it is none of ours: follow the link “next” of the page before")
    return given


MAX_CURSOR = 80


def _report_view(at: ConnectionParts, report: Report) -> dict[str, Any]:
    def count(result: Result, side: Side = Side.BC) -> int:
        return report.counts.get(count_name(result, side), 0)

    status = {Phase.READY: "Finished", Phase.FAILED: "Error"}.get(report.phase, "In Process")
    return {
        "id": report.id,
        "connection": at.name,
        "mapping": report.mapping,
        "status": status,
        "percent": report.percent,
        "message": report.message,
        "createdAt": instant(report.created_at_s),
        "finishedAt": instant(report.finished_at_s),
        "criteria": [
            {"fields": list(each.fields), "caseSensitive": each.case_sensitive, "onlySuggests": each.hints}
            for each in report.keys
        ],
        "uncoupled": {side.value: number for side, number in report.records.items()},
        "counts": {
            "exact": count(Result.EXACT),
            "possible": count(Result.POSSIBLE),
            "severalInBc": count(Result.SEVERAL),
            "severalInSales": count(Result.SEVERAL, Side.SALES),
            "noneInBc": count(Result.NONE),
            "noneInSales": count(Result.NONE, Side.SALES),
        },
    }


def _line_views(at: ConnectionParts, report: Report, found: Sequence[MatchLine]) -> list[dict[str, Any]]:
    store = at.couplings(report.mapping)
    known = {side: store.load(side, [each.id for each in found if each.side is side]) for side in Side}
    return [_line_view(report, each, known[each.side].get(each.id)) for each in found]


def _line_view(report: Report, line: MatchLine, known: object) -> dict[str, Any]:
    return {
        "result": line.result.value,
        "side": line.side.value,
        "id": line.id,
        "name": line.name,
        "candidates": [
            {"id": each.id, "name": each.name, "reason": _reason(report.keys[each.key])}
            for each in line.candidates
        ],
        "state": _state(line, known),
    }


def _state(line: MatchLine, known: object) -> str:
    """What became of the record since the report was made."""
    if not isinstance(known, Coupling) or not is_coupled(known):
        return "open"
    partner = known.id_on(line.side.other)
    return "coupled" if partner in {each.id for each in line.candidates} else "coupled_otherwise"


def _reason(key: MatchKey) -> str:
    fields = " and ".join(each.replace("_", " ") for each in key.fields)
    return f"the same {fields}" + (", which only suggests" if key.hints else "")


_COLUMNS = ("result", "side", "id", "name", "candidateId", "candidateName", "reason")


def _table(report: Report, found: Iterable[MatchLine]) -> str:
    """A row per line and candidate, so that it can be sorted and filtered."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for line in found:
        head = [line.result.value, line.side.value, line.id, _as_text(line.name)]
        rows = [[each.id, _as_text(each.name), _reason(report.keys[each.key])] for each in line.candidates]
        for row in rows or [["", "", ""]]:
            writer.writerow([*head, *row])
    return text.getvalue()


def _as_text(name: str) -> str:
    """What a spreadsheet would take for a formula is marked as text."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@") else name
