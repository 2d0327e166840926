"""Undos: what is taken back, how far it is, and what became of each record.

Rows of a partition (connection)::

    undo-<id>                                the undo itself
    record|<undo>|<phase>|<mapping>|<bc id>  what would become, or became, of one record: no values
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from shared_code.core.outcome import Outcome
from shared_code.core.undo import Otherwise
from shared_code.store.codec import escape_key
from shared_code.store.divided_text import as_values, text_of
from shared_code.store.json_values import dump, load
from shared_code.store.tables import ConditionFailed, Delete, Entity, Scalar, Tables, Upsert, in_chunks

TABLE = "Undos"


class Phase(StrEnum):
    """``preview``: nothing is written; ``run``: what the preview told is done."""

    PREVIEW = "preview"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class UndoLine:
    """One job that is taken back: its mapping, when it was made, and the job that does it in this phase."""

    mapping: str
    job: str
    since_s: float
    by: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """An undo of jobs, in the order of its lines; with a ``record`` (a BC id) of that record's part alone."""

    id: str
    created_at_s: float
    lines: tuple[UndoLine, ...]
    record: str = ""
    phase: Phase = Phase.PREVIEW
    position: int = 0
    otherwise: Otherwise = Otherwise.LIST
    etag: str = ""

    @property
    def done(self) -> bool:
        """Whether the phase is at its end."""
        return self.position >= len(self.lines)


@dataclass(frozen=True, slots=True)
class UndoneRecord:
    """What would become, or became, of one record.

    ``fields`` are put back by side; ``left`` stays, each with side, fields, reason and text.
    """

    mapping: str
    bc_id: str
    name: str
    outcome: Outcome
    removed: str = ""
    withdrawn: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    left: list[dict[str, Any]] = field(default_factory=list)

    @property
    def tells(self) -> bool:
        """Whether a name stands in it, or more than the reason why something stays."""
        return self != self.silenced()

    def silenced(self) -> UndoneRecord:
        """The same without the name, and of each text the reason alone, which stands before the colon."""
        left = [{**each, "text": str(each.get("text", "")).partition(":")[0]} for each in self.left]
        return replace(self, name="", left=left)


