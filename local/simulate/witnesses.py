"""By what Tandem can notice that a system was put back: records that it has seen newer than the backup."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from shared_code.store.memory import MemoryTables

CLEARLY_S = 60.0
"""Business Central stamps with a clock, which Tandem takes for somewhat late at most."""


def telling(tables: MemoryTables, side: str, stamps: Mapping[str, str]) -> list[str]:
    """The ids of such records, the newest first.  What only a process remembers may die with it."""
    seen = dict(sorted(_on_file(tables, side), key=lambda each: each[1]))
    found = [each for each in seen if each in stamps and _is_newer(side, seen[each], stamps[each])]
    return sorted(found, key=lambda each: seen[each], reverse=True)


def _on_file(tables: MemoryTables, side: str) -> Iterator[tuple[str, str]]:
    for partition in tables._tables["Identities"].values():
        for each in partition.entities.values():
            witnesses = json.loads(str(each.values.get("witnesses") or "{}"))
            yield from ((record_id, stamp) for _, record_id, stamp in witnesses.get(side, ()))


def _is_newer(side: str, seen: str, before: str) -> bool:
    if side == "sales":
        return seen > before
    passed = datetime.fromisoformat(seen) - datetime.fromisoformat(before)
    return passed.total_seconds() > CLEARLY_S
