"""Examining item availability: whether Business Central answers what a form would ask."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.sync.availability.names import ITEMS
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.systems.interface import SystemFault

NOBODY = "TANDEM-DOCTOR"
"""A number that no item has: the question is answered all the same."""
REMEDY = (
    "Give Tandem's user the permission sets that the page on availability names. Where the extension is "
    "meant, publish its present version, or take it out of FEATURES."
)


def examine_availability(parts: Parts, at: ConnectionParts) -> Iterator[Finding]:
    """One request, where items are synchronised."""
    if ITEMS not in at.mappings or at.name not in parts.desks:
        return
    subject = f"{at.name}: item availability"
    try:
        [held] = parts.desks[at.name].shelf.get([NOBODY]).values()
    except SystemFault as fault:
        yield Finding(Area.SYSTEM, subject, Level.WARNING, str(fault), REMEDY)
        return
    level = Level.WARNING if held.fault else Level.OK
    yield Finding(Area.SYSTEM, subject, level, held.fault or "it is answered", REMEDY if held.fault else "")
