"""Freeing: records that waited for what was just coupled are queued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.retries import queue_records


def free_waiters(parts: Parts, at: ConnectionParts, mapping: str, keys: Collection[str]) -> int:
    """Queue the records that waited for one of these keys (``side|id`` or ``bc|reference``) of the mapping;
    how many."""
    freed = at.waiters.for_keys(mapping, keys) if keys else []
    by_mapping: dict[tuple[str, Side], list[str]] = defaultdict(list)
    for each in freed:
        by_mapping[each.mapping, each.side].append(each.record_id)
    for (name, side), ids in by_mapping.items():
        queue_records(parts, at, name, side, ids)
    at.waiters.remove(freed)
    return len(freed)
