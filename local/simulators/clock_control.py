"""A service whose clock can be set wrong while it runs: ``GET`` and ``POST /_control/clock``.

The body is ``{"shift_s": seconds}``: how far the service's clock is ahead of this machine's from now on.
"""

from __future__ import annotations

import json
import math

from local.simulators.wire import Request, Response, Service, ShiftedClock

PATH = "/_control/clock"
MOST_SHIFT_S = 7 * 86_400.0


class ClockedService:
    """Stands before a service that was given ``clock``; ``control`` enables the route."""

    def __init__(self, service: Service, clock: ShiftedClock, *, control: bool) -> None:
        self._service = service
        self._clock = clock
        self._control = control

    def handle(self, request: Request) -> Response:
        """The service's response, or the clock's."""
        if not self._control or request.target != PATH:
            return self._service.handle(request)
        if request.method not in ("GET", "POST"):
            return _reply(404, {"error": f"GET or POST {PATH}"})
        try:
            if request.method == "POST":
                self._clock.shift_s = shift_from_json(request.body)
        except ValueError as error:
            return _reply(400, {"error": str(error)})
        return _reply(200, {"shift_s": self._clock.shift_s, "time_s": self._clock.time()})


def shift_from_json(body: bytes) -> float:
    """Read ``{"shift_s": seconds}``.  Raises ValueError that says what is wrong."""
    data = json.loads(body or b"{}")
    if not isinstance(data, dict) or data.keys() != {"shift_s"}:
        raise ValueError("the body must hold shift_s and nothing else")
    shift_s = data["shift_s"]
    is_number = isinstance(shift_s, int | float) and not isinstance(shift_s, bool)
    if not is_number or not math.isfinite(shift_s) or abs(shift_s) > MOST_SHIFT_S:
        raise ValueError(f"shift_s must be a number from -{MOST_SHIFT_S:g} to {MOST_SHIFT_S:g}")
    return float(shift_s)


def _reply(status: int, data: object) -> Response:
    return Response(status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(data).encode())
