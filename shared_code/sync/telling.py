"""What is told of the work to whoever watches it (``core/telemetry.py``)."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.core.telemetry import BACKLOG, TICKS, Attribute, Span
from shared_code.store.tables import StoreError
from shared_code.sync.messages import QUEUES, Message
from shared_code.sync.parts import ConnectionParts, Parts

NAMED = {"full_sync": "full_synchronization"}
TOLD = ("connection", "mapping", "side", "job", "batch", "number", "full_sync", "report")
"""What of a message is told."""


def tell_state(parts: Parts) -> None:
    """A sign of life, and how much work waits."""
    parts.telemetry.count(TICKS)
    for queue in QUEUES:
        with suppress(StoreError):  # Whoever needs the queue will meet the same, and tell.
            parts.telemetry.count(BACKLOG, parts.queue.length(queue), queue=queue)


def of_look(parts: Parts, at: ConnectionParts, mapping: Mapping, side: Side, job: str) -> None:
    """The moment at which a look was queued: what follows of it, on any instance, is one trace."""
    told = {"connection": at.name, "mapping": mapping.name, "side": str(side)}
    with parts.telemetry.span("look", told, job=job, begins=True):
        return


def of_message(parts: Parts, message: Message) -> AbstractContextManager[Span]:
    """The time that the work of one message takes."""
    told: dict[str, Attribute] = {}
    for name in TOLD:
        value = getattr(message, name, "")
        if value != "":
            told[NAMED.get(name, name)] = str(value) if isinstance(value, Side) else value
    job = str(told.pop("job", "") or told.get("full_synchronization", ""))
    return parts.telemetry.span(type(message).__name__, told, job=job)
