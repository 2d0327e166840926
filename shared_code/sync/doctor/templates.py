"""Examining whether what Tandem makes in Business Central can be posted for: that takes a template."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import ConnectionParts
from shared_code.systems.business_central_keys import API

POSTED_FOR = ("customers", "vendors")
"""The tables whose records need posting groups, which come from a template."""
TEMPLATE_CODE = "templateCode"


def examine_templates(at: ConnectionParts) -> Iterator[Finding]:
    """One finding for each mapping that makes customers or vendors without a template."""
    for mapping in at.mappings.values():
        if mapping.bc.table in POSTED_FOR and mapping.may_create(Side.BC) and not _has_template(mapping):
            subject = f"{at.name}: {mapping.name}"
            if mapping.bc.api == API:
                name = NAME_ONE.format(mapping=mapping.name)
                yield Finding(Area.MAPPING, subject, Level.WARNING, WITHOUT, name)
            else:
                yield Finding(Area.MAPPING, subject, Level.OK, MAY_LACK, LOOK)


def _has_template(mapping: Mapping) -> bool:
    named = any(each.bc == TEMPLATE_CODE and each.constant for each in mapping.fields)
    return named or any(TEMPLATE_CODE in dict(each.values) for each in mapping.bc.new)


WITHOUT = (
    "no template is named: what Tandem makes in Business Central has no posting groups, and nothing can be "
    "posted for it until a bookkeeper completes it"
)
NAME_ONE = "Name a template in the app setting TEMPLATES: {mapping}=code."
MAY_LACK = (
    "API v2.0 takes no template: what Tandem makes in Business Central may lack posting groups, and cannot "
    "be posted for before a bookkeeper completes it"
)
LOOK = (
    "In Business Central, filter the list by a blank Gen. Bus. Posting Group from time to time. With the "
    "extension a template can be named (TEMPLATES)."
)
