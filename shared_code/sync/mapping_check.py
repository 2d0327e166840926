"""Checking a mapping against what both systems say of its tables, before it is put to use."""

from __future__ import annotations

from shared_code.core.catalogue import for_connection
from shared_code.core.fitting import Misfit, faults_of
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, table_of


def check(at: ConnectionParts, mapping: Mapping) -> list[Misfit]:
    """In what the mapping does not fit the connection's systems; empty where it does.

    Both are asked anew, with a few requests each.  Raises ``SystemFault`` where one does not answer.
    """
    filled = for_connection(mapping, at.connection)
    bc, sales = (at.systems[side].describe(table_of(filled, side)) for side in (Side.BC, Side.SALES))
    return faults_of(filled, bc, sales, at.mappings)
