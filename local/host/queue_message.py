"""One queue message in hand: its body, what the function is told of it, and how it ends."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import math
import threading
import time
from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueClient, QueueMessage

from local.host.storage import brief, error_code

_LOST = frozenset({"PopReceiptMismatch", "MessageNotFound"})
"""What storage answers where the lease ended and another host has the message, or is done with it."""
log = logging.getLogger("local.host")


class MessageInHand:
    """A received message whose invisibility is prolonged until it is settled.

    The pop receipt changes with each renewal, so renewing and settling exclude each other.
    """

    def __init__(self, queue: QueueClient, message: QueueMessage, lease_s: int) -> None:
        self._queue = queue
        self.message = message
        self._lease_s = lease_s
        self._renew_at = time.monotonic() + lease_s / 2
        self._lock = threading.Lock()
        self._settled = False

    def renew_if_due(self) -> None:
        """Prolong the lease at half time; after an error it is tried again a tenth of the lease later, unless
        the message is somebody else's by now."""
        with self._lock:
            if self._settled or time.monotonic() < self._renew_at:
                return
            try:
                self._update(self._lease_s)
                self._renew_at = time.monotonic() + self._lease_s / 2
            except AzureError as error:
                is_lost = error_code(error) in _LOST
                self._renew_at = math.inf if is_lost else time.monotonic() + self._lease_s / 10
                log.warning("message %s: lease not renewed: %s", self.message.id, brief(error))

    def delete(self) -> None:
        """The message is done; SDK errors pass through."""
        with self._settling():
            self._queue.delete_message(self.message.id, self.message.pop_receipt)

    def give_back(self, delay_s: float) -> None:
        """Make the message visible again after ``delay_s``; SDK errors pass through."""
        with self._settling():
            self._update(int(delay_s))

    def _settling(self) -> threading.Lock:
        self._settled = True  # a renewal that runs now finishes first: it holds the lock
        return self._lock

    def _update(self, visibility_s: int) -> None:
        answer = self._queue.update_message(
            self.message.id, self.message.pop_receipt, visibility_timeout=visibility_s
        )
        self.message.pop_receipt = answer.pop_receipt


def body_of(text: str, base64_encoded: bool) -> bytes | None:
    """The message's body, or None where base64 is expected and ``text`` is none."""
    if not base64_encoded:
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def trigger_value(body: bytes) -> tuple[str | bytes, str]:
    """(value, Datum type): text where the body is UTF-8, else bytes."""
    try:
        return body.decode(), "string"
    except UnicodeDecodeError:
        return body, "bytes"


def trigger_metadata(message: QueueMessage, datum: Any) -> Mapping[str, Any]:
    """The metadata from which the worker builds ``func.QueueMessage``; ``datum`` makes a Datum."""
    times = {
        "InsertionTime": message.inserted_on,
        "ExpirationTime": message.expires_on,
        "NextVisibleTime": message.next_visible_on,
    }
    return {
        "Id": datum(message.id, "string"),
        "PopReceipt": datum(message.pop_receipt, "string"),
        "DequeueCount": datum(str(message.dequeue_count), "json"),
        **{name: datum(json.dumps(t.isoformat()), "json") for name, t in times.items() if t is not None},
    }
