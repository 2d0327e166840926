"""Answers and rows that no service should give, and rows that storage should not hold."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from local.simulation.world import World
from local.simulators.wire import Request, Response
from shared_code.core.records import Side
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def falsify(world: World, side: Side, body: bytes, times: int = 1, status: int = 200) -> None:
    """The next answers of a service are replaced by something else; the requests are not carried out."""
    faulty = world.faults[side.value]
    real = faulty._service
    left = times

    class Liar:
        def handle(self, request: Request) -> Response:
            nonlocal left
            if left <= 0:
                return real.handle(request)
            left -= 1
            return Response(status, {"Content-Type": "application/json"}, body)

    faulty._service = Liar()


ANSWERS = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "a list": b"[]",
    "no value": b"{}",
    "a value that is no list": b'{"value": 7}',
    "rows that are no objects": b'{"value": [1, null, "x"]}',
    "a row without id": b'{"value": [{"@odata.etag": "x"}]}',
    "a row with an odd id": b'{"value": [{"id": "../x", "accountid": "1", "@odata.etag": "x"}]}',
    "a next page elsewhere": json.dumps({"value": [], "@odata.nextLink": "https://evil.example/"}).encode(),
    "deeply nested": b"[" * 50_000,
    "half a surrogate pair": b'{"value": [{"id": "\\ud800", "accountid": "\\ud800"}]}',
}


@pytest.mark.parametrize("body", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("side", list(Side))
def test_an_answer_of_another_shape_changes_nothing_and_heals(world: World, side: Side, body: bytes) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    falsify(world, side, body)
    worlds.cycles(world, 3)
    worlds.settled(world)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    worlds.assert_whole(world)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 418, 500, 502, 504])
@pytest.mark.parametrize("side", list(Side))
def test_a_single_status_out_of_place_loses_nothing(side: Side, status: int) -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    falsify(world, side, b'{"error": {"code": "x", "message": "y"}}', status=status)
    worlds.cycles(world, 4)
    worlds.settled(world)
    disabled = [n for n, s in world.at.schedules.all().items() if s.disabled_because]
    if "CUSTOMER" not in disabled:
        assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
        assert worlds.customer_of(world, pair)["email"] == "new@example.com"
        worlds.assert_one_to_one(world)
    assert len(disabled) <= 1
    assert status in (401, 403) or not disabled


@pytest.mark.bulk
def test_a_record_whose_decision_fails_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared_code.sync.processing import rounds

    real = rounds.decide
    bad = worlds.pair(world).bc_id
    monkeypatch.setattr(rounds, "decide", lambda work, item: 1 / 0 if item.id == bad else real(work, item))
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    worlds.edit_bc(world, worlds.pair(world, "20000"), phoneNumber="+44 2")
    worlds.cycle(world)
    assert worlds.account_of(world, worlds.pair(world, "20000"))["telephone1"] == "+44 2"
    (failed,) = worlds.problems(world)
    assert (failed["code"], failed["outcome"]) == ("internal", "failed")
    assert "+44" not in failed["message"]
    monkeypatch.undo()
    worlds.settled(world)
    worlds.assert_whole(world)


def test_a_coupling_that_somebody_deleted_in_storage_is_not_doubled(world: World) -> None:
    pair = worlds.pair(world)
    store = world.at.couplings("CUSTOMER")
    world.tables.delete("Couplings", store.partition, f"b|{pair.bc_id}")
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycles(world, 3)
    assert len(worlds.accounts(world)) == 3
    assert len(worlds.customers(world)) == 3


@pytest.mark.bulk
def test_a_customer_without_a_name_fails_or_is_created_but_stops_nobody() -> None:
    company = worlds.company()
    rows = [dict(each) for each in company.records["customers"]]
    rows[0]["displayName"] = ""
    world = worlds.new_world([replace(company, records={**company.records, "customers": rows})])
    worlds.full(world)
    worlds.settled(world)
    named = [a for a in worlds.accounts(world) if a["name"]]
    assert len(named) >= 2
    assert len(worlds.accounts(world)) + len(worlds.problems(world)) == 3
