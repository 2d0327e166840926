"""The connection's settings as people made them on a page: one row, without secrets.

What the app's own settings name counts more; these stand for what those leave out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared_code.store.json_values import dump, load
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Tables

TABLE = "Settings"
_PARTITION, _ROW = "app", "connection"


@dataclass(frozen=True, slots=True)
class Stored:
    """The settings by name, and the version they were read at."""

    values: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""


class ConnectionSettingsStore:
    """The row of the settings."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self) -> Stored:
        entity = self._tables.get(TABLE, _PARTITION, _ROW)
        if entity is None:
            return Stored()
        found = load(str(entity.values["settings"]))
        return Stored({str(name): str(value) for name, value in found.items()}, entity.etag)

    def put(self, stored: Stored) -> bool:
        """Write the settings if they are as they were read; whether they were."""
        entity = Entity(_PARTITION, _ROW, {"settings": dump(dict(stored.values))}, stored.etag)
        try:
            if stored.etag:
                self._tables.replace(TABLE, entity)
            else:
                self._tables.insert(TABLE, entity)
        except (AlreadyExists, Changed, Missing):
            return False
        return True
