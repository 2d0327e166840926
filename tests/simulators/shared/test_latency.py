"""Latency: how long a request takes, what counts as a written row, how many are worked on at once."""

from __future__ import annotations

import json
import threading

import pytest

from local.simulators.latency import Latency, LatentService, latency_from_json, rows_written
from local.simulators.wire import ConnectionLost, ManualClock, Request, Response

BULK = Request(
    "POST",
    "/api/data/v9.2/accounts/Microsoft.Dynamics.CRM.CreateMultiple",
    body=b'{"Targets":[{"@odata.type":"a"},{"@odata.type":"a"},{"@odata.type":"a"}]}',
)


class Taking:
    """Takes a while of its own, and answers as it is told."""

    def __init__(
        self, clock: ManualClock, own_s: float = 0.0, status: int = 200, *, lost: bool = False
    ) -> None:
        self._clock, self._own_s, self._status, self._lost = clock, own_s, status, lost

    def handle(self, request: Request) -> Response:
        self._clock.sleep(self._own_s)
        if self._lost:
            raise ConnectionLost
        return Response(self._status, {}, b"")


def latent(inner: Taking, clock: ManualClock, latency: Latency) -> LatentService:
    service = LatentService(inner, clock, control=True)
    service.set(latency)
    return service


def seconds(service: LatentService, clock: ManualClock, request: Request) -> float:
    before = clock.time()
    service.handle(request)
    return clock.time() - before


def test_a_request_takes_its_time_and_more_for_each_row() -> None:
    clock = ManualClock()
    service = latent(Taking(clock), clock, Latency(30, 10))
    assert seconds(service, clock, Request("GET", "/accounts")) == pytest.approx(0.030)
    assert seconds(service, clock, BULK) == pytest.approx(0.060)


def test_what_the_simulator_takes_is_part_of_the_time() -> None:
    clock = ManualClock()
    service = latent(Taking(clock, own_s=0.025), clock, Latency(30, 0))
    assert seconds(service, clock, Request("GET", "/accounts")) == pytest.approx(0.030)


def test_a_refusal_writes_nothing_and_a_lost_answer_takes_as_long() -> None:
    clock = ManualClock()
    assert seconds(latent(Taking(clock, status=429), clock, Latency(30, 10)), clock, BULK) == pytest.approx(
        0.03
    )
    before, lost = clock.time(), latent(Taking(clock, lost=True), clock, Latency(30, 10))
    with pytest.raises(ConnectionLost):
        lost.handle(BULK)
    assert clock.time() - before == pytest.approx(0.060)


def test_control_routes_take_no_time() -> None:
    clock = ManualClock()
    service = latent(Taking(clock), clock, Latency(30, 10, 1))
    assert seconds(service, clock, Request("GET", "/_control/stats")) == 0.0
    answer = service.handle(Request("POST", "/_control/latency", {}, b'{"request_ms": 5}'))
    assert json.loads(answer.body) == {"request_ms": 5, "row_ms": 0.0, "in_flight": 0}
    assert service.handle(Request("POST", "/_control/latency", {}, b'{"hurry": 5}')).status == 400


def test_no_more_are_worked_on_at_once_than_told() -> None:
    class Crowd:
        most = now = 0
        lock = threading.Lock()

        def handle(self, request: Request) -> Response:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            met.wait(0.2)
            with self.lock:
                self.now -= 1
            return Response(200)

    crowd, met = Crowd(), threading.Event()
    service = LatentService(crowd, ManualClock(), control=False)
    service.set(Latency(in_flight=2))
    callers = [threading.Thread(target=service.handle, args=(Request("GET", "/x"),)) for _ in range(6)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    assert crowd.most == 2


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        (Request("GET", "/accounts"), 0),
        (Request("PATCH", "/accounts(1)"), 1),
        (BULK, 3),
        (Request("POST", "/api/v2.0/$batch", body=b'{"requests":[{"method": "PATCH"},{"method":"get"}]}'), 1),
        (
            Request(
                "POST",
                "/api/data/v9.2/$batch",
                body=b"--b\r\n\r\nPATCH /a HTTP/1.1\r\n\r\n{}\r\n--b\r\n\r\nGET /b HTTP/1.1\r\n\r\n--b--",
            ),
            1,
        ),
        (
            Request(
                "POST",
                "/api/data/v9.2/$batch",
                body=b"--b\r\n\r\nPOST /a/Microsoft.Dynamics.CRM.CreateMultiple HTTP/1.1\r\n\r\n"
                + BULK.body
                + b"\r\n--b\r\n\r\nGET /b HTTP/1.1\r\n\r\n--b--",
            ),
            3,
        ),
    ],
)
def test_written_rows_are_counted_in_both_dialects(request_: Request, rows: int) -> None:
    assert rows_written(request_) == rows


@pytest.mark.parametrize(
    "body", [b"[]", b'{"request_ms": -1}', b'{"request_ms": true}', b'{"in_flight": 5000}']
)
def test_latency_without_sense_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        latency_from_json(body)
