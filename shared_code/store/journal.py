"""The journal: every field Tandem changed, with the value it replaced and why.

A partition holds one mapping's entries of one month, so that a month that is past its time goes as a
whole, and a record's entries are found with one prefix query per month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared_code.core.records import Side, Values
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.json_values import dump, load_values
from shared_code.store.tables import Delete, Entity, Operation, Tables, Upsert, in_chunks

TABLE = "Journal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One write.  ``version`` is the stamp the write led to; with the record it names the entry, so that a
    repeated commit writes the same entry again.

    An ``overruled`` entry is written before its write: ``old`` holds values that a person wrote and that a
    rule or a direction decides against; its ``version`` is the one that was read.
    """

    mapping: str
    bc_id: str
    side: Side
    version: str
    at_s: float
    batch: str
    old: Values
    new: Values
    overruled: bool = False


KEEP_MONTHS = 13
"""How many months the journal remembers, the present one included."""


def month(at_s: float, back: int = 0) -> str:
    """The month of a moment, or one ``back`` months before it, as text that sorts by time."""
    at = datetime.fromtimestamp(at_s, UTC)
    years, months = divmod(at.year * 12 + at.month - 1 - back, 12)
    return f"{years:04d}-{months + 1:02d}"


class JournalStore:
    """The journal of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._connection = connection

    def add(self, mapping: str, entries: Sequence[Entry]) -> None:
        by_partition: dict[str, dict[str, Operation]] = {}
        for each in entries:
            entity = self._entity(each)
            by_partition.setdefault(entity.partition, {})[entity.row] = Upsert(entity)
        for operations in by_partition.values():
            for chunk in in_chunks(list(operations.values())):
                self._tables.transact(TABLE, chunk)

    def of_record(self, mapping: str, bc_id: str, now_s: float) -> Iterator[Entry]:
        """What was written on a pair of records, the newest month first."""
        for back in range(KEEP_MONTHS):
            partition = self._partition(mapping, month(now_s, back))
            for entity in self._tables.query_prefix(TABLE, partition, f"{bc_id}|"):
                yield _entry(mapping, entity)

    def remove_past(self, mapping: str, now_s: float) -> int:
        """Remove the months that are past their time; how many entries.  Looks back one more year."""
        return sum(self._remove(mapping, month(now_s, KEEP_MONTHS + back)) for back in range(12))

    def _remove(self, mapping: str, past: str) -> int:
        partition = self._partition(mapping, past)
        rows = [each.row for each in self._tables.query(TABLE, partition, select=("at_s",))]
        for chunk in in_chunks([Delete(partition, row) for row in rows]):
            self._tables.transact(TABLE, chunk)
        return len(rows)

    def _partition(self, mapping: str, of_month: str) -> str:
        return escape_key(f"{self._connection}|{mapping}|{of_month}")

    def _entity(self, each: Entry) -> Entity:
        return Entity(
            self._partition(each.mapping, month(each.at_s)),
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
        unescape_key(version),
        float(values["at_s"]),
        str(values["batch"]),
        load_values(str(values["old"])),
        load_values(str(values["new"])),
        bool(values["overruled"]),
    )
