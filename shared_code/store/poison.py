"""Poison: messages that could not be understood or processed, kept where a person finds them.

The platform keeps a poison message for seven days only; here it stays for 90.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared_code.core.identity import digest
from shared_code.store.tables import Entity, Tables

TABLE = "Poison"
MAX_TEXT = 16_000
"""Characters kept: each takes up to two of the 32,768 units a stored text may have."""


KEEP_S = 90 * 86_400.0
"""How long a message is kept: long enough to be found and understood."""
MAX_COUNTED = 1000
"""A count goes no further: that many is a flood, whatever there is beyond."""

MAX_REMOVED = 2000
"""Messages removed in one run; the next run goes on."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages are kept (``MAX_COUNTED`` stands for more, too) and when the newest of them came."""

    number: int = 0
    newest_at_s: float = 0.0


def keep(tables: Tables, queue: str, text: str, now_s: float) -> None:
    """Keep a message of ``queue``.  The same text of a redelivery is kept once."""
    row = digest((queue, text))
    readable = text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()[:MAX_TEXT]
    tables.upsert(TABLE, Entity(queue, row, {"text": readable, "kept_at_s": float(now_s)}))


def kept(tables: Tables, queue: str, limit: int = 100) -> Iterator[Entity]:
    """The kept messages of a queue."""
    return tables.query(TABLE, queue, limit=limit)


def count(tables: Tables, queue: str) -> Count:
    """The kept messages of a queue, without their texts."""
    found = tables.query(TABLE, queue, limit=MAX_COUNTED, select=["kept_at_s"])
    moments = [float(each.values["kept_at_s"]) for each in found]
    return Count(len(moments), max(moments, default=0.0))


def remove_old(tables: Tables, queue: str, now_s: float) -> int:
    """Remove the messages of a queue that were kept long enough; how many.  Can be cut short and repeated."""
    found = tables.query(TABLE, queue, select=["kept_at_s"])
    old = [each.row for each in found if float(each.values["kept_at_s"]) < now_s - KEEP_S]
    for row in old[:MAX_REMOVED]:
        tables.delete(TABLE, queue, row)
    return len(old[:MAX_REMOVED])
