"""Announcements: which Sales rows are about to be created, so that nobody takes them for a person's.

Partition: connection and mapping.  Row: the batch that creates them and the number of a part, with up to
300 lines ``<sales id>|<bc id>``: a few rows for a batch and not one for each record, because every creation
pays for them.  They go when all couplings of the batch are on file; what a process that died left behind is
read as long as it is there and goes with the nightly clean-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import batched

from shared_code.store.codec import escape_key
from shared_code.store.tables import Entity, Scalar, Tables

TABLE = "Announcements"
PER_ROW = 300
"""Two ids of 36 characters and a line end each, below the 32 K characters that a value may hold."""

KEPT_S = 7 * 86_400.0
"""A creation runs for minutes at most, and whoever waits for its maker decides after 20 minutes; the week
is for an app that stood still meanwhile."""


class AnnouncementStore:
    """The announced creations of one connection and mapping."""

    def __init__(self, tables: Tables, connection: str, mapping: str) -> None:
        self._tables = tables
        self._partition = escape_key(f"{connection}|{mapping}")

    def put(self, batch: str, creations: Mapping[str, str], now_s: float) -> None:
        """Put on file what ``batch`` creates, as BC ids by Sales ids; replaces what it said before."""
        for number, part in enumerate(batched(creations.items(), PER_ROW, strict=False)):
            lines = "\n".join(f"{sales_id}|{bc_id}" for sales_id, bc_id in part)
            values: dict[str, Scalar] = {"lines": lines, "announced_at_s": float(now_s)}
            self._tables.upsert(TABLE, Entity(self._partition, _row(batch, number), values))

    def withdraw(self, batch: str, count: int) -> None:
        """All of the ``count`` announced creations are coupled or were surely refused."""
        for number in range(-(-count // PER_ROW)):
            self._tables.delete(TABLE, self._partition, _row(batch, number))

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


def _row(batch: str, number: int) -> str:
    return escape_key(f"{batch}|{number}")
