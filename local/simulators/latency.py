"""How long a simulated service takes, and how many requests of a user it works on at once.

A ``LatentService`` stands before a simulated service.  An answer leaves no earlier than ``request_ms`` plus
``row_ms`` for each row the request wrote, counted from the moment the service began to work on it: what the
simulator itself takes is within that time, not on top of it.  ``in_flight`` requests are worked on at once;
further ones wait for their turn, so that sending more than the service advises gains nothing.  Reading
costs ``request_ms`` alone.  ``POST /_control/latency`` (where control is enabled) sets all three anew.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any

from local.simulators.wire import Clock, Request, Response, Service

PATH = "/_control/latency"
_CONTROL = "/_control/"
MOST_MS = 600_000.0
MOST_IN_FLIGHT = 1_000
_WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})
_JSON_PART = re.compile(rb'"method"\s*:\s*"(?:POST|PATCH|PUT|DELETE)"', re.IGNORECASE)
_BULK_PART = re.compile(rb"\nPOST [^\r\n]+Multiple HTTP/1\.1")
_MULTIPART_PART = re.compile(rb"\n(?:POST|PATCH|PUT|DELETE) [^\r\n]+ HTTP/1\.1")


@dataclass(frozen=True, slots=True)
class Latency:
    """``in_flight`` 0 is any number.  Raises ValueError for what makes no sense."""

    request_ms: float = 0.0
    row_ms: float = 0.0
    in_flight: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.request_ms <= MOST_MS and 0 <= self.row_ms <= MOST_MS):
            raise ValueError(f"request_ms and row_ms must be from 0 to {MOST_MS:g}")
        if not 0 <= self.in_flight <= MOST_IN_FLIGHT:
            raise ValueError(f"in_flight must be from 0 to {MOST_IN_FLIGHT}")

    def seconds(self, rows: int) -> float:
        """How long a request that writes so many rows takes."""
        return (self.request_ms + rows * self.row_ms) / 1000


class LatentService:
    """A service that takes its time; ``control`` enables the route."""

    def __init__(self, service: Service, clock: Clock, *, control: bool) -> None:
        self._service = service
        self._clock = clock
        self._control = control
        self.set(Latency())

    def set(self, latency: Latency) -> None:
        """From the next request on."""
        gate = threading.BoundedSemaphore(latency.in_flight) if latency.in_flight else nullcontext()
        self._present: tuple[Latency, AbstractContextManager[object]] = latency, gate

    def handle(self, request: Request) -> Response:
        """The service's response, in its time; a lost answer takes as long as one that arrives."""
        if self._control and request.target == PATH:
            return self._handle_control(request)
        latency, gate = self._present
        if request.target.startswith(_CONTROL):
            return self._service.handle(request)
        with gate:
            began_s, rows = self._clock.time(), rows_written(request)
            try:
                response = self._service.handle(request)
                rows = rows if response.status < 400 else 0
            finally:
                self._clock.sleep(max(0.0, began_s + latency.seconds(rows) - self._clock.time()))
        return response

    def _handle_control(self, request: Request) -> Response:
        try:
            if request.method == "POST":
                self.set(latency_from_json(request.body))
        except (TypeError, ValueError) as error:
            return _reply(400, {"error": str(error)})
        return _reply(200, asdict(self._present[0]))


def latency_from_json(body: bytes) -> Latency:
    """Read ``{"request_ms", "row_ms", "in_flight"}``, each optional.  Raises ValueError or TypeError."""
    data = json.loads(body or b"{}")
    if not isinstance(data, dict) or not all(_is_number(each) for each in data.values()):
        raise ValueError("the body must be an object of numbers")
    return Latency(**data)


def rows_written(request: Request) -> int:
    """How many rows a request of either system writes, as far as its text tells."""
    if request.method not in _WRITES:
        return 0
    path = request.target.partition("?")[0]
    if path.endswith("Multiple"):
        return request.body.count(b'"@odata.type"')
    if not path.endswith("/$batch"):
        return 1
    pattern = _JSON_PART if request.body.lstrip()[:1] == b"{" else _MULTIPART_PART
    bulk = len(_BULK_PART.findall(request.body))
    in_bulk = request.body.count(b'"@odata.type"') if bulk else 0
    return len(pattern.findall(request.body)) - bulk + in_bulk


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _reply(status: int, data: Mapping[str, Any]) -> Response:
    return Response(status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(data).encode())
