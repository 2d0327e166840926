"""Watermarks: where change detection of one side of one mapping goes on from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Scalar, Tables

TABLE = "Watermarks"


@dataclass(frozen=True, slots=True)
class Watermark:
    """``cursor`` is the system's own text, ``None`` before the first scan and while a full scan renews it
    (``renewing_since_s``; 0 where none does).  ``rules`` are those the scan was made under that led here."""

    cursor: str | None
    etag: str = ""
    renewing_since_s: float = 0.0
    rules: str = ""


class WatermarkStore:
    """The watermarks of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def get(self, mapping: str, side: Side) -> Watermark:
        entity = self._tables.get(TABLE, self._partition, self._row(mapping, side))
        if entity is None:
            return Watermark(None)
        since_s = float(entity.values.get("renewing_since_s", 0.0))
        rules = str(entity.values.get("rules", ""))
        return Watermark(str(entity.values["cursor"]) or None, entity.etag, since_s, rules)

    def started(self, mappings: Iterable[str]) -> frozenset[str]:
        """Those of these mappings that have been looked at as a whole: one request."""
        rows = {each.row for each in self._tables.query(TABLE, self._partition, select=["rules"])}
        return frozenset(e for e in mappings if any(self._row(e, side) in rows for side in Side))

    def move(self, mapping: str, side: Side, seen: Watermark, cursor: str, rules: str = "") -> bool:
        """Replace the watermark if it still is the one that was ``seen``; whether it was.

        When it is not, another scan moved it: its own look went at least as far as its cursor says,
        and what this scan found is queued all the same.  Nothing is to be done.
        """
        values: dict[str, Scalar] = {"cursor": cursor, "rules": rules}
        entity = Entity(self._partition, self._row(mapping, side), values, seen.etag)
        try:
            if seen.etag:
                self._tables.replace(TABLE, entity)
            else:
                self._tables.insert(TABLE, entity)
        except (AlreadyExists, Changed, Missing):
            return False
        return True

    def set(self, mapping: str, side: Side, cursor: str, rules: str = "") -> None:
        """Set the watermark after a full scan, whatever was there."""
        values: dict[str, Scalar] = {"cursor": cursor, "rules": rules}
        self._tables.upsert(TABLE, Entity(self._partition, self._row(mapping, side), values))

    def renew(self, mapping: str, side: Side, now_s: float, rules: str = "") -> None:
        """The cursor is of no use any more and a full scan is on its way that sets a new one.

        The moment stays on file: a scan that never ended is begun again.
        """
        values: dict[str, Scalar] = {"cursor": "", "renewing_since_s": float(now_s), "rules": rules}
        self._tables.upsert(TABLE, Entity(self._partition, self._row(mapping, side), values))

    def _row(self, mapping: str, side: Side) -> str:
        return escape_key(f"{mapping}|{side}")
