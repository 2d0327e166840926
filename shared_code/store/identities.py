"""Who a connection was made with: the organisation and company that its couplings belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared_code.store.codec import escape_key
from shared_code.store.json_values import dump, load
from shared_code.store.tables import AlreadyExists, Changed, Entity, Tables

TABLE = "Identities"


@dataclass(frozen=True, slots=True)
class Identity:
    """``known`` is what the systems said when the connection was first used; ``stopped_because`` tells
    that they have said something else since."""

    known: Mapping[str, str] = field(default_factory=dict)
    stopped_because: str = ""
    etag: str = ""


class IdentityStore:
    """The identity of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def get(self) -> Identity:
        entity = self._tables.get(TABLE, self._partition, "identity")
        if entity is None:
            return Identity()
        known = {name: str(value) for name, value in load(str(entity.values["known"])).items()}
        return Identity(known, str(entity.values["stopped_because"]), entity.etag)

    def put(self, identity: Identity) -> bool:
        """Write it if it is as it was read; whether it was."""
        values = {"known": dump(identity.known), "stopped_because": identity.stopped_because}
        entity = Entity(self._partition, "identity", values, identity.etag)
        try:
            if identity.etag:
                self._tables.replace(TABLE, entity)
            else:
                self._tables.insert(TABLE, entity)
        except (AlreadyExists, Changed):
            return False
        return True
