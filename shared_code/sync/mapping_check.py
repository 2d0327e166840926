"""Checking a mapping against what both systems say of its tables, before it is put to use."""

from __future__ import annotations

from shared_code.core.catalogue import for_connection
from shared_code.core.descriptions import Described
from shared_code.core.fitting import Misfit, faults_of, line_faults
from shared_code.core.fitting_moved import moved_faults
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, table_of
from shared_code.systems.business_central_orders import as_taken
from shared_code.systems.interface import Table


def _moved(at: ConnectionParts, mapping: Mapping, own: Described) -> list[Misfit]:
    """In what the entries that move the records do not fit."""
    rule = mapping.bc.moved_by
    if rule is None:
        return []
    entries = at.systems[Side.BC].describe(Table(rule.table, "id", (), api=mapping.bc.api or ""))
    return [Misfit(Side.BC, *fault) for fault in moved_faults(rule, own, entries)]


def check(at: ConnectionParts, mapping: Mapping) -> list[Misfit]:
    """In what the mapping does not fit the connection's systems; empty where it does.

    Both are asked anew, with a few requests each.  Raises ``SystemFault`` where one does not answer.
    """
    filled = for_connection(mapping, at.connection)
    tables = {side: table_of(filled, side) for side in Side}
    described = {side: at.systems[side].describe(table) for side, table in tables.items()}
    faults = faults_of(filled, described[Side.BC], described[Side.SALES], at.mappings)
    faults += _moved(at, filled, described[Side.BC])
    lines = {side: table.lines for side, table in tables.items()}
    bc, sales = lines[Side.BC], lines[Side.SALES]
    if bc is None or sales is None:
        return faults
    taken = as_taken(at.systems[Side.BC].describe(bc), bc, filled.bc.api or "")
    of_lines = (taken, at.systems[Side.SALES].describe(sales))
    return faults + line_faults(filled, *of_lines, at.mappings)
