"""Items, resources and their units: what maps to what, in which order, and what is made of a new one."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from functools import cache
from typing import Any

import pytest

from local.simulation.world import World, build
from shared_code.compose import default_mappings
from shared_code.core.dependencies import waves
from shared_code.core.features import Feature
from shared_code.core.mapping import Direction, Mapping
from shared_code.core.records import Side
from tests.conformance import scenes
from tests.sync import invoicing, worlds
from tests.sync.copies import copied

UNITS = frozenset({Feature.EXTENSION, Feature.UNIT_GROUPS})
CLASSIC, LISTS = frozenset({Feature.EXTENSION}), frozenset({Feature.EXTENSION, Feature.PRICE_LISTS})
DOWN, BOTH = Direction.TO_SALES, Direction.BIDIRECTIONAL


@cache
def catalogue(features: frozenset[Feature]) -> MappingOf[str, Mapping]:
    return {each.name: each for each in default_mappings(features)}


def place(mapping: Mapping) -> tuple[str, str, Direction]:
    return mapping.bc.table, mapping.sales.table, mapping.direction


def conditions(mapping: Mapping, side: Side) -> set[str]:
    return {repr(each) for each in mapping.side(side).filter}


@pytest.mark.conforms("139162.DefaultTableMappingItem", "139183.ItemMappedToCRMProduct")
@pytest.mark.parametrize("features", [frozenset[Feature](), UNITS], ids=["plain", "unit groups"])
def test_the_default_for_items(features: frozenset[Feature]) -> None:
    mapping = catalogue(features)["ITEM-PRODUCT"]
    assert place(mapping) == ("items", "products", BOTH)
    assert "blocked" in str(conditions(mapping, Side.BC))
    assert {each.field for each in mapping.sales.filter} == {"statecode", "producttypecode"}  # type: ignore[union-attr]
    units = {"UNIT GROUP", "ITEM UOM"} if features else {"UNIT OF MEASURE", "BASE UNIT"}
    assert {"CURRENCY", *units} <= set(mapping.depends_on)


@pytest.mark.conforms("139162.DefaultTableMappingResource", "139183.ResourceMappedToCRMProduct")
def test_the_default_for_resources() -> None:
    mapping = catalogue(UNITS)["RESOURCE-PRODUCT"]
    assert place(mapping) == ("resources", "products", BOTH)
    assert {"CURRENCY", "RESOURCE UNIT GROUP", "RESOURCE UOM"} <= set(mapping.depends_on)
    kinds = {each.constant for each in mapping.fields if "producttypecode" in each.sales}
    assert kinds == {3}, "services"


@pytest.mark.conforms("139162.DefaultTableMappingUnitOfMeasure", "139183.UnitOfMeasureMappedToCRMUomschedule")
def test_the_default_for_units_of_measure() -> None:
    mapping = catalogue(frozenset())["UNIT OF MEASURE"]
    assert place(mapping) == ("unitsOfMeasure", "uomschedules", DOWN)
    assert mapping.depends_on == ()


@pytest.mark.conforms("139162.DefaultTableMappingItemUnitOfMeasure")
def test_the_default_for_units_of_items() -> None:
    mapping = catalogue(UNITS)["ITEM UOM"]
    assert place(mapping) == ("itemUnitsOfMeasure", "uoms", DOWN)
    assert "UNIT GROUP" in mapping.depends_on


@pytest.mark.conforms(
    "139162.DefaultTableMappingResourceUnitOfMeasure", "139183.ResourceUnitOfMeasureMappedToCRMUom"
)
def test_the_default_for_units_of_resources() -> None:
    mapping = catalogue(UNITS)["RESOURCE UOM"]
    assert place(mapping) == ("resourceUnitsOfMeasure", "uoms", DOWN)
    assert "RESOURCE UNIT GROUP" in mapping.depends_on


def assert_in_waves(features: frozenset[Feature], earlier: str, later: str) -> None:
    """Every mapping behind the first wave names what it depends on, and comes after that."""
    mappings = catalogue(features)
    order = waves({name: each.depends_on for name, each in mappings.items()})
    wave = {name: number for number, names in enumerate(order) for name in names}
    assert all(mappings[name].depends_on for name, number in wave.items() if number)
    assert earlier in mappings[later].depends_on
    for mapping in mappings.values():
        assert all(wave[each] < wave[mapping.name] for each in mapping.depends_on)


@pytest.mark.conforms("139187.T101_Wave1PlusHaveNotBlankDependencyFilter")
def test_prices_of_groups_come_behind_what_they_depend_on() -> None:
    assert_in_waves(CLASSIC, "CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE")


@pytest.mark.conforms("139187.T102_Wave1PlusHaveNotBlankDependencyFilterExtendePrices")
def test_prices_of_lists_come_behind_what_they_depend_on() -> None:
    assert_in_waves(LISTS, "PLHEADER-PRICE", "PLLINE-PRODPRICE")


@pytest.mark.conforms("139187.T103_Wave1PlusHaveNotBlankDependencyFilterUnitGroup")
def test_units_of_items_come_behind_their_group() -> None:
    assert_in_waves(UNITS, "UNIT GROUP BASE", "ITEM UOM")


@copied
def synchronised(features: tuple[str, ...] = ()) -> World:
    wanted = ("ITEM-PRODUCT", "RESOURCE-PRODUCT") if features else ("ITEM-PRODUCT",)
    world = build(
        [invoicing.company()], worlds.sales_setup(), mappings=wanted, features=features,
        bc_options={"extension": bool(features)},
    )  # fmt: skip
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    return world


def rows(world: World, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.person_in_sales.call("GET", table)["value"]
    return found


def new_product(world: World, number: str, kind: int) -> str:
    """A person makes a product in Sales, in the unit of a product that is there, and publishes it; its id."""
    like = rows(world, "products")[0]
    body = {
        "productnumber": number, "name": f"Product {number}", "producttypecode": kind, "quantitydecimal": 2,
        "defaultuomid@odata.bind": f"/uoms({like['_defaultuomid_value']})",
        "defaultuomscheduleid@odata.bind": f"/uomschedules({like['_defaultuomscheduleid_value']})",
    }  # fmt: skip
    made = world.person_in_sales.call("POST", "products", body, prefer="return=representation")["productid"]
    world.person_in_sales.edit(f"products({made})", statecode=0, statuscode=1)
    return str(made)


@pytest.mark.conforms("139182.TestProductToNewItem")
def test_a_product_of_a_coupled_unit_group_becomes_an_item_with_that_base_unit() -> None:
    world = synchronised()
    unit = next(
        each
        for each in rows(world, "uoms")
        if each["uomid"] == rows(world, "products")[0]["_defaultuomid_value"]
    )
    new_product(world, "NEW-1", 1)
    worlds.cycles(world, 2)
    made = [
        each
        for each in world.person_in_bc().call("GET", "items")["value"]
        if each["displayName"] == "Product NEW-1"
    ]
    assert [each["baseUnitOfMeasureCode"] for each in made] == [unit["name"]]
    assert worlds.codes(world, "ITEM-PRODUCT") == []


@pytest.mark.conforms("139182.TestProductToNewItemResourceNotPickedUp")
def test_a_service_does_not_become_an_item() -> None:
    world = synchronised()
    before = len(world.person_in_bc().call("GET", "items")["value"])
    new_product(world, "NEW-2", 3)
    worlds.cycles(world, 2)
    assert len(world.person_in_bc().call("GET", "items")["value"]) == before
    assert worlds.codes(world, "ITEM-PRODUCT") == []


@pytest.mark.conforms("139173.TestSetCRMProductStateToActive")
def test_a_new_item_becomes_a_product_that_is_active() -> None:
    world = synchronised()
    unit = world.person_in_bc().call("GET", "items")["value"][0]["baseUnitOfMeasureCode"]
    world.person_in_bc().call("POST", "items", {"displayName": "A lamp", "baseUnitOfMeasureCode": unit})
    worlds.cycles(world, 2)
    found = [each for each in rows(world, "products") if each["name"] == "A lamp"]
    assert [(each["statecode"], each["statuscode"]) for each in found] == [(0, 1)]


@pytest.mark.conforms("139180.SyncResourceFromResourceListPage")
def test_a_changed_resource_changes_its_product() -> None:
    world = synchronised(("extension", "unit_groups"))
    resource = worlds.bc_rows(world, "resources")[0]
    pair = scenes.coupled(world, "RESOURCE-PRODUCT", Side.BC, resource["id"])
    assert pair is not None
    company = world.bc.env.companies[world.at.connection.company_id]
    with world.bc.env.transaction(person=True) as unit:
        world.bc.env.session(company, unit).change("tandem/resources", resource["id"], {"unitPrice": 77})
    worlds.cycles(world, 2)
    assert world.person_in_sales.call("GET", f"products({pair.sales_id})")["price"] == 77
