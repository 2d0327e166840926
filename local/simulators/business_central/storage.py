"""Rows of one company: current versions, what a reader at an earlier moment sees, and rollback.

A row is replaced, never changed, so a view or an undo keeps old ones by reference.  A version can
be hidden until a later moment: from everybody (a transaction that commits late) or only from a
read-only replica that lags behind.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from typing import Any

from local.simulators.business_central.schema import MODIFIED, ROW_VERSION
from local.simulators.business_central.values import etag_of, sql_order, stamp_text

Position = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One version of one record.  ``extra`` holds what the API does not show.

    ``version`` is SystemRowVersion: it grows over the whole database with every write.
    """

    id: str
    values: Mapping[str, Any]
    modified_ms: int
    etag: str
    extra: Mapping[str, Any]
    version: int = 0


@dataclass(slots=True)
class _Hidden:
    """Until ``visible_at`` readers see ``previous`` (None: no such row) and not what got ``version``."""

    visible_at: float
    previous: Row | None
    version: int


@dataclass(frozen=True, slots=True)
class Change:
    """One committed write, for whoever notifies of it.  ``kind``: created, updated, deleted."""

    company_id: str
    table: str
    row_id: str
    kind: str


class Table:
    """The rows of one table, found by id, by business key, by id order and by stamp."""

    def __init__(self, name: str, key_property: str | None, group_property: str | None = None) -> None:
        self.name = name
        self.key_property = key_property
        self.group_property = group_property
        self.rows: dict[str, Row] = {}
        self.by_key: dict[str, str] = {}
        self._groups: dict[str, dict[str, None]] = {}
        self._order: list[Position] = []
        self._stamps: list[tuple[int, bytes, str]] = []
        self._hidden: dict[str, list[_Hidden]] = {}

    def replace(self, row_id: str, row: Row | None) -> Row | None:
        """Make ``row`` the current version (None: delete) and return the one before."""
        before = self.rows.get(row_id)
        if before is not None:
            self._forget(before)
        if row is not None:
            self._learn(row)
        return before

    def load(self, rows: list[Row]) -> None:
        """Add many new rows at once; sorting them together is far faster than one by one."""
        for row in rows:
            self._index(row)
        self._order = sorted(_position(row_id) for row_id in self.rows)
        self._stamps = sorted(_stamp_position(row) for row in self.rows.values())

    def hide(self, row_id: str, visible_at: float, previous: Row | None, version: int = 0) -> None:
        """Let readers before ``visible_at`` see ``previous``; the last write of a row commits all before."""
        versions = self._hidden.setdefault(row_id, [])
        for hidden in versions:
            hidden.visible_at = min(hidden.visible_at, visible_at)
        versions.append(_Hidden(visible_at, previous, version))

    def in_flight(self, as_of: float) -> list[int]:
        """The row versions that transactions wrote which have not committed at that moment."""
        return [
            hidden.version
            for versions in self._hidden.values()
            for hidden in versions
            if hidden.version and hidden.visible_at > as_of
        ]

    def group(self, value: str) -> list[str]:
        """The ids of the current rows whose group property has this value."""
        return list(self._groups.get(value, ()))

    def has_group(self, value: str) -> bool:
        """Whether some current row's group property has this value."""
        return bool(self._groups.get(value))

    @property
    def hides(self) -> bool:
        """Whether a reader may have to see earlier versions."""
        return bool(self._hidden)

    def has_hidden(self, row_id: str) -> bool:
        """Whether some readers do not see the current version yet."""
        return row_id in self._hidden

    def unhide(self, row_id: str) -> None:
        """Take back the latest ``hide`` of a row."""
        self._hidden[row_id].pop()
        if not self._hidden[row_id]:
            del self._hidden[row_id]

    def find(self, row_id: str, as_of: float) -> Row | None:
        """The version of a row that a reader at ``as_of`` sees."""
        for version in self._hidden.get(row_id, ()):
            if version.visible_at > as_of:
                return version.previous
        return self.rows.get(row_id)

    def changed_since(self, as_of: float) -> bool:
        """Whether a reader at ``as_of`` would miss something."""
        return any(hidden.visible_at > as_of for rows in self._hidden.values() for hidden in rows)

    def forget_hidden(self, before: float) -> None:
        """Drop what no reader at or after ``before`` needs."""
        for row_id in list(self._hidden):
            self._hidden[row_id] = [v for v in self._hidden[row_id] if v.visible_at > before]
            if not self._hidden[row_id]:
                del self._hidden[row_id]

    def in_order(self, as_of: float, after: str | None = None) -> Iterator[Row]:
        """Rows by id in SQL Server's order, beginning after the id ``after`` (it need not exist any more)."""
        start = bisect_right(self._order, _position(after)) if after else 0
        if not self._hidden:
            return (self.rows[row_id] for _, row_id in self._order[start:])
        return self._in_order_as_of(as_of, after)

    def modified_since(self, bound_ms: float, as_of: float) -> Iterator[Row]:
        """Rows whose stamp is at or above the bound, by stamp and id; hidden versions are respected."""
        if self._hidden:
            rows = (row for row in self.in_order(as_of) if row.modified_ms >= bound_ms)
            return iter(sorted(rows, key=_stamp_position))
        start = bisect_left(self._stamps, bound_ms, key=lambda entry: entry[0])
        return (self.rows[entry[2]] for entry in self._stamps[start:])

    def _in_order_as_of(self, as_of: float, after: str | None) -> Iterator[Row]:
        start = bisect_right(self._order, _position(after)) if after else 0
        deleted = sorted(_position(row_id) for row_id in self._hidden if row_id not in self.rows)
        if after:
            deleted = deleted[bisect_right(deleted, _position(after)) :]
        for _, row_id in merge(self._order[start:], deleted):
            row = self.find(row_id, as_of)
            if row is not None:
                yield row

    def _learn(self, row: Row) -> None:
        self._index(row)
        insort(self._order, _position(row.id))
        insort(self._stamps, _stamp_position(row))

    def _index(self, row: Row) -> None:
        self.rows[row.id] = row
        if self.key_property:
            self.by_key[row.values[self.key_property]] = row.id
        if self.group_property:
            self._groups.setdefault(row.values[self.group_property], {})[row.id] = None

    def _forget(self, row: Row) -> None:
        del self.rows[row.id]
        if self.key_property and self.by_key.get(row.values[self.key_property]) == row.id:
            del self.by_key[row.values[self.key_property]]
        if self.group_property:
            self._groups[row.values[self.group_property]].pop(row.id, None)
        del self._order[bisect_left(self._order, _position(row.id))]
        del self._stamps[bisect_left(self._stamps, _stamp_position(row))]


