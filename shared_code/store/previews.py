"""Previews: what was asked for, and the sheet each one is written on.

A preview is listed under its connection.  Everything else it makes lies in one table of its own, beside the
overlay's entities (``overlay.py``): the planned writes, and what each record would hold after them.  Dropping
that table ends it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shared_code.core.identity import digest
from shared_code.core.records import Side, Values
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.divided_text import divided, joined
from shared_code.store.json_values import dump, load, load_values
from shared_code.store.tables import (
    Entity,
    Insert,
    Operation,
    Replace,
    Scalar,
    Tables,
    Upsert,
    in_chunks,
)

TABLE = "Previews"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a preview was asked for.

    ``full_sync`` is the full synchronisation that it runs on paper, ``file`` the mapping whose file it tries.
    """

    id: str
    created_at_s: float
    full_sync: str = ""
    finished: bool = False
    file: str = ""
    etag: str = ""

    @property
    def table(self) -> str:
        """The name of its own table."""
        return f"Preview{self.id.replace('-', '')}"


class PreviewStore:
    """The previews of one connection, the newest first."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def add(self, preview: Preview) -> None:
        """Make its table, then put it on file: nobody works on one whose table is not there."""
        self._tables.ensure([preview.table])
        self._tables.insert(TABLE, self._entity(preview))

    def get(self, preview_id: str) -> Preview | None:
        found = self._tables.get(TABLE, self._partition, preview_id)
        return _preview(found) if found else None

    def all(self) -> list[Preview]:
        return [_preview(each) for each in self._tables.query(TABLE, self._partition)]

    def put(self, preview: Preview) -> None:
        """Raises ``Changed`` where somebody else changed it, ``Missing`` where it was removed."""
        self._tables.replace(TABLE, self._entity(preview))

    def remove(self, preview: Preview) -> None:
        """Take it off the list, then drop its table; fine if it is not there."""
        self._tables.delete(TABLE, self._partition, preview.id)
        self._tables.drop(preview.table)

    def _entity(self, each: Preview) -> Entity:
        values: dict[str, Scalar] = {
            "created_at_s": each.created_at_s,
            "full_sync": each.full_sync,
            "finished": each.finished,
            "file": each.file,
        }
        return Entity(self._partition, each.id, values, each.etag)


def _preview(entity: Entity) -> Preview:
    values = entity.values
    return Preview(
        entity.row,
        float(values["created_at_s"]),
        str(values["full_sync"]),
        bool(values["finished"]),
        str(values["file"]),
        entity.etag,
    )


class Kind(StrEnum):
    """What a write does with a record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """One write that the run would send: native values before and after, and the lines it creates.

    ``record_id`` of a record that Business Central would make is a symbol; whatever refers to it carries the
    same.  ``label`` is what a person calls the record; ``source`` the record that a created one is made for.
    """

    mapping: str
    side: Side
    kind: Kind
    record_id: str
    label: str
    at_s: float
    old: Values = field(default_factory=dict)
    new: Values = field(default_factory=dict)
    lines: tuple[Values, ...] = ()
    source: str = ""

    @property
    def row(self) -> str:
        """Its key: the same write, planned again after a message came twice, is the same entity."""
        same = digest((dump(self.new), *map(dump, self.lines)))
        return f"{escape_key(self.mapping)}|{self.side}|{self.kind}|{self.record_id}|{same}"


@dataclass(frozen=True, slots=True)
class Held:
    """What a record would hold beside what its system shows: ``values`` written on paper.

    ``created``: it is there on paper only; ``gone``: it is deleted on paper.
    """

    values: Values
    created: bool = False
    gone: bool = False
    lines: tuple[Values, ...] = ()
    etag: str = ""


WRITES = "~writes"


