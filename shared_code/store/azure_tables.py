"""``Tables`` on Azure Table storage, by Microsoft's client library.

The library spends some milliseconds of CPU per request, so few requests at a time are enough.
Whole numbers always travel as 64-bit integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError
from azure.data.tables import EdmType, EntityProperty, TableClient, TableServiceClient, UpdateMode

from shared_code.runtime import Runtime
from shared_code.store.azure_service import CLIENT_OPTIONS, CONNECTION, attempt, credential, service_address
from shared_code.store.azure_transaction import transact
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
    Scalar,
    StorageRefused,
)

POINT_READS_AT_ONCE = 4
RANGE_FROM = 20
"""More rows than this are read along their range as long as it is not sparse."""
PROBE = 5
"""So many entities for each wanted row are read first, to see how close together the wanted ones lie."""
SPARSE = 30
"""A range is sparse with fewer than one wanted row in so many: reading them one by one costs less then."""

_KEYS = ("PartitionKey", "RowKey")

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
    """``Tables`` over a service client; safe to share between threads."""

    def __init__(self, runtime: Runtime, service: TableServiceClient) -> None:
        self._runtime = runtime
        self._service = service
        self._clients: dict[str, TableClient] = {}

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
        client = self._client(table)
        try:
            return self._read(f"get from {table}", lambda: _entity(client.get_entity(partition, row)))
        except Missing:
            return None

    def get_many(
        self, table: str, partition: str, rows: Sequence[str], *, ordered: bool = False
    ) -> dict[str, Entity]:
        wanted, found = sorted(set(rows), key=order_of), dict[str, Entity]()
        if len(wanted) > RANGE_FROM:
            size = PAGE if ordered else PROBE * len(wanted)
            wanted = self._get_range(table, partition, wanted, found, size)
        calls = [partial(self.get, table, partition, row) for row in wanted]
        single = self._runtime.run_all(calls, POINT_READS_AT_ONCE)
        return found | {entity.row: entity for entity in single if entity is not None}

    def _get_range(
        self, table: str, partition: str, rows: list[str], found: dict[str, Entity], page_size: int
    ) -> list[str]:
        """Read along the range of the sorted rows until it gets sparse; the rows that are left to be read.

        The first page may be a small one: in a large partition it costs little to see that the rows lie far
        apart, and in a small one it holds them all.
        """
        asked, first, size = set(rows), rows[0], min(page_size, PAGE)
        while True:
            page = list(self.query(table, partition, first=first, last=rows[-1], limit=size))
            hits = {entity.row: entity for entity in page if entity.row in asked}
            found |= hits
            if len(page) < size:
                return []
            first, size, sparse = page[-1].row, PAGE, len(hits) * SPARSE < len(page)
            if sparse:
                passed = order_of(first)
                return [row for row in rows if order_of(row) > passed]

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
        client = self._client(table)
        body = _body(entity)
        answer = self._write(f"insert into {table}", entity.row, lambda: client.create_entity(body))
        return replace(entity, etag=str(answer["etag"]))

    def replace(self, table: str, entity: Entity) -> Entity:
        check_replace(entity)
        client = self._client(table)
        body, conditions = _body(entity), _if_match(entity.etag)
        answer = self._write(
            f"replace in {table}",
            entity.row,
            lambda: client.update_entity(body, mode=UpdateMode.REPLACE, **conditions),
        )
        return replace(entity, etag=str(answer["etag"]))

    def upsert(self, table: str, entity: Entity) -> Entity:
        check_entity(entity)
        client = self._client(table)
        body = _body(entity)
        answer = self._write(
            f"upsert into {table}", entity.row, lambda: client.upsert_entity(body, mode=UpdateMode.REPLACE)
        )
        return replace(entity, etag=str(answer["etag"]))

    def delete(self, table: str, partition: str, row: str, etag: str | None = None) -> None:
        check_key(partition)
        check_key(row)
        client = self._client(table)
        conditions = _if_match(etag)
        self._write(f"delete in {table}", row, lambda: client.delete_entity(partition, row, **conditions))

    def transact(self, table: str, operations: Sequence[Operation]) -> list[str]:
        check_transaction(operations)
        if not operations:
            return []
        return attempt(
            self._runtime,
            f"transaction of {len(operations)} in {table}",
            partial(transact, self._service, table, operations),
        )

    def _client(self, table: str) -> TableClient:
        return self._clients.setdefault(table, self._service.get_table_client(table))

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
        columns = None if select is None else ["PartitionKey", "RowKey", "Timestamp", *select]
        going_on: Any = None
        while True:
            found = self._client(table).query_entities(condition, results_per_page=size, select=columns)
            pages: Any = found.by_page(going_on)
            yield from self._read(f"query {table}", partial(_page, pages))
            going_on = pages.continuation_token
            if not going_on:
                return


def _page(pages: Iterator[Iterable[Mapping[str, Any]]]) -> list[Entity]:
    return [_entity(entity) for entity in next(pages, ())]


def _condition(partition: str, *terms: str) -> str:
    """A filter for one partition; empty terms are left out."""
    return " and ".join([f"PartitionKey eq {_quoted(partition)}", *filter(None, terms)])


def _term(comparison: str, bound: str | None) -> str:
    """A comparison of the row key, empty without a bound."""
    return "" if bound is None else f"RowKey {comparison} {_quoted(bound)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _if_match(etag: str | None) -> dict[str, Any]:
    return {} if etag is None else {"etag": etag, "match_condition": MatchConditions.IfNotModified}


def _body(entity: Entity) -> dict[str, Any]:
    values = {name: _sent(value) for name, value in entity.values.items()}
    return values | {"PartitionKey": entity.partition, "RowKey": entity.row}


def _sent(value: Scalar) -> object:
    """Plain text, truth and doubles as they are; whole numbers marked as 64 bit."""
    match value:
        case bool() | float():
            return value
        case int():
            return EntityProperty(value, EdmType.INT64)
    return str(value)


def _received(value: Any) -> Scalar:
    plain = value.value if isinstance(value, EntityProperty) else value
    if isinstance(plain, str | int | float):
        return plain
    raise StorageRefused(f"A stored value is of a kind Tandem never writes ({type(plain).__name__}).")


def _entity(found: Any) -> Entity:
    given = {name: value for name, value in found.items() if name not in _KEYS and value is not None}
    values = {name: _received(value) for name, value in given.items()}
    return Entity(found["PartitionKey"], found["RowKey"], values, str(found.metadata.get("etag") or ""))
