"""Rows in memory: one version counter, a log of changes and deletions, undo for transactions.

Every write of a row takes the next number of one counter of the whole organisation (the SQL row
version).  A row object is never changed in place, so whoever holds one holds a snapshot.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.dataverse.schema import Schema, Table

LOG_SLACK = 10_000
FIRST_VERSION = 1_000_000
UNINDEXED_TARGETS = frozenset({"systemuser", "team", "transactioncurrency", "businessunit", "organization"})
"""Targets that nearly every row points at: an index of them would cost more than the rare search."""


@dataclass(slots=True)
class Row:
    """One row at one version; ``values`` by Web API property, nulls left out.

    ``kinds`` names the target table of each lookup that has several.
    """

    id: str
    version: int
    values: dict[str, Any]
    kinds: dict[str, str]


@dataclass(slots=True)
class Deletion:
    """A tombstone of change tracking."""

    version: int
    id: str
    time: float


@dataclass
class TableData:
    """The rows of one table and their history."""

    rows: dict[str, Row] = field(default_factory=dict)
    log: list[tuple[int, str]] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    keys: dict[tuple[str, ...], dict[tuple[Any, ...], str]] = field(default_factory=dict)
    ordered: list[str] | None = None


@dataclass(slots=True)
class _Late:
    """A transaction under way: it has its version and commits at a time to come."""

    table: str
    row: Row
    commit_at: float
    committed: Callable[[], None]


class Store:
    """All rows.  Not locked: the service holds one lock around each operation."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.version = FIRST_VERSION
        self.tables = {name: TableData() for name in schema.tables}
        self._referrers: dict[str, dict[tuple[str, str], None]] = {}
        self._undo: list[Callable[[], None]] | None = None
        self._late: list[_Late] = []

    def add_table(self, name: str) -> None:
        """Make room for the rows of a table that the schema has by now."""
        self.tables[name] = TableData()

    def next_version(self) -> int:
        self.version += 1
        return self.version

    def get(self, table: str, row_id: str) -> Row | None:
        return self.tables[table].rows.get(row_id)

    def get_to_write(self, table: str, row_id: str) -> Row | None:
        """The row for someone about to write it: a transaction under way on it is waited for."""
        self.settle(row_id=row_id)
        return self.get(table, row_id)

    def put(self, table: str, row_id: str, values: dict[str, Any], kinds: dict[str, str]) -> Row:
        """Insert or replace a row, read by ``get_to_write`` before, at a new version."""
        row = Row(row_id, self.next_version(), values, kinds)
        self._place(table, row)
        return row

    def remove(self, table: str, row_id: str, time: float) -> None:
        """Delete a row that exists and leave a tombstone."""
        data = self.tables[table]
        self._replace(table, row_id, None)
        data.deletions.append(Deletion(self.next_version(), row_id, time))
        self._remember(lambda: data.deletions.pop())

    def forget(self, table: str, row_id: str) -> None:
        """Take a row away as if it had never been there: no tombstone, no new version."""
        self._replace(table, row_id, None)

    def put_late(self, table: str, row: Row, commit_at: float, committed: Callable[[], None]) -> None:
        """Begin a transaction that others see only from ``commit_at``; ``row`` has its version already."""
        self._late.append(_Late(table, row, commit_at, committed))

    def settle(self, now: float | None = None, row_id: str | None = None) -> None:
        """Commit what is due by ``now``, or what is under way on one row (another writer waits for it)."""
        if not self._late:
            return
        due = [late for late in self._late if _is_due(late, now, row_id)]
        self._late = [late for late in self._late if late not in due]
        undo, self._undo = self._undo, None  # another transaction's commit is not ours to undo
        for late in due:
            self._place(late.table, late.row)
            late.committed()
        self._undo = undo

    def lowest_active_version(self) -> int:
        """Below this version everything is committed: what a change token may be built from."""
        return min((late.row.version for late in self._late), default=self.version + 1)

    def referrers(self, table: str, row_id: str) -> list[tuple[str, str]]:
        """(table, id) of the rows with a lookup to this row, owners and audit columns left out."""
        if table not in UNINDEXED_TARGETS:
            return list(self._referrers.get(row_id, ()))
        return [(name, row.id) for name, row in self._all_rows() if row_id in row.values.values()]

    def ordered_ids(self, table: str) -> list[str]:
        """All ids of a table in primary key order."""
        data = self.tables[table]
        if data.ordered is None:
            data.ordered = sorted(data.rows)
        return data.ordered

    def changes(self, table: str, after: int, until: int) -> Iterator[Row]:
        """Rows whose last write has a version in (after, until], in version order."""
        data = self.tables[table]
        start = bisect.bisect_left(data.log, (after + 1, ""))
        for version, row_id in data.log[start:]:
            if version > until:
                return
            row = data.rows.get(row_id)
            if row is not None and row.version == version:
                yield row

    def deletions(self, table: str, after: int, until: int) -> Iterator[Deletion]:
        """Rows deleted in (after, until] that do not exist again, in version order."""
        data = self.tables[table]
        start = bisect.bisect_left(data.deletions, after + 1, key=lambda deletion: deletion.version)
        for deletion in data.deletions[start:]:
            if deletion.version > until:
                return
            if deletion.id not in data.rows:
                yield deletion

    def reindex(self, table: str) -> None:
        """Build the alternate keys' indexes anew, after a key was added."""
        data = self.tables[table]
        data.keys.clear()
        for row in data.rows.values():
            for columns, values in self._key_values(table, row.values):
                data.keys.setdefault(columns, {})[values] = row.id

    def key_owner(self, table: str, columns: tuple[str, ...], values: tuple[Any, ...]) -> str | None:
        """The id of the row with these values in an alternate key's columns."""
        return self.tables[table].keys.get(columns, {}).get(tuple(map(comparable, values)))

    @property
    def in_transaction(self) -> bool:
        return self._undo is not None

    def begin(self) -> None:
        """From here on every change can be undone."""
        self._undo = []

    def commit(self) -> None:
        self._undo = None

    def rollback(self) -> None:
        """Undo all changes since ``begin``; the versions stay used up."""
        undo, self._undo = self._undo or [], None
        for step in reversed(undo):
            step()

    def _all_rows(self) -> Iterator[tuple[str, Row]]:
        for name, data in self.tables.items():
            for row in data.rows.values():
                yield name, row

    def _place(self, table: str, row: Row) -> None:
        self._replace(table, row.id, row)
        data = self.tables[table]
        bisect.insort(data.log, (row.version, row.id))
        if len(data.log) > 2 * len(data.rows) + LOG_SLACK:
            data.log = sorted((kept.version, kept.id) for kept in data.rows.values())

    def _replace(self, table: str, row_id: str, row: Row | None) -> None:
        data = self.tables[table]
        before = data.rows.get(row_id)
        self._unindex(table, before)
        if row is None:
            data.rows.pop(row_id, None)
        else:
            data.rows[row_id] = row
        self._index(table, row)
        if (before is None) != (row is None):
            data.ordered = None
        self._remember(lambda: self._restore(table, row_id, before))

    def _restore(self, table: str, row_id: str, before: Row | None) -> None:
        self._replace(table, row_id, before)
        if before is not None:
            entry = (before.version, before.id)
            log = self.tables[table].log
            at = bisect.bisect_left(log, entry)
            if at == len(log) or log[at] != entry:
                log.insert(at, entry)

    def _remember(self, step: Callable[[], object]) -> None:
        if self._undo is not None:
            self._undo.append(lambda: (step(), None)[1])

    def _index(self, table: str, row: Row | None) -> None:
        if row is None:
            return
        for target in self._targets(self.schema.tables[table], row):
            self._referrers.setdefault(target, {})[table, row.id] = None
        for columns, values in self._key_values(table, row.values):
            self.tables[table].keys.setdefault(columns, {})[values] = row.id

    def _unindex(self, table: str, row: Row | None) -> None:
        if row is None:
            return
        for target in self._targets(self.schema.tables[table], row):
            self._referrers.get(target, {}).pop((table, row.id), None)
        for columns, values in self._key_values(table, row.values):
            self.tables[table].keys.get(columns, {}).pop(values, None)

    def _targets(self, table: Table, row: Row) -> Iterator[str]:
        for column in indexed_lookups(table):
            target = row.values.get(column)
            if target is not None:
                yield target

    def _key_values(
        self, table: str, values: Mapping[str, Any]
    ) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
        schema = self.schema.tables[table]
        for key in schema.keys:
            parts = [values.get(schema.columns[name].read_name) for name in key.columns]
            if None not in parts:
                yield key.columns, tuple(map(comparable, parts))


def indexed_lookups(table: Table) -> list[str]:
    """Properties of the lookups whose targets are few-to-one, kept with the table once computed."""
    found: list[str] | None = table.__dict__.get("_indexed_lookups")
    if found is None:
        found = [
            column.read_name for column in table.lookups if not UNINDEXED_TARGETS.issuperset(column.targets)
        ]
        table.__dict__["_indexed_lookups"] = found
    return found


def comparable(value: Any) -> Any:
    """A value as the database's collation compares it: no case, no trailing blanks."""
    return value.casefold().rstrip(" ") if isinstance(value, str) else value


def _is_due(late: _Late, now: float | None, row_id: str | None) -> bool:
    return late.row.id == row_id if now is None else late.commit_at <= now
