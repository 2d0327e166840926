"""Who waits for whom: a record that needs another one's coupling is found again when that exists.

A hint and no more: a waiting record is also tried again by time, so that a lost hint only costs that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shared_code.core.identity import digest
from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.tables import Delete, Entity, Missing, Scalar, Tables, Upsert, in_chunks

TABLE = "Waiters"
MAX_WAITERS = 5000
"""Waiting records looked at when something was coupled."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """Record ``record_id`` of ``side`` in ``mapping`` waits for ``key`` (id or reference) of ``target``."""

    target: str
    key: str
    mapping: str
    side: Side
    record_id: str


class WaiterStore:
    """The waiting records of one connection, by the mapping they wait for."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._connection = connection

    def add(self, waiters: Iterable[Waiter]) -> None:
        by_target: dict[str, list[Waiter]] = {}
        for each in waiters:
            by_target.setdefault(each.target, []).append(each)
        for target, group in by_target.items():
            entities = {
                _row(each): Entity(self._partition(target), _row(each), _values(each)) for each in group
            }
            for chunk in in_chunks([Upsert(each) for each in entities.values()]):
                self._tables.transact(TABLE, chunk)

    def of(self, target: str) -> list[Waiter]:
        """The records that wait for something of this mapping."""
        found = self._tables.query(TABLE, self._partition(target), limit=MAX_WAITERS)
        return [_waiter(target, each) for each in found]

    def for_keys(self, target: str, keys: Collection[str]) -> list[Waiter]:
        """The records that wait for one of these keys, which are written as ``add`` was given them.

        Where more wait than can be looked at together, each key is asked for on its own.
        """
        waiting = self.of(target)
        if len(waiting) < MAX_WAITERS:
            return [each for each in waiting if each.key in keys]
        partition = self._partition(target)
        found = (e for key in keys for e in self._tables.query_prefix(TABLE, partition, _prefix(key)))
        return [_waiter(target, each) for each in found]

    def remove(self, waiters: Iterable[Waiter]) -> None:
        """Nobody waits any more, as far as somebody else did not take them off already."""
        by_partition: dict[str, set[str]] = {}
        for each in waiters:
            by_partition.setdefault(self._partition(each.target), set()).add(_row(each))
        for partition, rows in by_partition.items():
            for chunk in in_chunks([Delete(partition, row) for row in sorted(rows)]):
                self._delete(chunk)

    def _delete(self, gone: Sequence[Delete]) -> None:
        try:
            self._tables.transact(TABLE, gone)
        except Missing:
            for each in gone:
                self._tables.delete(TABLE, each.partition, each.row)

    def _partition(self, target: str) -> str:
        return escape_key(f"{self._connection}|{target}")


def _row(each: Waiter) -> str:
    return _prefix(each.key) + digest((each.mapping, each.side, each.record_id))


def _prefix(key: str) -> str:
    """What the rows of those begin with that wait for a key."""
    return f"{digest((key,))}|"


def _values(each: Waiter) -> dict[str, Scalar]:
    return {"key": each.key, "mapping": each.mapping, "side": each.side.value, "record_id": each.record_id}


def _waiter(target: str, entity: Entity) -> Waiter:
    values = entity.values
    side = Side(str(values["side"]))
    return Waiter(target, str(values["key"]), str(values["mapping"]), side, str(values["record_id"]))
