"""With the extension the units of an item are its own: a unit group for each item and resource."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from local.simulation.world import World, build, published
from tests.sync import worlds

WANTED = ("ITEM-PRODUCT", "RESOURCE-PRODUCT")


@pytest.fixture(scope="module")
def world() -> World:
    made = build(
        [published()], worlds.sales_setup(), mappings=WANTED, features=("extension", "unit_groups"),
        bc_options={"extension": True},
    )  # fmt: skip
    worlds.full(made, release=WANTED)
    made.settle(2)
    return made


def rows(world: World, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.person_in_sales.call("GET", table)["value"]
    return found


def of_bc(world: World, table: str) -> list[dict[str, Any]]:
    person = world.person_in_bc()
    root = person.root.replace("/api/v2.0/", "/api/tandem/sync/v1.0/")
    found: list[dict[str, Any]] = type(person)(person.service, root, person.token).call("GET", table)["value"]
    return found


def test_items_and_resources_are_active_products_of_their_kind(world: World) -> None:
    kinds = Counter((each["producttypecode"], each["statecode"]) for each in rows(world, "products"))
    assert kinds == {(1, 0): len(of_bc(world, "items")), (3, 0): len(of_bc(world, "resources"))}
    for mapping in WANTED:
        assert worlds.codes(world, mapping) == []


def test_each_has_a_group_with_a_unit_for_each_of_its_units(world: World) -> None:
    groups = {each["uomscheduleid"]: each["name"] for each in rows(world, "uomschedules")}
    units = {
        (groups[each["_uomscheduleid_value"]], each["name"]): each["quantity"]
        for each in rows(world, "uoms")
        if not each["isschedulebaseuom"]
    }
    expected = {
        (each["itemNumber"], each["code"]): each["quantityPerUnitOfMeasure"]
        for each in of_bc(world, "itemUnitsOfMeasure")
    } | {
        (each["resourceNumber"], each["code"]): each["quantityPerUnitOfMeasure"]
        for each in of_bc(world, "resourceUnitsOfMeasure")
    }
    assert units.keys() == expected.keys()
    assert all(units[key] == pytest.approx(quantity, abs=1e-5) for key, quantity in expected.items())


def test_a_product_is_sold_in_the_base_unit_of_its_own_group(world: World) -> None:
    units = {each["uomid"]: each for each in rows(world, "uoms")}
    base = {
        each["number"]: each["baseUnitOfMeasureCode"]
        for t in ("items", "resources")
        for each in of_bc(world, t)
    }
    for product in rows(world, "products"):
        unit = units[product["_defaultuomid_value"]]
        assert unit["name"] == base[product["productnumber"]]
        assert unit["_uomscheduleid_value"] == product["_defaultuomscheduleid_value"]


def test_a_product_that_a_person_makes_becomes_no_resource(world: World) -> None:
    product = next(each for each in rows(world, "products") if each["producttypecode"] == 3)
    made = {
        "name": "Repair", "productnumber": "REPAIR", "producttypecode": 3, "productstructure": 1,
        "quantitydecimal": 2,
        "defaultuomid@odata.bind": f"/uoms({product['_defaultuomid_value']})",
        "defaultuomscheduleid@odata.bind": f"/uomschedules({product['_defaultuomscheduleid_value']})",
    }  # fmt: skip
    before = len(of_bc(world, "resources"))
    world.person_in_sales.call("POST", "products", made)
    worlds.cycles(world, 3)
    assert len(of_bc(world, "resources")) == before
    assert worlds.codes(world, "RESOURCE-PRODUCT") == []


def test_a_quiet_cycle_only_looks(world: World) -> None:
    worlds.assert_quiet(world)
