"""The daily look at everything finds what was deleted where values only flow to, or are not told of."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from local.simulators.business_central import control as bc_control
from shared_code.core.records import ZERO_ID, Side
from tests.conformance import scenes
from tests.sync import worlds

DAY_S = 86_400.0


@pytest.fixture
def world() -> World:
    found = worlds.synced()
    worlds.cycles(found, 2)
    return found


def delete_in_bc(world: World, table: str, record_id: str) -> None:
    title = world.bc.env.companies[world.at.connection.company_id].name
    bc_control.delete_row(world.bc.env, {"company": title, "table": table, "id": record_id})


def test_a_row_of_sales_that_was_deleted_is_found_where_values_only_flow_there(world: World) -> None:
    pair = next(e for e in world.at.couplings("CURRENCY").all_coupled() if e.bc_id != ZERO_ID)
    world.person_in_sales.call("DELETE", f"transactioncurrencies({pair.sales_id})")
    worlds.cycles(world, 3)
    assert worlds.codes(world, "CURRENCY") == []
    worlds.cycle(world, DAY_S)
    assert worlds.codes(world, "CURRENCY") == ["partner_deleted"]
    worlds.cycles(world, 2, DAY_S)
    assert worlds.codes(world, "CURRENCY") == ["partner_deleted"]


def test_a_record_of_business_central_is_found_where_values_only_come_from_sales(world: World) -> None:
    pair = next(world.at.couplings("SALESPEOPLE").all_coupled().__iter__())
    delete_in_bc(world, "salespeoplePurchasers", pair.bc_id)
    worlds.cycle(world, DAY_S)
    assert worlds.codes(world, "SALESPEOPLE") == ["partner_deleted"]


def test_it_writes_nothing_and_leaves_what_people_wrote_in_sales(world: World) -> None:
    pair = next(e for e in world.at.couplings("CURRENCY").all_coupled() if e.bc_id != ZERO_ID)
    path = f"transactioncurrencies({pair.sales_id})"
    world.person_in_sales.edit(path, currencyname="Written by hand")
    worlds.cycles(world, 2, DAY_S)
    assert world.person_in_sales.call("GET", path)["currencyname"] == "Written by hand"
    assert worlds.listed(world.at) == []
    assert world.at.watermarks.get("CURRENCY", Side.SALES).cursor is None
    worlds.assert_jobs_add_up(world)


def test_a_mapping_that_does_without_the_daily_look_does_without_this_one_too(world: World) -> None:
    scenes.change_mapping(world, "CURRENCY", sweep_hours=0)
    pair = next(e for e in world.at.couplings("CURRENCY").all_coupled() if e.bc_id != ZERO_ID)
    world.person_in_sales.call("DELETE", f"transactioncurrencies({pair.sales_id})")
    worlds.cycles(world, 3, DAY_S)
    assert worlds.codes(world, "CURRENCY") == []
