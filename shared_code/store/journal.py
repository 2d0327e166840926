"""The journal: every field Tandem changed, with the value it replaced and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared_code.core.records import Side, Values
from shared_code.store.codec import escape_key
from shared_code.store.json_values import dump, load_values
from shared_code.store.tables import Entity, Tables, Upsert, in_chunks

TABLE = "Journal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One write.  ``version`` is the stamp the write led to; with the record it names the entry, so that a
    repeated commit writes the same entry again.  ``overruled`` tells that a rule decided a conflict."""

    mapping: str
    bc_id: str
    side: Side
    version: str
    at_s: float
    batch: str
    old: Values
    new: Values
    overruled: bool = False


class JournalStore:
    """The journal of one connection, a partition per mapping."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._connection = connection

    def add(self, mapping: str, entries: Sequence[Entry]) -> None:
        operations = {_row(each): Upsert(self._entity(each)) for each in entries}
        for chunk in in_chunks(list(operations.values())):
            self._tables.transact(TABLE, chunk)

    def of_record(self, mapping: str, bc_id: str) -> Iterator[Entry]:
        """What was written on a pair of records, oldest first per side."""
        found = self._tables.query_prefix(TABLE, self._partition(mapping), f"{bc_id}|")
        return (_entry(mapping, each) for each in found)

    def _partition(self, mapping: str) -> str:
        return escape_key(f"{self._connection}|{mapping}")

    def _entity(self, each: Entry) -> Entity:
        return Entity(
            self._partition(each.mapping),
            _row(each),
            {
                "at_s": float(each.at_s),
                "batch": each.batch,
                "old": dump(each.old),
                "new": dump(each.new),
                "overruled": each.overruled,
            },
        )


def _row(each: Entry) -> str:
    return f"{each.bc_id}|{each.side}|{escape_key(each.version)}"


def _entry(mapping: str, entity: Entity) -> Entry:
    bc_id, side, version = entity.row.split("|", 2)
    values = entity.values
    return Entry(
        mapping,
        bc_id,
        Side(side),
        version,
        float(values["at_s"]),
        str(values["batch"]),
        load_values(str(values["old"])),
        load_values(str(values["new"])),
        bool(values["overruled"]),
    )
