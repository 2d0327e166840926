"""Service protection: 5 requests of a user at once, 95 waiting, 6,000 within 5 minutes.

Microsoft docs: administration/operational-limits-online.md.  Beyond the queue or the rate the answer
is 429 (Retry-After only if the environment is set to send it); a wait of 8 minutes ends in 503.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from local.simulators.business_central.errors import ApiError, too_many_requests
from local.simulators.business_central.options import Options
from local.simulators.throttle import ConcurrencyGate, Place, RequestWindow
from local.simulators.wire import Clock

_POLL_S = 0.005


class Limits:
    """The limits of one environment, per user."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self.window = RequestWindow(options.request_limit, options.window_s, clock)
        self._gate = ConcurrencyGate(options.running_limit, options.queue_limit)

    def resize(self) -> None:
        """Take over changed options; counting starts anew."""
        self.window = RequestWindow(self._options.request_limit, self._options.window_s, self._clock)

    @contextmanager
    def admitted(self, user: str) -> Iterator[None]:
        """Runs the block when it is the request's turn; raises 429 or 503 instead."""
        wait_s = self.window.admit(user)
        if wait_s is not None:
            limit = self._options.request_limit
            raise too_many_requests(limit + 1, limit, self._hint(wait_s))
        ticket = object()
        place = self._gate.arrive(user, ticket)
        if place is Place.REFUSED:
            limit = self._options.running_limit + self._options.queue_limit
            raise too_many_requests(limit + 1, limit, self._hint(1.0))
        try:
            if place is Place.QUEUED:
                self._wait(user, ticket)
            yield
        finally:
            self._gate.leave(user, ticket)

    def _wait(self, user: str, ticket: object) -> None:
        end = self._clock.time() + self._options.queue_wait_s
        while not self._gate.is_running(user, ticket):
            if self._clock.time() >= end:
                headers = {"Retry-After": "30"}
                raise ApiError(
                    503, "Internal_ServerError", "The request waited too long in the queue.", headers
                )
            self._clock.sleep(_POLL_S)

    def _hint(self, wait_s: float) -> int | None:
        return max(1, math.ceil(wait_s)) if self._options.retry_after else None
