"""A backup: every row of Tandem's tables as one line of JSON, and its way back.

The first line is a header, the last one counts the rows, so that a file that was cut off is recognised.
Watermarks come before couplings: the app may work meanwhile, and a watermark that is older than the
couplings beside it only has some changes looked at again.  Queues are not part of it: what was on its way is
found again (docs/disaster.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from typing import Any, TextIO

from shared_code.store import couplings, permits, previews, schema, watermarks
from shared_code.store.table_list import FILLED_FIRST, TABLES
from shared_code.store.tables import Entity, Tables, Upsert

KIND = "tandem backup"
FORM = 1
LEFT_OUT = frozenset({permits.TABLE, previews.TABLE})
"""What lives for a moment: leases of requests, and previews, whose sheets are tables of their own."""
_FIRST = (schema.TABLE, watermarks.TABLE)
_LAST = (couplings.TABLE,)
ROW_LIMIT = 10**9
MAX_ROWS_AT_ONCE = 100

type Say = Callable[[str], None]


class BackupInvalid(ValueError):
    """The file is no whole backup, or not one that this release can take."""


class NotEmpty(Exception):
    """There is data already where a backup was to be restored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One row of one table."""

    table: str
    entity: Entity


def order() -> tuple[str, ...]:
    """The tables of a backup, in the order in which they are read."""
    between = [each for each in TABLES if each not in (*_FIRST, *_LAST, *LEFT_OUT)]
    return (*_FIRST, *between, *_LAST)


def write(tables: Tables, out: TextIO, taken_at: str, say: Say = lambda line: None) -> int:
    """Write all rows; how many.  ``taken_at`` is told in the header."""
    _line(out, {"kind": KIND, "form": FORM, "schema": _version(tables), "taken_at": taken_at})
    count = 0
    for table in order():
        before = count
        for entity in tables.scan(table, limit=ROW_LIMIT):
            _line(out, {"t": table, "p": entity.partition, "r": entity.row, "v": dict(entity.values)})
            count += 1
        say(f"{table}: {count - before} rows")
    _line(out, {"rows": count})
    return count


def check(lines: Iterable[str]) -> dict[str, Any]:
    """The header of a whole backup, with the number of rows of each table under ``tables``.

    Raises ``BackupInvalid``.
    """
    counts: dict[str, int] = {}
    iterator = iter(lines)
    header = _header(next(iterator, ""))
    for stored in _rows(iterator):
        counts[stored.table] = counts.get(stored.table, 0) + 1
    return {**header, "tables": counts}


def restore(tables: Tables, lines: Iterable[str], *, over: bool, say: Say = lambda line: None) -> int:
    """Write the rows of a backup that ``check`` found whole; how many.

    Can be repeated where it was cut off, with ``over``: without it nothing is written where there is data
    already.  Rows that are there and not in the file stay.  Raises ``NotEmpty``, ``BackupInvalid``.
    """
    tables.ensure(TABLES)
    if not over and (held := _held(tables)):
        raise NotEmpty(f"There is data already (table {held}).")
    iterator = iter(lines)
    header = _header(next(iterator, ""))
    tables.upsert(schema.TABLE, schema.row_of(int(header["schema"])))
    count = 0
    for (table, _), group in groupby(_rows(iterator), key=lambda each: (each.table, each.entity.partition)):
        before = count
        for rows in _in_transactions(each.entity for each in group):
            tables.transact(table, [Upsert(each) for each in rows])
            count += len(rows)
        say(f"{table}: {count - before} rows")
    return count


def _in_transactions(entities: Iterable[Entity]) -> Iterator[Sequence[Entity]]:
    """Pieces of at most 100 rows and about 2 MiB, half of what one transaction takes."""
    for piece in batched(entities, MAX_ROWS_AT_ONCE, strict=False):
        rows: list[Entity] = []
        size = 0
        for each in piece:
            own = sum(4 * len(str(value)) for value in each.values.values())
            if rows and size + own > 2 * 1024 * 1024:
                yield rows
                rows, size = [], 0
            rows.append(each)
            size += own
        yield rows


def _held(tables: Tables) -> str:
    """The first of the tables that hold something as soon as anything was synchronised."""
    return next((name for name in FILLED_FIRST if next(iter(tables.scan(name, limit=1)), None)), "")


def _version(tables: Tables) -> int:
    """Of what is stored; data without a version is of the first."""
    return schema.version_of(tables) or schema.FIRST


def _line(out: TextIO, content: dict[str, Any]) -> None:
    out.write(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")


def _header(line: str) -> dict[str, Any]:
    found = _document(line)
    if found.get("kind") != KIND or found.get("form") != FORM:
        raise BackupInvalid("This is no backup of Tandem.")
    if type(version := found.get("schema")) is not int or version > schema.present():
        raise BackupInvalid(
            f"The backup holds data of version {found.get('schema')}, this release knows {schema.present()}: "
            "use the release it was made with, or a newer one."
        )
    return found


def _rows(lines: Iterator[str]) -> Iterator[Stored]:
    """The rows up to the last line, which must count them."""
    known, count = frozenset(TABLES), 0
    for line in lines:
        found = _document(line)
        if "rows" in found:
            if found["rows"] != count or next(lines, ""):
                raise BackupInvalid(
                    f"The file tells of {found['rows']} rows and holds {count}: it is not whole."
                )
            return
        if found.get("t") not in known:
            raise BackupInvalid(f"Row {count + 1} belongs to a table that this release does not have.")
        count += 1
        if found["t"] != schema.TABLE:
            yield Stored(found["t"], _entity(found, count))
    raise BackupInvalid(f"The file ends after {count} rows without its last line: it was cut off.")


def _entity(found: dict[str, Any], number: int) -> Entity:
    partition, row, values = found.get("p"), found.get("r"), found.get("v")
    if isinstance(partition, str) and isinstance(row, str) and isinstance(values, dict):
        if all(isinstance(each, str | int | float) for each in values.values()):
            return Entity(partition, row, values)
    raise BackupInvalid(f"Row {number} is not one that Tandem stores.")


def _document(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        raise BackupInvalid("A line of the file is no JSON.") from None
    if not isinstance(found, dict):
        raise BackupInvalid("A line of the file is no object.")
    return found
