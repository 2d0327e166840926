"""What reads and writes of one request are given: a company, a moment, a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.simulators.business_central.schema import EntityType
from local.simulators.business_central.storage import Company, Row, Table, Unit
from local.simulators.business_central.table_numbers import (
    DELETIONS,
    GONE_WITHOUT_A_WORD,
    TABLE_NUMBERS,
    key_text,
)
from local.simulators.business_central.values import sequential_id, stamp_text


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: one company as of one moment."""

    company: Company
    as_of: float
    types: Mapping[str, EntityType]


@dataclass(frozen=True, slots=True)
class Session:
    """Who writes: one company inside one transaction."""

    company: Company
    unit: Unit
    types: Mapping[str, EntityType]

    def table(self, name: str) -> Table:
        return self.company.tables[name]

    def current(self, table: str, row_id: str) -> Row | None:
        """The current version of a row."""
        return self.table(table).rows.get(row_id)

    def by_key(self, table: str, key: str) -> Row | None:
        """The current row with that number or code."""
        row_id = self.table(table).by_key.get(key)
        return None if row_id is None else self.current(table, row_id)

    def put(self, table: str, row_id: str, values: Mapping[str, Any], extra: Mapping[str, Any]) -> Row:
        """Write a row without the checks that callers' input gets."""
        return self.unit.put(self.company.id, self.table(table), row_id, values, extra)

    def change(self, table: str, row_id: str, changes: Mapping[str, Any]) -> None:
        """Write some values of a row, or of what is kept beside it, if they differ from what it has."""
        row = self.table(table).rows[row_id]
        shown = {name: value for name, value in changes.items() if name in row.values}
        beside = {name: value for name, value in changes.items() if name not in row.values}
        if any({**row.extra, **row.values}.get(name) != value for name, value in changes.items()):
            self.put(table, row_id, {**row.values, **shown}, {**row.extra, **beside})

    def remove(self, table: str, row_id: str) -> None:
        """Delete a row; where the extension tracks its table, a tombstone tells of it."""
        row = self.table(table).rows[row_id]
        self.unit.remove(self.company.id, self.table(table), row_id)
        if table in TABLE_NUMBERS.keys() - GONE_WITHOUT_A_WORD and DELETIONS in self.types:
            self._bury(table, row)

    def _bury(self, table: str, row: Row) -> None:
        tombstones, row_id = self.table(DELETIONS), self.new_id()
        values = {
            "id": row_id,
            "entryNumber": len(tombstones.rows) + 1,
            "tableNumber": TABLE_NUMBERS[table],
            "recordId": row.id,
            "recordKey": key_text(table, self._named(row.values))[:100],
            "deletedDateTime": stamp_text(self.unit.writing.stamp_ms),
        }
        self.put(DELETIONS, row_id, {**self.types[DELETIONS].blank_values(), **values}, {})

    def _named(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values of a line with its document by number, which is what its key holds."""
        order = self.company.tables["salesOrders"].rows.get(values.get("documentId", ""))
        return {**values, "documentId": order.values["number"]} if order else values

    def new_id(self) -> str:
        """An id the service chooses; growing, never given out twice."""
        self.company.ids_given += 1
        return sequential_id(self.company.ids_given, self.company.node)

    def next_number(self, series: str, table: str) -> str:
        """The next number of a series; a rollback takes it back."""
        numbers = self.company.series[series]
        last = numbers.last
        self.unit.on_undo(lambda: setattr(numbers, "last", last))
        return numbers.next_number(self.table(table).by_key)

    def relate(self, contact_id: str, links: tuple[tuple[str, str], ...]) -> None:
        """Replace the business relations of a contact."""
        relations = self.company.relations
        before = relations.get(contact_id, ())
        self.unit.on_undo(lambda: relations.__setitem__(contact_id, before))
        relations[contact_id] = links


@dataclass(slots=True)
class Edit:
    """One insert or update while it is checked.

    ``sent`` is what the caller sent (stored form); ``values`` is the row to be, changed by the
    table's rules; ``before`` is None on insert.
    """

    session: Session
    entity: EntityType
    row_id: str
    sent: Mapping[str, Any]
    values: dict[str, Any]
    extra: dict[str, Any]
    before: Row | None

    @property
    def inserting(self) -> bool:
        return self.before is None
