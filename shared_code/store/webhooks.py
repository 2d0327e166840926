"""What is remembered about webhooks: the state of their registration, and when the last look they asked for
takes place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Scalar, Tables

TABLE = "Webhooks"
_REGISTRATION = "registration"


@dataclass(frozen=True, slots=True)
class Registration:
    """The state of the app's registrations in both systems.

    ``url`` is the address that is registered, ``address`` a fingerprint of it and of the secret, ``tried``
    one of what was tried last; ``problem`` tells why that did not succeed in everything.  Until
    ``claimed_until_s`` one instance is at work, or died at it.
    """

    address: str = ""
    tried: str = ""
    registered_at_s: float = 0.0
    next_due_s: float = 0.0
    claimed_until_s: float = 0.0
    problem: str = ""
    url: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """When the last look that a notification asked for takes place."""

    at_s: float = 0.0
    etag: str = ""


class WebhookStore:
    """Both, for the whole app."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def registration(self) -> Registration:
        """The state, or that of an app that never registered."""
        entity = self._tables.get(TABLE, _REGISTRATION, _REGISTRATION)
        if entity is None:
            return Registration()
        values = entity.values
        return Registration(
            str(values["address"]),
            str(values["tried"]),
            float(values["registered_at_s"]),
            float(values["next_due_s"]),
            float(values["claimed_until_s"]),
            str(values["problem"]),
            str(values.get("url", "")),
            entity.etag,
        )

    def put_registration(self, state: Registration) -> Registration | None:
        """Write the state if it is as it was read; ``None`` where another instance was faster."""
        values: dict[str, Scalar] = {
            "address": state.address,
            "tried": state.tried,
            "registered_at_s": float(state.registered_at_s),
            "next_due_s": float(state.next_due_s),
            "claimed_until_s": float(state.claimed_until_s),
            "problem": state.problem[:MAX_PROBLEM_CHARS],
            "url": state.url,
        }
        etag = self._put(Entity(_REGISTRATION, _REGISTRATION, values, state.etag))
        return replace(state, etag=etag) if etag else None

    def look(self, connection: str, mapping: str, side: Side) -> Look:
        """The last look at one side of a mapping."""
        entity = self._tables.get(TABLE, _partition(connection), _row(mapping, side))
        return Look(float(entity.values["at_s"]), entity.etag) if entity else Look()

    def put_look(self, connection: str, mapping: str, side: Side, look: Look) -> bool:
        """Note a look if nobody noted another since; whether it was noted."""
        row = Entity(_partition(connection), _row(mapping, side), {"at_s": float(look.at_s)}, look.etag)
        return bool(self._put(row))

    def _put(self, entity: Entity) -> str:
        try:
            write = self._tables.replace if entity.etag else self._tables.insert
            return write(TABLE, entity).etag
        except (AlreadyExists, Changed, Missing):
            return ""


MAX_PROBLEM_CHARS = 4000


def _partition(connection: str) -> str:
    return escape_key(f"connection|{connection}")


def _row(mapping: str, side: Side) -> str:
    return escape_key(f"{mapping}|{side}")
