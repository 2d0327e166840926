"""Full synchronisations: one header, one line per mapping."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared_code.store.codec import escape_key
from shared_code.store.tables import AlreadyExists, Changed, Delete, Entity, Insert, Operation, Scalar, Tables

TABLE = "FullSynchronizations"


class LineStatus(StrEnum):
    """The status of a line, in the words of the review page it replaces."""

    BLANK = ""
    READY = "Ready"
    IN_PROCESS = "In Process"
    FINISHED = "Finished"
    ERROR = "Error"


class Phase(StrEnum):
    """Where a line stands: waiting for its dependencies, matching, or running one direction.  ``held``: it
    was put back and waits for a person."""

    BLOCKED = "blocked"
    MATCHING = "matching"
    TO_SALES = "to_sales"
    FROM_SALES = "from_sales"
    DONE = "done"
    HELD = "held"


class Wish(StrEnum):
    """What a person wants of a full synchronisation."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Line:
    """One mapping of a full synchronisation.  ``job`` carries both directions' batches."""

    full_sync: str
    mapping: str
    depends_on: tuple[str, ...]
    position: int
    job: str
    phase: Phase = Phase.BLOCKED
    recommendation: str = ""
    message: str = ""
    started_at_s: float = 0.0
    finished_at_s: float = 0.0
    etag: str = ""


@dataclass(frozen=True, slots=True)
class FullSync:
    """The header.  ``release``: mappings that may create although both sides hold uncoupled records.
    ``believe``: mappings of which a person said that so many records really are gone or changed.  ``wish``:
    what a person wants of it now.
    """

    id: str
    created_at_s: float
    release: tuple[str, ...] = ()
    finished: bool = False
    wish: Wish = Wish.RUN
    etag: str = ""
    believe: tuple[str, ...] = ()


class FullSyncStore:
    """The full synchronisations of one connection; header and lines share a partition."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._connection = connection

    def add(self, full_sync: FullSync, lines: list[Line]) -> None:
        """Put a new one on file, header and lines in one step, and note it as a running one."""
        partition = self._partition(full_sync.id)
        operations: list[Operation] = [Insert(Entity(partition, "header", _header_values(full_sync)))]
        operations += [Insert(Entity(partition, _row(each), _line_values(each))) for each in lines]
        self._tables.transact(TABLE, operations)
        self.note_running(full_sync)

    def note_running(self, full_sync: FullSync) -> None:
        """Note it as one that runs; fine if it is."""
        self._tables.upsert(
            TABLE, Entity(self._index(), full_sync.id, {"created_at_s": full_sync.created_at_s})
        )

    def running(self) -> list[str]:
        """The ids of those that are not finished."""
        return [each.row for each in self._tables.query(TABLE, self._index())]

    def header(self, full_sync_id: str) -> FullSync | None:
        """The header alone."""
        found = self._tables.get(TABLE, self._partition(full_sync_id), "header")
        return _header(full_sync_id, found) if found else None

    def get(self, full_sync_id: str) -> tuple[FullSync, list[Line]] | None:
        rows = list(self._tables.query(TABLE, self._partition(full_sync_id)))
        header = next((each for each in rows if each.row == "header"), None)
        if header is None:
            return None
        lines = [_line(full_sync_id, each) for each in rows if each.row != "header"]
        return _header(full_sync_id, header), sorted(lines, key=lambda each: each.position)

    def put_line(self, line: Line) -> bool:
        """Write a line if it is as it was read; whether it was."""
        return self._replace(
            Entity(self._partition(line.full_sync), _row(line), _line_values(line), line.etag)
        )

    def put_header(self, full_sync: FullSync) -> bool:
        values = _header_values(full_sync)
        return self._replace(Entity(self._partition(full_sync.id), "header", values, full_sync.etag))

    def finish(self, full_sync_id: str) -> None:
        """Take it off the list of running ones."""
        self._tables.delete(TABLE, self._index(), full_sync_id)

    def remove(self, full_sync_id: str) -> None:
        """Remove one with its lines; fine if it is not there."""
        partition = self._partition(full_sync_id)
        rows = [each.row for each in self._tables.query(TABLE, partition)]
        self._tables.transact(TABLE, [Delete(partition, row) for row in rows])
        self._tables.delete(TABLE, self._index(), full_sync_id)

    def _replace(self, entity: Entity) -> bool:
        try:
            self._tables.replace(TABLE, entity)
        except (Changed, AlreadyExists):
            return False
        return True

    def _partition(self, full_sync_id: str) -> str:
        return escape_key(f"{self._connection}|{full_sync_id}")

    def _index(self) -> str:
        return escape_key(f"{self._connection}|running")


def _row(line: Line) -> str:
    return f"line|{line.position:03d}"


def _header_values(each: FullSync) -> dict[str, Scalar]:
    return {
        "created_at_s": each.created_at_s,
        "release": "|".join(each.release),
        "finished": each.finished,
        "believe": "|".join(each.believe),
        "wish": each.wish.value,
    }


def _header(full_sync_id: str, entity: Entity) -> FullSync:
    values = entity.values
    release, believe = (_names(values.get(key, "")) for key in ("release", "believe"))
    finished = bool(values["finished"])
    wish = Wish(str(values.get("wish", Wish.RUN)))
    return FullSync(
        full_sync_id, float(values["created_at_s"]), release, finished, wish, entity.etag, believe
    )


def _names(text: Scalar) -> tuple[str, ...]:
    return tuple(str(text).split("|")) if text else ()


def _line_values(each: Line) -> dict[str, Scalar]:
    return {
        "mapping": each.mapping,
        "depends_on": "|".join(each.depends_on),
        "position": each.position,
        "job": each.job,
        "phase": each.phase.value,
        "recommendation": each.recommendation,
        "message": each.message[:2000],
        "started_at_s": float(each.started_at_s),
        "finished_at_s": float(each.finished_at_s),
    }


def _line(full_sync_id: str, entity: Entity) -> Line:
    values = entity.values
    return Line(
        full_sync=full_sync_id,
        mapping=str(values["mapping"]),
        depends_on=tuple(str(values["depends_on"]).split("|")) if values["depends_on"] else (),
        position=int(values["position"]),
        job=str(values["job"]),
        phase=Phase(str(values["phase"])),
        recommendation=str(values["recommendation"]),
        message=str(values["message"]),
        started_at_s=float(values["started_at_s"]),
        finished_at_s=float(values["finished_at_s"]),
        etag=entity.etag,
    )
