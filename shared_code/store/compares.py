"""Compares: how far each mapping is, its sums, and the records that may have drifted.

Rows of a partition (connection)::

    <compare>                                   when it began
    line|<compare>|<mapping>                    how far a mapping is
    record|<compare>|<mapping>|<side>|<id>      a record that looked wrong, and the finding if it was
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared_code.core.compare import Finding, Sums
from shared_code.core.records import Side
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.json_values import dump, load
from shared_code.store.tables import (
    ConditionFailed,
    Delete,
    Entity,
    Insert,
    Scalar,
    Tables,
    Upsert,
    in_chunks,
)

TABLE = "Compares"
COMPARE_ID = "compare-"
"""Begins the id of every compare."""


class Phase(StrEnum):
    """Scanning each side, adding up what is on file, asking for what was not seen, looking a second time."""

    BC = "bc"
    SALES = "sales"
    STORED = "stored"
    ABSENT_BC = "absent_bc"
    ABSENT_SALES = "absent_sales"
    CONFIRM = "confirm"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Line:
    """One mapping of a compare.

    ``seen`` are the records of each side, ``uncoupled`` those inside the filter without a partner,
    ``coupled`` the sums of the coupled ones, ``stored`` those of what is on file.  ``suspects`` looked wrong
    at first; ``findings`` are what is left of them.  ``more``: there were more than are listed.
    """

    compare: str
    mapping: str
    phase: Phase = Phase.BC
    number: int = 0
    cursor: str = ""
    started_at_s: float = 0.0
    finished_at_s: float = 0.0
    seen: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    uncoupled: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    coupled: dict[Side, Sums] = field(default_factory=lambda: dict.fromkeys(Side, Sums()))
    stored: dict[Side, Sums] = field(default_factory=lambda: dict.fromkeys(Side, Sums()))
    suspects: int = 0
    findings: int = 0
    more: bool = False
    message: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A record that looked wrong, at the version it had then; ``finding`` once a second look confirmed it."""

    mapping: str
    side: Side
    id: str
    version: str
    kind: Finding
    finding: str = ""
    text: str = ""


