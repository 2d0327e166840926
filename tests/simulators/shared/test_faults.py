"""Injected faults: which request suffers, whether its effect happens, and what is counted."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.simulators.faults import AimedFault, Fault, FaultPlan, FaultyService, Scope, plan_from_json
from local.simulators.wire import ConnectionLost, ManualClock, Request, Response

BODY = b'{"value":[1,2,3]}'


class Counting:
    """Remembers what took effect."""

    def __init__(self) -> None:
        self.applied: list[str] = []

    def handle(self, request: Request) -> Response:
        self.applied.append(request.target)
        return Response(200, {"Content-Type": "application/json"}, BODY)


def faulty(
    rates: dict[Fault, float] | None = None, *, control: bool = True, **plan: Any
) -> tuple[FaultyService, Counting, ManualClock]:
    inner, clock = Counting(), ManualClock()
    return FaultyService(inner, FaultPlan(rates=rates or {}, **plan), clock, control=control), inner, clock


def control(service: FaultyService, method: str, path: str = "", body: object = None) -> tuple[int, Any]:
    raw = b"" if body is None else json.dumps(body).encode()
    response = service.handle(Request(method, "/_control/faults" + path, {}, raw))
    return response.status, json.loads(response.body)


def outcome(service: FaultyService, request: Request) -> str:
    try:
        response = service.handle(request)
    except ConnectionLost:
        return "lost"
    return f"{response.status} {response.headers.get('Retry-After', '')}".strip()


def test_without_a_plan_nothing_happens() -> None:
    service, inner, _ = faulty()
    assert outcome(service, Request("GET", "/a")) == "200"
    assert inner.applied == ["/a"]


def test_a_lost_answer_took_effect() -> None:
    service, inner, _ = faulty({Fault.ANSWER_LOST: 1})
    assert outcome(service, Request("POST", "/a")) == "lost"
    assert inner.applied == ["/a"]


def test_a_reset_before_took_no_effect() -> None:
    service, inner, _ = faulty({Fault.RESET_BEFORE: 1})
    assert outcome(service, Request("POST", "/a")) == "lost"
    assert inner.applied == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Fault.STATUS_429, "429 7"),
        (Fault.STATUS_503, "503 7"),
        (Fault.STATUS_503_NO_HINT, "503"),
        (Fault.STATUS_500, "500"),
    ],
)
def test_a_refusal_takes_no_effect_and_may_say_when_to_come_back(kind: Fault, expected: str) -> None:
    service, inner, _ = faulty({kind: 1}, retry_after_s=7)
    assert outcome(service, Request("POST", "/a")) == expected
    assert inner.applied == []


def test_a_refusal_has_the_service_s_own_shape() -> None:
    plan = FaultPlan(rates={Fault.STATUS_429: 1}, retry_after_s=9)
    own = FaultyService(
        Counting(), plan, ManualClock(), refusal=lambda status, wait: Response(status, {"X": str(wait)})
    )
    assert own.handle(Request("GET", "/a")) == Response(429, {"X": "9"})


def test_html_instead_looks_like_success_and_took_no_effect() -> None:
    service, inner, _ = faulty({Fault.HTML_INSTEAD: 1})
    response = service.handle(Request("GET", "/a"))
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert inner.applied == []


def test_a_duplicate_takes_effect_twice() -> None:
    service, inner, _ = faulty({Fault.DUPLICATE: 1})
    assert outcome(service, Request("POST", "/a")) == "200"
    assert inner.applied == ["/a", "/a"]


def test_a_truncated_answer_is_no_json_any_more() -> None:
    service, _, _ = faulty({Fault.TRUNCATED: 1})
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(service.handle(Request("GET", "/a")).body)


def test_latency_waits_and_comes_on_top_of_another_fault() -> None:
    service, _, clock = faulty({Fault.LATENCY: 1, Fault.STATUS_429: 1}, latency_ms=250)
    before = clock.time()
    assert outcome(service, Request("GET", "/a")) == "429 1"
    assert clock.time() - before == pytest.approx(0.25)


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    def run(seed: int) -> list[str]:
        service, _, _ = faulty({Fault.ANSWER_LOST: 0.3, Fault.STATUS_503: 0.3}, seed=seed)
        return [outcome(service, Request("GET", f"/{n}")) for n in range(100)]

    assert run(7) == run(7)
    assert run(7) != run(8)
    assert {"lost", "503 1", "200"} == set(run(7))


def test_only_requests_in_scope_suffer_and_no_more_than_the_limit() -> None:
    scope = Scope("POST", re.compile(r"/items\("))
    service, inner, _ = faulty({Fault.RESET_BEFORE: 1}, only=scope, limit=2)
    seen = [outcome(service, Request(method, "/items(1)")) for method in ("GET", "POST", "POST", "POST")]
    assert seen == ["200", "lost", "lost", "200"]
    assert outcome(service, Request("POST", "/customers")) == "200"
    assert inner.applied == ["/items(1)", "/items(1)", "/customers"]


def test_an_aimed_fault_hits_the_next_match_once_after_those_to_skip() -> None:
    service, _, _ = faulty()
    service.aim(AimedFault(Fault.ANSWER_LOST, Scope("POST", re.compile("items")), skip=1))
    requests = [Request("POST", "/items"), Request("GET", "/items"), *[Request("POST", "/items")] * 3]
    assert [outcome(service, request) for request in requests] == ["200", "200", "lost", "200", "200"]
    assert service.report()["waiting"] == 0


def test_the_control_route_sets_a_plan_aims_and_counts() -> None:
    service, _, _ = faulty()
    plan = {"seed": 3, "rates": {"status_429": 1}, "only": {"method": "PATCH", "path": "^/x"}, "limit": 1}
    assert control(service, "POST", "", plan)[0] == 200
    aimed = {"kind": "answer_lost", "method": "POST", "path": "orders"}
    assert control(service, "POST", "/next", aimed)[1]["waiting"] == 1
    seen = [
        outcome(service, Request(m, t)) for m, t in (("PATCH", "/x"), ("PATCH", "/x"), ("POST", "/orders"))
    ]
    assert seen == ["429 1", "200", "lost"]
    status, report = control(service, "GET")
    assert (status, report["seed"], report["waiting"]) == (200, 3, 0)
    assert {kind: times for kind, times in report["fired"].items() if times} == {
        "status_429": 1,
        "answer_lost": 1,
    }


def test_control_requests_never_suffer() -> None:
    service, inner, _ = faulty({Fault.RESET_BEFORE: 1})
    assert control(service, "GET")[0] == 200
    assert outcome(service, Request("POST", "/_control/token")) == "200"
    assert inner.applied == ["/_control/token"]


def test_the_control_route_is_closed_unless_enabled() -> None:
    service, inner, _ = faulty(control=False)
    service.handle(Request("POST", "/_control/faults", {}, b'{"rates":{"reset_before":1}}'))
    assert inner.applied == ["/_control/faults"], "the service itself answers, as for any unknown route"
    assert outcome(service, Request("GET", "/a")) == "200"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"not json",
        b"\xff",
        b'{"rates":{"meteor":1}}',
        b'{"rates":{"latency":2}}',
        b'{"rates":{"latency":true}}',
        b'{"rates":{"latency":NaN}}',
        b'{"rates":[]}',
        b'{"only":{"path":"("}}',
        b'{"only":{"path":5}}',
        b'{"only":{"method":5}}',
        b'{"limit":-1}',
        b'{"sede":1}',
    ],
)
def test_a_plan_that_cannot_be_understood_is_refused_and_changes_nothing(body: bytes) -> None:
    service, _, _ = faulty({Fault.RESET_BEFORE: 1}, seed=5)
    assert service.handle(Request("POST", "/_control/faults", {}, body)).status == 400
    assert service.report()["seed"] == 5
    with pytest.raises(ValueError, match=r"."):
        plan_from_json(body)
