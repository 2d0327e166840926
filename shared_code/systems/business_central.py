"""Business Central, one company of one environment, through API v2.0.

Reads ask for the primary, scans for the replica.
Sources: Microsoft docs api-reference/v2.0, webservices/use-odata-batch.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import partial
from urllib.parse import quote

from shared_code.core.conditions import Test
from shared_code.core.descriptions import Described, NoTable
from shared_code.core.records import ZERO_ID, Row, Side, Value
from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_currencies as currencies
from shared_code.systems import business_central_dated as dated
from shared_code.systems import business_central_deletions as tombstones
from shared_code.systems import business_central_filters as filters
from shared_code.systems import business_central_finding as finding
from shared_code.systems import business_central_keys as creation_keys
from shared_code.systems import business_central_metadata as metadata
from shared_code.systems import business_central_opportunities as opportunities
from shared_code.systems import business_central_orders as orders
from shared_code.systems import business_central_posted as posted
from shared_code.systems import business_central_tables as tables
from shared_code.systems import business_central_writes as writes
from shared_code.systems import odata
from shared_code.systems.business_central_batch import Part
from shared_code.systems.business_central_moved import scan_moved
from shared_code.systems.business_central_place import Place
from shared_code.systems.business_central_scan import currencies_part, readable, scan
from shared_code.systems.chunked import at_most
from shared_code.systems.counting import count
from shared_code.systems.http import Client, checked_address
from shared_code.systems.interface import (
    Change,
    Column,
    Count,
    Creation,
    Cursor,
    Deletions,
    Page,
    Refused,
    Removal,
    SettingWrong,
    SystemUnavailable,
    Table,
    WriteResult,
)

LOOK_BACK_S = 600.0
IDS_PER_PART = 100


def api_root(base: str, tenant: str, environment: str) -> str:
    """The address of API v2.0, without final slash: ``{base}/v2.0/{tenant}/{environment}/api/v2.0``."""
    return f"{base.rstrip('/')}/v2.0/{quote(tenant, safe='')}/{quote(environment, safe='')}/api/v2.0"


def own_root(base: str) -> str:
    """The address of API v2.0 of servers of one's own: ``{base}/api/v2.0``, where ``base`` ends with the name
    of the server instance (Microsoft docs: webservices/api-endpoint-structure.md)."""
    return f"{base.rstrip('/')}/api/v2.0"


class BusinessCentral:
    """One company.  ``root`` is ``api_root``'s address, ``environment`` only what ``identity`` repeats.

    ``base_currency`` tells the code that exchange rates are given towards; blank is the local currency.
    ``zone`` is the company's: its date tells which of several dated lines is in force.
    """

    def __init__(
        self,
        client: Client,
        root: str,
        company_id: str,
        *,
        environment: str = "",
        look_back_s: float = LOOK_BACK_S,
        base_currency: Callable[[], str] = lambda: "",
        zone: tzinfo = UTC,
    ) -> None:
        try:
            place = checked_address(root, "Business Central")
            self._place = Place(place, f"companies({odata.guid(company_id)})", base_currency, zone)
        except ValueError as error:
            raise SettingWrong(f"The Business Central company: {error}. Set the company's id.") from error
        self._client = client
        self._company_id = company_id.lower()
        self._environment = environment
        self._look_back_s = look_back_s

    @property
    def side(self) -> Side:
        return Side.BC

    def scan(self, table: Table, cursor: Cursor | None) -> Page:
        """One page; since a watermark it repeats the last ``look_back_s`` seconds."""
        if table.in_force:
            return dated.scan(self._client, self._place, table, table.in_force, cursor, self._look_back_s)
        if table.moved_by:
            return scan_moved(self._client, self._place, table, table.moved_by, cursor, self._look_back_s)
        return scan(self._client, self._place, table, cursor, self._look_back_s)

    def deletions(self, cursor: str) -> Deletions | None:
        """What Tandem's extension has written down; asked for only where the company has it."""
        return tombstones.since(self._client, self._place, cursor)

    def read(self, table: Table, ids: Sequence[str]) -> Mapping[str, Row]:
        """The records with these ids, in one HTTP request (currencies with a rate: two)."""
        at_most(len(ids), "ids")
        if table.in_force:
            return dated.read(self._client, self._place, table, table.in_force, ids)
        wanted = list(dict.fromkeys(map(odata.guid, ids)))
        if not wanted:
            return {}
        conditions = [odata.any_of(table.key, some) for some in odata.chunks(wanted, IDS_PER_PART)]
        rows = {row.id: row for row in self._rows(table, conditions, "read", zero=ZERO_ID in wanted)}
        if strange := rows.keys() - set(wanted):
            raise SystemUnavailable(
                f"Business Central answered {len(strange)} records of {table.name} that were not asked for: "
                "it ignored the filter. Its answer is not used."
            )
        return rows

    def find(self, table: Table, column: str, values: Iterable[Value]) -> list[Row]:
        """Records by the value of a column.  A blank value finds nothing.

        Whether case counts is up to the database behind the service; no other difference is accepted.
        """
        wanted = list(dict.fromkeys(value for value in values if value is not None and value != ""))
        at_most(len(wanted), "values")
        conditions = finding.conditions(table, column, wanted)
        if not conditions:
            return []
        rows: list[Row] = []
        for some in odata.chunks(conditions, batch.MAX_PARTS - 1):
            rows += self._rows(table, some, "find", extra=(column,))
        keys = {finding.comparable(value) for value in wanted}
        return [row for row in rows if finding.comparable(_value(table, row, column)) in keys]

    def starting(self, table: Table, column: str, text: str, limit: int) -> list[Row]:
        """Records that equal a text or begin with it, in one request; case counts but for usual spellings."""
        order = tables.Order(column, limit)
        begun = finding.beginning(column, text)
        parts = finding.conditions(table, column, [text]) + ([begun] if begun else [])
        found = {row.id: row for row in self._rows(table, parts, "find", extra=(column,), order=order)}
        return [row for row in found.values() if finding.begins(_value(table, row, column), text)]

    def create(self, table: Table, creations: Sequence[Creation]) -> list[WriteResult]:
        """Create records; the service chooses their ids, and keeps a creation's own as its key if it can."""
        results = writes.create(self._client, self._place, table, creations, self.read)
        return orders.checked(table, creations, results, partial(self.delete, table))

    def keeps_keys(self, table: Table) -> bool:
        """Whether the extension keeps the keys of creations in this table."""
        return creation_keys.are_kept(table)

    def made_under(self, table: Table, keys: Sequence[str]) -> Mapping[str, str]:
        """What the extension remembers of the creations under these keys; one request."""
        at_most(len(keys), "keys")
        return creation_keys.made_under(self._client, self._place, table, keys)

    def update(self, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
        """Write fields of records that still have the given etag."""
        return writes.update(self._client, self._place, table, changes, self.read)

    def delete(self, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
        """Delete records that still have the given etag.  Business Central refuses what was used."""
        if table.in_force:
            return [Refused("NotOffered", "a record made of dated lines is not deleted") for _ in removals]
        return writes.delete(self._client, self._place, table, removals)

    def count(self, table: Table, tests: Sequence[Test]) -> Count | None:
        """How many records meet all tests; ``None`` where they are made of dated lines."""
        described = self.describe(table)
        if table.in_force or isinstance(described, NoTable):
            return None
        query = filters.filter_query(tests, described.columns)
        what = f"Business Central's table {table.name}"
        return count(self._client, self._place.of(table).url(table), query, batch.READ_REPLICA, what)

    def identity(self) -> Mapping[str, str]:
        """companyId, companyName, companyDisplayName, systemVersion, localCurrencyCode, environment,
        clockAheadSeconds.
        """
        company = self._place.company
        parts = [Part("GET", company, batch.READ_PRIMARY), currencies.local_code_part(company)]
        _, (found, information) = batch.get(self._client, self._place.root, "identity", parts)
        try:
            entity = odata.mapping(found)
            return {
                "companyId": odata.guid(odata.text(entity, "id")),
                "companyName": odata.text(entity, "name"),
                "companyDisplayName": str(entity.get("displayName") or ""),
                "systemVersion": str(entity.get("systemVersion") or ""),
                "localCurrencyCode": currencies.local_code(information),
                "environment": self._environment,
                "clockAheadSeconds": self._client.clock_ahead,
            }
        except ValueError as error:
            raise SystemUnavailable(f"Business Central's company: {error}. Try again later.") from error

    def describe(self, table: Table) -> Described:
        """The table's properties as ``$metadata`` tells them: one request for a whole API."""
        return metadata.describe(self._client, self._place.of(table).root, table)

    def _rows(
        self,
        table: Table,
        conditions: Sequence[str],
        kind: str,
        *,
        zero: bool = False,
        extra: tuple[str, ...] = (),
        order: tables.Order | None = None,
    ) -> list[Row]:
        """All records that meet one of the conditions, or the first of each, from the primary."""
        wide = _with_columns(table, extra)
        if tables.has_exchange_rate(table):
            return self._currency_rows(wide, conditions, kind, zero=zero)
        parts = [self._read_part(wide, condition, order) for condition in conditions]
        _, bodies = batch.get(self._client, self._place.of(table).root, kind, parts)
        with readable(table):
            rows = tables.rows(wide, (entity for body in bodies for entity in tables.whole(body)))
        rows = opportunities.with_contacts(self._client, self._place, wide, rows, kind)
        return posted.with_posted(self._client, self._place, wide, rows, kind)

    def _read_part(self, table: Table, condition: str, order: tables.Order | None = None) -> Part:
        names = tables.column_names(table)
        url = odata.address(
            f"{self._place.company}/{odata.name(table.name)}",
            select=tables.select(table, names),
            expand=tables.expand_with_lines(table, names),
            filter=condition,
            **(order.options if order else {}),
        )
        return Part("GET", url, batch.READ_PRIMARY)

    def _currency_rows(self, table: Table, conditions: Sequence[str], kind: str, *, zero: bool) -> list[Row]:
        place = self._place
        names = tuple(tables.column_names(table))
        parts = [currencies_part(place, table, names, condition) for condition in conditions]
        parts.append(currencies.local_code_part(place.company))
        _, (*bodies, company) = batch.get(self._client, place.root, kind, parts)
        with readable(table):
            local = currencies.local_code(company)
            entities = [entity for body in bodies for entity in tables.whole(body)]
            codes = [odata.text(entity, "code") for entity in entities]
            rates = currencies.read_rates(self._client, place, local, codes, kind)
            rows = [
                currencies.with_rate(tables.row(table, entity), code, rates)
                for entity, code in zip(entities, codes, strict=True)
            ]
            return [*rows, currencies.local_currency(table, local, rates)] if zero else rows


def _value(table: Table, row: Row, column: str) -> Value:
    return row.id if column == table.key else row.values.get(column)


def _with_columns(table: Table, extra: tuple[str, ...]) -> Table:
    missing = [name for name in extra if name not in tables.column_names(table) and name != table.key]
    return replace(table, columns=(*table.columns, *map(Column, missing))) if missing else table
