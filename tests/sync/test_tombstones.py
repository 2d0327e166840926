"""Deletions that the extension tells show within a minute; a tombstone alone concludes nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.simulation.world import World, build, published
from local.simulators.business_central import control as bc_control
from local.simulators.business_central import control_edits
from local.simulators.business_central.table_numbers import TABLE_NUMBERS
from local.simulators.faults import AimedFault, Fault, Scope
from shared_code.core.records import Side
from shared_code.sync import tombstones
from shared_code.systems.business_central_deletions import TABLES
from tests.sync import extended_worlds, price_worlds, worlds
from tests.sync.density import places


@pytest.fixture
def world() -> World:
    found = extended_worlds.synced()
    worlds.cycle(found)
    return found


def cursor(world: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.at.watermarks.get(tombstones.PLACE, Side.BC).cursor or "{}")
    return found


def set_cursor(world: World, **changes: object) -> None:
    world.at.watermarks.set(tombstones.PLACE, Side.BC, json.dumps({**cursor(world), **changes}))


def company(world: World) -> Any:
    return world.bc.env.companies[world.at.connection.company_id]


def bury(world: World, record_id: str, number: int = 18) -> None:
    """A tombstone of a record that is there: it was restored under its id."""
    values = {"tableNumber": number, "recordId": record_id}
    control_edits.edit_row(world.bc.env, company(world), {"table": "tandem/deletions", "values": values})


def everything_is_due(world: World) -> list[str]:
    """The mappings that are to be looked at whole."""
    schedules = {name: world.at.schedules.get(name, 60) for name in world.at.mappings}
    return [name for name, each in schedules.items() if each.swept_at_s == tombstones.AT_ONCE_S]


def test_a_deletion_shows_within_a_minute(world: World) -> None:
    pair = worlds.pair(world)
    worlds.delete_customer(world, pair.bc_id)
    worlds.cycle(world)
    assert worlds.codes(world) == ["partner_deleted"]
    worlds.cycles(world, 2)
    assert worlds.codes(world) == ["partner_deleted"]


def test_without_the_extension_nobody_asks_for_tombstones() -> None:
    plain = worlds.synced()
    worlds.delete_customer(plain, worlds.pair(plain).bc_id)
    worlds.cycles(plain, 3)
    assert worlds.codes(plain) == []
    assert "deletions" not in plain.requests["bc"]


def test_a_quiet_minute_asks_once_for_all_tables(world: World) -> None:
    world.settle(2)
    assert worlds.writes_of_a_cycle(world) == []
    assert world.requests["bc"].count("deletions") == 1


def test_a_deletion_that_is_committed_late_is_not_missed(world: World) -> None:
    bc_control.set_options(world.bc.env, {"late_commit_s": 90.0})
    worlds.delete_customer(world, worlds.pair(world).bc_id)
    worlds.cycles(world, 4)
    assert worlds.codes(world) == ["partner_deleted"]


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.STATUS_503_NO_HINT, Fault.STATUS_429])
def test_a_look_that_fails_is_repeated_by_the_next_tick(world: World, fault: Fault) -> None:
    worlds.delete_customer(world, worlds.pair(world).bc_id)
    for _ in range(6):
        world.faults["bc"].aim(AimedFault(fault, Scope("POST", re.compile(r"sync/v1.0/\$batch"))))
    worlds.cycles(world, 8)
    assert worlds.codes(world) == ["partner_deleted"]


@pytest.mark.parametrize(
    "changes",
    [{"version": 10**9}, {"trackedFrom": "2001-01-01T00:00:00Z"}, {"version": "x"}],
    ids=["restored", "the extension was away", "unreadable"],
)
def test_where_deletions_may_be_missing_everything_is_looked_at(
    world: World, changes: dict[str, object]
) -> None:
    set_cursor(world, **changes)
    worlds.delete_customer(world, worlds.pair(world).bc_id)
    worlds.cycles(world, 3)
    assert worlds.codes(world) == ["partner_deleted"]
    assert isinstance(cursor(world)["version"], int)
    assert cursor(world)["version"] < 10**9
    assert everything_is_due(world) == []


def test_every_number_is_that_of_the_table() -> None:
    known = {number: name.removeprefix("tandem/") for name, number in TABLE_NUMBERS.items()}
    assert {number: known[number] for number in TABLES} == TABLES


def test_many_deletions_trip_the_brake_though_they_come_one_by_one() -> None:
    world = build(
        [published()], mappings=("CURRENCY", "SHIPPING AGENT"), features=("extension",),
        bc_options={"extension": True},
    )  # fmt: skip
    worlds.full(world)
    worlds.cycles(world, 2)
    person = world.person_in_bc()
    codes = {each["id"]: each["code"] for each in person.call("GET", "currencies")["value"]}
    pairs = [e for e in world.at.couplings("CURRENCY").all_coupled() if codes.get(e.bc_id, "USD") != "USD"]
    some = pairs[: len(codes) * 34 // 100 + 2]
    for each in some:
        person.call("DELETE", f"currencies({each.bc_id})", if_match="*")
        worlds.cycle(world)
    assert "were deleted within an hour" in world.at.schedules.get("CURRENCY", 60).disabled_because
    assert len(some) - 5 < len(worlds.codes(world, "CURRENCY")) < len(some)


def test_a_mapping_that_stands_still_looks_at_everything_when_it_goes_on(world: World) -> None:
    world.at.schedules.disable("CUSTOMER", 60, "a right is missing", world.clock.now + 300)
    worlds.delete_customer(world, worlds.pair(world).bc_id)
    worlds.cycles(world, 2)
    assert worlds.codes(world) == []
    worlds.cycles(world, 6)
    assert worlds.codes(world) == ["partner_deleted"]


def test_a_record_that_is_there_under_its_id_is_not_deleted(world: World) -> None:
    """Its deletion was taken back by a restore."""
    pair = worlds.pair(world)
    before = cursor(world)
    bury(world, pair.bc_id)
    worlds.cycles(world, 2)
    assert cursor(world)["version"] > before["version"]
    assert worlds.problems(world) == []
    assert worlds.pair(world).sales_id == pair.sales_id
    worlds.edit_bc(world, pair, phoneNumber="+45 9")
    worlds.cycles(world, 2)
    assert worlds.account_of(world, pair)["telephone1"] == "+45 9"


def test_tombstones_of_what_is_not_coupled_and_of_other_tables_are_passed(world: World) -> None:
    bury(world, worlds.pair(world).bc_id, 36)
    bury(world, "99999999-0000-4000-8000-000000000009")
    jobs = len(world.at.jobs.newest(50))
    worlds.cycles(world, 2)
    assert len(world.at.jobs.newest(50)) == jobs
    assert everything_is_told(world) == []


def everything_is_told(world: World) -> list[str]:
    return [each["code"] for each in worlds.listed(world.at)]


def test_a_deleted_price_is_taken_from_sales_within_two_minutes() -> None:
    world = price_worlds.new_world()
    line = price_worlds.line(world, 100)
    worlds.cycles(world, 2)
    assert len(price_worlds.prices(world)) == 1
    price_worlds.delete(world, "priceListLines", line["id"])
    worlds.cycles(world, 3)
    assert price_worlds.prices(world) == []


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_at_any_operation(late: bool) -> None:
    operations = 0
    for at in places():
        world = extended_worlds.synced(mappings=("SALESPEOPLE", "CUSTOMER"))
        worlds.cycle(world)
        worlds.only_customers(world)
        worlds.delete_customer(world, worlds.pair(world).bc_id)
        dying = worlds.Operations(world)
        dying.arm(at, late)
        worlds.one_minute(world)
        operations, done = dying.count, dying.count < at
        dying.disarm()
        if done:
            break
        worlds.cycles(world, 4, 120)
        assert worlds.codes(world) == ["partner_deleted"], (at, dying.log[-3:])
    assert operations > 10
