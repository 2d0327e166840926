"""Looks at a table whose records also move without a stamp: with the changes they ask for new entries.

Both are asked for in one request.  Where there are new entries, the records they name are read as they are
now, from the primary, with the fields that move.  A full scan reads everything anyway.
Source: Microsoft docs api-reference/v2.0/resources/dynamics_itemledgerentry.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_code.core.conditions import Condition, Test
from shared_code.core.moved_by import NUMBER, Entries, MovedBy
from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_tables as tables
from shared_code.systems import odata
from shared_code.systems.business_central_place import Place
from shared_code.systems.business_central_scan import (
    Position,
    first_address,
    followed,
    oldest_of,
    page_of,
    position_of,
    readable,
    scan,
    server_time,
)
from shared_code.systems.http import Client
from shared_code.systems.interface import Cursor, CursorExpired, Page, Sighting, Table

NAMES_PER_PART = 100
MAX_PAGES = 10
"""So many pages of entries, or of records that may have moved, are read at once."""


def scan_moved(
    client: Client, place: Place, table: Table, rule: MovedBy, cursor: Cursor | None, look_back_s: float
) -> Page:
    """One page.  Raises ``CursorExpired`` where more moved than can be looked at one by one."""
    cursor, entries = _unwrapped(cursor)
    position = position_of(cursor)
    if position.since is None or position.link:
        return _wrapped(scan(client, place, table, cursor, look_back_s), entries)
    look = _Look(client, place.of(table), table, rule, entries, position, look_back_s)
    return look.page()


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at changes and entries since a watermark."""

    client: Client
    place: Place
    table: Table
    rule: MovedBy
    entries: Entries
    position: Position
    look_back_s: float

    def page(self) -> Page:
        parts = [self._changes(), self._entries()]
        if self.rule.numbered and not self.entries.marks:
            parts.append(self._highest())
        answer, (changed, found, *top) = batch.get(self.client, self.place.root, "scan", parts)
        now = server_time(answer)
        page = page_of(self.place, self.table, self.position, changed, now, self.look_back_s)
        named, highest = self._read(found, top)
        moved = self._moved(named, self.entries.fresh(named))
        seen = {each.id: each for each in (*page.seen, *moved)}
        if not self.rule.numbered:
            return replace(page, seen=tuple(seen.values()))
        now_s = odata.seconds_of(now)
        entries = self.entries.after(now_s, now_s - self.look_back_s, highest, named)
        return _wrapped(replace(page, seen=tuple(seen.values())), entries)

    @property
    def _oldest(self) -> str:
        return oldest_of(str(self.position.since), self.look_back_s)

    def _changes(self) -> batch.Part:
        url = first_address(f"{self.place.company}/{self.table.name}", self.table, self._oldest)
        return batch.Part("GET", url, batch.READ_REPLICA)

    def _entries(self) -> batch.Part:
        """New entries: beyond the number up to which all is known, at first by time."""
        if not self.rule.numbered:
            return self._changed_records()
        floor = self.entries.floor(odata.seconds_of(self._oldest))
        fresh = f"{tables.MODIFIED} ge {self._oldest}" if floor is None else f"{NUMBER} gt {floor}"
        conditions = " and ".join([fresh, *map(_condition, self.rule.entries)])
        url = odata.address(
            self._path(self.rule.table),
            select=",".join([NUMBER, *([self.rule.names] if self.rule.names else [])]),
            filter=conditions,
            orderby=NUMBER,
        )
        return batch.Part("GET", url, batch.READ_REPLICA)

    def _changed_records(self) -> batch.Part:
        names = self.rule.names
        assert names is not None, "the mapping's contradictions were told"
        conditions = " and ".join(
            [f"{tables.MODIFIED} ge {self._oldest}", *map(_condition, self.rule.entries)]
        )
        url = odata.address(self._path(self.rule.table), select=names, filter=conditions)
        return batch.Part("GET", url, batch.READ_REPLICA)

    def _highest(self) -> batch.Part:
        url = odata.address(self._path(self.rule.table), select=NUMBER, orderby=f"{NUMBER} desc", top="1")
        return batch.Part("GET", url, batch.READ_REPLICA)

    def _path(self, name: str) -> str:
        return f"{self.place.company}/{odata.name(name)}"

    def _read(self, found: object, top: Sequence[object]) -> tuple[Mapping[int, str], int]:
        """What each entry names, by its number, and the highest number there is."""
        entries = Table(self.rule.table, "id", ())
        start = f"{self.place.root}/{self._path(self.rule.table)}"
        with readable(entries):
            rows = [row for data in self._pages(found, start, batch.READ_REPLICA) for row in odata.rows(data)]
            numbers = map(_number, rows) if self.rule.numbered else range(len(rows))
            named = {at: _name(row, self.rule) for at, row in zip(numbers, rows, strict=True)}
            highest = [_number(row) for data in top for row in odata.rows(data)]
        return named, max([*named, *highest], default=0)

    def _pages(self, first: object, start: str, intent: Mapping[str, str]) -> Iterable[object]:
        """The pages of an answer.  Raises ``CursorExpired`` for too many."""
        data = first
        for _ in range(MAX_PAGES):
            yield data
            link = odata.mapping(data).get("@odata.nextLink")
            if not isinstance(link, str):
                return
            data = followed(self.client, link, start, self.table, intent)
        raise CursorExpired(f"More than {MAX_PAGES} pages of {self.rule.table}: everything is looked at.")

    def _moved(self, named: Mapping[int, str], fresh: set[int]) -> list[Sighting]:
        """The records that new entries may have moved, as they are now."""
        if not fresh:
            return []
        shown = tuple(dict.fromkeys((*self.table.scan_columns, *self.rule.shows)))
        wide = replace(self.table, scan_columns=shown)
        names = sorted({named[each] for each in fresh} - {""})
        found = self._named(wide, names) if self.rule.names else self._among(wide)
        with readable(self.table):
            return [replace(tables.sighting(wide, row), moved=True) for row in found]

    def _named(self, wide: Table, names: Sequence[str]) -> list[Mapping[str, object]]:
        assert self.rule.by is not None
        literals = [odata.literal(each) for each in names]
        by = odata.name(self.rule.by)
        parts = [self._part(wide, odata.any_of(by, some)) for some in odata.chunks(literals, NAMES_PER_PART)]
        found: list[Mapping[str, object]] = []
        for some in odata.chunks(parts, batch.MAX_PARTS):
            _, bodies = batch.get(self.client, self.place.root, "scan", some)
            with readable(self.table):
                found += [row for body in bodies for row in tables.whole(body)]
        return found

    def _among(self, wide: Table) -> list[Mapping[str, object]]:
        part = self._part(wide, " and ".join(map(_condition, self.rule.among)))
        _, (first,) = batch.get(self.client, self.place.root, "scan", [part])
        with readable(self.table):
            pages = list(self._pages(first, self.place.url(self.table), batch.READ_PRIMARY))
            return [row for data in pages for row in odata.rows(data)]

    def _part(self, wide: Table, condition: str) -> batch.Part:
        url = odata.address(
            self._path(wide.name),
            select=tables.select(wide, wide.scan_columns),
            expand=tables.expand(wide, wide.scan_columns),
            filter=condition,
        )
        return batch.Part("GET", url, batch.READ_PRIMARY)


