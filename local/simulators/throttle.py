"""Service protection limits as data structures: sliding windows and a bounded queue, each per user.

Both services count per user over 300 s: how many requests, and (Dataverse) how much execution
time, and how many are under way at once (Microsoft docs: power-apps/developer/data-platform/
api-limits; dynamics365/business-central/dev-itpro/administration/operational-limits-online).
Nothing here waits or answers: the service that owns a structure turns its verdict into a response.
All of it is safe to use from several threads.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum

from local.simulators.wire import Clock


@dataclass
class _Spent:
    entries: deque[tuple[float, float]] = field(default_factory=deque)
    total: float = 0.0


class SlidingWindow:
    """How much each user spent within the last ``window_s`` seconds, against ``limit``."""

    def __init__(self, limit: float, window_s: float, clock: Clock) -> None:
        if limit <= 0 or window_s <= 0:
            raise ValueError("limit and window must be above zero")
        self.limit = limit
        self.window_s = window_s
        self._clock = clock
        self._lock = threading.Lock()
        self._users: dict[Hashable, _Spent] = {}

    def spent(self, user: Hashable) -> float:
        """What the user spent within the window ending now."""
        with self._lock:
            return self._current(user, self._clock.time()).total

    def spend(self, user: Hashable, amount: float) -> None:
        """Count ``amount``, without looking at the limit."""
        with self._lock:
            self._add(user, self._clock.time(), amount)

    def take(self, user: Hashable, amount: float) -> float | None:
        """Count ``amount`` if it fits and return None; else count nothing and return the seconds to wait."""
        with self._lock:
            now = self._clock.time()
            wait_s = self._wait_s(self._current(user, now), now, amount)
            if wait_s is None:
                self._add(user, now, amount)
            return wait_s

    def wait_s(self, user: Hashable, amount: float) -> float | None:
        """The seconds until ``amount`` would fit, None if it fits now.  Counts nothing."""
        with self._lock:
            now = self._clock.time()
            return self._wait_s(self._current(user, now), now, amount)

    def _current(self, user: Hashable, now: float) -> _Spent:
        spent = self._users.setdefault(user, _Spent())
        while spent.entries and spent.entries[0][0] <= now - self.window_s:
            spent.total -= spent.entries.popleft()[1]
        if not spent.entries:
            spent.total = 0.0  # so no rounding error outlives the window
        return spent

    def _add(self, user: Hashable, now: float, amount: float) -> None:
        spent = self._current(user, now)
        spent.entries.append((now, amount))
        spent.total += amount

    def _wait_s(self, spent: _Spent, now: float, amount: float) -> float | None:
        excess = spent.total + amount - self.limit
        if excess <= 0:
            return None
        for at, part in spent.entries:
            excess -= part
            if excess <= 0:
                return max(0.0, at + self.window_s - now)
        return self.window_s


class RequestWindow(SlidingWindow):
    """Counts requests: ``admit`` one, or learn how long to wait.  A refused request does not count."""

    def admit(self, user: Hashable) -> float | None:
        """None where the request may run, else the seconds for ``Retry-After``."""
        return self.take(user, 1.0)


class ExecutionTimeWindow(SlidingWindow):
    """Sums execution seconds.  A request is refused only once earlier ones have used all of the limit."""

    def admit(self, user: Hashable) -> float | None:
        """None while less than the limit is used, else the seconds until that is so again."""
        now_used_up = self.spent(user) >= self.limit
        return self.wait_s(user, self.limit * 1e-9) if now_used_up else None


class Place(Enum):
    """What a request that arrives is told."""

    RUNNING = "running"
    QUEUED = "queued"
    REFUSED = "refused"


class ConcurrencyGate:
    """At most ``running_limit`` requests per user at once, ``queue_limit`` more in a first-come queue.

    A ticket is any hashable thing that names one request.  Each ticket that was not refused must
    ``leave`` exactly once, from the queue too (when its waiting time is over).
    """

    def __init__(self, running_limit: int, queue_limit: int = 0) -> None:
        if running_limit < 1 or queue_limit < 0:
            raise ValueError("at least one request must be able to run")
        self._running_limit = running_limit
        self._queue_limit = queue_limit
        self._lock = threading.Lock()
        self._running: dict[Hashable, set[Hashable]] = {}
        self._queues: dict[Hashable, deque[Hashable]] = {}

    def arrive(self, user: Hashable, ticket: Hashable) -> Place:
        """Run, queue or refuse the request."""
        with self._lock:
            running = self._running.setdefault(user, set())
            queue = self._queues.setdefault(user, deque())
            if ticket in running or ticket in queue:
                raise ValueError("this ticket is in use")
            if len(running) < self._running_limit:
                running.add(ticket)
                return Place.RUNNING
            if len(queue) < self._queue_limit:
                queue.append(ticket)
                return Place.QUEUED
            return Place.REFUSED

    def is_running(self, user: Hashable, ticket: Hashable) -> bool:
        """Whether a queued request's turn has come."""
        with self._lock:
            return ticket in self._running.get(user, ())

    def leave(self, user: Hashable, ticket: Hashable) -> Hashable | None:
        """The request is over; returns the ticket whose turn has come by it, if any.

        Raises KeyError for a ticket that is neither running nor queued.
        """
        with self._lock:
            running = self._running.get(user, set())
            queue = self._queues.get(user, deque())
            if ticket in queue:
                queue.remove(ticket)
                return None
            running.remove(ticket)
            if not queue:
                return None
            running.add(queue[0])
            return queue.popleft()
