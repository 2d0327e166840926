"""A table service laid over another: everything is read from below, and every write stays above.

What a preview does to couplings, jobs and schedules must be seen by its own later steps, also in other
processes, and by nobody else.  So the writes go to one table of its own, which is dropped in the end; a
deletion is kept there as a mark.  Whoever works over the overlay is promised what ``Tables`` promises, and
the suite of the table services tests it as a third one.

What others write below while the overlay lives is seen as it then is, unless the overlay holds that entity.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from shared_code.core.frozen import changed
from shared_code.core.identity import digest
from shared_code.store.codec import (
    check_bound,
    check_entity,
    check_key,
    check_replace,
    check_transaction,
    order_of,
)
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    ConditionFailed,
    Delete,
    Entity,
    Insert,
    Missing,
    Operation,
    Replace,
    StorageRefused,
    Tables,
    Upsert,
    partition_of,
    row_of,
)

LONGEST_PLACE = 250
"""Characters of a key that surely fit into the service's 1,024 bytes, also beyond the basic plane."""

GONE = "gone_above"
"""The property that marks an entity as deleted."""


@dataclass(frozen=True, slots=True)
class _Present:
    """The entity as it is seen (``None``: there is none), and the etag it has above, if it is there."""

    seen: Entity | None
    above: str = ""


class OverlayTables:
    """``Tables`` over ``below``, with the writes in its table ``table`` (which ``below`` holds as well)."""

    def __init__(self, below: Tables, table: str) -> None:
        self._below = below
        self._table = table

    def ensure(self, tables: Iterable[str]) -> None:
        self._below.ensure([*tables, self._table])

    def drop(self, table: str) -> None:
        """Raises ``StorageRefused``: nothing that lies below is touched; the overlay's own table is dropped
        there."""
        raise StorageRefused(f"{table} lies below an overlay, which removes nothing there.")

    def get(self, table: str, partition: str, row: str) -> Entity | None:
        check_key(partition)
        check_key(row)
        above = self._below.get(self._table, _place(table, partition), row)
        return _seen(above, partition) if above else self._below.get(table, partition, row)

    def get_many(
        self,
        table: str,
        partition: str,
        rows: Sequence[str],
        *,
        ordered: bool = False,
        select: Sequence[str] | None = None,
    ) -> dict[str, Entity]:
        present = self._present(table, partition, rows, ordered=ordered)
        return {row: each.seen for row, each in present.items() if each.seen}

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
        place = _place(table, partition)
        above = self._below.query(self._table, place, first=first, last=last, select=_with_mark(select))
        below = self._below.query(table, partition, first=first, last=last, select=select)
        return islice(_merged(above, below, partition), limit)

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
        place = _place(table, partition)
        above = self._below.query_prefix(self._table, place, prefix, select=_with_mark(select))
        below = self._below.query_prefix(table, partition, prefix, select=select)
        return islice(_merged(above, below, partition), limit)

    def scan(self, table: str, *, limit: int) -> Iterator[Entity]:
        """What lies below: administration looks at the real tables only."""
        return self._below.scan(table, limit=limit)

    def insert(self, table: str, entity: Entity) -> Entity:
        check_entity(entity)
        return self._write(table, Insert(entity))

    def replace(self, table: str, entity: Entity) -> Entity:
        check_replace(entity)
        return self._write(table, Replace(entity))

    def upsert(self, table: str, entity: Entity) -> Entity:
        check_entity(entity)
        return self._write(table, Upsert(entity))

    def delete(self, table: str, partition: str, row: str, etag: str | None = None) -> None:
        check_key(partition)
        check_key(row)
        try:
            self._one(table, Delete(partition, row, etag))
        except Missing:
            return

    def transact(self, table: str, operations: Sequence[Operation]) -> list[str]:
        check_transaction(operations)
        if not operations:
            return []
        partition = partition_of(operations[0])
        present = self._present(table, partition, [row_of(each) for each in operations])
        place = _place(table, partition)
        raised = [_raised(each, present[row_of(each)], place, index) for index, each in enumerate(operations)]
        try:
            etags = self._below.transact(self._table, raised)
        except ConditionFailed as failed:
            raise _told(failed, operations) from None
        return ["" if isinstance(o, Delete) else etag for o, etag in zip(operations, etags, strict=True)]

    def _write(self, table: str, operation: Insert | Replace | Upsert) -> Entity:
        return changed(operation.entity, etag=self._one(table, operation))

    def _one(self, table: str, operation: Operation) -> str:
        """One operation; outside a transaction a refusal names no position."""
        try:
            return self.transact(table, [operation])[0]
        except ConditionFailed as failed:
            raise type(failed)(str(failed)) from None

    def _present(
        self, table: str, partition: str, rows: Sequence[str], *, ordered: bool = False
    ) -> Mapping[str, _Present]:
        above = self._below.get_many(self._table, _place(table, partition), rows, ordered=ordered)
        rest = [row for row in rows if row not in above]
        below = self._below.get_many(table, partition, rest, ordered=ordered) if rest else {}
        held = {row: _Present(_seen(each, partition), each.etag) for row, each in above.items()}
        return held | {row: _Present(below.get(row)) for row in rest}


def _place(table: str, partition: str) -> str:
    """The overlay's partition for a partition below: a transaction reaches as far as there."""
    place = f"{table}|{partition}"
    return place if len(place) <= LONGEST_PLACE else f"{table}|{digest((place,))}"


def _seen(above: Entity, partition: str) -> Entity | None:
    return None if GONE in above.values else changed(above, partition=partition)


def _with_mark(select: Sequence[str] | None) -> Sequence[str] | None:
    return None if select is None else [*select, GONE]


def _merged(above: Iterator[Entity], below: Iterator[Entity], partition: str) -> Iterator[Entity]:
    """Both in key order as one; of two with the same key the one above counts, which comes first."""
    both = heapq.merge(
        ((order_of(each.row), _seen(each, partition)) for each in above),
        ((order_of(each.row), each) for each in below),
        key=lambda pair: pair[0],
    )
    for _, same in groupby(both, key=lambda pair: pair[0]):
        if (first := next(same)[1]) is not None:
            yield first


def _raised(operation: Operation, present: _Present, place: str, index: int) -> Operation:
    """The operation as it is done above, guarded by what is there.  Raises ``ConditionFailed``."""
    _examine(operation, present, index)
    entity = _content(operation, place)
    if isinstance(operation, Upsert):
        return Upsert(entity)
    return Replace(changed(entity, etag=present.above)) if present.above else Insert(entity)


def _content(operation: Operation, place: str) -> Entity:
    if isinstance(operation, Delete):
        return Entity(place, operation.row, {GONE: True})
    return changed(operation.entity, partition=place, etag="")


def _examine(operation: Operation, present: _Present, index: int) -> None:
    """Raise the ``ConditionFailed`` that what is seen calls for."""
    row = row_of(operation)
    match operation:
        case Insert():
            if present.seen:
                raise AlreadyExists(f"{row!r} exists already.", index)
        case Replace(Entity(etag=etag)) | Delete(etag=etag):
            if present.seen is None:
                raise Missing(f"{row!r} is not there.", index)
            if etag not in (None, present.seen.etag):
                raise Changed(f"{row!r} was changed since it was read.", index)


def _told(failed: ConditionFailed, operations: Sequence[Operation]) -> ConditionFailed:
    """What a refusal above means: somebody else wrote the row after it was looked at."""
    index = failed.index or 0
    kind = AlreadyExists if isinstance(operations[index], Insert) else Changed
    return kind(str(failed), index)
