"""Items become products: unit groups first, then their base units, then products, which are made active."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest

from local.simulation.world import World, build, published
from tests.sync import worlds
from tests.sync.copies import copied

NAME, UNITS, BASES = "ITEM-PRODUCT", "UNIT OF MEASURE", "BASE UNIT"


@cache
def _whole() -> Any:
    return published()


@pytest.fixture
@copied
def world() -> World:
    """All published items are in Sales."""
    made = build([_whole()], worlds.sales_setup(), mappings=[NAME])
    ended = worlds.full(made, release=[NAME])
    assert all(each["jobQueueEntryStatus"] == "Finished" for each in ended.values()), ended
    made.settle(2)
    return made


def products(world: World) -> dict[str, dict[str, Any]]:
    found = world.person_in_sales.call("GET", "products")["value"]
    return {each["productnumber"]: each for each in found}


def items(world: World) -> dict[str, dict[str, Any]]:
    return {each["number"]: each for each in world.person_in_bc().call("GET", "items")["value"]}


def test_every_item_is_an_active_product_with_its_price_and_unit(world: World) -> None:
    of_bc, of_sales = items(world), products(world)
    assert of_bc.keys() == of_sales.keys()
    assert Counter((each["statecode"], each["statuscode"]) for each in of_sales.values()) == {(0, 1): 149}
    for number, item in of_bc.items():
        assert of_sales[number]["name"] == item["displayName"].strip()
        assert (of_sales[number]["price"] or 0) == pytest.approx(item["unitPrice"], abs=0.005)
    units = {each["uomid"]: each["name"] for each in world.person_in_sales.call("GET", "uoms")["value"]}
    wrong = [
        n for n, p in of_sales.items() if units[p["_defaultuomid_value"]] != of_bc[n]["baseUnitOfMeasureCode"]
    ]
    assert wrong == []


def test_a_base_unit_is_coupled_with_the_one_that_sales_made_with_the_group(world: World) -> None:
    codes = len(world.person_in_bc().call("GET", "unitsOfMeasure")["value"])
    assert len(list(world.at.couplings(UNITS).all_coupled())) == codes
    assert len(list(world.at.couplings(BASES).all_coupled())) == codes
    assert len(world.person_in_sales.call("GET", "uoms")["value"]) == codes


def test_nothing_is_written_in_a_quiet_cycle(world: World) -> None:
    worlds.assert_quiet(world)


def test_a_price_changed_in_business_central_arrives_and_a_name_goes_both_ways(world: World) -> None:
    item, product = items(world)["1000"], products(world)["1000"]
    world.person_in_bc().edit(f"items({item['id']})", unitPrice=4321.5)
    world.person_in_sales.edit(f"products({product['productid']})", name="Bicycle of Tandem")
    worlds.cycles(world, 3)
    assert products(world)["1000"]["price"] == 4321.5
    assert items(world)["1000"]["displayName"] == "Bicycle of Tandem"
    assert worlds.codes(world, NAME) == []


def test_a_product_that_a_person_retired_stays_retired(world: World) -> None:
    product, item = products(world)["1000"], items(world)["1000"]
    world.person_in_sales.edit(f"products({product['productid']})", statecode=1, statuscode=2)
    worlds.cycles(world, 2)
    world.person_in_bc().edit(f"items({item['id']})", unitPrice=17)
    worlds.cycles(world, 3)
    retired = world.person_in_sales.call("GET", f"products({product['productid']})")
    assert (retired["statecode"], retired["price"]) == (1, product["price"])


def test_business_central_is_never_told_what_the_stock_is(world: World) -> None:
    """A PATCH of ``inventory`` would post stock."""
    written = {
        name for each in world.at.mapping(NAME).fields if each.direction != "to_sales" for name in (each.bc,)
    }
    assert "inventory" not in written
    assert "number" not in written
