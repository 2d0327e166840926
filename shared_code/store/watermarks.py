"""Watermarks: where change detection of one side of one mapping goes on from."""

from __future__ import annotations

from dataclasses import dataclass

from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Tables

TABLE = "Watermarks"


@dataclass(frozen=True, slots=True)
class Watermark:
    """``cursor`` is the system's own text, ``None`` before the first scan."""

    cursor: str | None
    etag: str = ""


class WatermarkStore:
    """The watermarks of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def get(self, mapping: str, side: Side) -> Watermark:
        entity = self._tables.get(TABLE, self._partition, self._row(mapping, side))
        return Watermark(str(entity.values["cursor"]), entity.etag) if entity else Watermark(None)

    def move(self, mapping: str, side: Side, seen: Watermark, cursor: str) -> bool:
        """Replace the watermark if it still is the one that was ``seen``; whether it was.

        When it is not, another scan moved it: its own look went at least as far as its cursor says,
        and what this scan found is queued all the same.  Nothing is to be done.
        """
        entity = Entity(self._partition, self._row(mapping, side), {"cursor": cursor}, seen.etag)
        try:
            if seen.etag:
                self._tables.replace(TABLE, entity)
            else:
                self._tables.insert(TABLE, entity)
        except (AlreadyExists, Changed, Missing):
            return False
        return True

    def set(self, mapping: str, side: Side, cursor: str) -> None:
        """Set the watermark after a full scan, whatever was there."""
        self._tables.upsert(TABLE, Entity(self._partition, self._row(mapping, side), {"cursor": cursor}))

    def forget(self, mapping: str, side: Side) -> None:
        """Drop the watermark: the next look is a full scan."""
        self._tables.delete(TABLE, self._partition, self._row(mapping, side))

    def _row(self, mapping: str, side: Side) -> str:
        return escape_key(f"{mapping}|{side}")
