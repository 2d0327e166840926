"""Conditions: what a service itself does to a caller now and then, by seed, besides the faults on the way.

``faults.FaultyService`` draws for each request which conditions it may meet; the service asks ``happens``
at the place where the condition would show, and only what showed is counted.  A service says which
conditions it can have: a read of Business Central may come from a replica that lags (Microsoft docs,
administration/database-read-scale-out-overview), nothing published says so of Dataverse; only Dataverse
has change tokens.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Condition(StrEnum):
    """The kinds.  A request may meet several."""

    STALE_READ = "stale_read"
    """A read answers what a replica held ``stale_s`` ago; one that asks for the primary does not."""
    LATE_COMMIT = "late_commit"
    """What a person writes is seen ``late_s`` later than its stamp or version says."""
    EXPIRED_TOKEN = "expired_token"
    """The change tokens of the table that were given so far expire, as after a change of its schema."""
    MISSING_PRIVILEGE = "missing_privilege"
    """The caller lacks the right the request needs, for ``denied_s``."""
    ODD_DATA = "odd_data"
    """Before the request a person writes an odd value into a record: emoji, blanks, the full length."""


@dataclass(frozen=True)
class Extent:
    """How far conditions go, in seconds."""

    stale_s: float = 30.0
    late_s: float = 60.0
    denied_s: float = 60.0


class Conditioned(Protocol):
    """A service that has conditions."""

    conditions: frozenset[Condition]
    """Those it can have."""

    def expect(self, kinds: Collection[Condition], extent: Extent) -> None:
        """From now on only these may happen; what lasts of others ends."""
        ...

    def write_oddly(self, draw: random.Random) -> bool:
        """A person writes an odd value somewhere; false where no record takes one."""
        ...


class Meeting:
    """What one request may meet; ``take`` counts a condition, and refuses when enough happened already."""

    def __init__(
        self, kinds: Collection[Condition], extent: Extent, seed: int, take: Callable[[Condition], bool]
    ) -> None:
        self.kinds = frozenset(kinds)
        self.extent = extent
        self.random = random.Random(seed)
        self._take = take
        self._taken: dict[Condition, bool] = {}

    def happens(self, kind: Condition) -> bool:
        """Whether the condition shows in this request; asked again, the answer is the same."""
        if kind not in self.kinds:
            return False
        if kind not in self._taken:
            self._taken[kind] = self._take(kind)
        return self._taken[kind]


_present: ContextVar[Meeting | None] = ContextVar("meeting", default=None)


@contextmanager
def met(meeting: Meeting) -> Iterator[None]:
    """While the block runs, its thread's request meets these conditions."""
    token = _present.set(meeting)
    try:
        yield
    finally:
        _present.reset(token)


def happens(kind: Condition) -> bool:
    """Whether the present request meets a condition, asked where it shows: from then on it is counted."""
    meeting = _present.get()
    return meeting is not None and meeting.happens(kind)


def late_s() -> float:
    """How much later the present write of a person commits."""
    meeting = _present.get()
    return meeting.extent.late_s if meeting and meeting.happens(Condition.LATE_COMMIT) else 0.0


class Denials:
    """Rights that users lack for a while, by user, table and right."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._until: dict[tuple[str, str, str], float] = {}

    def denied(self, user: str, table: str, right: str) -> bool:
        """Whether the right is lacking, or begins to."""
        now, key = self._now(), (user, table, right)
        with self._lock:
            if now < self._until.get(key, now):
                return True
            meeting = _present.get()
            if meeting is None or not meeting.happens(Condition.MISSING_PRIVILEGE):
                return False
            self._until[key] = now + meeting.extent.denied_s
            return True

    def clear(self) -> None:
        """Every right is there again."""
        with self._lock:
            self._until.clear()
