"""A complete scan finds what was deleted; too much of it is not believed."""

from __future__ import annotations

import pytest

from local.simulation.world import World, build, published
from shared_code.core.brakes import Brakes, Sight
from shared_code.sync.full_sync import Request, start
from tests.sync import worlds


def _world() -> World:
    world = build([published()])
    _synchronise(world)
    return world


def _synchronise(world: World, *release: str) -> None:
    start(world.parts, world.at, Request(("CURRENCY",), release))
    world.drain()


def _codes(world: World) -> list[str]:
    return [each["code"] for each in worlds.listed(world.at)]


def _delete_currencies(world: World, count: int) -> None:
    person = world.person_in_bc()
    for each in person.call("GET", f"currencies?$top={count}&$filter=code%20ne%20'USD'")["value"]:
        person.call("DELETE", f"currencies({each['id']})", if_match="*")


@pytest.mark.conforms("139186.T200_FindMoreMarksBrokenCouplingsAsSkipped")
def test_a_deletion_in_business_central_is_found_by_a_full_synchronisation() -> None:
    world = _world()
    _delete_currencies(world, 2)

    world.settle(1)
    assert _codes(world) == []
    _synchronise(world)

    assert _codes(world) == ["partner_deleted"] * 2


def test_deletions_on_both_sides_end_the_coupling() -> None:
    world = _world()
    before = len(list(world.at.couplings("CURRENCY").all_coupled()))
    _delete_currencies(world, 1)
    _synchronise(world)
    (problem,) = world.at.couplings("CURRENCY").all_problems(10)
    world.person_in_sales.call("DELETE", f"transactioncurrencies({problem.details['sales_id']})")

    _synchronise(world)

    assert _codes(world) == []
    assert len(list(world.at.couplings("CURRENCY").all_coupled())) == before - 1


def test_many_missing_records_stop_the_mapping_and_conclude_nothing() -> None:
    world = _world()
    _delete_currencies(world, 80)

    _synchronise(world)

    assert _codes(world) == []
    assert "80 of 160" in world.at.schedules.get("CURRENCY", 60).disabled_because


def test_a_person_may_release_the_brake() -> None:
    world = _world()
    _delete_currencies(world, 80)
    _synchronise(world)

    _synchronise(world, "CURRENCY")

    assert _codes(world) == ["partner_deleted"] * 80
    assert world.at.schedules.get("CURRENCY", 60).disabled_because == ""


@pytest.mark.parametrize(
    ("absent", "coupled", "expected"),
    [(0, 0, False), (20, 20, False), (21, 60, True), (21, 62, False), (5_000, 10_000, True)],
)
def test_few_or_a_small_share_is_believed(absent: int, coupled: int, expected: bool) -> None:
    assert Brakes().holds(Sight.MISSING, absent, coupled) is expected
