"""What is told of the work to whoever watches it (``core/telemetry.py``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from shared_code.core.records import Side
from shared_code.core.telemetry import BACKLOG, TICKS, Attribute
from shared_code.store.tables import StoreError
from shared_code.sync.messages import QUEUES, DeletionsDue, Message, ScanStep
from shared_code.sync.parts import Parts, queued_at_s

NAMED = {"full_sync": "full_synchronization"}
TOLD = ("connection", "mapping", "side", "job", "batch", "number", "full_sync", "report")
"""What of a message is told."""


def tell_state(parts: Parts) -> None:
    """A sign of life, and how much work waits."""
    parts.telemetry.count(TICKS)
    for queue in QUEUES:
        with suppress(StoreError):  # Whoever needs the queue will meet the same, and tell.
            parts.telemetry.count(BACKLOG, parts.queue.length(queue), queue=queue)


@contextmanager
def of_message(parts: Parts, message: Message) -> Iterator[None]:
    """The time that the work of one message takes.

    A look that finds nothing is not told: there is one a minute for each mapping and side.  The first span of
    a job is its look, from the moment at which the timer queued it.
    """
    told: dict[str, Attribute] = {}
    for name in TOLD:
        value = getattr(message, name, "")
        if value != "":
            told[NAMED.get(name, name)] = str(value) if isinstance(value, Side) else value
    job = str(told.pop("job", "") or told.get("full_synchronization", ""))
    quiet = isinstance(message, ScanStep | DeletionsDue)
    with ExitStack() as spans:
        if isinstance(message, ScanStep) and message.number == 0:
            begun_s = queued_at_s(message.job)
            spans.enter_context(parts.telemetry.span("look", told, job=job, begun_s=begun_s, quiet=True))
        spans.enter_context(parts.telemetry.span(type(message).__name__, told, job=job, quiet=quiet))
        yield
