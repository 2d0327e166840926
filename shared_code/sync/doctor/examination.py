"""The whole examination, and what the HTTP function for it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from shared_code.sync.api import Answer
from shared_code.sync.api_input import connection_of, refuse_unknown_parameters
from shared_code.sync.doctor.availability import examine_availability
from shared_code.sync.doctor.findings import Finding, Level, worst
from shared_code.sync.doctor.limits import examine_limits
from shared_code.sync.doctor.mappings import examine_mappings
from shared_code.sync.doctor.orders import examine_orders
from shared_code.sync.doctor.ownership import examine_ownership
from shared_code.sync.doctor.systems import examine_systems
from shared_code.sync.doctor.templates import examine_templates
from shared_code.sync.doctor.upkeep import examine_app, examine_schedules
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.setup.option_values import examine_options


def examine(parts: Parts, connections: list[ConnectionParts]) -> list[Finding]:
    """Everything that can be examined without writing; the worst first, else in the order of looking."""
    findings = list(_examined(parts, connections))
    return sorted(findings, key=lambda each: _ORDER.index(each.level))


_ORDER = (Level.FAULT, Level.WARNING, Level.OK)


def _examined(parts: Parts, connections: list[ConnectionParts]) -> Iterator[Finding]:
    for at in connections:
        of_systems = list(examine_systems(parts, at))
        yield from of_systems
        if worst(of_systems) is not Level.FAULT:  # What does not answer need not be asked for every mapping.
            yield from examine_mappings(parts, at)
            yield from examine_availability(parts, at)
            yield from examine_ownership(parts, at)
            yield from examine_options(at)
        yield from examine_templates(at)
        yield from examine_orders(at)
        yield from examine_schedules(parts, at)
    yield from examine_app(parts)
    yield from examine_limits(parts)


def get(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /doctor: the findings, and how it is on the whole."""
    refuse_unknown_parameters(query, "connection")
    named = "connection" in query
    chosen = [connection_of(parts, query["connection"])] if named else list(parts.connections.values())
    findings = examine(parts, chosen)
    shown = [{name: str(value) for name, value in asdict(each).items()} for each in findings]
    return Answer(200, {"status": str(worst(findings)), "findings": shown})
