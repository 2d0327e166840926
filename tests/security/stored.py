"""Everything that stands in a storage account, read with Microsoft's libraries alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

MOST_PEEKED = 32
TIMERS = "LocalHostTimers"
"""The host's own table: the leases of its timers."""


class Stored:
    """The tables and queues of an account."""

    def __init__(self, connection: str) -> None:
        self._tables = TableServiceClient.from_connection_string(connection)
        self._queues = QueueServiceClient.from_connection_string(connection)

    def tables(self) -> Mapping[str, list[dict[str, Any]]]:
        """Every row of every table of the app, keys and etags included."""
        names = [each.name for each in self._tables.list_tables()]
        return {name: self.table(name) for name in names if name != TIMERS}

    def table(self, name: str) -> list[dict[str, Any]]:
        rows = self._tables.get_table_client(name).list_entities()
        return [{**row, "etag": row.metadata["etag"]} for row in rows]

    def queues(self) -> Mapping[str, list[str]]:
        """The messages of every queue that can be seen, as the app wrote them."""
        return {each.name: list(self._messages(each.name)) for each in self._queues.list_queues()}

    def lengths(self) -> Mapping[str, int]:
        """How many messages each queue holds, those that are delayed included."""
        names = [each.name for each in self._queues.list_queues()]
        clients = {name: self._queues.get_queue_client(name) for name in names}
        return {
            name: client.get_queue_properties().approximate_message_count or 0
            for name, client in clients.items()
        }

    def send(self, name: str, text: str) -> None:
        """Put a message on a queue, as the app would."""
        self._queues.get_queue_client(name).send_message(text)

    def create_queue(self, name: str) -> None:
        """Make a queue, as the host does with a poison queue when it first needs one."""
        self._queues.create_queue(name)

    def _messages(self, name: str) -> Iterator[str]:
        client = self._queues.get_queue_client(name)
        return (str(each.content) for each in client.peek_messages(MOST_PEEKED))
