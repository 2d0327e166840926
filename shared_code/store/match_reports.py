"""Matching reports: a header that says how far a report is, what is worked with, and the lines.

Three partitions of each connection::

    <connection>               one header per report, the newest first
    <connection>|<id>|work     what the steps leave to each other:
        leaf|<side>|<n>                    scanned records with the digests of their keys
        bucket|<key>|<b>|<side>|<n>        records by the digest of one key
        taken|<side>|<leaf>|<key>|<n>      ids of a leaf that a key has paired
        alike|<side>|<leaf>|<key>|<n>      possible partners of records of a leaf
    <connection>|<id>|lines    <result>|<side>|<phase>|<n>: up to a hundred lines

A step that is repeated writes the same rows again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import batched

from shared_code.core.mapping import MatchKey
from shared_code.core.match_join import Keyed
from shared_code.core.match_report import Candidate, MatchLine, Phase, Report, Result
from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.divided_text import divided, joined
from shared_code.store.json_values import dump, load
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    Delete,
    Entity,
    Missing,
    Operation,
    Scalar,
    Tables,
    Upsert,
)

TABLE = "MatchReports"
LINES_OF_ROW = 100
MAX_NAME = 120
"""Characters of a name that a report keeps."""
TRANSACTION_CHARACTERS = 400_000
"""Text of one transaction, well below what the service takes."""


type Scanned = tuple[str, str, bool, Sequence[str]]
"""A record of a leaf: its id, what it is called, whether it is free, the digests of its keys."""


class MatchReportStore:
    """The matching reports of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._connection = connection

    def add(self, report: Report) -> None:
        self._tables.insert(TABLE, self._header(report))

    def get(self, report_id: str) -> Report | None:
        found = self._tables.get(TABLE, escape_key(self._connection), report_id)
        return _report(found) if found else None

    def newest(self, limit: int) -> list[Report]:
        """The newest first: ids begin with their inverted time."""
        rows = self._tables.query(TABLE, escape_key(self._connection), limit=limit)
        return [_report(each) for each in rows]

    def older_than(self, report_id: str, limit: int) -> list[str]:
        rows = self._tables.query(TABLE, escape_key(self._connection), first=report_id, limit=limit)
        return [each.row for each in rows]

    def put(self, report: Report) -> Report | None:
        """Write a report that is as it was read; ``None`` where somebody else moved it on."""
        try:
            written = self._tables.replace(TABLE, self._header(report))
        except (Changed, Missing, AlreadyExists):
            return None
        return replace(report, etag=written.etag)

    def remove(self, report_id: str) -> None:
        """Remove a report, its header last."""
        self.end_work(report_id)
        self._clear(self._lines(report_id))
        self._tables.delete(TABLE, escape_key(self._connection), report_id)

    def end_work(self, report_id: str) -> None:
        """Remove what the steps left to each other."""
        self._clear(self._work(report_id))

    def put_leaves(self, report_id: str, side: Side, first: int, leaves: Sequence[Sequence[Scanned]]) -> None:
        """Leaves of scanned records."""
        rows = (
            (f"leaf|{side}|{number:06d}", (_scanned_text(each) for each in leaf))
            for number, leaf in enumerate(leaves, first)
        )
        self._write_work(report_id, rows)

    def leaf(self, report_id: str, side: Side, number: int) -> list[Scanned]:
        rows = self._texts(report_id, f"leaf|{side}|{number:06d}")
        parted = (each.split("\t") for each in rows)
        return [(own, name, free == _FREE, keys) for own, name, free, *keys in parted]

    def put_buckets(
        self, report_id: str, key: int, side: Side, number: int, buckets: Mapping[int, Sequence[Keyed]]
    ) -> None:
        self._write_work(
            report_id,
            (
                (
                    f"bucket|{key:02d}|{bucket:05d}|{side}|{number:06d}",
                    (f"{each.id}\t{each.name}\t{each.leaf}\t{each.key}\t{_free(each.free)}" for each in own),
                )
                for bucket, own in buckets.items()
            ),
        )

    def bucket(self, report_id: str, key: int, bucket: int, side: Side) -> list[Keyed]:
        rows = self._texts(report_id, f"bucket|{key:02d}|{bucket:05d}|{side}|")
        parted = (each.split("\t") for each in rows)
        return [Keyed(own, name, int(leaf), key, free == _FREE) for own, name, leaf, key, free in parted]

    def put_found(
        self,
        report_id: str,
        key: int,
        number: int,
        taken: Mapping[tuple[Side, int], Sequence[str]],
        alike: Mapping[tuple[Side, int], Sequence[tuple[str, Keyed]]],
    ) -> None:
        """What a step of joining found, by side and leaf: who is paired, and who may be the same as whom."""
        self._write_work(
            report_id,
            ((f"taken|{side}|{leaf:06d}|{key:02d}|{number:06d}", ids) for (side, leaf), ids in taken.items()),
        )
        self._write_work(
            report_id,
            (
                (
                    f"alike|{side}|{leaf:06d}|{key:02d}|{number:06d}",
                    (f"{own}\t{other.id}\t{other.name}\t{key}" for own, other in found),
                )
                for (side, leaf), found in alike.items()
            ),
        )

    def taken(self, report_id: str, side: Side, leaf: int) -> set[str]:
        return set(self._texts(report_id, f"taken|{side}|{leaf:06d}|"))

    def all_taken(self, report_id: str, side: Side) -> Iterator[str]:
        """Whoever of a side is paired, of all leaves."""
        return self._texts(report_id, f"taken|{side}|")

    def alike(self, report_id: str, side: Side, leaf: int) -> dict[str, list[Candidate]]:
        found: dict[str, list[Candidate]] = {}
        for own, other in self._alike(report_id, f"alike|{side}|{leaf:06d}|"):
            found.setdefault(own, []).append(other)
        return found

    def all_alike(self, report_id: str, side: Side) -> Iterator[tuple[str, Candidate]]:
        """Records of a side with their possible partners, of all leaves."""
        return self._alike(report_id, f"alike|{side}|")

    def _alike(self, report_id: str, prefix: str) -> Iterator[tuple[str, Candidate]]:
        for each in self._texts(report_id, prefix):
            own, other, name, key = each.split("\t")
            yield own, Candidate(other, name, int(key))

    def put_lines(self, report_id: str, place: str, lines: Iterable[MatchLine]) -> None:
        """Lines of a step; ``place`` is the step's own."""
        by_kind: dict[str, list[MatchLine]] = {}
        for each in lines:
            by_kind.setdefault(f"{each.result}|{each.side}", []).append(each)
        rows = (
            (
                f"{kind}|{place}|{start:06d}",
                (dump(_line_values(each)) for each in own[start : start + LINES_OF_ROW]),
            )
            for kind, own in by_kind.items()
            for start in range(0, len(own), LINES_OF_ROW)
        )
        self._write(self._lines(report_id), rows)

    def lines(
        self, report_id: str, result: Result | None, rows: int, start: str = ""
    ) -> tuple[list[MatchLine], str]:
        """The lines of up to ``rows`` rows from the row ``start`` on, and the row to go on from."""
        prefix = f"{result}|" if result else ""
        found = list(
            self._tables.query(
                TABLE, self._lines(report_id), first=start or prefix, last=f"{prefix}~", limit=rows + 1
            )
        )
        texts = (text for each in found[:rows] for text in _rows_of(each))
        return [_line(load(text)) for text in texts], found[rows].row if len(found) > rows else ""

    def _texts(self, report_id: str, prefix: str) -> Iterator[str]:
        for each in self._tables.query_prefix(TABLE, self._work(report_id), prefix):
            yield from _rows_of(each)

    def _write_work(self, report_id: str, rows: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._write(self._work(report_id), rows)

    def _write(self, partition: str, rows: Iterable[tuple[str, Iterable[str]]]) -> None:
        group: list[Operation] = []
        size = 0
        for row, texts in rows:
            text = "\n".join(texts)
            if group and (size + len(text) > TRANSACTION_CHARACTERS or len(group) == MAX_ROWS):
                self._tables.transact(TABLE, group)
                group, size = [], 0
            group.append(Upsert(Entity(partition, row, divided("text", text))))
            size += len(text)
        self._tables.transact(TABLE, group)

    def _clear(self, partition: str) -> None:
        rows = (each.row for each in self._tables.query(TABLE, partition, select=(_KEYS_ONLY,)))
        for some in batched(rows, MAX_ROWS, strict=False):
            self._tables.transact(TABLE, [Delete(partition, row) for row in some])

    def _work(self, report_id: str) -> str:
        return escape_key(f"{self._connection}|{report_id}|work")

    def _lines(self, report_id: str) -> str:
        return escape_key(f"{self._connection}|{report_id}|lines")

    def _header(self, report: Report) -> Entity:
        return Entity(escape_key(self._connection), report.id, _values(report), report.etag)


MAX_ROWS = 100
_KEYS_ONLY = "none"
"""A value that no row has: only the keys come."""


_FREE = "1"


def _free(is_free: bool) -> str:
    return _FREE if is_free else ""


def _scanned_text(each: Scanned) -> str:
    own, name, is_free, keys = each
    return "\t".join((own, _named(name), _free(is_free), *keys))


def _named(name: str) -> str:
    """A name that fits between tabs and lines."""
    return " ".join(name.split())[:MAX_NAME].encode("utf-8", "replace").decode()


def _rows_of(entity: Entity) -> list[str]:
    text = joined("text", entity.values)
    return text.split("\n") if text else []


def _line_values(each: MatchLine) -> dict[str, object]:
    return {
        "r": each.result.value,
        "s": each.side.value,
        "i": each.id,
        "n": each.name,
        "c": [[one.id, one.name, one.key] for one in each.candidates],
    }


def _line(values: Mapping[str, object]) -> MatchLine:
    given = values["c"]
    assert isinstance(given, list | tuple)
    return MatchLine(
        Result(str(values["r"])),
        Side(str(values["s"])),
        str(values["i"]),
        str(values["n"]),
        tuple(Candidate(str(own), str(name), int(key)) for own, name, key in given),
    )


def _values(each: Report) -> dict[str, Scalar]:
    keys = [
        {"field": k.field, "with": list(k.together_with), "hints": k.hints, "case": k.case_sensitive}
        for k in each.keys
    ]
    return {
        "mapping": each.mapping,
        "created_at_s": float(each.created_at_s),
        "keys": dump({"keys": keys}),
        "phase": each.phase.value,
        "step": each.step,
        "side": each.side.value,
        "key": each.key,
        "place": each.place,
        "cursor": each.cursor,
        "leaves": dump({side.value: n for side, n in each.leaves.items()}),
        "records": dump({side.value: n for side, n in each.records.items()}),
        "buckets": each.buckets,
        "counts": dump(each.counts),
        "message": each.message[:2000],
        "finished_at_s": float(each.finished_at_s),
    }


def _report(entity: Entity) -> Report:
    values = entity.values
    return Report(
        entity.row,
        str(values["mapping"]),
        float(values["created_at_s"]),
        tuple(_key(each) for each in load(str(values["keys"]))["keys"]),
        Phase(str(values["phase"])),
        int(values["step"]),
        Side(str(values["side"])),
        int(values["key"]),
        int(values["place"]),
        str(values["cursor"]),
        {Side(side): int(n) for side, n in load(str(values["leaves"])).items()},
        {Side(side): int(n) for side, n in load(str(values["records"])).items()},
        int(values["buckets"]),
        {name: int(n) for name, n in load(str(values["counts"])).items()},
        str(values["message"]),
        float(values["finished_at_s"]),
        entity.etag,
    )


def _key(given: Mapping[str, object]) -> MatchKey:
    together = given["with"]
    assert isinstance(together, list | tuple)
    return MatchKey(
        str(given["field"]), hints=bool(given["hints"]), together_with=tuple(map(str, together)),
        case_sensitive=bool(given["case"]),
    )  # fmt: skip
