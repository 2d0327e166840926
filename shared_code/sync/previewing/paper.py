"""A system that is read for real and written on paper.

To whoever reconciles and writes it looks like the service: a conditional write succeeds where the version is
the present one, and the record then holds what was written.  What only the service can know (a refusal, a
value that it normalises) does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_code.core.conditions import Test
from shared_code.core.descriptions import Described
from shared_code.core.identity import digest, partner_id
from shared_code.core.lines import LINE_ID
from shared_code.core.mapping import Mapping as TableMapping
from shared_code.core.records import Row, Side, Value, Values, Version
from shared_code.store.json_values import dump
from shared_code.store.previews import Held, Kind, PlannedWrite, Sheet
from shared_code.store.tables import ConditionFailed, in_chunks
from shared_code.sync.previewing.made import INHERITED, beside, made
from shared_code.systems.interface import (
    Change,
    Count,
    Creation,
    Cursor,
    Deletions,
    Exists,
    Gone,
    Moved,
    Page,
    Removal,
    Removed,
    Sighting,
    System,
    Table,
    WriteResult,
    Written,
)

type Planned = tuple[PlannedWrite, Held, WriteResult]
"""What one write would be, what its record then holds, and what the service would answer."""


@dataclass(frozen=True)
class PaperSystem:
    """``System`` over the real one; ``mapping`` is the one that is being synchronised, if one is."""

    real: System
    sheet: Sheet
    mapping: TableMapping | None
    connection: str
    now_s: Callable[[], float]

    @property
    def _mapping(self) -> TableMapping:
        if self.mapping is None:
            raise ValueError("nothing is written outside of a mapping's batch")
        return self.mapping

    @property
    def side(self) -> Side:
        return self.real.side

    def scan(self, table: Table, cursor: Cursor | None) -> Page:
        """What the service shows, and in the end what it would have made by itself.

        The records that Tandem makes on paper are done with when they are made.
        """
        page = self.real.scan(table, cursor)
        return page if page.next else replace(page, seen=(*page.seen, *self._beside(table)))

    def _beside(self, table: Table) -> Iterator[Sighting]:
        ids = self.sheet.beside(self.side, table.name)
        for i, held in self.sheet.held(self.side, table.name, ids).items():
            row = Record(table, i, None, held).after(held)
            yield Sighting(i, row.version, {name: row.values.get(name) for name in table.scan_columns})

    def read(self, table: Table, ids: Sequence[str]) -> Mapping[str, Row]:
        return {i: row for i, each in self._records(table, ids).items() if (row := each.shown)}

    def find(self, table: Table, column: str, values: Iterable[Value]) -> list[Row]:
        """What the service would find.

        In Business Central also what is made on paper: so a creation is recognised whose process died.  In
        Sales that is known by its id.
        """
        wanted = list(values)
        found = {each.id: each for each in self.real.find(table, column, wanted)}
        held = self.sheet.held(self.side, table.name, list(found))
        shown = (Record(table, i, row, held.get(i)).shown for i, row in found.items())
        made_here = self._made(table, column, wanted) if self.side is Side.BC else []
        return [row for row in (*shown, *made_here) if row]

    def starting(self, table: Table, column: str, text: str, limit: int) -> list[Row]:
        """What the service would offer; nobody chooses on paper."""
        return self.real.starting(table, column, text, limit)

    def _made(self, table: Table, column: str, values: Sequence[Value]) -> list[Row]:
        """The records on paper alone that have one of the values, regardless of case."""
        wanted = {str(each).casefold() for each in values}
        made_here = self.sheet.made(self.side, table.name)
        rows = (Record(table, i, None, each).after(each) for i, each in made_here)
        return [row for row in rows if str(row.values.get(column)).casefold() in wanted]

    def identity(self) -> Mapping[str, str]:
        return self.real.identity()

    def deletions(self, cursor: str) -> Deletions | None:
        """A preview looks at everything."""
        return None

    def count(self, table: Table, tests: Sequence[Test]) -> Count | None:
        return self.real.count(table, tests)

    def describe(self, table: Table) -> Described:
        return self.real.describe(table)

    def keeps_keys(self, table: Table) -> bool:
        """On paper no answer is lost: a creation needs no key."""
        return False

    def made_under(self, table: Table, keys: Sequence[str]) -> Mapping[str, str]:
        """What creations that really went out under these keys made."""
        return self.real.made_under(table, keys)

    def create(self, table: Table, creations: Sequence[Creation]) -> list[WriteResult]:
        """A record that Business Central would make has a symbol for its id, the same at every repeat."""
        if self._is_refused:
            return self.real.create(table, creations)
        ids = [each.id or self._symbol(each) for each in creations]
        known, inherited = self._records(table, ids), self._inherited(table, creations)
        planned = [
            self._created(known[i], each, more)
            for i, each, more in zip(ids, creations, inherited, strict=True)
            if not known[i].is_real
        ]
        results = self._write(table, planned)
        return [results.get(i, Exists()) for i in ids]

    def _inherited(self, table: Table, creations: Sequence[Creation]) -> list[Values]:
        """What Sales fills from other rows, for each new one."""
        rule = INHERITED.get(table.name) if self.side is Side.SALES else None
        if rule is None:
            return [{} for _ in creations]
        leads = [str(each.values.get(rule.through) or "") for each in creations]
        rows = self.read(rule.source, sorted({each for each in leads if each}))
        return [{rule.column: rows[each].values.get(rule.column)} if each in rows else {} for each in leads]

    def update(self, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
        if self._is_refused:
            return self.real.update(table, changes)
        known = self._records(table, [each.id for each in changes])
        planned = [self._updated(known[c.id], c) for c in changes if known[c.id].is_at(c.version)]
        results = self._write(table, planned)
        return [results.get(c.id) or known[c.id].refusal for c in changes]

    def delete(self, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
        known = self._records(table, [each.id for each in removals])
        planned = [self._removed(known[r.id]) for r in removals if known[r.id].is_at(r.version)]
        results = self._write(table, planned)
        return [results.get(r.id) or known[r.id].refusal for r in removals]

    @property
    def _is_refused(self) -> bool:
        """Whether the table is a choice's options: no write to them goes out, as the system itself says."""
        return self.side is Side.SALES and self._mapping.is_option_set

    def _symbol(self, creation: Creation) -> str:
        return partner_id(self.connection, f"{self._mapping.name}|preview", creation.source, 0)

    def _records(self, table: Table, ids: Sequence[str]) -> Mapping[str, Record]:
        """The records as they are now.  What is held is read first, so that its etag guards all of it.

        What is made on paper in Sales may be made for real meanwhile, under the same id; the id of a record
        that Business Central would make is a symbol.
        """
        held = self.sheet.held(self.side, table.name, ids)
        asked = [i for i in ids if self.side is Side.SALES or i not in held or not held[i].created]
        found = self.real.read(table, asked) if asked else {}
        return {i: Record(table, i, found.get(i), held.get(i)) for i in ids}

    def _created(self, record: Record, creation: Creation, inherited: Values) -> Planned:
        lines = tuple(
            {LINE_ID: each.id or line_on_paper(record.id, at), **each.values}
            for at, each in enumerate(creation.lines)
        )
        values = {
            **made(self._mapping, self.side, creation.values, record.id),
            **inherited,
            **creation.values,
        }
        held = Held(values, created=True, lines=lines, etag=record.etag)
        then = record.after(held)
        write = self._planned(Kind.CREATE, then, {}, creation.values)
        return replace(write, lines=lines, source=creation.source), held, Written(then)

    def _updated(self, record: Record, change: Change) -> Planned:
        before = record.held or Held({})
        held = replace(before, values={**before.values, **change.values})
        then, now = record.after(held), record.present
        old = {name: now.values.get(name) for name in change.values}
        return self._planned(Kind.UPDATE, then, old, change.values), held, Written(then)

    def _removed(self, record: Record) -> Planned:
        held, now = replace(record.held or Held({}), gone=True), record.present
        return self._planned(Kind.DELETE, now, now.values, {}), held, Removed()

    def _planned(self, kind: Kind, row: Row, old: Values, new: Values) -> PlannedWrite:
        names = self._mapping.side(self.side).display
        label = " ".join(" ".join(str(row.values.get(name) or "") for name in names).split())
        return PlannedWrite(self._mapping.name, self.side, kind, row.id, label, self.now_s(), old, new)

    def _write(self, table: Table, planned: Sequence[Planned]) -> dict[str, WriteResult]:
        return {i: result for some in in_chunks(planned) for i, result in self._noted(table, some)}

    def _noted(self, table: Table, planned: Sequence[Planned]) -> Iterator[tuple[str, WriteResult]]:
        """Plan first: a process that dies before the records hold it plans the same writes again."""
        writes = [write for write, _, _ in planned]
        self.sheet.plan(writes)
        try:
            self.sheet.hold(self.side, table.name, {write.record_id: held for write, held, _ in planned})
        except ConditionFailed:
            self.sheet.withdraw(writes)
            return ((each.record_id, Moved()) for each in writes)
        self._add_beside(table, planned)
        return ((write.record_id, result) for write, _, result in planned)

    def _add_beside(self, table: Table, planned: Sequence[Planned]) -> None:
        found = [
            each
            for write, held, _ in planned
            if write.kind is Kind.CREATE and self.side is Side.SALES
            for each in beside(table.name, write.record_id, held.values)
        ]
        for name in dict.fromkeys(each.table for each in found):
            rows = {each.id: Held(each.values, created=True) for each in found if each.table == name}
            self.sheet.add_beside(self.side, name, rows)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is: what the service shows, under what is held on paper."""

    table: Table
    id: str
    row: Row | None
    held: Held | None

    @property
    def etag(self) -> str:
        return self.held.etag if self.held else ""

    @property
    def is_real(self) -> bool:
        return self.row is not None and not (self.held and self.held.gone)

    @property
    def shown(self) -> Row | None:
        """The record as it would be, ``None`` where it would not be there."""
        if self.held is None:
            return self.row
        if self.held.gone or (self.row is None and not self.held.created):
            return None
        return self.after(self.held)

    @property
    def present(self) -> Row:
        assert self.shown is not None
        return self.shown

    @property
    def refusal(self) -> WriteResult:
        """What the service answers to a write that was guarded by another version."""
        return Gone() if self.shown is None else Moved()

    def is_at(self, version: Version) -> bool:
        return self.shown is not None and self.shown.version.etag == version.etag

    def after(self, held: Held) -> Row:
        """The record with these values on paper."""
        columns = [each.name for each in self.table.columns]
        names = {*columns, *(f"{each}type" for each in columns)}
        values = {name: value for name, value in held.values.items() if name in names}
        known = self.row or Row(self.id, NEVER_READ, dict.fromkeys(columns), held.lines)
        return replace(known, version=_version(known.version, values), values={**known.values, **values})


NEVER_READ = Version("", "")


def line_on_paper(record_id: str, at: int) -> str:
    """An id for a line that has none yet."""
    return partner_id("line", record_id, str(at), 0)


def real_etag(version: Version | None) -> str:
    """The version of the service's own that one on paper goes back to; blank for a record that it has not."""
    return version.etag.partition(ON_PAPER)[0] if version else ""


ON_PAPER = "~"
"""Parts the service's etag from what tells the values on paper; no service's etag holds it."""


def _version(version: Version, written: Values) -> Version:
    """The version of a record with these values on paper; the stamp stays, because no scan shows another."""
    return Version(f"{version.etag}{ON_PAPER}{digest((dump(dict(sorted(written.items()))),))}", version.stamp)
