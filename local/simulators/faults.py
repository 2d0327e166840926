"""Injected faults: what networks and services do to a caller, by seed or aimed at one request.

A ``FaultyService`` stands before a simulated service.  Its plan is replaced at run time through
``POST /_control/faults`` (when the control routes are enabled), aimed faults are added through
``POST /_control/faults/next``, and ``GET /_control/faults`` tells how often each kind fired.
A plan may have rates for conditions of the service itself too (``conditions``).  Nothing under
``/_control/`` ever suffers a fault; what a person writes there may commit late.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from local.simulators.conditions import Condition, Conditioned, Extent, Meeting, met
from local.simulators.wire import Clock, ConnectionLost, Request, Response, Service

CONTROL_PREFIX = "/_control/"
CONTROL_PATH = "/_control/faults"
MAX_AIMED = 1_000
MAX_PATTERN_CHARS = 500
_PLAN_KEYS = frozenset({"seed", "rates", "only", "limit", "latency_ms", "retry_after_s",
                        "stale_s", "late_s", "denied_s"})  # fmt: skip
_EXTENT_KEYS = frozenset({"stale_s", "late_s", "denied_s"})
_AIM_KEYS = frozenset({"kind", "method", "path", "skip"})


class Fault(StrEnum):
    """The kinds, in the order in which a request is tried for them; at most one besides latency fires."""

    LATENCY = "latency"
    RESET_BEFORE = "reset_before"
    ANSWER_LOST = "answer_lost"
    STATUS_429 = "status_429"
    STATUS_503 = "status_503"
    STATUS_503_NO_HINT = "status_503_no_hint"
    HTML_INSTEAD = "html_instead"
    DUPLICATE = "duplicate"
    TRUNCATED = "truncated"
    STATUS_500 = "status_500"


@dataclass(frozen=True)
class Scope:
    """Which requests are meant: method equal, and target (path and query) matched anywhere; None is any."""

    method: str | None = None
    path: re.Pattern[str] | None = None

    def covers(self, request: Request) -> bool:
        if self.method is not None and request.method != self.method:
            return False
        return self.path is None or self.path.search(request.target) is not None


@dataclass(frozen=True)
class FaultPlan:
    """Rates from 0 to 1 per kind, drawn from ``seed``; ``limit`` bounds how many fire altogether."""

    seed: int = 0
    rates: Mapping[Fault | Condition, float] = field(default_factory=dict)
    only: Scope = Scope()
    limit: int | None = None
    latency_ms: float = 100.0
    retry_after_s: int = 1
    extent: Extent = field(default_factory=Extent)

    @property
    def conditions(self) -> frozenset[Condition]:
        """The conditions that may happen."""
        return frozenset(kind for kind in Condition if self.rates.get(kind, 0) > 0)


@dataclass
class AimedFault:
    """Fires once, at the first matching request after ``skip`` others that match."""

    kind: Fault
    scope: Scope
    skip: int = 0


Refusal = Callable[[int, int | None], Response]
"""Builds the service's own answer for a status (429, 500, 503) and its ``Retry-After``, if told."""


