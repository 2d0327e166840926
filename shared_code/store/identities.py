"""Who a connection was made with: the organisation and company that its couplings belong to, and witnesses
that they have not been put back to an earlier state.

Beside it, in rows of their own, what keeps the connection from working now and whether a person switched it
off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.json_values import dump, load
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Scalar, Tables

TABLE = "Identities"

MAX_TRIES = 8


@dataclass(frozen=True, slots=True)
class Witness:
    """A record that was seen at a version.  A system that holds it at an older one was put back."""

    mapping: str
    id: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Identity:
    """``known`` is what the systems said when the connection was first used; ``stopped_because`` tells
    that they have said something else since.

    ``witnesses`` are the newest records seen, by side.  ``suspected_since_s``: since when they tell that a
    system was put back (0: they do not).  ``went_back`` says so for sure and stays until a person accepts it;
    ``accepted`` counts how often one did.  ``company_name`` is what the company is called in addresses.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    stopped_because: str = ""
    witnesses: Mapping[Side, tuple[Witness, ...]] = field(default_factory=dict)
    suspected_since_s: float = 0.0
    went_back: str = ""
    accepted: int = 0
    company_name: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What kept the connection from working, in words for a person, when it was met last."""

    text: str = ""
    at_s: float = 0.0
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """Since when a person has switched the connection off (0: it is on), and who did what was done last."""

    off_since_s: float = 0.0
    by: str = ""
    etag: str = ""

    @property
    def is_off(self) -> bool:
        return self.off_since_s > 0


class IdentityStore:
    """The identity of one connection, and its fault."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def get(self) -> Identity:
        entity = self._tables.get(TABLE, self._partition, "identity")
        if entity is None:
            return Identity()
        values = entity.values
        return Identity(
            {name: str(value) for name, value in load(str(values["known"])).items()},
            str(values["stopped_because"]),
            _witnesses(str(values.get("witnesses", ""))),
            float(values.get("suspected_since_s", 0.0)),
            str(values.get("went_back", "")),
            int(values.get("accepted", 0)),
            str(values.get("company_name", "")),
            entity.etag,
        )

    def put(self, identity: Identity) -> bool:
        """Write it if it is as it was read; whether it was."""
        values: dict[str, Scalar] = {
            "known": dump(identity.known),
            "stopped_because": identity.stopped_because,
            "witnesses": dump({s.value: _texts(found) for s, found in identity.witnesses.items()}),
            "suspected_since_s": float(identity.suspected_since_s),
            "went_back": identity.went_back,
            "accepted": identity.accepted,
            "company_name": identity.company_name,
        }
        return self._put(Entity(self._partition, "identity", values, identity.etag))

    def change(self, how: Callable[[Identity], Identity]) -> None:
        """Change it as it is now, again where somebody was faster.  Raises ``Changed``."""
        for _ in range(MAX_TRIES):
            stored = self.get()
            changed = how(stored)
            if changed == stored or self.put(replace(changed, etag=stored.etag)):
                return
        raise Changed("the identity of a connection kept changing; try again")

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

    def switch(self) -> Switch:
        """Whether a person switched the connection off."""
        entity = self._tables.get(TABLE, self._partition, "switch")
        if entity is None:
            return Switch()
        return Switch(float(entity.values["off_since_s"]), str(entity.values["by"]), entity.etag)

    def put_switch(self, switch: Switch) -> bool:
        """Write it if it is as it was read; whether it was."""
        values: dict[str, Scalar] = {"off_since_s": float(switch.off_since_s), "by": switch.by}
        return self._put(Entity(self._partition, "switch", values, switch.etag))

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


def _texts(found: tuple[Witness, ...]) -> list[list[str]]:
    return [[each.mapping, each.id, each.stamp] for each in found]


def _witnesses(text: str) -> dict[Side, tuple[Witness, ...]]:
    return {Side(side): tuple(Witness(*each) for each in found) for side, found in load(text).items()}
