"""What the use cases ask of a queue service: send a message now or later.

In production the functions host receives and deletes messages; ``receive`` and ``delete`` are for the
local tools and the simulation.  Delivery is at least once and in no promised order: a message that is
not deleted before its lease ends is delivered again.  Errors are those of ``tables``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from shared_code.store.tables import Unstorable

MAX_BODY_BYTES = 48 * 1024
"""UTF-8 bytes of a body; the service takes 64 KiB."""

MAX_DELAY_S = 7 * 24 * 3600
"""The longest invisibility (Microsoft docs: storageservices/put-message)."""

MAX_RECEIVE = 32
"""The most messages one request may take."""

_QUEUE_NAME = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")


@dataclass(frozen=True, slots=True)
class Message:
    """A received message.

    ``dequeue_count`` counts this delivery too; ``receipt`` proves the present lease.
    """

    id: str
    body: str
    dequeue_count: int
    receipt: str


class Queue(Protocol):
    """A queue service.  Every method may raise ``StorageUnavailable`` or ``StorageRefused``."""

    def ensure(self, names: Iterable[str]) -> None:
        """Create the queues that are not there.

        Names: 3 to 63 lower-case letters, digits and single hyphens, a letter or digit at both ends.
        """
        ...

    def send(self, name: str, body: str, *, delay_s: float = 0) -> None:
        """Queue a message that never expires, not delivered before ``delay_s`` (rounded up to whole seconds).

        Raises ``Unstorable`` for a body that is blank, over 48 KiB or not of printable characters alone, and
        for a delay over 7 days.  After ``StorageUnavailable``
        the message may have been queued, so sending it again may queue it twice.
        """
        ...

    def receive(self, name: str, limit: int, lease_s: float) -> list[Message]:
        """Take up to ``limit`` (1 to 32) messages, invisible to others for ``lease_s`` (1 or more)."""
        ...

    def delete(self, name: str, message: Message) -> None:
        """Remove a received message.  Raises ``Changed`` where the lease has passed to another, ``Missing``
        where it is gone."""
        ...

    def length(self, name: str) -> int:
        """About how many messages there are, delayed and leased ones included."""
        ...


def check_send(body: str, delay_s: float) -> None:
    """Raise ``Unstorable`` for a message that the service would refuse."""
    if not body.strip() or not body.isprintable():
        # Bodies travel within XML, which cannot carry every character and does not keep blanks alone.
        raise Unstorable("A message must be of printable characters, and not of blanks alone.")
    size = len(body.encode())
    if size > MAX_BODY_BYTES:
        raise Unstorable(f"The message has {size} bytes, more than {MAX_BODY_BYTES}: divide the batch.")
    if not 0 <= delay_s <= MAX_DELAY_S:
        raise Unstorable(f"A message can be delayed by 0 to {MAX_DELAY_S} seconds, not {delay_s}.")


def check_receive(limit: int, lease_s: float) -> None:
    """Raise ``Unstorable`` for a request that the service would refuse."""
    if not 1 <= limit <= MAX_RECEIVE:
        raise Unstorable(f"One request takes 1 to {MAX_RECEIVE} messages, not {limit}.")
    if not 1 <= lease_s <= MAX_DELAY_S:
        raise Unstorable(f"A lease lasts 1 to {MAX_DELAY_S} seconds, not {lease_s}.")


def check_queue_name(name: str) -> None:
    """Raise ``Unstorable`` for a name that the service would refuse."""
    if not (3 <= len(name) <= 63 and _QUEUE_NAME.fullmatch(name)):
        raise Unstorable(f"{name!r} is no queue name: 3 to 63 lower-case letters, digits and single hyphens.")
