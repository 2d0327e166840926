"""Orders and quotes of Sales as they are carried: with lines, what is computed of these, and the row beside.

Lines and the rows beside are read with a request of their own each, keyed by the orders' ids; expanded
collections cost the service more.  A submitted order and an active quote are read only, so their lines fit
their header.
Source: Microsoft docs webapi/query/join-tables.md; developer/entities/salesorder, quote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_code.core import orders, quotes
from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.lookups import target_id
from shared_code.core.records import Row, Value, Values
from shared_code.systems import odata
from shared_code.systems.interface import ORDER_LINES, Change, Column, Table

COMPANY = "customerCompany"
"""The company that an order's customer belongs to: the account, or the person, carries its mark."""
_CUSTOMER = "customerid"
_MARK = (Column("tandem_companyid"),)
_MARKED = (Table("accounts", "accountid", _MARK), Table("contacts", "contactid", _MARK))
type Compute = Callable[[Values, Sequence[Values]], Value]


@dataclass(frozen=True, slots=True)
class Document:
    """What is read of a table of documents beside the mapping's columns, and what is computed of it."""

    columns: tuple[str, ...]
    computed: Mapping[str, tuple[Kind, Compute]]


_AMOUNTS: Mapping[str, tuple[Kind, Compute]] = {
    "orderDiscount": (Kind.DECIMAL, lambda order, _: orders.discount_of(order)),
    "orderNet": (Kind.DECIMAL, orders.net_of),
}
_QUOTE: Mapping[str, tuple[Kind, Compute]] = {
    "quoteReference": (Kind.TEXT, lambda quote, _: quotes.reference_of(quote)),
    "quoteValidUntil": (Kind.DAY, lambda quote, _: quotes.valid_until(quote)),
}
_LINES: Mapping[str, tuple[Kind, Compute]] = {ORDER_LINES: (Kind.TEXT, lambda *_: None)}
_DOCUMENTS: Mapping[str, Document] = {
    "salesorders": Document(orders.ORDER_COLUMNS, {**_AMOUNTS, **_LINES}),
    "quotes": Document((*orders.ORDER_COLUMNS, *quotes.COLUMNS), {**_AMOUNTS, **_QUOTE}),
}
_LINE_TABLES = frozenset({"salesorderdetails", "quotedetails"})
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
    return table.name in _DOCUMENTS and (table.reads_lines or table.beside is not None)


def plain(table: Table) -> Table:
    """The table with nothing but its own columns, those among them that others are computed of."""
    if not is_composed(table):
        return table
    document = _DOCUMENTS[table.name]
    strange = {*document.computed, COMPANY, *table.beside_columns}
    kept = [each for each in table.columns if each.name not in strange]
    known = {each.name for each in kept}
    more = [Column(name) for name in document.columns if name not in known]
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
    return {
        row.id: replace(row, values={**row.values, COMPANY: marks.get(target_id(_customer(row)))})
        for row in made
    }


def _customer(row: Row) -> str:
    return str(row.values.get(_CUSTOMER) or "").lower()


def _marks(rows: Sequence[Row], read: ReadRows) -> dict[str, Value]:
    """The company of each customer."""
    customers = {_customer(row) for row in rows} - {""}
    marks: dict[str, Value] = {}
    for table in _MARKED:
        ids = sorted(
            target_id(each) for each in customers if (each.rpartition("/")[0] or "accounts") == table.name
        )
        found = read(table, table.key, ids) if ids else []
        marks |= {row.id: row.values["tandem_companyid"] for row in found}
    return marks


def _composed(table: Table, row: Row, lines: Sequence[Values], beside: Values) -> Row:
    wanted = {each.name for each in table.columns}
    values = {**row.values, **{name: beside.get(name) for name in table.beside_columns}}
    computed = _DOCUMENTS[table.name].computed
    values |= {name: of(row.values, lines) for name, (_, of) in computed.items() if name in wanted}
    return replace(row, values=values, lines=tuple(lines))


def _lines(table: Table, ids: Sequence[str], read: ReadRows) -> dict[str, list[Values]]:
    assert table.lines is not None, "lines that are read have a table"
    lookups = [each for each in table.lines.columns if each.target]
    name = f"{table.lines.key.removesuffix('id')}name"
    plainly = [Column(each) for each in (*orders.LINE_COLUMNS, name)]
    parent = Column(table.key, table.name)
    wide = Table(table.lines.name, table.lines.key, (*lookups, *plainly, parent))
    found: dict[str, list[Values]] = {}
    for row in read(wide, table.key, ids):
        owner = str(row.values[table.key]).lower()
        found.setdefault(owner, []).append(
            {**row.values, orders.LINE_ID: row.id, orders.LINE_NAME: row.values.get(name)}
        )
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
    if table.name in _LINE_TABLES:
        told: Mapping[str, Kind] = _LINE_KINDS
    elif table.name in _DOCUMENTS:
        computed = _DOCUMENTS[table.name].computed
        told = {COMPANY: Kind.TEXT, **{name: kind for name, (kind, _) in computed.items()}}
    else:
        told = {}
    return {
        name: ColumnDescription(name, kind, at_creation=name == ORDER_LINES, at_update=name == ORDER_LINES)
        for name, kind in told.items()
    }