class CompareStore:
    """The compares of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def add(self, compare: str, mappings: Sequence[str], now_s: float) -> None:
        """Put a compare and a line for each mapping on file."""
        header = Entity(self._partition, compare, {"created_at_s": float(now_s)})
        lines = [self._line_entity(Line(compare, name, started_at_s=now_s)) for name in mappings]
        for chunk in in_chunks([Insert(each) for each in (header, *lines)]):
            self._tables.transact(TABLE, chunk)

    def newest(self, limit: int) -> list[tuple[str, float]]:
        """The newest compares with the time they began: ids begin with the inverted time."""
        rows = self._tables.query_prefix(TABLE, self._partition, COMPARE_ID, limit=limit)
        return [(each.row, float(each.values["created_at_s"])) for each in rows]

    def lines(self, compare: str) -> list[Line]:
        rows = self._tables.query_prefix(TABLE, self._partition, f"line|{compare}|")
        return [_line(compare, each) for each in rows]

    def line(self, compare: str, mapping: str) -> Line | None:
        found = self._tables.get(TABLE, self._partition, f"line|{compare}|{escape_key(mapping)}")
        return _line(compare, found) if found else None

    def put(self, line: Line) -> bool:
        """Write a line if it is as it was read; whether it was."""
        try:
            self._tables.replace(TABLE, self._line_entity(line))
        except ConditionFailed:
            return False
        return True

    def note(self, compare: str, suspects: Sequence[Suspect]) -> None:
        """Put records on file, as they are now known."""
        for chunk in in_chunks(suspects):
            self._tables.transact(TABLE, [Upsert(self._record(compare, each)) for each in chunk])

    def drop(self, compare: str, suspects: Sequence[Suspect]) -> None:
        """Records that are all right after all."""
        for each in suspects:
            self._tables.delete(TABLE, self._partition, _row(compare, each))

    def records(self, compare: str, mapping: str, limit: int, start: str = "") -> tuple[list[Suspect], str]:
        """Up to ``limit`` records (of one mapping, or blank: of all) and the row to go on from, if any."""
        prefix = f"record|{compare}|" + (f"{escape_key(mapping)}|" if mapping else "")
        rows = self._tables.query(
            TABLE, self._partition, first=start or prefix, last=prefix + "~~", limit=limit + 1
        )
        found = list(rows)
        return [_suspect(each) for each in found[:limit]], found[limit].row if len(found) > limit else ""

    def erase(self, mapping: str, ids: Mapping[Side, str]) -> int:
        """Take what is told of a record of both sides out of all compares; how many notes had some."""
        compares = self._tables.query_prefix(TABLE, self._partition, COMPARE_ID, select=("created_at_s",))
        rows = [
            f"record|{each.row}|{escape_key(mapping)}|{side}|{own}"
            for each in list(compares)
            for side, own in ids.items()
        ]
        found = self._tables.get_many(TABLE, self._partition, rows)
        told = [each for each in found.values() if each.values["text"]]
        for each in told:
            self._tables.upsert(TABLE, Entity(self._partition, each.row, {**each.values, "text": ""}))
        return len(told)

    def remove(self, compare: str) -> None:
        """Remove a compare with all that belongs to it; its own row last."""
        for prefix in (f"record|{compare}|", f"line|{compare}|"):
            rows = [each.row for each in self._tables.query_prefix(TABLE, self._partition, prefix)]
            for chunk in in_chunks([Delete(self._partition, row) for row in rows]):
                self._tables.transact(TABLE, chunk)
        self._tables.delete(TABLE, self._partition, compare)

    def _line_entity(self, each: Line) -> Entity:
        sums = {side.value: {
            "seen": each.seen[side], "uncoupled": each.uncoupled[side],
            "coupled": each.coupled[side].as_texts(), "stored": each.stored[side].as_texts(),
        } for side in Side}  # fmt: skip
        values: dict[str, Scalar] = {
            "phase": each.phase.value, "number": each.number, "cursor": each.cursor,
            "started_at_s": float(each.started_at_s), "finished_at_s": float(each.finished_at_s),
            "sums": dump(sums), "suspects": each.suspects, "findings": each.findings, "more": each.more,
            "message": each.message[:2000],
        }  # fmt: skip
        row = f"line|{each.compare}|{escape_key(each.mapping)}"
        return Entity(self._partition, row, values, each.etag)

    def _record(self, compare: str, each: Suspect) -> Entity:
        values: dict[str, Scalar] = {
            "version": each.version,
            "kind": each.kind.value,
            "finding": each.finding,
            "text": each.text[:2000],
        }
        return Entity(self._partition, _row(compare, each), values)


def _row(compare: str, each: Suspect) -> str:
    return f"record|{compare}|{escape_key(each.mapping)}|{each.side}|{each.id}"


def _line(compare: str, entity: Entity) -> Line:
    values, sums = entity.values, load(str(entity.values["sums"]))
    mapping = unescape_key(entity.row.split("|", 2)[2])
    line = Line(
        compare, mapping, Phase(str(values["phase"])), int(values["number"]),
        str(values["cursor"]), float(values["started_at_s"]), float(values["finished_at_s"]),
        suspects=int(values["suspects"]), findings=int(values["findings"]), more=bool(values["more"]),
        message=str(values["message"]), etag=entity.etag,
    )  # fmt: skip
    return replace(
        line,
        seen={side: int(sums[side]["seen"]) for side in Side},
        uncoupled={side: int(sums[side]["uncoupled"]) for side in Side},
        coupled={side: Sums.of_texts(sums[side]["coupled"]) for side in Side},
        stored={side: Sums.of_texts(sums[side]["stored"]) for side in Side},
    )


def _suspect(entity: Entity) -> Suspect:
    values = entity.values
    mapping, side, record_id = entity.row.split("|", 2)[2].split("|", 2)
    return Suspect(
        unescape_key(mapping), Side(side), record_id, str(values["version"]), Finding(str(values["kind"])),
        str(values["finding"]), str(values["text"]),
    )  # fmt: skip
