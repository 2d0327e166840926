"""``Tables`` on Azure Table storage.

Tables and connections are the business of Microsoft's client library; entities are composed and read by hand
(``azure_requests``).  Whole numbers always travel as 64-bit integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from urllib.parse import quote

import orjson
from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableServiceClient

from shared_code.runtime import Runtime
from shared_code.store.azure_requests import ask, place, received, remove, write
from shared_code.store.azure_service import CLIENT_OPTIONS, CONNECTION, attempt, credential, service_address
from shared_code.store.azure_transaction import transact
from shared_code.store.azure_wire import Wire, wire_of
from shared_code.store.codec import (
    after_prefix,
    check_bound,
    check_entity,
    check_key,
    check_replace,
    check_table_name,
    check_transaction,
    order_of,
)
from shared_code.store.tables import (
    Entity,
    Missing,
    Operation,
)

POINT_READS_AT_ONCE = 4
RANGE_FROM = 3
"""More rows than this are read along their range as long as it is not sparse."""
PROBE = 5
"""So many entities for each wanted row are read first, to see how close together the wanted ones lie."""
GROWING = 4
"""How many times as many are read next, as long as the wanted ones lie close together."""
SPARSE = 30
"""A range is sparse with fewer than one wanted row in so many: reading them one by one costs less then."""
AFTER_GAP, MOST_GAPS = 50, 4
"""After a sparse page so many entities are read from the next wanted row on; after so many sparse ones in a
row the rest is read one by one."""

PAGE = 1000
"""The most entities the service gives in one answer."""


def connect(settings: Mapping[str, str], name: str = CONNECTION) -> TableServiceClient:
    """The client for the process, with one connection pool.  Raises ``StorageRefused`` without settings.

    ``settings`` are named as the app's settings are (see ``azure_service``).
    """
    if text := settings.get(name):
        return TableServiceClient.from_connection_string(text, **CLIENT_OPTIONS)
    address = service_address(settings, "table", name)
    return TableServiceClient(address, credential=credential(settings, name), **CLIENT_OPTIONS)


class AzureTables:
    """``Tables`` over a service client; safe to share between threads.  ``wire``: in place of its own."""

    def __init__(self, runtime: Runtime, service: TableServiceClient, wire: Wire | None = None) -> None:
        self._runtime = runtime
        self._service = service
        self._wire = wire or wire_of(service, runtime.now)

    def ensure(self, tables: Iterable[str]) -> None:
        for table in tables:
            check_table_name(table)
            attempt(self._runtime, f"create table {table}", partial(self._create, table))

    def drop(self, table: str) -> None:
        check_table_name(table)
        attempt(self._runtime, f"delete table {table}", partial(self._service.delete_table, table))

    def get(self, table: str, partition: str, row: str) -> Entity | None:
        check_key(partition)
        check_key(row)
        path = table + place(partition, row)
        try:
            reply = self._read(f"get from {table}", partial(ask, self._wire, path))
        except Missing:
            return None
        return received(orjson.loads(reply.text))

    def get_many(
        self,
        table: str,
        partition: str,
        rows: Sequence[str],
        *,
        ordered: bool = False,
        select: Sequence[str] | None = None,
    ) -> dict[str, Entity]:
        wanted, found = sorted(set(rows), key=order_of), dict[str, Entity]()
        if len(wanted) > RANGE_FROM:
            size = PAGE if ordered else PROBE * len(wanted)
            wanted = self._get_range(table, partition, wanted, found, size, select)
        calls = [partial(self.get, table, partition, row) for row in wanted]
        single = self._runtime.run_all(calls, POINT_READS_AT_ONCE)
        return found | {entity.row: entity for entity in single if entity is not None}

    def _get_range(
        self,
        table: str,
        partition: str,
        rows: list[str],
        found: dict[str, Entity],
        page_size: int,
        select: Sequence[str] | None,
    ) -> list[str]:
        """Read along the range of the sorted rows as long as it is not sparse; the rows that are left.

        A page tells of a row that it passes whether it is there or not.  The first page may be a small one:
        in a large partition it costs little to see that the rows lie far apart, and in a small one it holds
        them all.  After a gap the next row is where it goes on.
        """
        size, gaps, asked = min(page_size, PAGE), 0, set(rows)
        while rows:
            page = list(self.query(table, partition, first=rows[0], last=rows[-1], limit=size, select=select))
            found |= {entity.row: entity for entity in page if entity.row in asked}
            if len(page) < size:
                return []
            passed = bisect_right(rows, order_of(page[-1].row), key=order_of)
            rows = rows[passed:]
            is_sparse = passed * SPARSE < len(page)
            gaps = gaps + 1 if is_sparse else 0
            if is_sparse and (gaps > MOST_GAPS or len(rows) <= AFTER_GAP):
                return rows
            size = AFTER_GAP if is_sparse else min(PAGE, GROWING * size)
        return []

    def query(
        self,
        table: str,
        partition: str,
        *,
        first: str | None = None,
        last: str | None = None,
        limit: int | None = None,
        select: Sequence[str] | None = None,
    ) -> Iterator[Entity]:
        check_key(partition)
        check_bound(first)
        check_bound(last)
        condition = _condition(partition, _term("ge", first), _term("le", last))
        return self._pages(table, condition, limit, select)

    def query_prefix(
        self,
        table: str,
        partition: str,
        prefix: str,
        *,
        limit: int | None = None,
        select: Sequence[str] | None = None,
    ) -> Iterator[Entity]:
        check_key(partition)
        check_bound(prefix)
        condition = _condition(partition, _term("ge", prefix), _term("lt", after_prefix(prefix)))
        return self._pages(table, condition, limit, select)

    def scan(self, table: str, *, limit: int) -> Iterator[Entity]:
        return self._pages(table, "", limit, None)

    def insert(self, table: str, entity: Entity) -> Entity:
        check_entity(entity)
        send = partial(write, self._wire, "POST", table, entity, {"Prefer": "return-no-content"})
        return replace(entity, etag=self._write(f"insert into {table}", entity.row, send))

    def replace(self, table: str, entity: Entity) -> Entity:
        check_replace(entity)
        path = table + place(entity.partition, entity.row)
        send = partial(write, self._wire, "PUT", path, entity, {"If-Match": entity.etag})
        return replace(entity, etag=self._write(f"replace in {table}", entity.row, send))

    def upsert(self, table: str, entity: Entity) -> Entity:
        check_entity(entity)
        send = partial(write, self._wire, "PUT", table + place(entity.partition, entity.row), entity, {})
        return replace(entity, etag=self._write(f"upsert into {table}", entity.row, send))

    def delete(self, table: str, partition: str, row: str, etag: str | None = None) -> None:
        check_key(partition)
        check_key(row)
        send = partial(remove, self._wire, table + place(partition, row), etag or "*")
        self._write(f"delete in {table}", row, send)

    def transact(self, table: str, operations: Sequence[Operation]) -> list[str]:
        check_transaction(operations)
        if not operations:
            return []
        return attempt(
            self._runtime,
            f"transaction of {len(operations)} in {table}",
            partial(transact, self._wire, table, operations),
        )

    def _create(self, table: str) -> None:
        try:
            self._service.create_table(table)
        except ResourceExistsError as error:
            if "TableBeingDeleted" in str(error):
                raise

    def _read[T](self, what: str, call: Callable[[], T]) -> T:
        return attempt(self._runtime, what, call, writes=False)

    def _write[T](self, what: str, row: str, call: Callable[[], T]) -> T:
        return attempt(self._runtime, f"{what}, row {row!r}", call)

    def _pages(
        self, table: str, condition: str, limit: int | None, select: Sequence[str] | None
    ) -> Iterator[Entity]:
        """The entities that meet the condition; each page is fetched when it is needed."""
        entities = self._unlimited(table, condition, PAGE if limit is None else min(limit, PAGE), select)
        return islice(entities, limit)

    def _unlimited(
        self, table: str, condition: str, size: int, select: Sequence[str] | None
    ) -> Iterator[Entity]:
        columns = None if select is None else ["PartitionKey", "RowKey", *select]
        query = {"$filter": condition, "$top": str(size), "$select": ",".join(columns or ())}
        going_on: dict[str, str] = {}
        while True:
            address = _address(table, {**query, **going_on})
            reply = self._read(f"query {table}", partial(ask, self._wire, address))
            yield from map(received, orjson.loads(reply.text)["value"])
            going_on = {name: found for name in _GOING_ON if (found := reply.headers.get(_CONTINUED + name))}
            if not going_on:
                return


_CONTINUED, _GOING_ON = "x-ms-continuation-", ("NextPartitionKey", "NextRowKey")


def _address(table: str, options: Mapping[str, str]) -> str:
    given = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items() if value)
    return f"{table}()?{given}"


def _condition(partition: str, *terms: str) -> str:
    """A filter for one partition; empty terms are left out."""
    return " and ".join([f"PartitionKey eq {_quoted(partition)}", *filter(None, terms)])


def _term(comparison: str, bound: str | None) -> str:
    """A comparison of the row key, empty without a bound."""
    return "" if bound is None else f"RowKey {comparison} {_quoted(bound)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
