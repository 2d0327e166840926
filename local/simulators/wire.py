"""What a simulated service is: a function from one HTTP request to one HTTP response.

A simulator knows nothing of sockets, threads or real time.  ``server.py`` puts one behind a
socket; a test or the deterministic simulation calls ``handle`` directly, so both exercise the
same rules.  Time comes from the ``Clock`` that the simulator was given.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; ``target`` is path and query exactly as sent, header names lower-case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; ``headers`` keep the service's own spelling."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class ConnectionLost(Exception):
    """Raised by ``handle`` when the caller shall see a reset instead of a response."""


class Service(Protocol):
    """A simulated service.  ``handle`` is safe to call from several threads at once."""

    def handle(self, request: Request) -> Response: ...


class Clock(Protocol):
    """Where a simulator takes time from: seconds since the epoch, and a way to wait."""

    def time(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The real clock."""

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ShiftedClock:
    """Another clock, ahead of it by ``shift_s`` (behind, where that is negative)."""

    def __init__(self, clock: Clock, shift_s: float = 0.0) -> None:
        self._clock = clock
        self.shift_s = shift_s

    def time(self) -> float:
        return self._clock.time() + self.shift_s

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


class ManualClock:
    """A clock that a test moves by hand; ``sleep`` moves it too."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
