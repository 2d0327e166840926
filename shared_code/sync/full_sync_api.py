"""What the HTTP functions for reviewing and steering a full synchronisation answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared_code.core.records import Side
from shared_code.sync import faults, full_sync_control, views
from shared_code.sync.api import Answer, problem
from shared_code.sync.api_input import (
    BadInput,
    NotFound,
    connection_of,
    document_of,
    id_of,
    mapping_of,
    refuse_unknown,
    refuse_unknown_parameters,
)
from shared_code.sync.full_sync_control import Control, LineControl, NotNow
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.review import Reviewed, review


def get_review(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /full-synchronization-review: what is recommended for each mapping, and in which wave it runs."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    return Answer(200, {"connection": at.name, "lines": [_reviewed(at, each) for each in review(parts, at)]})


def _reviewed(at: ConnectionParts, each: Reviewed) -> dict[str, Any]:
    return {
        "mapping": each.mapping,
        "title": at.mapping(each.mapping).title,
        "wave": each.wave,
        "dependencyFilter": "|".join(each.depends_on),
        "initialSynchRecommendation": each.recommendation,
        "uncoupled": {side.value: each.uncoupled.get(side, 0) for side in Side},
        "complete": each.whole,
        "message": each.message,
    }


def control(parts: Parts, full_sync: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /full-synchronizations/{id}/control: pause, resume or stop it."""
    at, document = _asked(parts, body, query, {"action"})
    action = document.get("action")
    if not isinstance(action, str) or action not in tuple(Control):
        raise BadInput("action", f"it must be one of {', '.join(Control)}")
    wanted = Control(action)
    return _call(parts, at, full_sync, lambda: full_sync_control.control(parts, at, full_sync, wanted))


def control_line(parts: Parts, full_sync: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /full-synchronizations/{id}/lines: restart a line, or put it back."""
    at, document = _asked(parts, body, query, {"action", "mapping"})
    action, name = document.get("action"), mapping_of(at, document.get("mapping"), "mapping").name
    if not isinstance(action, str) or action not in tuple(LineControl):
        raise BadInput("action", f"it must be one of {', '.join(LineControl)}")
    wanted = LineControl(action)
    return _call(
        parts, at, full_sync, lambda: full_sync_control.control_line(parts, at, full_sync, name, wanted)
    )


def _asked(
    parts: Parts, body: bytes, query: Mapping[str, str], fields: set[str]
) -> tuple[ConnectionParts, dict[str, Any]]:
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", *fields})
    return connection_of(parts, document.get("connection", query.get("connection"))), document


def _call(parts: Parts, at: ConnectionParts, full_sync: str, call: Callable[[], None]) -> Answer:
    if at.full_syncs.header(id_of(full_sync)) is None:
        raise NotFound(f"there is no full synchronisation {full_sync} of connection {at.name}")
    try:
        call()
    except NotNow as reason:
        return problem(409, "This cannot be done now.", str(reason))
    found = at.full_syncs.get(full_sync)
    assert found is not None
    view = views.full_sync_view(at, *found, faults.why_not(parts, at), parts.runtime)
    return Answer(202, view)
