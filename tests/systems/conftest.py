"""Surroundings for clients under test: a clock that waiting moves, and services that follow a script."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import pytest

from local.simulators.adapter import InProcessAdapter
from local.simulators.wire import ConnectionLost, ManualClock, Request, Response, Service
from shared_code.runtime import OpenGate
from shared_code.systems.auth import FixedTokens, Tokens
from shared_code.systems.http import Client
from shared_code.systems.session import new_session
from shared_code.systems.throttle import LocalPermits


class StepRuntime:
    """Everything in one thread; sleeping moves the clock and is remembered."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.slept: list[float] = []
        self._ids = 0

    def now(self) -> float:
        return self.clock.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += seconds

    def new_id(self) -> str:
        self._ids += 1
        return str(uuid.UUID(int=self._ids))

    def random(self) -> float:
        return 0.5

    def new_gate(self) -> OpenGate:
        return OpenGate()

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        return [call() for call in calls]


type Step = Response | type[ConnectionLost]


@dataclass
class Script:
    """A service that answers from a list and remembers what it was asked; the last answer stays."""

    steps: list[Step]
    requests: list[Request] = field(default_factory=list)

    def handle(self, request: Request) -> Response:
        self.requests.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Response):
            return step
        raise step

    @property
    def targets(self) -> list[str]:
        return [unquote(request.target) for request in self.requests]


@dataclass
class Surroundings:
    """What a client needs besides its service."""

    clock: ManualClock
    runtime: StepRuntime
    permits: LocalPermits
    kinds: list[str] = field(default_factory=list)

    def client(self, service: Service, tokens: Tokens | None = None) -> Client:
        session = new_session(4)
        session.mount("https://", InProcessAdapter(service, self.clock))
        return Client(
            session,
            tokens or FixedTokens("token"),
            "https://service.example/.default",
            self.runtime,
            self.permits,
            system_name="The service",
            on_request=self.kinds.append,
        )


@pytest.fixture
def surroundings() -> Surroundings:
    clock = ManualClock()
    runtime = StepRuntime(clock)
    return Surroundings(clock, runtime, LocalPermits(runtime, 4))
