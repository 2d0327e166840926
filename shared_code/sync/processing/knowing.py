"""Knowing: a row of one side as the core decides on it."""

from __future__ import annotations

from shared_code.core import filters, order_line_values
from shared_code.core.mapping import Mapping
from shared_code.core.merging import Known
from shared_code.core.records import Row, Side, Value, Values
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.processing.links import LinkTable


def neutral_of(mapping: Mapping, side: Side, native: Values, links: LinkTable) -> dict[str, Value]:
    """A native record in neutral values.  ``links`` must hold what it refers to."""
    return {name: get(native, links) for name, get in mapping.getters[side]}


def known_of(
    at: ConnectionParts, mapping: Mapping, links: LinkTable, side: Side, row: Row, edited_at: str = ""
) -> Known:
    """What is known of a side once its row was read.  ``links`` must hold what it refers to."""
    values = neutral_of(mapping, side, row.values, links)
    if mapping.order_lines and mapping.lines:
        values[mapping.order_lines.name] = order_line_values.known(mapping.lines, side, row, links)
    return Known(
        row.id,
        row.version,
        values,
        filters.inside(mapping, side, row.values),
        filters.foreign(mapping, side, row.values, at.connection.company_id),
        filters.creatable(mapping, side, row.values),
        edited_at,
        str(row.values.get(mapping.side(side).merged_into or "") or ""),
    )
