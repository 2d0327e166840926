"""Losing storage: couplings as a whole or in part, the pairs with them, watermarks."""

from __future__ import annotations

import random
from collections.abc import Callable

from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Entity

MAX_ROWS = 100_000


def lose(tables: MemoryTables, table: str, wanted: Callable[[Entity], bool]) -> int:
    """Take rows away, as if they had never been stored; how many."""
    gone = [each for each in list(_rows(tables, table)) if wanted(each)]
    for each in gone:
        tables._tables[table][each.partition].remove(each.row)
    return len(gone)


def _rows(tables: MemoryTables, table: str) -> list[Entity]:
    return [e for partition in tables._tables[table].values() for e in partition.entities.values()]


def is_quiet(tables: MemoryTables) -> bool:
    """Whether no creation is under way: what became of one that is could not be told afterwards."""
    rows = {each.row for each in _rows(tables, "Couplings")}
    announced = [str(each.values["lines"]).split("\n") for each in _rows(tables, "Announcements")]
    open_creations = [line for lines in announced for line in lines if "b|" + line.split("|")[1] not in rows]
    return not open_creations and not any(row.startswith("i|") for row in rows)


def lose_couplings(tables: MemoryTables) -> int:
    """The whole table, as after somebody deleted it."""
    return lose(tables, "Couplings", lambda each: True)


def lose_pairs(tables: MemoryTables) -> int:
    return lose(tables, "Pairs", lambda each: True)


def lose_watermarks(tables: MemoryTables) -> int:
    return lose(tables, "Watermarks", lambda each: True)


def lose_part(tables: MemoryTables, rng: random.Random) -> int:
    """Some rows of every kind, whatever belongs together: a pointer here, a coupling there."""
    share = rng.choice((0.2, 0.5, 0.8))
    return lose(tables, "Couplings", lambda each: rng.random() < share)