class Sheet:
    """The planned writes and the records of one preview, in its own table."""

    def __init__(self, tables: Tables, table: str) -> None:
        self._tables = tables
        self._table = table

    def plan(self, writes: Sequence[PlannedWrite]) -> None:
        """Note what would be written."""
        for chunk in in_chunks([Upsert(_write_entity(each)) for each in _unique(writes)]):
            self._tables.transact(self._table, chunk)

    def withdraw(self, writes: Sequence[PlannedWrite]) -> None:
        """Take back what was planned and is not to be written after all."""
        for each in _unique(writes):
            self._tables.delete(self._table, WRITES, each.row)

    def held(self, side: Side, table: str, ids: Sequence[str]) -> dict[str, Held]:
        """What these records hold on paper; most hold nothing there."""
        rows = sorted({escape_key(each) for each in ids})
        found = self._tables.get_many(self._table, _place(side, table), rows, ordered=True)
        return {each: _held(found[row]) for each in ids if (row := escape_key(each)) in found}

    def made(self, side: Side, table: str) -> Iterator[tuple[str, Held]]:
        """Every record of a table that is there on paper alone."""
        for entity in self._tables.query(self._table, _place(side, table)):
            if (held := _held(entity)).created and not held.gone:
                yield unescape_key(entity.row), held

    def hold(self, side: Side, table: str, records: Mapping[str, Held]) -> None:
        """Keep what these records (at most 100) hold on paper, all or none.

        Raises ``ConditionFailed`` where another write was first.
        """
        place = _place(side, table)
        self._tables.transact(self._table, [_hold(place, i, each) for i, each in records.items()])

    def add_beside(self, side: Side, table: str, records: Mapping[str, Held]) -> None:
        """Keep records that a service makes by itself; a scan is to show them.  A repeat changes nothing."""
        known = self.held(side, table, list(records))
        new = {i: each for i, each in records.items() if i not in known}
        self._tables.transact(self._table, [_hold(_place(side, table), i, each) for i, each in new.items()])
        rows = [Upsert(Entity(_beside(side, table), escape_key(each))) for each in records]
        self._tables.transact(self._table, rows)

    def beside(self, side: Side, table: str) -> list[str]:
        """The records that a service would have made by itself."""
        return [unescape_key(each.row) for each in self._tables.query(self._table, _beside(side, table))]

    def writes(self, mapping: str = "", after: str = "", limit: int | None = None) -> Iterator[PlannedWrite]:
        """The planned writes, of one mapping or of all, in the order of mapping, side, kind and record."""
        prefix = f"{escape_key(mapping)}|" if mapping else ""
        first, last = (f"{after}\x01" if after else prefix), f"{prefix}\U0010ffff" if prefix else None
        for entity in self._tables.query(self._table, WRITES, first=first, last=last, limit=limit):
            yield _write(entity)

    def counts(self) -> Counter[tuple[str, Side, Kind]]:
        """How many writes of each kind are planned, by mapping and side."""
        found = self._tables.query(self._table, WRITES, select=("mapping", "side", "kind"))
        values = (each.values for each in found)
        return Counter((str(v["mapping"]), Side(str(v["side"])), Kind(str(v["kind"]))) for v in values)


def _place(side: Side, table: str) -> str:
    return escape_key(f"~rows|{side}|{table}")


def _beside(side: Side, table: str) -> str:
    return escape_key(f"~beside|{side}|{table}")


def _unique(writes: Sequence[PlannedWrite]) -> list[PlannedWrite]:
    return list({each.row: each for each in writes}.values())


def _hold(place: str, record_id: str, held: Held) -> Operation:
    values: dict[str, Scalar] = {"created": held.created, "gone": held.gone}
    values |= divided("held", dump(held.values)) | divided("lines", dump({"lines": [*held.lines]}))
    entity = Entity(place, escape_key(record_id), values, held.etag)
    return Replace(entity) if held.etag else Insert(entity)


def _held(entity: Entity) -> Held:
    values = entity.values
    return Held(
        load_values(joined("held", values)),
        bool(values["created"]),
        bool(values["gone"]),
        tuple(load(joined("lines", values))["lines"]),
        entity.etag,
    )


def _write_entity(each: PlannedWrite) -> Entity:
    values: dict[str, Scalar] = {
        "mapping": each.mapping,
        "side": each.side.value,
        "kind": each.kind.value,
        "record": each.record_id,
        "label": each.label[:MAX_LABEL],
        "source": each.source,
        "at_s": each.at_s,
    }
    values |= divided("old", dump(each.old)) | divided("new", dump(each.new))
    return Entity(WRITES, each.row, values | divided("lines", dump({"lines": [*each.lines]})))


MAX_LABEL = 400


def _write(entity: Entity) -> PlannedWrite:
    values = entity.values
    return PlannedWrite(
        str(values["mapping"]),
        Side(str(values["side"])),
        Kind(str(values["kind"])),
        str(values["record"]),
        str(values["label"]),
        float(values["at_s"]),
        load_values(joined("old", values)),
        load_values(joined("new", values)),
        tuple(load(joined("lines", values))["lines"]),
        str(values["source"]),
    )
