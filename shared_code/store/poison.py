"""Poison: messages that could not be understood or processed, kept where a person finds them.

The platform keeps a poison message for seven days only; here it stays until it is dealt with.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.identity import digest
from shared_code.store.tables import Entity, Tables

TABLE = "Poison"
MAX_TEXT = 16_000
"""Characters kept: each takes up to two of the 32,768 units a stored text may have."""


def keep(tables: Tables, queue: str, text: str, now_s: float) -> None:
    """Keep a message of ``queue``.  The same text of a redelivery is kept once."""
    row = digest((queue, text))
    readable = text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()[:MAX_TEXT]
    tables.upsert(TABLE, Entity(queue, row, {"text": readable, "kept_at_s": float(now_s)}))


def kept(tables: Tables, queue: str, limit: int = 100) -> Iterator[Entity]:
    """The kept messages of a queue."""
    return tables.query(TABLE, queue, limit=limit)
