"""Examining the mappings of a connection: whether both systems hold what they name, and let it be read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from shared_code.core.mapping import Mapping
from shared_code.core.records import ZERO_ID, Side
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.mapping_check import check
from shared_code.sync.parts import ConnectionParts, Parts, table_of
from shared_code.systems.interface import AccessDenied, SystemFault

AT_ONCE = 4
"""Mappings that are examined at a time."""


def examine_mappings(parts: Parts, at: ConnectionParts) -> list[Finding]:
    """About ten requests a mapping: the tables as both systems describe them, and one read of each."""
    calls = [partial(_examined, at, each) for each in at.mappings.values()]
    return [finding for found in parts.runtime.run_all(calls, AT_ONCE) for finding in found]


def _examined(at: ConnectionParts, mapping: Mapping) -> list[Finding]:
    subject = f"{at.name}: {mapping.name}"
    try:
        misfits = check(at, mapping)
    except SystemFault as fault:
        return [Finding(Area.MAPPING, subject, Level.FAULT, str(fault), LATER)]
    faults = [_misfit(subject, each.side, each.field, each.reason, each.suggestion) for each in misfits]
    denied = [] if faults else list(_rights(at, mapping, subject))
    fits = Finding(Area.MAPPING, subject, Level.OK, "both systems hold what it names and let it be read")
    return faults or denied or [fits]


LATER = "Mend what the text tells, or try again later if the system was only busy."


def _misfit(subject: str, side: Side, field: str, reason: str, suggestion: str) -> Finding:
    place = f"{side.system_name}, {field}" if field else side.system_name
    return Finding(Area.MAPPING, subject, Level.FAULT, f"{place}: {reason}", suggestion)


def _rights(at: ConnectionParts, mapping: Mapping, subject: str) -> Iterator[Finding]:
    """Asks for a record that is nowhere: who may read the table is told that it is not there."""
    for side in Side:
        try:
            at.systems[side].read(table_of(mapping, side), [ZERO_ID])
        except AccessDenied as denied:
            yield Finding(Area.RIGHTS, subject, Level.FAULT, str(denied), GIVE)
        except SystemFault as fault:
            yield Finding(Area.MAPPING, subject, Level.FAULT, str(fault), LATER)


GIVE = "Give Tandem's user the right that the text names."
