"""Dated lines of Business Central as records: lines of one place are one, shown as the line in force today.

A line comes into force and ends without being changed, so the first look of a day has everything looked at.
What day it is, the service's clock and the company's time zone tell, the same for every process.

Lines that are read together (of a price list and a product: a *run*) stand together in a full scan, which is
sorted by them.  A page's last run may go on in the next page, where it is read whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import batched

from shared_code.core.in_force import read_together, records, within_of
from shared_code.core.mapping import IN_FORCE, InForce
from shared_code.core.records import Row
from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_tables as tables
from shared_code.systems import odata
from shared_code.systems.business_central_place import Place
from shared_code.systems.business_central_scan import position_of, readable, scan_plain, server_time
from shared_code.systems.http import Client
from shared_code.systems.interface import Cursor, CursorExpired, Page, Sighting, Table

RUNS_PER_PART = 100

SETTLED_AFTER_S = 120.0
"""So long after midnight a day has begun on the clocks of all servers: none evaluates the day before."""

type Run = tuple[str, ...]
"""What the lines that are read together have in common."""


def scan(
    client: Client, place: Place, table: Table, rule: InForce, cursor: Cursor | None, look_back_s: float
) -> Page:
    """One page.  Raises ``CursorExpired`` once a day, when lines may have come into force or ended."""
    cursor, begun = _unwrapped(cursor)
    position, there, lines = position_of(cursor), place.of(table), _lines(table, table.scan_columns)
    page, now = scan_plain(client, there, lines, position, look_back_s)
    if position.since and not position.link and _settled(place, position.since) != _settled(place, now):
        raise CursorExpired("A day has begun, on which other lines may be in force. Everything is looked at.")
    seen = [Row(each.id, each.version, each.values) for each in page.seen]
    whole: list[Row] = []
    runs, left = {read_together(rule, each.values) for each in seen}, None
    if not position.since:
        whole, runs, left = _whole(rule, seen, begun, more=page.next is not None)
    whole += _read(client, there, lines, rule, runs, "scan")[0]
    return replace(
        page,
        seen=_sightings(table, records(rule, whole, _day(place, now))),
        next=page.next and _wrapped(page.next, left),
    )


def read(client: Client, place: Place, table: Table, rule: InForce, ids: Sequence[str]) -> Mapping[str, Row]:
    """The records with these ids.  One whose place has no line any more is not there."""
    lines = _lines(table, tables.column_names(table))
    runs = {run for each in ids if (run := within_of(rule, each)) is not None}
    found, now = _read(client, place.of(table), lines, rule, runs, "read")
    by_id = records(rule, found, _day(place, now)) if found else {}
    names = tables.column_names(table)
    return {i: _only(by_id[i], names) for i in dict.fromkeys(ids) if i in by_id}


def _whole(
    rule: InForce, seen: Sequence[Row], begun: Run | None, *, more: bool
) -> tuple[list[Row], set[Run], Run | None]:
    """The lines of a page whose runs are whole, the run to be read, and the one left to the next page."""
    left = read_together(rule, seen[-1].values) if seen and more else None
    whole = [each for each in seen if read_together(rule, each.values) not in (begun, left)]
    return whole, set() if begun in (None, left) else {begun}, left


def _read(
    client: Client, place: Place, lines: Table, rule: InForce, runs: Iterable[Run], kind: str
) -> tuple[list[Row], str]:
    """All lines of these runs, from the primary, and the service's clock then (blank without a run)."""
    parts = [_part(place, lines, condition) for condition in _conditions(rule, runs)]
    found: list[Row] = []
    now = ""
    for some in odata.chunks(parts, batch.MAX_PARTS):
        answer, bodies = batch.get(client, place.root, kind, some)
        now = now or server_time(answer)
        with readable(lines):
            found += [tables.row(lines, entity) for body in bodies for entity in tables.whole(body)]
    wanted = set(runs)
    return [each for each in found if read_together(rule, each.values) in wanted], now


def _conditions(rule: InForce, runs: Iterable[Run]) -> list[str]:
    """Filters that together let all these runs through: ``or`` joins conditions on one field only."""
    by_first: dict[Run, list[str]] = {}
    for run in sorted(runs):
        by_first.setdefault(run[:-1], []).append(odata.literal(run[-1]))
    return [
        " and ".join([*_equal(rule, first), f"({odata.any_of(odata.name(rule.within[-1]), some)})"])
        for first, lasts in by_first.items()
        for some in batched(lasts, RUNS_PER_PART, strict=False)
    ]


def _equal(rule: InForce, first: Run) -> list[str]:
    names = zip(rule.within, first, strict=False)
    return [f"{odata.name(name)} eq {odata.literal(value)}" for name, value in names]


def _part(place: Place, lines: Table, condition: str) -> batch.Part:
    select = tables.select(lines, tables.column_names(lines))
    url = odata.address(f"{place.company}/{odata.name(lines.name)}", select=select, filter=condition)
    return batch.Part("GET", url, batch.READ_PRIMARY)


def _lines(table: Table, names: Sequence[str]) -> Table:
    """The table of the lines themselves, with these columns as far as a line has them."""
    assert table.in_force is not None
    wanted = [name for name in dict.fromkeys((*names, *table.in_force.names)) if name != IN_FORCE]
    columns = tuple(each for each in table.columns if each.name in wanted)
    return replace(table, columns=columns, scan_columns=tuple(wanted))


def _sightings(table: Table, found: Mapping[str, Row]) -> tuple[Sighting, ...]:
    rows = (_only(each, table.scan_columns) for each in found.values())
    return tuple(Sighting(each.id, each.version, each.values) for each in rows)


def _only(row: Row, names: Iterable[str]) -> Row:
    return replace(row, values={name: row.values[name] for name in names})


def _day(place: Place, now: str, late_s: float = 0.0) -> str:
    """The company's date at a moment."""
    return place.day(odata.seconds_of(now) - late_s)


def _settled(place: Place, now: str) -> str:
    return _day(place, now, SETTLED_AFTER_S)


def _wrapped(cursor: Cursor, left: Run | None) -> Cursor:
    return Cursor(odata.dumps({"kind": "run", "run": left, "cursor": cursor.text})) if left else cursor


def _unwrapped(cursor: Cursor | None) -> tuple[Cursor | None, Run | None]:
    """A cursor, and the run its page has to begin with.  What cannot be read is left to ``position_of``."""
    try:
        data = odata.mapping(odata.loads(cursor.text)) if cursor else {}
        run = data.get("run")
        if data.get("kind") == "run" and isinstance(run, list):
            return Cursor(odata.text(data, "cursor")), tuple(map(str, run))
    except ValueError:
        pass
    return cursor, None
