"""Announcements: which Sales rows are about to be created, so that nobody takes them for a person's.

Partition: connection and mapping.  Row: the batch that creates them, its delivery (two deliveries may run at
once; each withdraws only its own) and the number of a part, with up to 300 lines
``<sales id>|<bc id>``: a few rows for a batch and not one for each record, because every creation pays for
them.  They go when all couplings of the batch are on file; what a process that died left behind is read as
long as it is there and goes with the nightly clean-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import batched

from shared_code.store.codec import escape_key
from shared_code.store.tables import (
    AlreadyExists,
    Delete,
    Entity,
    Insert,
    Missing,
    Scalar,
    StorageUnavailable,
    Tables,
    Upsert,
)

TABLE = "Announcements"
PER_ROW = 300
"""Two ids of 36 characters and a line end each, below the 32 K characters that a value may hold."""

MAX_DELIVERIES = 20
"""A message is given up after fewer deliveries, and what those that died left behind goes within a week."""

KEPT_S = 7 * 86_400.0
"""A creation runs for minutes at most, and whoever waits for its maker decides after 20 minutes; the week
is for an app that stood still meanwhile."""


class AnnouncementStore:
    """The announced creations of one connection and mapping."""

    def __init__(self, tables: Tables, connection: str, mapping: str) -> None:
        self._tables = tables
        self._partition = escape_key(f"{connection}|{mapping}")

    def put(self, batch: str, creations: Mapping[str, str], now_s: float, delivery: int | None = None) -> int:
        """Put on file what a delivery of ``batch`` creates, as BC ids by Sales ids; replaces what that one
        said before.  The number of the delivery: without one it gets one that no other has.
        """
        parts = [_values(part, now_s) for part in batched(creations.items(), PER_ROW, strict=False)]
        if delivery is None:
            return self._begin(batch, parts)
        self._tables.transact(TABLE, [Upsert(each) for each in self._entities(batch, delivery, parts)])
        return delivery

    def _begin(self, batch: str, parts: Sequence[Mapping[str, Scalar]]) -> int:
        """Create the rows of a delivery.  The last number is for all that come after so many others."""
        for delivery in range(MAX_DELIVERIES):
            first, *others = self._entities(batch, delivery, parts)
            with suppress(AlreadyExists):
                self._tables.transact(TABLE, [Insert(first), *map(Upsert, others)])
                return delivery
        rows = self._entities(batch, MAX_DELIVERIES, parts)
        self._tables.transact(TABLE, [Upsert(each) for each in rows])
        return MAX_DELIVERIES

    def _entities(self, batch: str, delivery: int, parts: Sequence[Mapping[str, Scalar]]) -> list[Entity]:
        return [Entity(self._partition, _row(batch, delivery, n), each) for n, each in enumerate(parts)]

    def withdraw(self, batch: str, delivery: int, count: int) -> None:
        """All of the ``count`` creations that the delivery announced are coupled or were surely refused."""
        rows = [_row(batch, delivery, number) for number in range(-(-count // PER_ROW))]
        try:
            self._tables.transact(TABLE, [Delete(self._partition, each) for each in rows])
        except (Missing, StorageUnavailable):  # A clean-up took one, or all went and the answer was lost.
            for each in rows:
                self._tables.delete(TABLE, self._partition, each)

    def all(self) -> dict[str, str]:
        """What is announced now: BC ids by Sales ids.  Few, unless many processes died."""
        found: dict[str, str] = {}
        for each in self._tables.query(TABLE, self._partition):
            for line in str(each.values["lines"]).split("\n"):
                sales_id, bc_id = line.split("|", 1)
                found[sales_id] = bc_id
        return found

    def remove_old(self, now_s: float) -> None:
        """Remove what has been on file for a week."""
        for each in list(self._tables.query(TABLE, self._partition, select=["announced_at_s"])):
            if float(each.values["announced_at_s"]) < now_s - KEPT_S:
                self._tables.delete(TABLE, self._partition, each.row)


def _values(part: Sequence[tuple[str, str]], now_s: float) -> dict[str, Scalar]:
    lines = "\n".join(f"{sales_id}|{bc_id}" for sales_id, bc_id in part)
    return {"lines": lines, "announced_at_s": float(now_s)}


def _row(batch: str, delivery: int, number: int) -> str:
    return escape_key(f"{batch}|{delivery}|{number}")
