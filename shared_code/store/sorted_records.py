"""Records of a scan, kept by how their ids begin until their turn comes.

They lie in the partition of the scan's job and go with it at the latest::

    seen|<side>|<beginning>|<step>|<take>|<n>    what a step saw, a line a record: id and what is known of it
    pair|...                                     pairs that are on file, by their ids on this side
    gone|...                                     what was not seen

An attempt at a step keeps what it found under a name of its own, its ``take``; the step as it was taken tells
whose counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from shared_code.core.records import Side
from shared_code.core.sorting import LENGTH, apart
from shared_code.store.codec import escape_key
from shared_code.store.divided_text import divided, joined
from shared_code.store.jobs import BATCHES
from shared_code.store.tables import Delete, Entity, Operation, Tables, Upsert, in_chunks

type Record = tuple[str, ...]
"""The id first; texts without tabs and line ends."""

PIECE = 1_000
"""Records in one row: fewer than half of what a row may hold."""
AT_ONCE = 2_000
"""Records in one transaction: far fewer than it may hold."""


class Kind(StrEnum):
    """What is kept of the records."""

    SEEN = "seen"
    PAIR = "pair"
    GONE = "gone"


class SortedRecords:
    """What one side's scan of one job keeps."""

    def __init__(self, tables: Tables, connection: str, job: str, side: Side) -> None:
        self._tables = tables
        self._partition = escape_key(f"{connection}|{job}")
        self._side = side

    def keep(
        self, kind: Kind, step: int, take: str, records: Iterable[Record], part: int = 0
    ) -> Mapping[str, int]:
        """Keep them for a step's attempt, which may do so in several parts; how many of each beginning."""
        by_beginning = apart((each[0], each) for each in records)
        rows = [
            (len(piece), self._entity(kind, beginning, f"{step:05d}|{take}|{part:03d}{number:03d}", piece))
            for beginning, found in sorted(by_beginning.items())
            for number, piece in enumerate(in_chunks(found, PIECE))
        ]
        for chunk in _transactions(rows):
            self._tables.transact(BATCHES, chunk)
        return {beginning: len(found) for beginning, found in by_beginning.items()}

    def between(self, kind: Kind, first: str, before: str | None, takes: Collection[str]) -> Iterator[Record]:
        """The records whose ids lie in a share, of these takes; those of one id in the order of the steps."""
        for each in self._rows(kind, first, before):
            if _take_of(each) in takes:
                yield from _records(each)

    def page(self, kind: Kind, start: str, most: int, takes: Collection[str]) -> tuple[list[Record], str]:
        """Records of these takes from a row on until there are ``most``, and the row to go on from; blank at
        the end."""
        found: list[Record] = []
        prefix = f"{kind}|{self._side}|"
        for each in self._tables.query(
            BATCHES, self._partition, first=start or prefix, last=prefix[:-1] + "}"
        ):
            if len(found) >= most:
                return found, each.row
            found += _records(each) if _take_of(each) in takes else ()
        return found, ""

    def remove(self, kind: Kind, first: str = "", before: str | None = None) -> None:
        """What was kept in a share is not needed any more; fine if it is not there."""
        rows = [each.row for each in self._rows(kind, first, before, ("beginning",))]
        for chunk in in_chunks([Delete(self._partition, row) for row in rows]):
            self._tables.transact(BATCHES, chunk)

    def _rows(
        self, kind: Kind, first: str, before: str | None, select: Sequence[str] | None = None
    ) -> Iterator[Entity]:
        prefix = f"{kind}|{self._side}|"
        start, end = first and first.ljust(LENGTH), before and before.ljust(LENGTH)
        last = prefix[:-1] + "}" if end is None else prefix + end
        found = self._tables.query(BATCHES, self._partition, first=prefix + start, last=last, select=select)
        return (each for each in found if each.row < last)

    def _entity(self, kind: Kind, beginning: str, name: str, piece: Sequence[Record]) -> Entity:
        text = "\n".join("\t".join(each) for each in piece)
        row = f"{kind}|{self._side}|{beginning}|{name}"
        return Entity(self._partition, row, {"beginning": beginning, **divided("records", text)})


def _transactions(rows: Iterable[tuple[int, Entity]]) -> Iterator[Sequence[Operation]]:
    chunk: list[Operation] = []
    size = 0
    for number, entity in rows:
        if chunk and size + number > AT_ONCE:
            yield from in_chunks(chunk)
            chunk, size = [], 0
        chunk.append(Upsert(entity))
        size += number
    yield from in_chunks(chunk)


def _take_of(entity: Entity) -> str:
    return entity.row.rsplit("|", 2)[1]


def _records(entity: Entity) -> Iterator[Record]:
    return (tuple(each.split("\t")) for each in joined("records", entity.values).split("\n"))
