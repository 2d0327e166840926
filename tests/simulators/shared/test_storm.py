"""A storm closes the service after so many rows, to everybody, and says for how long."""

from __future__ import annotations

import json

import pytest

from local.simulators.storm import Storm, StormyService
from local.simulators.wire import ManualClock, Request, Response

WRITE, READ = Request("PATCH", "/accounts(1)"), Request("GET", "/accounts")


class Open:
    def handle(self, request: Request) -> Response:
        return Response(200)


def stormy(storm: Storm) -> tuple[StormyService, ManualClock]:
    clock = ManualClock()
    service = StormyService(Open(), clock, control=True)
    service.begin(storm)
    return service, clock


def test_it_closes_after_so_many_rows_and_opens_again() -> None:
    service, clock = stormy(Storm(2, 3.0))
    assert [service.handle(each).status for each in (WRITE, READ, WRITE, READ, WRITE)] == [
        200,
        200,
        200,
        429,
        429,
    ]
    clock.sleep(1.5)
    assert service.handle(READ).headers["Retry-After"] == "2"
    clock.sleep(1.5)
    assert service.handle(WRITE).status == 200


def test_without_a_storm_everything_passes() -> None:
    service, _ = stormy(Storm())
    assert {service.handle(WRITE).status for _ in range(50)} == {200}


def test_it_is_begun_ended_and_told_by_control_routes() -> None:
    service, _ = stormy(Storm())
    body = json.dumps({"every_rows": 1, "closed_s": 9}).encode()
    assert service.handle(Request("POST", "/_control/storm", {}, body)).status == 200
    assert [service.handle(WRITE).status for _ in range(3)] == [200, 429, 429]
    told = json.loads(service.handle(Request("GET", "/_control/storm")).body)
    assert told == {"closings": 1, "refused": 2}
    assert service.handle(Request("GET", "/_control/stats")).status == 200
    service.handle(Request("POST", "/_control/storm", {}, b"{}"))
    assert service.handle(WRITE).status == 200


@pytest.mark.parametrize("body", [b'{"every_rows": -1}', b'{"closed_s": 0}', b'{"rain": 1}'])
def test_a_storm_without_sense_is_refused(body: bytes) -> None:
    service, _ = stormy(Storm())
    assert service.handle(Request("POST", "/_control/storm", {}, body)).status == 400
