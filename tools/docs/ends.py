"""What the services' metadata say of both ends of a field: type, length, and what may be written.

They are asked as a set-up asks them, of the simulated services, which publish the metadata that the real ones
do (names, types, lengths, what is read-only).
"""

from __future__ import annotations

from functools import cache

from local.simulation.world import World, build, published
from shared_code.core.descriptions import ColumnDescription, Described, Kind, NoTable
from shared_code.core.fitting import written_names
from shared_code.core.mapping import FieldMapping, Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import table_of
from shared_code.systems.business_central_orders import as_taken
from shared_code.systems.interface import Table

_TYPES = {
    Kind.TEXT: "text",
    Kind.DECIMAL: "decimal",
    Kind.INTEGER: "whole number",
    Kind.BOOLEAN: "yes or no",
    Kind.DAY: "date",
    Kind.MOMENT: "date and time",
    Kind.ID: "id",
    Kind.CHOICE: "choice",
    Kind.LOOKUP: "lookup",
    Kind.OTHER: "other",
}


def types_of(mapping: Mapping, each: FieldMapping, side: Side, *, of_line: bool = False) -> str:
    """Type and length of a field's end, of several columns each; blank for a constant without one.

    Raises ``LookupError`` for a table or column that the service does not have.
    """
    table = table_of(mapping, side)
    own = (table.lines if of_line else None) or table
    told = as_taken(_described(own, side), own, mapping.bc.api or "")
    if isinstance(told, NoTable):
        raise LookupError(f"{mapping.name}: {side.system_name} has no table {told.name}")
    columns = [told.columns[name] for name in written_names(each, side)]
    return ", ".join(dict.fromkeys(map(_type, columns)))


def _type(column: ColumnDescription) -> str:
    length = f" {column.length}" if column.length is not None else ""
    return f"{_TYPES[column.kind]}{length}{_writable(column)}"


def _writable(column: ColumnDescription) -> str:
    match column.at_creation, column.at_update:
        case False, False:
            return " (read-only)"
        case True, False:
            return " (at creation only)"
        case False, True:
            return " (after creation only)"
    return ""


@cache
def _world() -> World:
    return build([published()], bc_options={"extension": True})


@cache
def _described(table: Table, side: Side) -> Described:
    return _world().at.systems[side].describe(table)
