"""A service's clock set wrong while it runs: what it stamps, accepts and dates follows."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from local.simulators.clock_control import MOST_SHIFT_S, PATH, ClockedService
from local.simulators.server import serve
from local.simulators.wire import ManualClock, Request, Response, ShiftedClock

NOW_S = 1_800_000_000.0


class Telling:
    """Answers with the time its clock shows."""

    def __init__(self, clock: ShiftedClock) -> None:
        self.clock = clock

    def handle(self, request: Request) -> Response:
        return Response(200, {}, str(self.clock.time()).encode())


def clocked(control: bool = True) -> tuple[ClockedService, ShiftedClock]:
    clock = ShiftedClock(ManualClock(NOW_S))
    return ClockedService(Telling(clock), clock, control=control), clock


def asked(service: ClockedService, method: str, body: object = None) -> tuple[int, Any]:
    raw = b"" if body is None else json.dumps(body).encode()
    answer = service.handle(Request(method, PATH, {}, raw))
    return answer.status, json.loads(answer.body)


def test_the_service_sees_the_time_it_was_given() -> None:
    service, _ = clocked()
    assert asked(service, "POST", {"shift_s": -90.5}) == (200, {"shift_s": -90.5, "time_s": NOW_S - 90.5})
    assert service.handle(Request("GET", "/")).body == str(NOW_S - 90.5).encode()
    assert asked(service, "GET") == (200, {"shift_s": -90.5, "time_s": NOW_S - 90.5})


@pytest.mark.parametrize(
    "body", [None, [], {}, {"shift_s": True}, {"shift_s": "1"}, {"shift_s": MOST_SHIFT_S + 1},
             {"shift_s": float("nan")}, {"shift_s": 1, "more": 2}]
)  # fmt: skip
def test_what_is_no_shift_is_refused_and_changes_nothing(body: object) -> None:
    service, clock = clocked()
    assert asked(service, "POST", body)[0] == 400
    assert clock.shift_s == 0


def test_without_control_the_route_is_the_services_own() -> None:
    service, clock = clocked(control=False)
    assert service.handle(Request("POST", PATH, {}, b'{"shift_s": 5}')).body == str(NOW_S).encode()
    assert clock.shift_s == 0


def test_the_date_of_an_answer_is_the_services_own_time() -> None:
    service, clock = clocked()
    clock.shift_s = 3600
    with serve(service, clock=clock) as server:
        dated = parsedate_to_datetime(requests.get(server.url, timeout=5).headers["Date"])
    assert dated.timestamp() == NOW_S + 3600