@dataclass(frozen=True, slots=True)
class Writing:
    """When and how a write happens: the clock's time, and when others may see it."""

    now: float
    stamp_ms: int
    visible_at: float
    replica_lag_s: float


class Unit:
    """One transaction: writes that are kept together or undone together."""

    def __init__(self, writing: Writing, next_version: Callable[[], int]) -> None:
        self.writing = writing
        self.changes: list[Change] = []
        self.kept: list[Change] = []
        self._next_version = next_version
        self._undo: list[Callable[[], object]] = []
        self._commits = 0

    def put(
        self, company_id: str, table: Table, row_id: str, values: Mapping[str, Any], extra: Mapping[str, Any]
    ) -> Row:
        """Write a row version with a new stamp and etag."""
        if MODIFIED in values:
            values = {**values, MODIFIED: stamp_text(self.writing.stamp_ms)}
        version = self._next_version()
        if ROW_VERSION in values:
            values = {**values, ROW_VERSION: version}
        row = Row(row_id, values, self.writing.stamp_ms, etag_of(version), extra, version)
        before = self._replace(table, row_id, row)
        self.changes.append(Change(company_id, table.name, row_id, "updated" if before else "created"))
        return row

    def remove(self, company_id: str, table: Table, row_id: str) -> None:
        """Delete a row."""
        self._replace(table, row_id, None)
        self.changes.append(Change(company_id, table.name, row_id, "deleted"))

    def on_undo(self, action: Callable[[], object]) -> None:
        """Have ``action`` run when the transaction is rolled back."""
        self._undo.append(action)

    def commit_point(self) -> None:
        """Keep what was done so far whatever follows, as AL's COMMIT does; ``kept`` holds its changes."""
        self.kept += self.changes
        self.changes.clear()
        self._undo.clear()
        self._commits += 1

    def roll_back(self) -> None:
        """Undo all since the last commit, latest first.  Etags and ids given out are not used again."""
        for action in reversed(self._undo):
            action()
        self._undo.clear()
        self.changes.clear()

    def mark(self) -> tuple[int, int, int]:
        """Where the transaction stands, for ``roll_back_to``."""
        return self._commits, len(self._undo), len(self.changes)

    def roll_back_to(self, mark: tuple[int, int, int]) -> None:
        """Undo what was done since ``mark``, or since the last commit if that was later."""
        commits, undo, changes = mark
        if commits != self._commits:
            undo, changes = 0, 0
        for action in reversed(self._undo[undo:]):
            action()
        del self._undo[undo:]
        del self.changes[changes:]

    def _replace(self, table: Table, row_id: str, row: Row | None) -> Row | None:
        before = table.replace(row_id, row)
        self._undo.append(lambda: table.replace(row_id, before))
        # A deletion shows before its transaction commits: API pages read what is not committed.
        visible_at = self.writing.visible_at if row else self.writing.now
        if visible_at + self.writing.replica_lag_s > self.writing.now or table.has_hidden(row_id):
            table.hide(row_id, visible_at, before, row.version if row else 0)
            self._undo.append(lambda: table.unhide(row_id))
        return before


@dataclass
class NumberSeries:
    """A number series: ``manual`` says whether callers may choose numbers themselves."""

    code: str
    prefix: str
    width: int
    step: int
    last: int
    manual: bool

    def next_number(self, taken: Mapping[str, str]) -> str:
        """The next number that no record has."""
        while True:
            self.last += self.step
            number = f"{self.prefix}{self.last:0{self.width}d}"
            if number not in taken:
                return number


@dataclass
class Company:
    """One company with its tables and what its set-up says."""

    id: str
    name: str
    display_name: str
    local_currency: str
    node: int
    tables: dict[str, Table] = field(default_factory=dict)
    series: dict[str, NumberSeries] = field(default_factory=dict)
    relations: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Business relations of contacts: contact id to (linked table, id of the linked record)."""
    default_country: str = ""
    customer_template: dict[str, Any] = field(default_factory=dict)
    vendor_template: dict[str, Any] = field(default_factory=dict)
    paid: dict[str, float] = field(default_factory=dict)
    """What was paid of a posted invoice, by its id."""
    templates: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Templates the extension creates records with: table to code to the values it fills."""
    extended_pricing: bool = True
    archives_orders: bool = True
    default_price_list: str = ""
    clock: Callable[[], float] = float
    """The service's time, for what a reader of the newest state computes."""
    last_version: Callable[[], int] = int
    """The row version used last in the whole database."""
    ids_given: int = 0


def _position(row_id: str) -> Position:
    return sql_order(row_id), row_id


def _stamp_position(row: Row) -> tuple[int, bytes, str]:
    return row.modified_ms, sql_order(row.id), row.id
