"""Throttling per user."""

from __future__ import annotations

import json
import threading

import pytest

from local.simulators.business_central import refusal
from tests.simulators.business_central.client import Client


@pytest.mark.parametrize("hint", [True, False])
def test_rate_limit_is_429_with_or_without_hint(hint: bool) -> None:
    bc = Client(request_limit=3, retry_after=hint)
    assert [bc.api("GET", "companies").status for _ in range(3)] == [200] * 3
    refused = bc.api("GET", "companies")
    assert refused.error == (429, "Application_TooManyRequests")
    assert refused.raw.headers.get("Retry-After") == ("300" if hint else None)


def test_rate_is_counted_per_user_in_a_sliding_window() -> None:
    bc = Client(request_limit=1)
    assert bc.api("GET", "companies").status == 200
    assert bc.api("GET", "companies", token="reader").status == 200
    assert bc.api("GET", "companies").status == 429
    bc.clock.sleep(300)
    assert bc.api("GET", "companies").status == 200


def test_batch_counts_as_one_request_unless_parts_are_counted() -> None:
    part = {"method": "GET", "url": "companies"}
    assert [Client(request_limit=3).batch(*[part] * 5).status for _ in range(2)] == [200, 200]
    bc = Client(request_limit=3, batch_parts_counted=True)
    assert [bc.batch(*[part] * 3).status, bc.batch(part).status] == [200, 429]


def test_refused_token_is_not_counted() -> None:
    bc = Client(request_limit=1)
    assert bc.api("GET", "companies", token="nobody").status == 401
    assert bc.api("GET", "companies").status == 200


class Held:
    """A clock whose latency waits until the test lets go; queued requests poll it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.inside = threading.Semaphore(0)
        self.go = threading.Event()

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        if seconds >= 1:
            self.inside.release()
        self.go.wait(5 if seconds >= 1 else 0.001)


def test_sixth_request_waits_and_one_beyond_the_queue_is_429() -> None:
    bc, clock = Client(latency_s=1.0, queue_limit=1), Held()
    bc.bc.env.clock = clock
    bc.bc.env.limits._clock = clock
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(bc.api("GET", "companies").status)) for _ in range(7)
    ]
    for thread in threads:
        thread.start()
    for _ in range(5):
        assert clock.inside.acquire(timeout=5)
    while 429 not in statuses:
        clock.go.wait(0.001)
    assert statuses == [429]
    clock.go.set()
    for thread in threads:
        thread.join(5)
    assert sorted(statuses) == [200] * 6 + [429]


def test_waiting_too_long_in_the_queue_is_503() -> None:
    bc = Client(running_limit=1)
    with bc.bc.env.limits.admitted("app"):
        refused = bc.api("GET", "companies")
    assert refused.status == 503
    assert "Retry-After" in refused.raw.headers
    assert bc.api("GET", "companies").status == 200


@pytest.mark.parametrize(("status", "hint"), [(429, 7), (503, None)])
def test_injected_refusal_has_the_services_shape(status: int, hint: int | None) -> None:
    response = refusal(status, hint)
    assert response.status == status
    assert json.loads(response.body)["error"]["code"] in (
        "Application_TooManyRequests",
        "Internal_TenantUnavailable",
    )
    assert response.headers.get("Retry-After") == (None if hint is None else "7")
