"""What the HTTP functions for conflicts answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from shared_code.core.choices import DECIDED, contested, version_of
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    MAX_ID,
    BadInput,
    connection_of,
    document_of,
    is_id,
    mapping_of,
    number_of,
    refuse_unknown,
    refuse_unknown_parameters,
    text_of,
)
from shared_code.sync.conflicts.deciding import Decision, decide_conflicts, page_of_conflicts
from shared_code.sync.conflicts.editors import Edited, edited
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.record_links import Links
from shared_code.sync.views import View, instant

DEFAULT_CONFLICTS, MAX_CONFLICTS = 50, 200
"""Conflicts on one page."""

MAX_RECORDS, MAX_FIELDS = 1000, 200
"""Records and fields that one decision may name."""

type Listed = Sequence[tuple[str, Problem]]


def list_conflicts(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /conflicts: every conflict with both sides' values and who changed the records last."""
    refuse_unknown_parameters(query, "connection", "mapping", "limit", "cursor")
    at = connection_of(parts, query.get("connection"))
    names = [mapping_of(at, query["mapping"], "mapping").name] if "mapping" in query else list(at.mappings)
    limit = number_of(query, "limit", DEFAULT_CONFLICTS, MAX_CONFLICTS)
    found, following = page_of_conflicts(at, names, limit, _cursor(names, query))
    editors = {side: _editors(at, found, side) for side in Side}
    links = Links(at)
    shown = [_view(name, each, editors) | links.of_problem(name, each) for name, each in found]
    return Answer(200, {"conflicts": shown, "next": _link(at, query, limit, following)})


def _link(
    at: ConnectionParts, query: Mapping[str, str], limit: int, following: tuple[str, str] | None
) -> str | None:
    if following is None:
        return None
    chosen = {"mapping": query["mapping"]} if "mapping" in query else {}
    more = {"connection": at.name, **chosen, "limit": limit, "cursor": "|".join(following)}
    return f"/api/conflicts?{urlencode(more)}"


def _cursor(names: Sequence[str], query: Mapping[str, str]) -> tuple[str, str] | None:
    """Where a page begins: a mapping and the row of a problem."""
    if "cursor" not in query:
        return None
    mapping, _, row = query["cursor"].partition("|")
    kind, _, rest = row.partition("|")
    side, _, record_id = rest.partition("|")
    if mapping not in names or kind != "p" or side not in tuple(Side) or not is_id(record_id):
        raise BadInput("cursor", "it is none of ours: follow the link “next” of the page before")
    return mapping, row


def _editors(at: ConnectionParts, found: Listed, side: Side) -> dict[str, Edited]:
    """Who changed the listed records of a side last, by id."""
    by_mapping: dict[str, list[str]] = {}
    for name, each in found:
        by_mapping.setdefault(name, []).append(_id_on(each, side))
    pages = (edited(at, at.mapping(name), side, ids) for name, ids in by_mapping.items())
    return {record_id: each for page in pages for record_id, each in page.items()}


def _id_on(problem: Problem, side: Side) -> str:
    return problem.record_id if side is Side.BC else str(problem.details.get("sales_id", ""))


def _view(mapping: str, problem: Problem, editors: Mapping[Side, Mapping[str, Edited]]) -> View:
    decided = problem.details.get(DECIDED)
    chosen = decided if isinstance(decided, dict) else {}
    last = {side: editors[side].get(_id_on(problem, side), Edited()) for side in Side}
    return {
        "mapping": mapping,
        "name": str(problem.details.get("name", "")),
        "bcId": problem.record_id,
        "salesId": _id_on(problem, Side.SALES),
        "version": version_of(problem),
        "since": instant(problem.since_s),
        "bcChanged": edited_view(last[Side.BC]),
        "salesChanged": edited_view(last[Side.SALES]),
        "fields": [_field_view(group, each, chosen) for group, each in contested(problem).items()],
    }


def edited_view(last: Edited) -> View:
    """When and by whom a record was changed last; null where the service does not tell."""
    return {"at": last.at or None, "by": last.by or None}


def _field_view(group: str, values: Mapping[str, Any], decided: Mapping[str, Any]) -> View:
    return {
        "group": group,
        "base": values["base"],
        "bc": values["bc"],
        "sales": values["sales"],
        "decided": decided[group]["winner"] if group in decided else None,
    }


def decide(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /conflicts/decide: say whose value counts; 202, because the records are looked at next."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mapping", "winner", "records", "all", "fields", "by"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    mapping = mapping_of(at, document.get("mapping"), "mapping").name
    done = decide_conflicts(parts, at, mapping, _decision(at, mapping, document))
    view = {
        "groups": done.groups,
        "records": list(done.records),
        "changed": list(done.changed),
        "notFound": list(done.not_found),
        "job": done.job or None,
        "more": done.more,
    }
    return Answer(202, view)


def _decision(at: ConnectionParts, mapping: str, document: Mapping[str, Any]) -> Decision:
    winner = document.get("winner")
    if winner not in tuple(Side):
        raise BadInput("winner", "it must be bc or sales")
    records = _records(document)
    if bool(records) is (document.get("all", False) is True):
        raise BadInput("records", "name records, or say “all”: true to decide every conflict of the mapping")
    return Decision(Side(winner), records, _fields(at, mapping, document), text_of(document, "by"))


def _records(document: Mapping[str, Any]) -> dict[str, str]:
    given = document.get("records", [])
    if not isinstance(given, list) or len(given) > MAX_RECORDS:
        raise BadInput("records", f"it must be a list of at most {MAX_RECORDS} records")
    return dict(map(_record, given))


def _record(given: object) -> tuple[str, str]:
    """A BC id, or an object of ``id`` and the ``version`` of the conflict that was seen."""
    found: dict[str, Any] = given if isinstance(given, dict) else {"id": given}
    record_id, version = found.get("id"), found.get("version", "")
    if (
        isinstance(record_id, str)
        and is_id(record_id)
        and isinstance(version, str)
        and len(version) <= MAX_ID
        and not found.keys() - {"id", "version"}
    ):
        return record_id.lower(), version
    raise BadInput("records", "each is an id of Business Central, or an object of id and version")


def _fields(at: ConnectionParts, mapping: str, document: Mapping[str, Any]) -> tuple[str, ...]:
    given = document.get("fields", [])
    if not isinstance(given, list) or len(given) > MAX_FIELDS:
        raise BadInput("fields", f"it must be a list of at most {MAX_FIELDS} names")
    known = {name for each in at.mapping(mapping).fields for name in (each.name, each.group)}
    for each in given:
        if not isinstance(each, str) or each not in known:
            raise BadInput("fields", f"{mapping} has no field “{str(each)[:MAX_ID]}”")
    return tuple(dict.fromkeys(given))