def _condition(given: Test) -> str:
    """A condition as the service takes it; ``or`` joins values of one field."""
    assert isinstance(given, Condition), "the mapping's contradictions were told"
    name, literals = odata.name(given.field), [odata.literal(each) for each in given.values]
    if given.op == "is_not":
        return " and ".join(f"{name} ne {each}" for each in literals)
    return f"({odata.any_of(name, literals)})"


def _number(row: Mapping[str, object]) -> int:
    value = row.get(NUMBER)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"the answer lacks {NUMBER}")
    return value


def _name(row: Mapping[str, object], rule: MovedBy) -> str:
    return str(row.get(rule.names) or "") if rule.names else ""


def _wrapped(page: Page, entries: Entries) -> Page:
    """The page, whose cursors carry what is known of entries."""
    if not entries.marks:
        return page
    return replace(
        page,
        next=page.next and _with(page.next, entries),
        watermark=page.watermark and _with(page.watermark, entries),
    )


def _with(cursor: Cursor, entries: Entries) -> Cursor:
    marks = [[odata.instant_of(at_s), number] for at_s, number in entries.marks]
    seen = [[first, last] for first, last in entries.seen]
    return Cursor(odata.dumps({"kind": "moved", "marks": marks, "seen": seen, "cursor": cursor.text}))


def _unwrapped(cursor: Cursor | None) -> tuple[Cursor | None, Entries]:
    """A cursor and what it knows of entries.  What cannot be read is left to ``position_of``."""
    try:
        data = odata.mapping(odata.loads(cursor.text)) if cursor else {}
        if data.get("kind") == "moved":
            return Cursor(odata.text(data, "cursor")), _entries(data)
    except (ValueError, TypeError):
        pass
    return cursor, Entries()


def _entries(data: Mapping[str, object]) -> Entries:
    marks = tuple((odata.seconds_of(str(at)), int(number)) for at, number in _pairs(data, "marks"))
    seen = tuple((int(first), int(last)) for first, last in _pairs(data, "seen"))
    return Entries(marks, seen)


def _pairs(data: Mapping[str, object], key: str) -> list[tuple[str, int]]:
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(each, list) and len(each) == 2 for each in value):
        raise ValueError(f"{key} is no list of pairs")
    return [(each[0], each[1]) for each in value]
