"""Service protection: requests, execution time and concurrency per user over five minutes.

Microsoft docs: data-platform/api-limits.  ``Retry-After`` grows while the caller keeps pushing, and a
refused user stays refused until it is over.  Every operation of a batch counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import Refused
from local.simulators.dataverse.options import Options
from local.simulators.throttle import ConcurrencyGate, ExecutionTimeWindow, Place, RequestWindow
from local.simulators.wire import Clock

MAX_RETRY_AFTER_S = 300
PUSH_PENALTY_S = 1.0
CONCURRENCY_RETRY_S = 1


@dataclass
class _Closed:
    """Until when a user is refused, and how often it came back too early."""

    until: float
    error: Refused
    pushes: int = 0


class Limits:
    """The three limits.  ``now`` answers 429 by raising ``Refused``."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._closed: dict[str, _Closed] = {}
        self.configure()

    def configure(self) -> None:
        """Begin afresh with the limits now in the options."""
        options, clock = self._options, self._clock
        self._requests = RequestWindow(options.request_limit, options.limit_window_s, clock)
        self._time = ExecutionTimeWindow(options.execution_limit_s, options.limit_window_s, clock)
        self._gate = ConcurrencyGate(options.concurrency_limit)
        self._closed.clear()

    def enter(self, user: str) -> tuple[ConcurrencyGate, object]:
        """Take a place among the requests under way.  Raises ``Refused`` when there is none."""
        gate, ticket = self._gate, object()
        if gate.arrive(user, ticket) is Place.REFUSED:
            limit = self._options.concurrency_limit
            raise _refused(
                errors.CONCURRENCY_EXCEEDED,
                f"Number of concurrent requests exceeded the limit of {limit}.",
                CONCURRENCY_RETRY_S,
            )
        return gate, ticket

    def admit(self, user: str) -> None:
        """Count one operation.  Raises ``Refused`` while a limit is exceeded."""
        closed = self._closed.get(user)
        if closed is not None:
            self._refuse_while_closed(user, closed)
        self._admit_within(user, self._requests.admit(user), self._request_error())
        self._admit_within(user, self._time.admit(user), self._time_error())

    def spend(self, user: str, seconds: float) -> None:
        """Count execution time."""
        self._time.spend(user, seconds)

    def headers(self, user: str) -> Mapping[str, str]:
        """What ordinary answers tell about the limits."""
        requests = max(0, self._options.request_limit - int(self._requests.spent(user)))
        seconds = max(0.0, self._options.execution_limit_s - self._time.spent(user))
        return {
            "x-ms-ratelimit-burst-remaining-xrm-requests": str(requests),
            "x-ms-ratelimit-time-remaining-xrm-requests": f"{seconds:.2f}",
            "x-ms-dop-hint": str(self._options.dop_hint),
        }

    def _refuse_while_closed(self, user: str, closed: _Closed) -> None:
        now = self._clock.time()
        if now >= closed.until:
            del self._closed[user]
            return
        closed.pushes += 1
        closed.until = min(closed.until + PUSH_PENALTY_S, now + MAX_RETRY_AFTER_S)
        raise _refused(closed.error.code, closed.error.message, closed.until - now)

    def _admit_within(self, user: str, wait_s: float | None, error: Refused) -> None:
        if wait_s is None:
            return
        wait_s = max(wait_s, 1.0)
        self._closed[user] = _Closed(self._clock.time() + wait_s, error)
        raise _refused(error.code, error.message, wait_s)

    def _request_error(self) -> Refused:
        return Refused(
            429,
            errors.REQUESTS_EXCEEDED,
            f"Number of requests exceeded the limit of {self._options.request_limit} over time window of "
            f"{self._options.limit_window_s:g} seconds.",
        )

    def _time_error(self) -> Refused:
        return Refused(
            429,
            errors.TIME_EXCEEDED,
            "Combined execution time of incoming requests exceeded limit of "
            f"{self._options.execution_limit_s * 1000:,.0f}  milliseconds over time window of "
            f"{self._options.limit_window_s:g} seconds. Decrease number of concurrent requests or reduce the "
            "duration of requests and try again later.",
        )


def _refused(code: str, message: str, wait_s: float) -> Refused:
    seconds = min(MAX_RETRY_AFTER_S, max(1, math.ceil(wait_s)))
    return Refused(429, code, message, {"Retry-After": str(seconds)})
