"""Orders of Sales as they are carried: with their lines, what is computed of these, and the row beside them.

Lines and the rows beside are read with a request of their own each, keyed by the orders' ids; expanded
collections cost the service more.  A submitted order is read only, so its lines fit its header.
Source: Microsoft docs webapi/query/join-tables.md; developer/entities/salesorder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shared_code.core import orders
from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.records import Row, Value, Values
from shared_code.systems import odata
from shared_code.systems.interface import Change, Column, Table

ORDERS, LINES = "salesorders", "salesorderdetails"
COMPANY = "customerCompany"
"""The company that an order's customer belongs to: the account carries its mark."""
_CUSTOMER = "customerid"
_MARKED = Table("accounts", "accountid", (Column("tandem_companyid"),))
_COMPUTED: Mapping[str, Callable[[Values, Sequence[Values]], Value]] = {
    "orderDiscount": lambda order, _: orders.discount_of(order),
    "orderNet": orders.net_of,
}
_LINE_KINDS = {
    orders.KIND: Kind.TEXT,
    orders.TEXT: Kind.TEXT,
    orders.PRICE: Kind.DECIMAL,
    orders.DISCOUNT: Kind.DECIMAL,
    orders.PLACE: Kind.INTEGER,
}

type ReadRows = Callable[[Table, str, Sequence[str]], Sequence[Row]]
"""Reads the rows of a table whose column is one of these texts."""


def is_composed(table: Table) -> bool:
    """Whether a row is read from more than its own table."""
    return table.name == ORDERS and (table.reads_lines or table.beside is not None)


def plain(table: Table) -> Table:
    """The table with nothing but its own columns, those among them that others are computed of."""
    if not is_composed(table):
        return table
    strange = {*_COMPUTED, COMPANY, *table.beside_columns}
    kept = [each for each in table.columns if each.name not in strange]
    known = {each.name for each in kept}
    more = [Column(name) for name in orders.ORDER_COLUMNS if name not in known]
    scanned = tuple(name for name in table.scan_columns if name not in strange)
    own = (*kept, *more)
    return replace(table, columns=own, scan_columns=scanned, lines=None, beside=None, reads_lines=False)


def composed(table: Table, rows: Sequence[Row], read: ReadRows) -> dict[str, Row]:
    """The rows with their lines, what is computed, and the row beside; three requests more at most."""
    ids = [row.id for row in rows]
    lines = _lines(table, ids, read) if ids and table.reads_lines else {}
    beside = _beside(table, ids, read) if ids and table.beside else {}
    marks = _marks(rows, read) if any(each.name == COMPANY for each in table.columns) else {}
    made = (_composed(table, row, lines.get(row.id, []), beside.get(row.id, {})) for row in rows)
    return {row.id: replace(row, values={**row.values, COMPANY: marks.get(_customer(row))}) for row in made}


def _customer(row: Row) -> str:
    return str(row.values.get(_CUSTOMER) or "").lower()


def _marks(rows: Sequence[Row], read: ReadRows) -> dict[str, Value]:
    """The company of each customer."""
    ids = sorted({_customer(row) for row in rows} - {""})
    found = read(_MARKED, _MARKED.key, ids) if ids else []
    return {row.id: row.values["tandem_companyid"] for row in found}


def _composed(table: Table, row: Row, lines: Sequence[Values], beside: Values) -> Row:
    wanted = {each.name for each in table.columns}
    values = {**row.values, **{name: beside.get(name) for name in table.beside_columns}}
    values |= {name: of(row.values, lines) for name, of in _COMPUTED.items() if name in wanted}
    return replace(row, values=values, lines=tuple(lines))


def _lines(table: Table, ids: Sequence[str], read: ReadRows) -> dict[str, list[Values]]:
    assert table.lines is not None, "lines that are read have a table"
    lookups = [each for each in table.lines.columns if each.target]
    plainly = [Column(name) for name in orders.LINE_COLUMNS]
    parent = Column(table.key, table.name)
    wide = Table(table.lines.name, table.lines.key, (*lookups, *plainly, parent))
    found: dict[str, list[Values]] = {}
    for row in read(wide, table.key, ids):
        owner = str(row.values[table.key]).lower()
        found.setdefault(owner, []).append({**row.values, orders.LINE_ID: row.id})
    return found


def _beside(table: Table, ids: Sequence[str], read: ReadRows) -> dict[str, Values]:
    assert table.beside is not None, "it was asked for"
    wide = Table(table.beside.table, table.beside.key, tuple(map(Column, table.beside_columns)))
    return {row.id: row.values for row in read(wide, wide.key, ids)}


def parted(table: Table, change: Change) -> tuple[Change, Values]:
    """What a change writes to the row itself, and what to the one beside it."""
    beside = {name: value for name, value in change.values.items() if name in table.beside_columns}
    own = {name: value for name, value in change.values.items() if name not in beside}
    return replace(change, values=own), beside


def beside_body(table: Table, record_id: str, values: Values) -> dict[str, object]:
    """What is sent to write the row beside a record, or to make it."""
    assert table.beside is not None, "only such a table has columns beside"
    body: dict[str, object] = {odata.name(name): value for name, value in values.items()}
    target = f"/{odata.name(table.name)}({odata.guid(record_id)})"
    return {**body, f"{odata.name(table.beside.navigation)}@odata.bind": target}


def computed_columns(table: Table) -> dict[str, ColumnDescription]:
    """The columns that no metadata tells: those that are computed."""
    of_orders = {**dict.fromkeys(_COMPUTED, Kind.DECIMAL), COMPANY: Kind.TEXT}
    told = {ORDERS: of_orders, LINES: _LINE_KINDS}.get(table.name, {})
    return {
        name: ColumnDescription(name, kind, at_creation=False, at_update=False) for name, kind in told.items()
    }