class UndoStore:
    """The undos of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def add(self, undo: Undo) -> None:
        self._tables.insert(TABLE, self._entity(undo))

    def get(self, undo_id: str) -> Undo | None:
        found = self._tables.get(TABLE, self._partition, undo_id)
        return _undo(found) if found else None

    def put(self, undo: Undo) -> bool:
        """Write it if it is as it was read; whether it was."""
        try:
            self._tables.replace(TABLE, self._entity(undo))
        except ConditionFailed:
            return False
        return True

    def unfinished(self) -> Iterator[str]:
        """The ids of those that are under way."""
        rows = self._tables.query_prefix(TABLE, self._partition, _HEADERS, select=("open",))
        return (each.row for each in rows if each.values["open"])

    def note(self, undo_id: str, phase: Phase, records: Sequence[UndoneRecord]) -> None:
        """Put on file what became of records; again, where a batch is repeated."""
        for chunk in in_chunks(records):
            self._tables.transact(TABLE, [Upsert(self._record(undo_id, phase, each)) for each in chunk])

    def records(
        self, undo_id: str, phase: Phase, limit: int, start: str = ""
    ) -> tuple[list[UndoneRecord], str]:
        """Up to ``limit`` records in the order of mapping and id, and the row to go on from, if any."""
        prefix = _prefix(undo_id, phase)
        found = list(
            self._tables.query(
                TABLE, self._partition, first=start or prefix, last=prefix + "~", limit=limit + 1
            )
        )
        return [_undone(each) for each in found[:limit]], found[limit].row if len(found) > limit else ""

    def removed(self, undo_id: str, phase: Phase, mapping: str, bc_ids: Sequence[str]) -> set[str]:
        """Those of these records whose partner is, or would be, removed."""
        prefix = f"{_prefix(undo_id, phase)}{escape_key(mapping)}|"
        rows = self._tables.get_many(TABLE, self._partition, [prefix + each for each in bc_ids])
        return {str(each.values["bc_id"]) for each in rows.values() if each.values["removed"]}

    def erase(self, mapping: str, bc_id: str) -> int:
        """Take the name of a record and what is told of it out of all undos; how many notes had some."""
        undos = self._tables.query_prefix(TABLE, self._partition, _HEADERS, select=("open",))
        rows = [
            f"{_prefix(each.row, phase)}{escape_key(mapping)}|{bc_id}"
            for each in list(undos)
            for phase in Phase
        ]
        found = self._tables.get_many(TABLE, self._partition, rows)
        told = [each for each in found.values() if _undone(each).tells]
        for each in told:
            silent = _undone(each).silenced()
            kept = {name: value for name, value in each.values.items() if not name.startswith(_DETAILS)}
            values = {**kept, "name": silent.name, **_details(silent)}
            self._tables.upsert(TABLE, Entity(self._partition, each.row, values))
        return len(told)

    def remove(self, undo_id: str) -> None:
        """Remove an undo with its records; fine if it is not there.  Its own row goes last."""
        rows = self._tables.query_prefix(TABLE, self._partition, f"{_RECORDS}{undo_id}|", select=("outcome",))
        for chunk in in_chunks([Delete(self._partition, each.row) for each in list(rows)]):
            self._tables.transact(TABLE, chunk)
        self._tables.delete(TABLE, self._partition, undo_id)

    def older_than(self, at_s: float) -> list[str]:
        """The ids of undos that were made before a moment."""
        rows = self._tables.query_prefix(TABLE, self._partition, _HEADERS, select=("created_at_s",))
        return [each.row for each in rows if float(each.values["created_at_s"]) < at_s]

    def _entity(self, each: Undo) -> Entity:
        lines = dump({"lines": [asdict(line) for line in each.lines]})
        values: dict[str, Scalar] = {
            "created_at_s": float(each.created_at_s), "lines": lines, "record": each.record,
            "phase": each.phase.value, "position": each.position, "otherwise": each.otherwise.value,
            "open": not each.done,
        }  # fmt: skip
        return Entity(self._partition, each.id, values, each.etag)

    def _record(self, undo_id: str, phase: Phase, each: UndoneRecord) -> Entity:
        row = f"{_prefix(undo_id, phase)}{escape_key(each.mapping)}|{each.bc_id}"
        values = {
            "mapping": each.mapping,
            "bc_id": each.bc_id,
            "name": each.name[:500],
            "outcome": each.outcome,
        }
        more = {"removed": each.removed, "withdrawn": each.withdrawn, **_details(each)}
        return Entity(self._partition, row, {name: str(v) for name, v in (values | more).items()})


_DETAILS = "details"


def _details(each: UndoneRecord) -> dict[str, Scalar]:
    return as_values(_DETAILS, dump({"fields": each.fields, "left": each.left}))


UNDO_ID = "undo-"
"""Begins the id of every undo."""

_HEADERS, _RECORDS = UNDO_ID, "record|"


def _prefix(undo_id: str, phase: Phase) -> str:
    return f"{_RECORDS}{undo_id}|{phase}|"


def _undo(entity: Entity) -> Undo:
    values = entity.values
    lines = load(str(values["lines"]))["lines"]
    return Undo(
        entity.row,
        float(values["created_at_s"]),
        tuple(UndoLine(**each) for each in lines),
        str(values["record"]),
        Phase(str(values["phase"])),
        int(values["position"]),
        Otherwise(str(values["otherwise"])),
        entity.etag,
    )


def _undone(entity: Entity) -> UndoneRecord:
    values = entity.values
    found = UndoneRecord(
        str(values["mapping"]), str(values["bc_id"]), str(values["name"]), Outcome(str(values["outcome"])),
        str(values["removed"]), str(values["withdrawn"]),
    )  # fmt: skip
    details = load(text_of(_DETAILS, values))
    return replace(found, fields=details["fields"], left=details["left"])
