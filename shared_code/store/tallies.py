"""Tallies: which records of a mapping were seen gone or changed within the last hour.

One row for each mapping, side and kind of sight, written only where such a record is seen.
"""

from __future__ import annotations

from collections.abc import Collection

from shared_code.core.records import Side
from shared_code.core.tally import Tally, tally_of
from shared_code.store.codec import escape_key
from shared_code.store.divided_text import divided, joined
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Tables

TABLE = "Tallies"
MAX_TRIES = 8


class TallyStore:
    """The tallies of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def add(self, mapping: str, side: Side, sight: str, ids: Collection[str], now_s: float) -> int:
        """Note records that were seen now; how many there were within the hour, each counted once.

        Where others keep writing the row, theirs stays: the count still holds these records.
        """
        row = escape_key(f"{mapping}|{side}|{sight}")
        tally = Tally()
        for _ in range(MAX_TRIES):
            found = self._tables.get(TABLE, self._partition, row)
            tally = (tally_of(joined("tally", found.values)) if found else Tally()).with_seen(ids, now_s)
            entity = Entity(self._partition, row, divided("tally", tally.text()), found.etag if found else "")
            try:
                if found:
                    self._tables.replace(TABLE, entity)
                else:
                    self._tables.insert(TABLE, entity)
                break
            except (AlreadyExists, Changed, Missing):
                continue
        return tally.count

    def clear(self, mapping: str) -> None:
        """Forget what was seen of a mapping: a person says that it really is so."""
        for each in self._tables.query_prefix(TABLE, self._partition, escape_key(f"{mapping}|")):
            self._tables.delete(TABLE, self._partition, each.row)
