"""A system is put back as a whole: what one connection noticed concerns all that work with the same system.

A backup of Business Central holds every company of an environment, one of Sales the whole organisation.  The
other connections have perhaps seen nothing newer than the backup, so that nothing tells them: records that
were put back come at times their looks have passed, and rows that are gone leave no tombstone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shared_code.core.records import Side
from shared_code.store.identities import Identity
from shared_code.sync.parts import ConnectionParts, Parts

SYSTEM = {Side.BC: "environment", Side.SALES: "organizationId"}
"""What says, of all that is known of a connection, which system of a side it works with."""


def stop_others(parts: Parts, at: ConnectionParts, known: Mapping[str, str], side: Side, reason: str) -> None:
    """Stop the other connections with the system that ``at``, of which ``known`` is kept, found put back.

    Each waits for a person to accept it.  Called before ``at`` itself is stopped: whoever dies in between
    finds it out and tells the others again.  One that is stopped for that already stays as it is.
    """
    told = (
        f"{reason} It was noticed in the connection {at.name}; each that works with this system is stopped."
    )
    for other in _others(parts, at):
        other.identities.change(lambda stored: _stopped(stored, known, SYSTEM[side], told))
        parts.confirmed.pop(other.name, None)


def _others(parts: Parts, at: ConnectionParts) -> Iterator[ConnectionParts]:
    return (each for each in parts.connections.values() if each.name != at.name)


def _stopped(stored: Identity, known: Mapping[str, str], system: str, reason: str) -> Identity:
    """A connection that never worked has nothing on file that could be of another state."""
    same = stored.known.get(system, "") == known.get(system)
    if stored.went_back or not same:
        return stored
    return replace(stored, went_back=reason, stopped_because=reason)
