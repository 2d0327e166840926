"""Mapping files that people stored: their own mappings, and their versions of the catalogue's.

One partition; a row for each file, by the mapping's name, with the text in parts below the size of a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared_code.core.identity import digest
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.divided_text import divided, joined
from shared_code.store.tables import Entity, Tables

TABLE = "MappingFiles"
_PARTITION = "files"
MAX_FILES = 200


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A stored file: the mapping's name, its text, and when it was stored."""

    name: str
    text: str
    stored_at_s: float


class MappingFileStore:
    """The stored files of the app."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def all(self) -> dict[str, MappingFile]:
        """Every stored file by the name of its mapping."""
        found = self._tables.query(TABLE, _PARTITION, limit=MAX_FILES)
        return {each.name: each for each in map(_file, found)}

    def versions(self) -> Mapping[str, str]:
        """A short text for each file that changes when the file does."""
        found = self._tables.query(TABLE, _PARTITION, limit=MAX_FILES, select=["version"])
        return {each.row: str(each.values["version"]) for each in found}

    def put(self, file: MappingFile) -> None:
        """Store the file in place of the one of that name, if any."""
        values = divided("text", file.text)
        values |= {
            "stored_at_s": float(file.stored_at_s),
            "version": digest((file.text, str(file.stored_at_s))),
        }
        self._tables.upsert(TABLE, Entity(_PARTITION, escape_key(file.name), values))

    def remove(self, name: str) -> None:
        """Remove the file; fine if there is none."""
        self._tables.delete(TABLE, _PARTITION, escape_key(name))


def _file(entity: Entity) -> MappingFile:
    values = entity.values
    return MappingFile(unescape_key(entity.row), joined("text", values), float(values["stored_at_s"]))
