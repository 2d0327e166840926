"""What the fields of a mapping meant under rules that were in force once, by the digest of those rules.

A base names the rules it was made under.  When they have changed since, this tells which of its fields
still mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.store.codec import escape_key
from shared_code.store.json_values import dump, load
from shared_code.store.tables import Entity, Tables

TABLE = "Rules"


class RulebookStore:
    """The rules of one connection's mappings, the present and past ones."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def put(self, mapping: str, digest: str, meanings: Mapping[str, str]) -> None:
        """Keep what the fields mean under these rules; repeatable."""
        self._tables.upsert(
            TABLE, Entity(self._partition, _row(mapping, digest), {"meanings": dump(meanings)})
        )

    def get(self, mapping: str, digest: str) -> Mapping[str, str]:
        """What the fields meant; empty where nobody knows any more."""
        entity = self._tables.get(TABLE, self._partition, _row(mapping, digest))
        return {} if entity is None else {n: str(v) for n, v in load(str(entity.values["meanings"])).items()}


def _row(mapping: str, digest: str) -> str:
    return escape_key(f"{mapping}|{digest}")
