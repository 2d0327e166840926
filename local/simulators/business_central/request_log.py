"""Counts of what callers asked for: kinds, users, batch parts and writes; no bodies, no values."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any


class RequestLog:
    """Thread-safe counters; a kind is method and path without keys, as ``GET customers({id})``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Begin at zero."""
        with self._lock:
            self._total = 0
            self._kinds: Counter[str] = Counter()
            self._users: Counter[str] = Counter()
            self._parts: Counter[str] = Counter()
            self._writes: Counter[str] = Counter()
            self._statuses: Counter[int] = Counter()

    def request(self, kind: str, user: str, status: int) -> None:
        with self._lock:
            self._total += 1
            self._kinds[kind] += 1
            self._users[user] += 1
            self._statuses[status] += 1

    def part(self, kind: str) -> None:
        with self._lock:
            self._parts[kind] += 1

    def write(self, table: str, kind: str) -> None:
        with self._lock:
            self._writes[f"{table} {kind}"] += 1

    def summary(self) -> dict[str, Any]:
        """Everything counted since the last reset."""
        with self._lock:
            return {
                "requests": self._total,
                "by_kind": dict(sorted(self._kinds.items())),
                "by_user": dict(sorted(self._users.items())),
                "by_status": {str(status): count for status, count in sorted(self._statuses.items())},
                "batch_parts": self._parts.total(),
                "batch_parts_by_kind": dict(sorted(self._parts.items())),
                "writes": dict(sorted(self._writes.items())),
            }