def plain_refusal(status: int, retry_after_s: int | None) -> Response:
    """A refusal as an HTTP gateway gives it; a service passes its own shape instead."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    message = "Too many requests" if status == 429 else "The service is unavailable."
    return Response(
        status, headers, json.dumps({"error": {"code": str(status), "message": message}}).encode()
    )


class FaultyService:
    """A service that suffers the faults of its plan; ``control`` enables the control routes."""

    def __init__(
        self,
        service: Service,
        plan: FaultPlan,
        clock: Clock,
        *,
        refusal: Refusal = plain_refusal,
        control: bool = False,
    ) -> None:
        self._service = service
        self._conditioned = cast(Conditioned, service) if hasattr(service, "expect") else None
        self._clock = clock
        self._refusal = refusal
        self._control = control
        self._lock = threading.Lock()
        self._aimed: list[AimedFault] = []
        self._fired: Counter[Fault | Condition] = Counter()
        self.replace(plan)

    def handle(self, request: Request) -> Response:
        """The service's response, or a fault instead of or after it; raises ``ConnectionLost``."""
        path = request.target.partition("?")[0]
        if self._control and (path == CONTROL_PATH or path.startswith(CONTROL_PATH + "/")):
            return self._handle_control(request, path)
        if path.startswith(CONTROL_PREFIX):
            return self._handle_person(request)
        plan, faults = self._draw(request)
        if Fault.LATENCY in faults:
            self._clock.sleep(plan.latency_ms / 1000)
        return self._suffer(request, plan, next((f for f in faults if f is not Fault.LATENCY), None))

    def replace(self, plan: FaultPlan) -> None:
        """Begin a new plan: its seed starts afresh, aimed faults and counters are cleared.

        Raises ValueError for conditions that the service does not have.
        """
        known = frozenset() if self._conditioned is None else self._conditioned.conditions
        if unknown := sorted(plan.conditions - known):
            raise ValueError(f"this service has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        if self._conditioned is not None:
            self._conditioned.expect(plan.conditions, plan.extent)
        with self._lock:
            self._plan = plan
            self._random = random.Random(plan.seed)
            # A stream of their own: switching conditions on leaves the faults of a seed as they are.
            self._random_conditions = random.Random(f"conditions {plan.seed}")
            self._aimed.clear()
            self._fired.clear()

    def aim(self, fault: AimedFault) -> None:
        """Add a fault for one request to come.  Raises ValueError when too many wait."""
        with self._lock:
            if len(self._aimed) >= MAX_AIMED:
                raise ValueError(f"more than {MAX_AIMED} aimed faults are waiting")
            self._aimed.append(fault)

    def report(self) -> dict[str, Any]:
        """The seed, how often each kind fired, and how many aimed faults still wait."""
        with self._lock:
            fired = {kind.value: self._fired[kind] for kind in (*Fault, *Condition)}
            return {"seed": self._plan.seed, "fired": fired, "waiting": len(self._aimed)}

    def _draw(self, request: Request) -> tuple[FaultPlan, list[Fault]]:
        with self._lock:
            faults = self._drawn_aimed(request) or self._drawn_by_rate(request)
            self._fired.update(faults)
            return self._plan, faults

    def _drawn_aimed(self, request: Request) -> list[Fault]:
        matching = [fault for fault in self._aimed if fault.scope.covers(request)]
        due = next((fault for fault in matching if fault.skip == 0), None)
        for fault in matching:
            fault.skip = max(0, fault.skip - 1)
        if due is None:
            return []
        self._aimed.remove(due)
        return [due.kind]

    def _drawn_by_rate(self, request: Request) -> list[Fault]:
        plan = self._plan
        if not plan.rates or not plan.only.covers(request):
            return []
        hits = [kind for kind in Fault if kind in plan.rates and self._random.random() < plan.rates[kind]]
        others = [kind for kind in hits if kind is not Fault.LATENCY][:1]
        chosen = [*(kind for kind in hits if kind is Fault.LATENCY), *others]
        room = len(chosen) if plan.limit is None else max(0, plan.limit - self._fired.total())
        return chosen[:room]

    def _handle_person(self, request: Request) -> Response:
        """A control request: a write there may be a person's, which may commit late."""
        if request.method == "GET":
            return self._service.handle(request)
        with met(self._meeting(request, frozenset({Condition.LATE_COMMIT}))):
            return self._service.handle(request)

    def _handle_met(self, request: Request) -> Response:
        """The service's response under the conditions drawn for the request."""
        meeting = self._meeting(request, frozenset(Condition))
        odd = Condition.ODD_DATA in meeting.kinds and self._has_room() and self._conditioned is not None
        if odd and self._conditioned is not None and self._conditioned.write_oddly(meeting.random):
            meeting.happens(Condition.ODD_DATA)
        with met(meeting):
            return self._service.handle(request)

    def _meeting(self, request: Request, possible: frozenset[Condition]) -> Meeting:
        with self._lock:
            plan, draw = self._plan, self._random_conditions
            wanted = [kind for kind in Condition if kind in plan.conditions & possible]
            if not wanted or not plan.only.covers(request):
                return Meeting((), plan.extent, 0, self._take)
            kinds = [kind for kind in wanted if draw.random() < plan.rates[kind]]
            return Meeting(kinds, plan.extent, draw.getrandbits(64), self._take)

    def _take(self, kind: Condition) -> bool:
        with self._lock:
            room = self._plan.limit is None or self._fired.total() < self._plan.limit
            self._fired[kind] += room
            return room

    def _has_room(self) -> bool:
        with self._lock:
            return self._plan.limit is None or self._fired.total() < self._plan.limit

    def _suffer(self, request: Request, plan: FaultPlan, fault: Fault | None) -> Response:
        match fault:
            case Fault.RESET_BEFORE:
                raise ConnectionLost
            case Fault.STATUS_429:
                return self._refusal(429, plan.retry_after_s)
            case Fault.STATUS_503:
                return self._refusal(503, plan.retry_after_s)
            case Fault.STATUS_503_NO_HINT:
                return self._refusal(503, None)
            case Fault.STATUS_500:
                return self._refusal(500, None)
            case Fault.HTML_INSTEAD:
                return Response(200, {"Content-Type": "text/html; charset=utf-8"}, _MAINTENANCE_PAGE)
        response = self._handle_met(request)
        match fault:
            case Fault.ANSWER_LOST:
                raise ConnectionLost
            case Fault.DUPLICATE:
                return self._handle_met(request)
            case Fault.TRUNCATED:
                return Response(response.status, response.headers, response.body[: len(response.body) // 2])
        return response

    def _handle_control(self, request: Request, path: str) -> Response:
        try:
            match request.method, path.removeprefix(CONTROL_PATH):
                case "GET", "":
                    pass
                case "POST", "":
                    self.replace(plan_from_json(request.body))
                case "POST", "/next":
                    self.aim(aimed_from_json(request.body))
                case _:
                    return _json(404, {"error": "GET or POST /_control/faults, POST /_control/faults/next"})
        except ValueError as error:
            return _json(400, {"error": str(error)})
        return _json(200, self.report())


def plan_from_json(body: bytes) -> FaultPlan:
    """Read ``{"seed", "rates": {kind: rate}, "only": {"method", "path"}, "limit", "latency_ms",
    "retry_after_s", "stale_s", "late_s", "denied_s"}``, every key optional; a rate may be a
    condition's.  Raises ValueError that says what is wrong.
    """
    data = _object(body, _PLAN_KEYS)
    rates = {_any_kind(kind): _number(rate, "rate", 1.0) for kind, rate in _part(data, "rates").items()}
    limit = data.get("limit")
    return FaultPlan(
        seed=int(_number(data.get("seed", 0), "seed", 2**63)),
        rates=rates,
        only=_scope(_part(data, "only")),
        limit=None if limit is None else int(_number(limit, "limit", 1e9)),
        latency_ms=_number(data.get("latency_ms", 100), "latency_ms", 600_000),
        retry_after_s=int(_number(data.get("retry_after_s", 1), "retry_after_s", 3600)),
        extent=Extent(**{name: _number(data[name], name, 86_400) for name in _EXTENT_KEYS & data.keys()}),
    )


def aimed_from_json(body: bytes) -> AimedFault:
    """Read ``{"kind", "method", "path", "skip"}``; only ``kind`` is needed.  Raises ValueError."""
    data = _object(body, _AIM_KEYS)
    return AimedFault(_kind(data.get("kind")), _scope(data), int(_number(data.get("skip", 0), "skip", 1e6)))


def _scope(data: Mapping[str, Any]) -> Scope:
    method, path = data.get("method"), data.get("path")
    if not isinstance(method, str | None):
        raise ValueError("method must be a text")
    if path is None:
        return Scope(method)
    if not isinstance(path, str) or len(path) > MAX_PATTERN_CHARS:
        raise ValueError(f"path must be a regular expression of at most {MAX_PATTERN_CHARS} characters")
    try:
        return Scope(method, re.compile(path))
    except re.error as error:
        raise ValueError(f"path is no regular expression: {error}") from None


def _kind(name: object) -> Fault:
    try:
        return Fault(str(name))
    except ValueError:
        known = ", ".join((*Fault, *Condition))
        raise ValueError(f"unknown fault {name!r}; known are {known}") from None


def _any_kind(name: object) -> Fault | Condition:
    return Condition(str(name)) if name in set(Condition) else _kind(name)


def _number(value: object, name: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(f"{name} must be a number from 0 to {most:g}")
    return value


def _part(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = data.get(name, {})
    if not isinstance(part, dict):
        raise ValueError(f"{name} must be an object")
    return part


def _object(body: bytes, known: frozenset[str]) -> dict[str, Any]:
    data = json.loads(body or b"{}")
    if not isinstance(data, dict):
        raise ValueError("the body must be an object")
    if unknown := sorted(data.keys() - known):
        raise ValueError(f"unknown keys {unknown}; known are {sorted(known)}")
    return data


def _json(status: int, data: object) -> Response:
    return Response(status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(data).encode())


_MAINTENANCE_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please wait</body></html>"
