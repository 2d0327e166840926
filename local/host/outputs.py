"""The queue output binding, as the real host does it.

Text that starts with ``{`` or ``[`` is parsed as JSON: an array becomes one message per element and an object
is written anew with indentation (functions-host, FunctionBinding).  ``bytes`` are left alone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient

from local.host.storage import Storage, error_code, queue_name_of


class OutputWriter:
    """Sends the values of queue output bindings."""

    def __init__(self, storage: Storage, environment: Mapping[str, str], base64_encoded: bool) -> None:
        self._storage = storage
        self._environment = environment
        self._base64 = base64_encoded

    def write(self, binding: Mapping[str, Any], datum: Any) -> None:
        """Send what the worker encoded for ``binding`` (a Datum); SDK errors pass through."""
        queue = self._queue_of(binding)
        for body in messages_of(datum.value):
            send_creating(queue, encoded(body, self._base64))

    def require_usable(self, binding: Mapping[str, Any]) -> None:
        """Raise HostError where the binding's settings are missing or its queue name is none."""
        self._queue_of(binding)

    def _queue_of(self, binding: Mapping[str, Any]) -> QueueClient:
        name = queue_name_of(binding, self._environment, f"queue output {binding['name']}")
        return self._storage.queue(str(binding.get("connection") or ""), name)


def messages_of(value: str | bytes) -> list[bytes]:
    """The message bodies that one output value stands for."""
    if isinstance(value, bytes) or value.lstrip()[:1] not in ("{", "["):
        return [value if isinstance(value, bytes) else value.encode()]
    try:
        parsed = json.loads(value)
    except ValueError:
        return [value.encode()]
    return [_text_of(item).encode() for item in (parsed if isinstance(parsed, list) else [parsed])]


def _text_of(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item, indent=2, ensure_ascii=False)


def encoded(body: bytes, base64_encoded: bool) -> str:
    """``body`` as message text."""
    return base64.b64encode(body).decode() if base64_encoded else body.decode()


def send_creating(queue: QueueClient, text: str) -> None:
    """Send ``text``, creating the queue where it is missing, as bindings and poison copies do."""
    try:
        queue.send_message(text)
    except ResourceNotFoundError as error:
        if error_code(error) != "QueueNotFound":
            raise
        create_queue(queue)
        queue.send_message(text)


def create_queue(queue: QueueClient) -> None:
    """Create the queue unless it exists."""
    try:
        queue.create_queue()
    except ResourceExistsError:
        return
