"""What is in storage, read as anybody with a storage browser would: no code of the product is used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient, UpdateMode
from azure.storage.queue import QueueServiceClient

QUEUES = ("tandem-detection", "tandem-batches")
COUPLINGS, BATCHES, SCHEDULES, POISON = "Couplings", "Batches", "Schedules", "Poison"
IDENTITIES = "Identities"
MOST_PEEKED = 32

type Links = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """Why a record is not in step. ``details`` is JSON with the values of a conflict; ``waits_for`` names the
    record that is waited for as ``mapping|side|key``."""

    mapping: str
    side: str
    record_id: str
    code: str
    message: str
    details: str = ""
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch as it is on file; ``counts`` by outcome."""

    job: str
    id: str
    mapping: str
    side: str
    ids: tuple[str, ...]
    attempt: int
    done: bool
    counts: dict[str, int]
    rest: tuple[str, ...]
    rest_id: str


@dataclass(frozen=True, slots=True)
class StoredCouplings:
    """By mapping: BC id to Sales id, the pointers from Sales id to BC id, open intents, all problems."""

    by_bc: Links
    by_sales: Links
    intents: dict[str, list[str]]
    problems: list[StoredProblem]


class Stored:
    """One environment's storage."""

    def __init__(self, connection_string: str) -> None:
        self._tables = TableServiceClient.from_connection_string(connection_string)
        queues = QueueServiceClient.from_connection_string(connection_string)
        self._queues = {name: queues.get_queue_client(name) for name in QUEUES}

    def queued(self) -> int:
        """Messages on the queues, those in hand and those delayed included."""
        return sum(self._length(name) for name in QUEUES)

    def _length(self, name: str) -> int:
        try:
            return int(self._queues[name].get_queue_properties().approximate_message_count or 0)
        except ResourceNotFoundError:
            return 0

    def waiting_again(self, name: str) -> set[str]:
        """Ids of messages at the head of a queue that were delivered before."""
        try:
            seen = self._queues[name].peek_messages(max_messages=MOST_PEEKED)
        except ResourceNotFoundError:
            return set()
        return {str(each.id) for each in seen if (each.dequeue_count or 0) > 0}

    def make_due(self) -> None:
        """Let the next tick look at every mapping, as a person who wants it now."""
        for row in self._rows(SCHEDULES, "PartitionKey", "RowKey"):
            changed = {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"], "next_due_s": 0.0}
            self._tables.get_table_client(SCHEDULES).update_entity(changed, mode=UpdateMode.MERGE)

    def all_claimed(self) -> bool:
        """Whether a tick has taken every mapping up since ``make_due``."""
        return all(row["next_due_s"] > 0.0 for row in self._rows(SCHEDULES, "next_due_s"))

    def suspected(self) -> list[str]:
        """The connections that wait because a system seems to have been put back to an earlier state."""
        rows = self._rows(IDENTITIES, "PartitionKey", "suspected_since_s")
        return [str(each["PartitionKey"]) for each in rows if each.get("suspected_since_s")]

    def put(self, name: str, text: str) -> None:
        """A further message on a queue, as plain text, as the app's own are."""
        self._queues[name].send_message(text)

    def copy_messages(self) -> int:
        """Put every message that can be seen on its queue once more, as it is; how many there were."""
        copied = 0
        for queue in self._queues.values():
            for each in queue.peek_messages(max_messages=MOST_PEEKED):
                queue.send_message(each.content)
                copied += 1
        return copied

    def poison_texts(self) -> list[str]:
        """The texts of messages that were given up."""
        return sorted(str(row["text"]) for row in self._rows(POISON, "text"))

    def poisoned(self) -> int:
        """Messages that were given up."""
        return sum(1 for _ in self._rows(POISON, "RowKey"))

    def couplings(self) -> StoredCouplings:
        """Everything of all mappings of the only connection."""
        found = StoredCouplings({}, {}, {}, [])
        names = (
            "PartitionKey", "RowKey", "sales_id", "state", "bc_id", "started_at_s", "code", "message",
            "details", "waits_for",
        )  # fmt: skip
        for row in self._rows(COUPLINGS, *names):
            _sort_in(found, row)
        return found

    def open_creations(self) -> int:
        """Creations in Business Central that were begun and are not known to be done."""
        client = self._tables.get_table_client(COUPLINGS)
        found = client.query_entities("started_at_s gt 0.0", select=["RowKey"], results_per_page=1000)
        return sum(1 for _ in found)

    def batches(self) -> list[StoredBatch]:
        """Every batch of every job."""
        rows = self._rows(BATCHES, *_BATCH_COLUMNS)
        return [_batch(row) for row in rows if row["RowKey"].startswith("batch|")]

    def _rows(self, table: str, *columns: str) -> Iterator[dict[str, Any]]:
        client = self._tables.get_table_client(table)
        try:
            yield from client.list_entities(select=list(columns), results_per_page=1000)
        except ResourceNotFoundError:
            return


_BATCH_COLUMNS = (
    "PartitionKey", "RowKey", "mapping", "side", "ids", "attempt", "done", "counts", "rest", "rest_id",
)  # fmt: skip


def _sort_in(found: StoredCouplings, row: dict[str, Any]) -> None:
    mapping = str(row["PartitionKey"]).split("|", 1)[1]
    kind, key = str(row["RowKey"]).split("|", 1)
    if kind == "b" and row.get("state") == "coupled":
        found.by_bc.setdefault(mapping, {})[key] = str(row["sales_id"])
    elif kind == "s" and row.get("started_at_s") is not None:
        found.intents.setdefault(mapping, []).append(key)
    elif kind == "s":
        found.by_sales.setdefault(mapping, {})[key] = str(row["bc_id"])
    elif kind == "p":
        side, record_id = key.split("|", 1)
        found.problems.append(
            StoredProblem(
                mapping,
                side,
                record_id,
                str(row["code"]),
                str(row["message"]),
                str(row.get("details") or ""),
                str(row.get("waits_for") or ""),
            )
        )


def _batch(row: dict[str, Any]) -> StoredBatch:
    return StoredBatch(
        job=str(row["PartitionKey"]).split("|", 1)[1],
        id=str(row["RowKey"]).removeprefix("batch|"),
        mapping=str(row["mapping"]),
        side=str(row["side"]),
        ids=_listed(row["ids"]),
        attempt=int(getattr(row["attempt"], "value", row["attempt"])),
        done=bool(row["done"]),
        counts=json.loads(row["counts"]),
        rest=_listed(row["rest"]),
        rest_id=str(row["rest_id"]),
    )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()
