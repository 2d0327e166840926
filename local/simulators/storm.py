"""A storm of refusals: a service that closes again and again for a while, to everybody.

A ``StormyService`` stands before a simulated service.  After every ``every_rows`` rows that were written it
closes for ``closed_s``: whatever comes meanwhile is answered 429 with the seconds that are left as
``Retry-After``.  ``POST /_control/storm`` (where control is enabled) begins one, ``{}`` ends it;
``GET`` tells how often it closed and how many requests it refused.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.simulators.faults import Refusal, plain_refusal
from local.simulators.latency import rows_written
from local.simulators.wire import Clock, Request, Response, Service

PATH = "/_control/storm"
_CONTROL = "/_control/"
MOST_CLOSED_S = 300.0


@dataclass(frozen=True, slots=True)
class Storm:
    """``every_rows`` 0 is no storm.  Raises ValueError for what makes no sense."""

    every_rows: int = 0
    closed_s: float = 1.0

    def __post_init__(self) -> None:
        if self.every_rows < 0 or not 0 < self.closed_s <= MOST_CLOSED_S:
            raise ValueError(f"every_rows must be 0 or more, closed_s above 0 and at most {MOST_CLOSED_S:g}")


class StormyService:
    """A service in a storm; ``control`` enables the route."""

    def __init__(
        self, service: Service, clock: Clock, *, refusal: Refusal = plain_refusal, control: bool
    ) -> None:
        self._service = service
        self._clock = clock
        self._refusal = refusal
        self._control = control
        self._lock = threading.Lock()
        self.begin(Storm())

    def begin(self, storm: Storm) -> None:
        """From the next request on; counting starts anew."""
        with self._lock:
            self._storm = storm
            self._rows = self._closings = self._refused = 0
            self._closed_until_s = 0.0

    def handle(self, request: Request) -> Response:
        """The service's response, or a refusal."""
        if self._control and request.target == PATH:
            return self._handle_control(request)
        if request.target.startswith(_CONTROL):
            return self._service.handle(request)
        left_s = self._left_s(request)
        return self._refusal(429, max(1, math.ceil(left_s))) if left_s > 0 else self._service.handle(request)

    def _left_s(self, request: Request) -> float:
        """How long the service stays closed to this request; 0 where it takes it, which may close it."""
        with self._lock:
            now_s = self._clock.time()
            if now_s < self._closed_until_s:
                self._refused += 1
                return self._closed_until_s - now_s
            if self._storm.every_rows:
                self._rows += rows_written(request)
            if self._rows and self._rows >= self._storm.every_rows:
                self._rows, self._closings = 0, self._closings + 1
                self._closed_until_s = now_s + self._storm.closed_s
            return 0.0

    def _handle_control(self, request: Request) -> Response:
        try:
            if request.method == "POST":
                data = json.loads(request.body or b"{}")
                self.begin(Storm(**data))
        except (TypeError, ValueError) as error:
            return _reply(400, {"error": str(error)})
        with self._lock:
            return _reply(200, {"closings": self._closings, "refused": self._refused})


def _reply(status: int, data: Mapping[str, Any]) -> Response:
    return Response(status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(data).encode())
