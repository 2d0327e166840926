"""How many requests of one service user may be under way at once."""

from __future__ import annotations

from typing import Protocol

from shared_code.runtime import Runtime

BC_LIMIT = 4
"""Business Central runs 5 requests per user at a time; one stays free for interactive calls."""
DATAVERSE_LIMIT = 8
GROW_AFTER = 20
"""Successes in a row before one more request at a time is tried."""


class Permits(Protocol):
    """The share of one user's limit that this process may use.  Protects speed, never correctness."""

    def limit(self) -> int:
        """How many requests may be under way at once, at least 1."""
        ...

    def want(self, number: int) -> None:
        """So many writes are under way or wait for their turn: what others leave is shared by that."""
        ...

    def wait_s(self) -> float:
        """Seconds for which the service asked everybody of this user to wait; 0 when free."""
        ...

    def throttled(self, retry_after_s: float, *, used_up: bool = False) -> None:
        """The service answered 429 or 503.

        ``used_up``: a budget of some minutes is used up, so that there were not too many at a time.
        """
        ...

    def succeeded(self, hint: int | None) -> None:
        """The service answered; ``hint`` is its advised parallelism (``x-ms-dop-hint``) if it gave one."""
        ...


class LocalPermits:
    """Permits of a process that is alone: starts at ``most``, halves at each refusal, grows slowly again.

    With the service's hint it grows up to the hint, at most to ``ceiling``; without, up to ``most``.
    Counters are plain integers: a race between two threads costs at most one step of speed.
    """

    def __init__(self, runtime: Runtime, most: int, ceiling: int = 16) -> None:
        self._runtime = runtime
        self._limit = self._most = max(1, most)
        self._ceiling = ceiling
        self._successes = 0
        self._closed_until = 0.0

    def limit(self) -> int:
        return self._limit

    def want(self, number: int) -> None:
        """There is nobody to share with."""

    def wait_s(self) -> float:
        return max(0.0, self._closed_until - self._runtime.now())

    def throttled(self, retry_after_s: float, *, used_up: bool = False) -> None:
        if self.wait_s() == 0 and not used_up:  # answers to requests sent together count as one refusal
            self._limit = max(1, self._limit // 2)
        self._successes = 0
        self._closed_until = max(self._closed_until, self._runtime.now() + retry_after_s)

    def succeeded(self, hint: int | None) -> None:
        most = self._most if hint is None else max(1, min(hint, self._ceiling))
        self._successes += 1
        if self._successes >= GROW_AFTER and self._limit < most:
            self._limit += 1
            self._successes = 0
        self._limit = min(self._limit, most)
