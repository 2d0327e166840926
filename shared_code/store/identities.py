"""Who a connection was made with: the organisation and company that its couplings belong to.

Beside it, in a row of its own, what keeps the connection from working now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared_code.store.codec import escape_key
from shared_code.store.json_values import dump, load
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Scalar, Tables

TABLE = "Identities"


@dataclass(frozen=True, slots=True)
class Identity:
    """``known`` is what the systems said when the connection was first used; ``stopped_because`` tells
    that they have said something else since."""

    known: Mapping[str, str] = field(default_factory=dict)
    stopped_because: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What kept the connection from working, in words for a person, when it was met last."""

    text: str = ""
    at_s: float = 0.0
    etag: str = ""


class IdentityStore:
    """The identity of one connection, and its fault."""

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
        return self._put(Entity(self._partition, "identity", values, identity.etag))

    def fault(self) -> Fault:
        """The last fault, or none."""
        entity = self._tables.get(TABLE, self._partition, "fault")
        if entity is None:
            return Fault()
        return Fault(str(entity.values["text"]), float(entity.values["at_s"]), entity.etag)

    def put_fault(self, fault: Fault) -> bool:
        """Write it if it is as it was read; whether it was."""
        values: dict[str, Scalar] = {"text": fault.text, "at_s": float(fault.at_s)}
        return self._put(Entity(self._partition, "fault", values, fault.etag))

    def forget_fault(self, fault: Fault) -> bool:
        """Remove it if it is as it was read; whether it was."""
        try:
            self._tables.delete(TABLE, self._partition, "fault", fault.etag)
        except Changed:
            return False
        return True

    def _put(self, entity: Entity) -> bool:
        try:
            if entity.etag:
                self._tables.replace(TABLE, entity)
            else:
                self._tables.insert(TABLE, entity)
        except (AlreadyExists, Changed, Missing):
            return False
        return True
