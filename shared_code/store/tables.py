"""What the stores ask of a table service: entities, conditional writes, ranges and small transactions.

A table is a set of entities, each found by partition and row key.  A partition is read in row key
order and is the reach of a transaction.  Two implementations keep the same promises and one suite
tests both: ``azure_tables.AzureTables`` (production) and ``memory.MemoryTables`` (tests, simulation).

Errors, all below ``StoreError``::

    StoreError
      ConditionFailed         somebody else was there first; ``index`` names the operation of a transaction
        AlreadyExists         an insert met an entity with the same keys
        Changed               the entity is not the one that was read (its etag differs)
        Missing               the entity to replace or delete is not there
      Unstorable              the service cannot hold this; nothing was stored
      StorageRefused          no such table or queue, or no right to it: repeating does not help
      StorageUnavailable      throttled, unreachable or failing after some attempts: come back later.
                              ``maybe_done`` says that the operation may have been carried out all the same

Whoever gets ``StorageUnavailable`` from a conditional write must be able to repeat it and to recognise
its own earlier success, exactly as after a crash between the write and its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Protocol

from shared_code.core.frozen import frozen

type Scalar = str | int | bool | float
"""One value of an entity.  Whole numbers are 64 bit, fractions IEEE doubles; blank is left out."""

MAX_TRANSACTION = 100
"""Operations in one transaction (Microsoft docs: storageservices/performing-entity-group-transactions)."""


class StoreError(Exception):
    """Anything that went wrong with storage.  The text names the operation and the place, never a value."""


class ConditionFailed(StoreError):
    """A conditional write was refused because of the entity's present state; nothing was applied.

    ``index`` is the position of the refused operation within a transaction, ``None`` outside one.
    """

    def __init__(self, text: str, index: int | None = None) -> None:
        super().__init__(text)
        self.index = index


class AlreadyExists(ConditionFailed):
    """An insert met an entity with the same keys."""


class Changed(ConditionFailed):
    """The entity was written by somebody else since it was read."""


class Missing(ConditionFailed):
    """The entity to replace or to delete is not there."""


class Unstorable(StoreError):
    """The service cannot hold what was given (a key, a size, a number of things); nothing was stored.

    Nearly always found before anything is sent.
    """


class StorageRefused(StoreError):
    """The table or queue does not exist or the identity has no right to it; repeating does not help."""


class StorageUnavailable(StoreError):
    """Throttled, unreachable or failing, after a bounded number of attempts.

    ``maybe_done`` is true where an answer was lost: the operation may have been carried out.
    """

    def __init__(self, text: str, *, maybe_done: bool = False) -> None:
        super().__init__(text)
        self.maybe_done = maybe_done


@frozen
class Entity:
    """One stored entity.

    ``etag`` identifies this very version of this entity (another entity may happen to have the same one);
    an entity that was not read or written yet has none.
    ``values`` hold no ``None``; property names are ASCII identifiers, except the service's own
    ``PartitionKey``, ``RowKey``, ``Timestamp`` and ``etag``.
    """

    partition: str
    row: str
    values: Mapping[str, Scalar] = field(default_factory=dict)
    etag: str = ""


@frozen
class Insert:
    """Create the entity; fails with ``AlreadyExists``."""

    entity: Entity


@frozen
class Replace:
    """Write the whole entity if it still has ``entity.etag``; fails with ``Changed`` or ``Missing``."""

    entity: Entity


@frozen
class Upsert:
    """Write the whole entity, whatever is there."""

    entity: Entity


@frozen
class Delete:
    """Remove the entity.

    With an etag only that version; fails with ``Changed``.  Within a transaction a missing entity
    fails with ``Missing`` even without an etag, because the service does so.
    """

    partition: str
    row: str
    etag: str | None = None


type Operation = Insert | Replace | Upsert | Delete


class Tables(Protocol):
    """A table service.  Every method may raise ``StorageUnavailable`` or ``StorageRefused``;
    whatever takes keys or entities may raise ``Unstorable`` before anything is sent.

    Row keys are ordered by their UTF-16 units; keys without characters above U+FFFF are thereby in the
    order of Python's ``sorted``.
    """

    def ensure(self, tables: Iterable[str]) -> None:
        """Create the tables that are not there.  Names: 3 to 63 letters and digits, a letter first."""
        ...

    def drop(self, table: str) -> None:
        """Remove the table with all it holds; fine if it is not there.

        The service takes a while for it, in which the name cannot be used again.
        """
        ...

    def get(self, table: str, partition: str, row: str) -> Entity | None:
        """The entity, or ``None``."""
        ...

    def get_many(
        self,
        table: str,
        partition: str,
        rows: Sequence[str],
        *,
        ordered: bool = False,
        select: Sequence[str] | None = None,
    ) -> dict[str, Entity]:
        """Those of the rows that exist, by row key; not one snapshot, each as it was when it was read.

        ``ordered`` says that the rows lie close together in key order, as they do in a full scan: more
        than 50 of them are then read with one range query instead of point reads.  ``select`` as in
        ``query``; an entity that is read alone may hold more.
        """
        ...

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
        """The partition's entities in row key order, from ``first`` to ``last`` (both included).

        Pages of at most 1000 are fetched as they are consumed, so an entity written meanwhile may or may
        not be seen.  ``select`` restricts the values; written back such an entity would lose the rest.
        """
        ...

    def query_prefix(
        self,
        table: str,
        partition: str,
        prefix: str,
        *,
        limit: int | None = None,
        select: Sequence[str] | None = None,
    ) -> Iterator[Entity]:
        """The partition's entities whose row key starts with ``prefix``, as ``query``."""
        ...

    def scan(self, table: str, *, limit: int) -> Iterator[Entity]:
        """The table's entities over all partitions, in key order; for administration only."""
        ...

    def insert(self, table: str, entity: Entity) -> Entity:
        """Create the entity and return it with its etag.  Raises ``AlreadyExists``."""
        ...

    def replace(self, table: str, entity: Entity) -> Entity:
        """Replace the whole entity if it still has ``entity.etag``; returns it with the new etag.

        Raises ``Changed`` or ``Missing``; ``Unstorable`` without an etag.
        """
        ...

    def upsert(self, table: str, entity: Entity) -> Entity:
        """Write the whole entity, whatever is there; returns it with its etag.

        For entities with one writer or with the same content from every writer: it overwrites silently.
        """
        ...

    def delete(self, table: str, partition: str, row: str, etag: str | None = None) -> None:
        """Remove the entity; fine if it is not there.  With another version's etag raises ``Changed``."""
        ...

    def transact(self, table: str, operations: Sequence[Operation]) -> list[str]:
        """Carry out all operations or none; returns the new etags in order, ``""`` for a deletion.

        At most 100 operations, all in one partition, no row twice, about 4 MiB of content.  None at all is
        fine.  Raises ``AlreadyExists``, ``Changed`` or ``Missing`` with ``index``.
        """
        ...


def in_chunks[T](operations: Sequence[T], size: int = MAX_TRANSACTION) -> Iterator[Sequence[T]]:
    """The operations in pieces of at most ``size``, in order.

    With an even ``size`` operations that were listed in pairs stay in one piece.
    """
    if size < 1:
        raise ValueError(f"A piece holds at least one operation, not {size}.")
    for start in range(0, len(operations), size):
        yield operations[start : start + size]


def partition_of(operation: Operation) -> str:
    """The partition key an operation works on."""
    return operation.partition if isinstance(operation, Delete) else operation.entity.partition


def row_of(operation: Operation) -> str:
    """The row key an operation works on."""
    return operation.row if isinstance(operation, Delete) else operation.entity.row
