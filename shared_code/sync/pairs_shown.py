"""Pairs as people look for them: by the number or name of a record, and by the id of one of the two."""

from __future__ import annotations

from typing import Any

from shared_code.core import filters
from shared_code.core.coupling import Coupling
from shared_code.core.labels import label_of
from shared_code.core.mapping import Mapping
from shared_code.core.records import Row, Side, Values
from shared_code.sync.parts import ConnectionParts, table_of
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.record_links import Links

MAX_TEXT = 100
MAX_FOUND = 50
"""Records of one answer."""


def pair_of(at: ConnectionParts, mapping: Mapping, side: Side, record_id: str) -> dict[str, Any] | None:
    """The pair of a record: both ids and names, whether both are in step; nothing where it is not coupled."""
    found = at.couplings(mapping.name).load(side, [record_id]).get(record_id)
    if not isinstance(found, Coupling) or not is_coupled(found):
        return None
    ids = {each: found.id_on(each) for each in Side}
    rows = {each: _values(at, mapping, each, own) for each, own in ids.items()}
    names = {each: label_of(mapping.side(each), row) for each, row in rows.items()}
    return {
        "bc": found.bc_id,
        "sales": found.sales_id,
        "bcName": names[Side.BC],
        "salesName": names[Side.SALES],
        "inStep": found.in_step,
        **Links(at).view(mapping.name, ids, rows),
    }


def name_of(at: ConnectionParts, mapping: Mapping, side: Side, record_id: str) -> str | None:
    """What a record is called; ``None`` where it is not there."""
    row = at.systems[side].read(table_of(mapping, side), [record_id]).get(record_id)
    return label_of(mapping.side(side), row.values) if row else None


def _values(at: ConnectionParts, mapping: Mapping, side: Side, record_id: str) -> Values:
    row = at.systems[side].read(table_of(mapping, side), [record_id]).get(record_id)
    return row.values if row else {}


def find(
    at: ConnectionParts, mapping: Mapping, side: Side, text: str, *, begins: bool = False
) -> list[dict[str, Any]]:
    """Records inside the mapping's filter one of whose display fields is ``text``, each with its partner.

    ``begins``: or begins with it; those that are called just so come first, the others by name.
    """
    table, system, rows = table_of(mapping, side), at.systems[side], dict[str, Row]()
    for column in mapping.side(side).display:
        found = (
            system.starting(table, column, text, MAX_FOUND) if begins else system.find(table, column, [text])
        )
        rows |= {each.id: each for each in found}
    offered = [each for each in rows.values() if _is_offered(at, mapping, side, each)]
    fit = sorted(offered, key=lambda each: _rank(mapping, side, each, text))[:MAX_FOUND]
    known = at.couplings(mapping.name).load(side, [each.id for each in fit])
    links = Links(at)
    return [_found(mapping, side, each, _partner(known.get(each.id), side), links) for each in fit]


def _rank(mapping: Mapping, side: Side, row: Row, text: str) -> tuple[bool, str]:
    """Where a record stands among those that are offered."""
    shown = [str(row.values.get(each) or "").casefold() for each in mapping.side(side).display]
    return text.casefold() not in shown, label_of(mapping.side(side), row.values).casefold()


def _found(mapping: Mapping, side: Side, row: Row, partner: str | None, links: Links) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": label_of(mapping.side(side), row.values),
        "coupledWith": partner,
        **links.view(mapping.name, {side: row.id, side.other: partner}, {side: row.values}),
    }


def _is_offered(at: ConnectionParts, mapping: Mapping, side: Side, row: Row) -> bool:
    company = at.connection.company_id
    foreign = filters.foreign(mapping, side, row.values, company)
    return filters.inside(mapping, side, row.values) and not foreign


def _partner(known: object, side: Side) -> str | None:
    return known.id_on(side.other) if isinstance(known, Coupling) and is_coupled(known) else None
