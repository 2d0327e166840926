"""What the HTTP functions for problems answer: their groups, and what is done about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared_code.core.causes import MAX_CAUSE, Group
from shared_code.core.outcome import PROBLEMS
from shared_code.core.records import Side
from shared_code.sync import problem_actions
from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    BadInput,
    connection_of,
    document_of,
    flag_of,
    ids_of,
    mapping_of,
    refuse_unknown,
    refuse_unknown_parameters,
    side_of,
)
from shared_code.sync.parts import Parts
from shared_code.sync.problem_actions import Action, Done
from shared_code.sync.record_links import Links
from shared_code.sync.views import instant

MAX_RECORDS = 500
"""Records of one request."""


def list_groups(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /problem-groups: the problems by mapping, code and cause, the largest group first."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    groups, is_whole = problem_actions.groups_of(at)
    links = Links(at)
    return Answer(200, {"groups": [group_view(each, links) for each in groups], "complete": is_whole})


def group_view(each: Group, links: Links) -> dict[str, Any]:
    """A group as people and programs read it."""
    known = PROBLEMS.get(each.code)
    return {
        "mapping": each.mapping,
        "code": each.code,
        "cause": each.cause,
        "count": each.count,
        "setAside": each.set_aside,
        "since": instant(each.since_s),
        "meaning": known.meaning if known else "",
        "remedy": known.remedy if known else "",
        "healsByItself": bool(known and known.heals),
        "example": {
            "side": each.example.side.value,
            "id": each.example.record_id,
            "name": str(each.example.details.get("name", "")),
            "message": each.example.message,
            **links.of_problem(each.mapping, each.example),
        },
    }


def act(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /problems/actions: retry, skip, restore or delete records, a group, or all of a mapping."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mapping", "action", "records", "code", "cause", "all"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    mapping = mapping_of(at, document.get("mapping"), "mapping")
    action = _action(document)
    if "records" in document:
        done = problem_actions.act(parts, at, mapping, action, _records(document))
    else:
        done = problem_actions.act_on_group(parts, at, mapping, action, *_group(document, action))
    return Answer(202, _done_view(done))


def _action(document: Mapping[str, Any]) -> Action:
    given = document.get("action")
    if not isinstance(given, str) or given not in tuple(Action):
        raise BadInput("action", f"it must be one of {', '.join(Action)}")
    return Action(given)


def _records(document: Mapping[str, Any]) -> list[tuple[Side, str]]:
    given = document["records"]
    if any(name in document for name in ("code", "cause", "all")):
        raise BadInput("records", "name records, a group or all, not several of these")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_RECORDS:
        raise BadInput("records", f"it must be a list of 1 to {MAX_RECORDS} objects with side and id")
    return [_record(each) for each in given]


def _record(given: object) -> tuple[Side, str]:
    if not isinstance(given, dict) or given.keys() != {"side", "id"}:
        raise BadInput("records", "each must be an object with side and id")
    return side_of(given["side"], "records"), ids_of({"records": [given["id"]]}, "records", 1)[0]


def _group(document: Mapping[str, Any], action: Action) -> tuple[str, str]:
    """Code and cause; both blank where all of the mapping is meant."""
    code, cause = document.get("code", ""), document.get("cause", "")
    if code not in ("", *PROBLEMS):
        raise BadInput("code", "there is no such code; docs/problems.md lists them")
    if not isinstance(cause, str) or len(cause) > MAX_CAUSE or not (cause == "" or code):
        raise BadInput("cause", "it must be a cause as the groups list it, together with its code")
    if action not in (Action.RETRY, Action.SKIP):
        raise BadInput("records", f"to {action.value} needs the records it is meant for")
    if flag_of(document, "all") is bool(code):
        raise BadInput("all", "name records, a group by its code, or say all")
    return code, cause


def _done_view(done: Done) -> dict[str, Any]:
    left = [{"side": side.value, "id": own, "reason": why} for (side, own), why in done.left_out.items()]
    return {"jobs": list(done.jobs), "count": done.count, "leftOut": left}
