"""Creations under a key, through Tandem's extension.

The extension stores the key in the transaction that creates the record, under a unique index: a repeat of the
creation is refused, and ``recordKeys`` tells which record the key led to.  A key outlives its record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_tables as tables
from shared_code.systems import odata
from shared_code.systems.business_central_batch import Part
from shared_code.systems.business_central_place import Place
from shared_code.systems.http import Client
from shared_code.systems.interface import Creation, SystemUnavailable, Table

API = "tandem/sync/v1.0"
KEY, CONTENT = "tandemKey", "content"
KEYS_PER_PART = 50
_TABLE_NUMBERS = {
    "customers": 18,
    "vendors": 23,
    "items": 27,
    "salesOrders": 36,
    "contacts": 5050,
    "orderNotes": 2_000_000_068,
}
"""The tables that are created in under a key, by entity set."""


def are_kept(table: Table) -> bool:
    """Whether creations in this table need a key."""
    return table.api == API and table.name in _TABLE_NUMBERS


def body(table: Table, creation: Creation) -> Mapping[str, object]:
    """What is sent to create a record, with its lines, and its key where the table keeps it.

    An order is created through the extension as one content, in one transaction; through API v2.0 its lines
    are nested.  Raises ValueError for what cannot be written.
    """
    values = tables.body(table, creation.values)
    lines = [_in_order(tables.body(table.lines, each.values)) for each in creation.lines if table.lines]
    if are_kept(table):
        named = [{"id": each.id} if each.id else {} for each in creation.lines]
        lines = [{**name, **line} for name, line in zip(named, lines, strict=False)]
    if not are_kept(table):
        return {**values, table.collection: lines} if lines else values
    keyed: Mapping[str, object] = {KEY: creation.id} if creation.id else {}
    return {**keyed, CONTENT: odata.dumps({**values, "lines": lines})} if lines else {**values, **keyed}


def _in_order(line: Mapping[str, object]) -> dict[str, object]:
    """A line with what it sells first: the service takes properties one after the other, and resolves a
    number by the type set so far (microsoft/BCApps, APIV2SalesOrderLines)."""
    first = [name for name in _LINE_BEGINS if name in line]
    return {name: line[name] for name in (*first, *line)}


_LINE_BEGINS = ("lineType", "itemId", "lineObjectNumber", "itemVariantId")


def made_under(client: Client, place: Place, table: Table, keys: Sequence[str]) -> dict[str, str]:
    """The ids of the records that were created under these keys, deleted ones too; one request."""
    wanted = list(dict.fromkeys(map(odata.guid, keys)))
    if not wanted:
        return {}
    parts = [_part(place, table, some) for some in odata.chunks(wanted, KEYS_PER_PART)]
    _, bodies = batch.get(client, place.of(table).root, "keys", parts)
    try:
        rows = [odata.mapping(row) for each in bodies for row in odata.rows(each)]
        found = {odata.guid(odata.text(row, KEY)): odata.guid(odata.text(row, "recordId")) for row in rows}
    except ValueError as error:
        raise SystemUnavailable(f"Business Central's keys of creations: {error}. Try again later.") from error
    return {key: record for key, record in found.items() if key in wanted}


def _part(place: Place, table: Table, keys: Sequence[str]) -> Part:
    condition = f"tableNumber eq {_TABLE_NUMBERS[table.name]} and ({odata.any_of(KEY, keys)})"
    url = odata.address(f"{place.company}/recordKeys", select=f"{KEY},recordId", filter=condition)
    return Part("GET", url, batch.READ_PRIMARY)
