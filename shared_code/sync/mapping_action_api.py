"""What the HTTP functions answer by which a person acts on a mapping in force."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf

from shared_code.core.mapping import Mapping
from shared_code.store.full_syncs import FullSync
from shared_code.sync.api import Answer, problem
from shared_code.sync.api_input import MAX_ID, NotFound, connection_of, refuse_unknown_parameters
from shared_code.sync.mapping_actions import NoBrake, release_brake, reset
from shared_code.sync.parts import ConnectionParts, Parts

type Act = Callable[[Parts, ConnectionParts, Mapping], FullSync]


def release(parts: Parts, name: str, query: MappingOf[str, str]) -> Answer:
    """POST /mappings/{name}/brake/release: what the brake saw really is so; 202 with the run's address."""
    try:
        return _started(parts, name, query, release_brake)
    except NoBrake as none:
        return problem(409, "There is no brake to release.", f"{none}; see brakes at GET /api/health")


def reset_mapping(parts: Parts, name: str, query: MappingOf[str, str]) -> Answer:
    """POST /mappings/{name}/reset: look at everything anew; 202 with the run's address."""
    return _started(parts, name, query, reset)


def _started(parts: Parts, name: str, query: MappingOf[str, str], act: Act) -> Answer:
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    if name not in at.mappings:
        raise NotFound(f"there is no mapping “{name[:MAX_ID]}”")
    started = act(parts, at, at.mappings[name])
    view = {"id": started.id, "connection": at.name, "status": "In Process"}
    return Answer(202, view, {"Location": f"/api/full-synchronizations/{started.id}?connection={at.name}"})
