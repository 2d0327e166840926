"""Business Central on servers of one's own: Tandem signs in with a user's web service access key."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from local.simulation.world import Person, World, build
from local.simulators.business_central import control_edits
from shared_code.core.records import Side
from shared_code.systems.interface import AccessDenied, SettingWrong
from tests.sync import invoicing, worlds
from tests.sync.availability.shop import ask, told
from tests.sync.invoicing import BICYCLE

USER, KEY = "TANDEM", "d3b0/7N+kXo="
OWN = {
    "BUSINESS_CENTRAL_URL": "https://bc.contoso.com:7048/BC/ODataV4/",
    "BUSINESS_CENTRAL_USER": USER,
    "BUSINESS_CENTRAL_KEY": KEY,
    "BUSINESS_CENTRAL_ENVIRONMENT": "",
}


def server(features: tuple[str, ...] = (), **settings: str) -> World:
    """A server of one's own with items, and Tandem that is to reach it."""
    return build(
        [invoicing.company()],
        worlds.sales_setup(),
        mappings=["ITEM-PRODUCT"],
        features=features,
        bc_options={
            "instance": "BC",
            "web_service_keys": {USER: KEY, "PAT": "pat's key"},
            "extension": "extension" in features,
        },
        settings={**OWN, **settings},
    )


def bookkeeper(world: World) -> Person:
    token = "Basic " + base64.b64encode(b"PAT:pat's key").decode()
    return Person(world.bc, f"/BC/api/v2.0/companies({world.at.connection.company_id})", token)


def stock(world: World, quantity: float, **more: Any) -> None:
    company = world.bc.env.companies[world.at.connection.company_id]
    control_edits.post_stock(world.bc.env, company, {"item": BICYCLE, "quantity": quantity, **more})


@pytest.mark.parametrize("features", [(), ("extension", "unit_groups")], ids=["plain", "extension"])
def test_items_are_synchronised_and_stock_arrives(features: tuple[str, ...]) -> None:
    world = server(features)
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    stock(world, 7)
    world.cycle()
    rows = world.person_in_sales.call("GET", "products")["value"]
    found = next(each for each in rows if each["productnumber"] == BICYCLE)
    assert found["quantityonhand"] == 7
    item = next(e for e in bookkeeper(world).call("GET", "items")["value"] if e["number"] == BICYCLE)
    bookkeeper(world).edit(f"items({item['id']})", displayName="Bicycle 2")
    world.cycle()
    assert world.person_in_sales.call("GET", f"products({found['productid']})")["name"] == "Bicycle 2"
    worlds.assert_quiet(world)


def test_availability_is_answered_with_places_through_the_extension() -> None:
    world = server(("extension", "unit_groups"))
    stock(world, 20, location="BLUE")
    found = told(ask(world, quantity="3"))
    assert (found["detail"], found["inventory"], found["verdict"]) == ("places", 20, "enough")
    assert [each["location"] for each in found["places"]] == ["BLUE"]


def test_availability_without_the_extension_is_the_inventory() -> None:
    world = server()
    stock(world, 20)
    found = told(ask(world, quantity="3"))
    assert (found["detail"], found["inventory"], found["verdict"]) == ("total", 20, "in_stock")


def test_a_key_that_is_not_taken_is_told_with_the_settings_that_are_meant() -> None:
    world = server(BUSINESS_CENTRAL_KEY="another key")
    with pytest.raises(AccessDenied, match="BUSINESS_CENTRAL_USER and BUSINESS_CENTRAL_KEY") as denied:
        world.at.systems[Side.BC].identity()
    assert "another key" not in str(denied.value)
    text = told(ask(world), 503)["detail"]
    assert "BUSINESS_CENTRAL_KEY" in text
    assert "another key" not in text


def test_apis_that_are_off_are_told_with_what_to_switch_on() -> None:
    world = server()
    world.bc.env.options.api_services = False
    with pytest.raises(SettingWrong, match="ApiServicesEnabled"):
        world.at.systems[Side.BC].identity()


def test_the_server_is_named_after_its_machine() -> None:
    world = server()
    assert world.at.systems[Side.BC].identity()["environment"] == "bc.contoso.com"
    assert world.at.addresses.web_client == ""
