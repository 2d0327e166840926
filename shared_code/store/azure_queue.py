"""``Queue`` on Azure Queue storage.

Bodies travel as they are (``messageEncoding`` ``none`` in host.json).  With base64 the Functions host would
move a message that it cannot decode from queue to poison queue and on to that one's own poison queue, past
every function that could keep it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueClient, QueueServiceClient

from shared_code.runtime import Runtime
from shared_code.store.azure_service import CLIENT_OPTIONS, CONNECTION, attempt, credential, service_address
from shared_code.store.queue import Message, check_queue_name, check_receive, check_send

NEVER_EXPIRES = -1


def connect(settings: Mapping[str, str], name: str = CONNECTION) -> QueueServiceClient:
    """The client for the process, with one connection pool.  Raises ``StorageRefused`` without settings.

    ``settings`` are named as the app's settings are (see ``azure_service``).
    """
    if text := settings.get(name):
        return QueueServiceClient.from_connection_string(text, **CLIENT_OPTIONS)
    address = service_address(settings, "queue", name)
    return QueueServiceClient(address, credential=credential(settings, name), **CLIENT_OPTIONS)


class AzureQueue:
    """``Queue`` over a service client; safe to share between threads."""

    def __init__(self, runtime: Runtime, service: QueueServiceClient) -> None:
        self._runtime = runtime
        self._service = service
        self._clients: dict[str, QueueClient] = {}

    def ensure(self, names: Iterable[str]) -> None:
        for name in names:
            check_queue_name(name)
            attempt(self._runtime, f"create queue {name}", partial(self._create, name))

    def send(self, name: str, body: str, *, delay_s: float = 0) -> None:
        check_send(body, delay_s)
        client = self._client(name)
        delay = math.ceil(delay_s)
        attempt(
            self._runtime,
            f"send to {name}",
            lambda: client.send_message(body, visibility_timeout=delay, time_to_live=NEVER_EXPIRES),
        )

    def receive(self, name: str, limit: int, lease_s: float) -> list[Message]:
        check_receive(limit, lease_s)
        client = self._client(name)
        lease = math.ceil(lease_s)
        return attempt(self._runtime, f"receive from {name}", lambda: _first_page(client, limit, lease))

    def delete(self, name: str, message: Message) -> None:
        client = self._client(name)
        attempt(
            self._runtime,
            f"delete message {message.id} from {name}",
            lambda: client.delete_message(message.id, message.receipt),
        )

    def length(self, name: str) -> int:
        client = self._client(name)
        properties = attempt(
            self._runtime, f"length of {name}", lambda: client.get_queue_properties(), writes=False
        )
        return int(properties.approximate_message_count or 0)

    def _client(self, name: str) -> QueueClient:
        return self._clients.setdefault(name, self._service.get_queue_client(name))

    def _create(self, name: str) -> None:
        try:
            self._service.create_queue(name)
        except ResourceExistsError as error:
            if "QueueBeingDeleted" in str(error):
                raise


def _first_page(client: QueueClient, limit: int, lease_s: int) -> list[Message]:
    """One request; the library's iterator alone would go on asking."""
    pages: Any = client.receive_messages(messages_per_page=limit, visibility_timeout=lease_s).by_page()
    return [
        Message(found.id, found.content or "", found.dequeue_count, found.pop_receipt)
        for found in next(pages, ())
    ]
