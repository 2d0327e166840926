"""Examining what orders need: without the extension a field of Business Central is taken for their number."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import ConnectionParts

EXTERNAL_NUMBER = "externalDocumentNumber"


def examine_orders(at: ConnectionParts) -> Iterator[Finding]:
    """One finding for each mapping whose creations are known again by the external document number."""
    for mapping in at.mappings.values():
        if mapping.may_create(Side.BC) and _is_known_by_it(mapping):
            yield Finding(Area.MAPPING, f"{at.name}: {mapping.name}", Level.OK, TAKEN, KEEP_OFF)


def _is_known_by_it(mapping: Mapping) -> bool:
    named = (each.bc for each in mapping.fields if each.name == mapping.bc.found_by)
    return EXTERNAL_NUMBER in named


TAKEN = (
    "without the extension the external document number carries the number of the record in Sales, by which "
    "it is known again; the customer's own reference has no place and is not carried"
)
KEEP_OFF = (
    "Let nobody use the external document number of such documents for anything else. With Tandem's "
    "extension it holds the customer's own reference."
)
