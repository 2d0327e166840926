"""The in-memory twin of the table service, for tests and simulation; never used in production.

It keeps every promise of ``Tables``, limits included.  Each operation is one plain method without waiting,
so it is atomic wherever threads change places only at calls of the runtime (or in the hooks).  It holds no
lock: free-running threads must not write to one twin at the same time.

Two hooks see each operation, as ``hook(operation, table)``.  ``before`` may hand the turn to
another thread, or raise: nothing has happened then.  ``after`` runs when the operation has taken
effect and before its answer is given; raising there is a lost answer.  Both see what a real client would
send as requests: each page of a query, each point read of ``get_many``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from sys import intern

from shared_code.core.frozen import changed
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
from shared_code.store.ordered_keys import OrderedKeys
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    Delete,
    Entity,
    Insert,
    Missing,
    Operation,
    Replace,
    Scalar,
    StorageRefused,
    Upsert,
    partition_of,
)

_order_of = lru_cache(20_000)(order_of)
"""The same few keys come again and again."""

type Hook = Callable[[str, str], None]
"""Is told the operation, and the table or queue."""

PAGE = 1000
"""Entities per page of a query, as the service gives them."""


def nothing(_operation: str, _place: str) -> None:
    """The hook that does nothing."""


@dataclass(slots=True)
class _Partition:
    """Entities by the sort form of their row key, and these in order."""

    entities: dict[bytes, Entity] = field(default_factory=dict)
    order: OrderedKeys = field(default_factory=OrderedKeys)

    def put(self, entity: Entity) -> None:
        key = _order_of(entity.row)
        if key not in self.entities:
            self.order.add(key)
        self.entities[key] = entity

    def remove(self, row: str) -> None:
        key = _order_of(row)
        if self.entities.pop(key, None) is not None:
            self.order.remove(key)

    def page(self, start: bytes, end: bytes | None) -> list[Entity]:
        """Up to a page of entities from ``start``, before ``end``."""
        return [self.entities[key] for key in islice(self.order.between(start, end), PAGE)]


class MemoryTables:
    """``Tables`` in a dictionary.  The hooks may be replaced at any time."""

    def __init__(self, *, before: Hook = nothing, after: Hook = nothing) -> None:
        self.before = before
        self.after = after
        self._tables: dict[str, dict[str, _Partition]] = {}
        self._writes = 0

    def ensure(self, tables: Iterable[str]) -> None:
        for table in tables:
            check_table_name(table)
            self.before("ensure", table)
            self._tables.setdefault(table, {})
            self.after("ensure", table)

    def drop(self, table: str) -> None:
        check_table_name(table)
        self.before("drop", table)
        self._tables.pop(table, None)
        self.after("drop", table)

    def get(self, table: str, partition: str, row: str) -> Entity | None:
        check_key(partition)
        check_key(row)
        self.before("get", table)
        found = self._partition(table, partition).entities.get(_order_of(row))
        self.after("get", table)
        return found

    def get_many(
        self,
        table: str,
        partition: str,
        rows: Sequence[str],
        *,
        ordered: bool = False,
        select: Sequence[str] | None = None,
    ) -> dict[str, Entity]:
        if ordered and len(rows) > 50:
            return self._get_range(table, partition, rows, select)
        found = {row: self.get(table, partition, row) for row in dict.fromkeys(rows)}
        return {row: entity for row, entity in found.items() if entity is not None}

    def _get_range(
        self, table: str, partition: str, rows: Sequence[str], select: Sequence[str] | None
    ) -> dict[str, Entity]:
        asked = set(rows)
        first, last = min(rows, key=_order_of), max(rows, key=_order_of)
        between = self.query(table, partition, first=first, last=last, select=select)
        return {entity.row: entity for entity in between if entity.row in asked}

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
        end = None if last is None else _order_of(last) + b"\0\0"
        return self._walk(table, partition, _order_of(first or ""), end, limit, select)

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
        past = after_prefix(prefix)
        end = None if past is None else _order_of(past)
        return self._walk(table, partition, _order_of(prefix), end, limit, select)

    def scan(self, table: str, *, limit: int) -> Iterator[Entity]:
        left = limit
        for partition in sorted(self._table(table), key=_order_of):
            for entity in self._walk(table, partition, b"", None, left, None):
                left -= 1
                yield entity
            if left <= 0:
                return

    def insert(self, table: str, entity: Entity) -> Entity:
        check_entity(entity)
        return self._write("insert", table, Insert(entity))

    def replace(self, table: str, entity: Entity) -> Entity:
        check_replace(entity)
        return self._write("replace", table, Replace(entity))

    def upsert(self, table: str, entity: Entity) -> Entity:
        check_entity(entity)
        return self._write("upsert", table, Upsert(entity))

    def delete(self, table: str, partition: str, row: str, etag: str | None = None) -> None:
        check_key(partition)
        check_key(row)
        self.before("delete", table)
        if _order_of(row) in self._partition(table, partition).entities:
            self._examine(table, Delete(partition, row, etag), None)
            self._apply(table, Delete(partition, row, etag))
        self.after("delete", table)

    def transact(self, table: str, operations: Sequence[Operation]) -> list[str]:
        check_transaction(operations)
        if not operations:
            return []
        self.before("transact", table)
        for index, operation in enumerate(operations):
            self._examine(table, operation, index)
        etags = [self._apply(table, operation) for operation in operations]
        self.after("transact", table)
        return etags

    def _table(self, table: str) -> dict[str, _Partition]:
        if table not in self._tables:
            raise StorageRefused(f"There is no table {table}: it is created by ensure at the start.")
        return self._tables[table]

    def _partition(self, table: str, partition: str) -> _Partition:
        """The partition to read; one that is not there reads as empty."""
        return self._table(table).get(partition) or _Partition()

    def _walk(
        self,
        table: str,
        partition: str,
        start: bytes,
        end: bytes | None,
        limit: int | None,
        select: Sequence[str] | None,
    ) -> Iterator[Entity]:
        """Entities from ``start`` before ``end``; each page is read when it is needed."""
        given = 0
        while limit is None or given < limit:
            self.before("query", table)
            page = self._partition(table, partition).page(start, end)
            self.after("query", table)
            for entity in page[: None if limit is None else limit - given]:
                given += 1
                yield entity if select is None else _selected(entity, select)
            if len(page) < PAGE:
                return
            start = _order_of(page[-1].row) + b"\0\0"

    def _write(self, name: str, table: str, operation: Insert | Replace | Upsert) -> Entity:
        self.before(name, table)
        self._examine(table, operation, None)
        etag = self._apply(table, operation)
        self.after(name, table)
        return changed(operation.entity, etag=etag)

    def _examine(self, table: str, operation: Operation, index: int | None) -> None:
        """Raise the ``ConditionFailed`` that the present state calls for."""
        match operation:
            case Insert(entity):
                if self._stored(table, entity.partition, entity.row) is not None:
                    raise AlreadyExists(f"{entity.row!r} exists in {table} already.", index)
            case Replace(entity):
                self._expect(table, entity.partition, entity.row, entity.etag, index)
            case Delete(partition, row, etag):
                self._expect(table, partition, row, etag, index)

    def _expect(self, table: str, partition: str, row: str, etag: str | None, index: int | None) -> None:
        stored = self._stored(table, partition, row)
        if stored is None:
            raise Missing(f"{row!r} is not in {table}.", index)
        if etag not in (None, stored.etag):
            raise Changed(f"{row!r} in {table} was changed since it was read.", index)

    def _stored(self, table: str, partition: str, row: str) -> Entity | None:
        return self._partition(table, partition).entities.get(_order_of(row))

    def _apply(self, table: str, operation: Operation) -> str:
        target = self._table(table).setdefault(partition_of(operation), _Partition())
        if isinstance(operation, Delete):
            target.remove(operation.row)
            return ""
        self._writes += 1
        etag = f'W/"{self._writes}"'
        given = operation.entity
        target.put(Entity(intern(given.partition), given.row, _copied(given.values), etag))
        return etag


def _copied(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """A copy of its own, with plain text in place of enumeration members; names are held once for all."""
    return {intern(name): str(value) if isinstance(value, str) else value for name, value in values.items()}


def _selected(entity: Entity, select: Sequence[str]) -> Entity:
    held = entity.values
    return changed(entity, values={name: held[name] for name in select if name in held})
