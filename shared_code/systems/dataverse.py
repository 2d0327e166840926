"""Dynamics 365 Sales: one Dataverse organisation, through Web API 9.2.

Changes come from the service's change tracking, which reports deletions too; conditional writes rest on its
optimistic concurrency.  Sources: Microsoft docs use-change-tracking-synchronize-data-external-systems.md,
webapi/query/filter-rows.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from shared_code.core.conditions import Test
from shared_code.core.descriptions import Described, NoTable
from shared_code.core.records import Row, Side, Value
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import dataverse_beside as beside
from shared_code.systems import dataverse_closing as closing
from shared_code.systems import dataverse_creations as creating
from shared_code.systems import dataverse_filters as filters
from shared_code.systems import dataverse_membership as membership
from shared_code.systems import dataverse_metadata as metadata
from shared_code.systems import dataverse_options as options
from shared_code.systems import dataverse_orders as orders
from shared_code.systems import dataverse_rows as rows
from shared_code.systems import dataverse_writes as writes
from shared_code.systems import odata
from shared_code.systems.chunked import at_most, read_chunks
from shared_code.systems.counting import count
from shared_code.systems.http import Client, checked_address
from shared_code.systems.interface import (
    Change,
    Column,
    Count,
    Creation,
    Cursor,
    CursorExpired,
    Deletions,
    Page,
    Removal,
    SettingWrong,
    SystemUnavailable,
    Table,
    WriteResult,
)

PAGE_SIZE = 5_000
MAX_COUNTED = 5_000
"""Where the service stops counting (Microsoft docs webapi/query/count-rows.md)."""
MAX_PAGES = 20
"""Of one answer to a question for certain rows; lines of orders may take several."""


class Dataverse:
    """One organisation; ``environment_url`` is its address as the administrator sees it."""

    def __init__(self, client: Client, environment_url: str) -> None:
        self._client = client
        self._root = checked_address(environment_url, "Sales") + batch.API_PATH
        self._bulk: dict[str, bool] = {}
        self._probing = client.runtime.new_gate()
        self._base_currency = ""

    @property
    def side(self) -> Side:
        return Side.SALES

    def scan(self, table: Table, cursor: Cursor | None) -> Page:
        """One page of the change feed; its last page's delta link is the watermark."""
        if options.is_options(table):
            return options.scan(self._client, self._root, table)
        table = orders.plain(table)
        columns = rows.scan_columns(table)
        selected = rows.select(table, columns)
        start = odata.address(self._url(table), select=selected)
        url = start if cursor is None else self._link(table, _stored_link(cursor, selected))
        tracking = ["odata.track-changes"] if table.tracked else []
        prefer = rows.preferences(columns, *tracking, f"odata.maxpagesize={PAGE_SIZE}")
        answer = batch.get(self._client, url, "scan", f"changes of {table.name}", prefer)
        try:
            return self._page(table, columns, selected, odata.mapping(answer.data))
        except ValueError as error:
            raise _unusable(table, error) from error

    def read(self, table: Table, ids: Sequence[str]) -> Mapping[str, Row]:
        """The rows with these ids, in one request."""
        at_most(len(ids), "ids")
        if options.is_options(table):
            return options.read(self._client, self._root, table, ids)
        wanted = list(dict.fromkeys(map(odata.guid, ids)))
        own = self._filtered(orders.plain(table), table.key, wanted, "read")
        found = self._composed(table, own)
        if found.keys() - set(wanted):
            raise SystemUnavailable(f"Sales answered rows of {table.name} that were not asked for")
        return found

    def deletions(self, cursor: str) -> Deletions | None:
        """The changes of each table tell them."""
        return None

    def find(self, table: Table, column: str, values: Iterable[Value]) -> list[Row]:
        """Rows by the value of a column, regardless of case.  A blank value finds nothing."""
        wanted = list(dict.fromkeys(value for value in values if value is not None and value != ""))
        at_most(len(wanted), "values")
        if options.is_options(table):
            return options.find(self._client, self._root, table, column, wanted)
        known = {one.name for one in table.columns} | {table.key}
        wide = orders.plain(table)
        wide = wide if column in known else replace(wide, columns=(*wide.columns, Column(column)))
        texts = [text for text in map(membership.text, wanted) if text is not None]
        found = self._filtered(wide, self._property(wide, column), texts, "find")
        return list(self._composed(table, found).values())

    def starting(self, table: Table, column: str, text: str, limit: int) -> list[Row]:
        """Rows that begin with a text, regardless of case; one request, and one where it has wildcards."""
        if options.is_options(table):
            return options.starting(self._client, self._root, table, column, text, limit)
        start = filters.plain_start(text)
        equal = self.find(table, column, [text]) if start != text else []
        wide = orders.plain(table)
        query = f"startswith({self._property(wide, column)},{odata.literal(start)})"
        url = odata.address(
            self._url(table), select=rows.select(wide, wide.columns), filter=query,
            orderby=odata.name(column), top=str(limit),
        )  # fmt: skip
        begun = self._rows_at(wide, "find", [url]) if start else []
        fit = [row for row in begun if str(row.values.get(column)).casefold().startswith(text.casefold())]
        return list({row.id: row for row in (*equal, *self._composed(table, fit).values())}.values())

    def _composed(self, table: Table, own: Sequence[Row]) -> dict[str, Row]:
        if not orders.is_composed(table):
            return {row.id: row for row in own}
        return orders.composed(table, own, partial(self._read_all, "read"))

    def _read_all(self, kind: str, table: Table, column: str, texts: Sequence[str]) -> list[Row]:
        return self._filtered(table, self._property(table, column), texts, kind)

    def create(self, table: Table, creations: Sequence[Creation]) -> list[WriteResult]:
        """Create rows under the ids chosen by the caller; without one the service chooses."""
        if options.is_options(table):
            return [options.refuse(table, one) for one in creations]
        bulk = len(creations) > 1 and table.lines is None and self._bulk_create(table)
        alone = not orders.is_composed(table)
        return creating.create(
            self._client, self._root, table, creations, bulk=bulk, read=self.read, alone=alone
        )

    def keeps_keys(self, table: Table) -> bool:
        """A row is created under the id that the caller chose."""
        return not options.is_options(table)

    def made_under(self, table: Table, keys: Sequence[str]) -> Mapping[str, str]:
        """The keys are the rows' own ids."""
        return {key: key for key in self.read(table, keys)}

    def update(self, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
        """Write fields of rows that still have the given etag."""
        if options.is_options(table):
            return [options.refuse(table, one) for one in changes]
        if not table.beside:
            return closing.update(self._client, self._root, table, changes)
        return beside.update(self._client, self._root, table, changes, self.read)

    def delete(self, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
        """Delete rows that still have the given etag."""
        if options.is_options(table):
            return [options.refuse(table, one) for one in removals]
        return writes.delete(self._client, self._root, table, removals)

    def count(self, table: Table, tests: Sequence[Test]) -> Count | None:
        """How many rows meet all tests, up to 5,000; ``None`` for the options of a choice."""
        if options.is_options(table):
            return None
        described = self.describe(table)
        if isinstance(described, NoTable):
            return None
        query = filters.filter_query(tests, described.columns)
        what = f"Sales' rows of {table.name}"
        return count(self._client, self._url(table), query, batch.HEADERS, what, MAX_COUNTED)

    def identity(self) -> Mapping[str, str]:
        """organizationId, userId, businessUnitId, organizationName, baseCurrencyId, baseCurrencyCode,
        expireChangeTrackingInDays, clockAheadSeconds.
        """
        try:
            return self._identity()
        except ValueError as error:
            raise SystemUnavailable(f"Sales' organisation: {error}. Try again later.") from error

    def describe(self, table: Table) -> Described:
        """The table's columns as ``EntityDefinitions`` tells them: a few requests."""
        described = metadata.describe(self._client, self._root, orders.plain(table))
        if isinstance(described, NoTable):
            return described
        columns = {**described.columns, **orders.computed_columns(table)}
        if table.beside:
            own = Table(table.beside.table, table.beside.key, tuple(map(Column, table.beside_columns)))
            told = metadata.describe(self._client, self._root, own)
            known = {} if isinstance(told, NoTable) else told.columns
            columns |= {name: known[name] for name in table.beside_columns if name in known}
        return replace(described, columns=columns)

    def base_currency_code(self) -> str:
        """The ISO code of the organisation's base currency, which never changes; asked once."""
        if not self._base_currency:
            self._base_currency = self.identity()["baseCurrencyCode"]
        return self._base_currency

    def _identity(self) -> Mapping[str, str]:
        who = self._entity("WhoAmI", "sign-in check")
        organization = odata.guid(odata.text(who, "OrganizationId"))
        place = odata.address(
            f"organizations({organization})",
            select="name,_basecurrencyid_value,expirechangetrackingindays",
            expand="basecurrencyid($select=isocurrencycode)",
        )
        found = self._entity(place, "organisation")
        base = odata.mapping(found.get("basecurrencyid"))
        return {
            "organizationId": organization,
            "userId": odata.guid(odata.text(who, "UserId")),
            "businessUnitId": odata.guid(odata.text(who, "BusinessUnitId")),
            "organizationName": odata.text(found, "name"),
            "baseCurrencyId": odata.guid(odata.text(found, "_basecurrencyid_value")),
            "baseCurrencyCode": odata.text(base, "isocurrencycode"),
            "expireChangeTrackingInDays": str(found.get("expirechangetrackingindays") or ""),
            "clockAheadSeconds": self._client.clock_ahead,
        }

    def _entity(self, path: str, what: str) -> Mapping[str, object]:
        return odata.mapping(batch.get(self._client, f"{self._root}/{path}", "identity", what).data)

    def _url(self, table: Table) -> str:
        return f"{self._root}/{odata.name(table.name)}"

    def _link(self, table: Table, link: str) -> str:
        if not odata.same_place(link, self._url(table)):
            raise SystemUnavailable(f"Sales named a next page outside of {self._url(table)}: not followed.")
        return link

    def _page(
        self, table: Table, columns: Sequence[Column], selected: str, data: Mapping[str, object]
    ) -> Page:
        entities = odata.rows(data)
        seen = rows.sightings(table, columns, (one for one in entities if not _is_deletion(one)))
        deleted = tuple(odata.guid(odata.text(one, "id")) for one in entities if _is_deletion(one))
        following, delta = data.get("@odata.nextLink"), data.get("@odata.deltaLink")
        if isinstance(following, str):
            return Page(seen, deleted, next=_cursor("next", self._link(table, following), selected))
        if isinstance(delta, str):
            return Page(seen, deleted, watermark=_cursor("delta", self._link(table, delta), selected))
        if not table.tracked:
            return Page(seen, watermark=_UNTRACKED)
        raise SettingWrong(
            f"Sales gave no delta link for {table.name}: turn on change tracking for it in Power Apps."
        )

    def _filtered(self, table: Table, column: str, texts: Sequence[str], kind: str) -> list[Row]:
        """Rows whose ``column`` is one of ``texts``, in as few requests as addresses can hold."""
        start = odata.address(
            self._url(table), select=rows.select(table, table.columns), filter=membership.FILTER
        )
        urls = membership.addresses(start, column, texts)
        return read_chunks(self._client, urls, 1, partial(self._rows_at, table, kind))

    def _rows_at(self, table: Table, kind: str, urls: Sequence[str]) -> list[Row]:
        url, found = urls[0], list[Row]()
        for _ in range(MAX_PAGES):
            answer = batch.get(
                self._client, url, kind, f"table {table.name}", rows.preferences(table.columns)
            )
            try:
                found += rows.rows(table, odata.rows(answer.data))
                following = odata.mapping(answer.data).get("@odata.nextLink")
            except ValueError as error:
                raise _unusable(table, error) from error
            if not isinstance(following, str):
                return found
            url = self._link(table, following)
        raise _unusable(table, ValueError(f"more rows than {MAX_PAGES} pages hold"))

    def _property(self, table: Table, column: str) -> str:
        lookups = {one.name for one in table.columns if one.target}
        return f"_{odata.name(column)}_value" if column in lookups else odata.name(column)

    def _bulk_create(self, table: Table) -> bool:
        """Asked once for each table, by whoever comes first of those who create at the same time."""
        with self._probing.passing(1):
            if table.name not in self._bulk:
                self._bulk[table.name] = creating.supports_bulk_create(self._client, self._root, table)
            return self._bulk[table.name]


_UNTRACKED = Cursor('{"kind":"untracked"}')
"""Where a complete scan ends of a table whose changes nobody follows."""


def _is_deletion(entity: Mapping[str, object]) -> bool:
    return str(entity.get("@odata.context", "")).endswith("/$deletedEntity")


def _cursor(kind: str, link: str, selected: str) -> Cursor:
    return Cursor(odata.dumps({"kind": kind, "link": link, "select": selected}))


def _stored_link(cursor: Cursor, selected: str) -> str:
    """The link of a cursor.  A link asks for the columns it was made for: with others it is of no use."""
    try:
        data = odata.mapping(odata.loads(cursor.text))
        if data.get("select") == selected:
            return odata.text(data, "link")
    except ValueError:
        pass
    raise CursorExpired("The stored position in Sales is for other columns. A full scan starts anew.")


def _unusable(table: Table, error: ValueError) -> SystemUnavailable:
    return SystemUnavailable(f"Sales' answer for {table.name} cannot be used: {error}.")
