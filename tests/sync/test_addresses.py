"""Ship-to addresses of customers are addresses of their accounts."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from tests.sync import extended_worlds as extended
from tests.sync import worlds

NAME = "SHIP-TO ADDRESS"
DUDLEY = "DUDLEY, The Cannon Group PLC"


@pytest.fixture
def world() -> World:
    return extended.synced(mappings=[NAME])


def addresses(world: World, account: str) -> dict[str, dict[str, Any]]:
    """The delivery addresses of an account, by name."""
    rows = world.person_in_sales.call("GET", "customeraddresses")["value"]
    return {
        each["name"]: each
        for each in rows
        if each["_parentid_value"] == account and each["addresstypecode"] == 2
    }


def in_bc(world: World, code: str) -> dict[str, Any]:
    rows = extended.person_in_bc(world).call("GET", "shipToAddresses", **worlds.PRIMARY)["value"]
    (found,) = [each for each in rows if each["code"] == code]
    return dict(found)


def test_each_is_an_address_of_its_account(world: World) -> None:
    found = addresses(world, worlds.pair(world).sales_id)
    assert sorted(found) == [DUDLEY, "PARK ROAD, The Cannon Group PLC"]
    row = found[DUDLEY]
    assert (row["line1"], row["city"], row["postalcode"]) == ("2 Lewes Road", "Dudley", "DY5 4DJ")
    assert row["primarycontactname"] == "Bryn Paul Dunton"
    assert worlds.codes(world, NAME) == []


def test_a_change_goes_to_sales_and_one_of_sales_is_put_right(world: World) -> None:
    account = worlds.pair(world).sales_id
    one = in_bc(world, "DUDLEY")
    extended.person_in_bc(world).edit(f"shipToAddresses({one['id']})", addressLine2="Gate 3")
    worlds.cycle(world)
    row = addresses(world, account)[DUDLEY]
    assert row["line2"] == "Gate 3"
    world.person_in_sales.edit(f"customeraddresses({row['customeraddressid']})", city="Elsewhere")
    extended.person_in_bc(world).edit(f"shipToAddresses({one['id']})", addressLine2="Gate 4")
    worlds.cycle(world)
    row = addresses(world, account)[DUDLEY]
    assert (row["line2"], row["city"]) == ("Gate 4", "Dudley")


def test_a_new_one_follows_within_a_minute_and_one_without_a_street_tells_its_code(world: World) -> None:
    body = {"customerNumber": "20000", "code": "WEST", "displayName": "Yard West", "city": "Leeds"}
    extended.person_in_bc(world).call("POST", "shipToAddresses", body)
    worlds.cycle(world)
    row = addresses(world, worlds.pair(world, "20000").sales_id)["WEST, Yard West"]
    assert (row["line1"], row["city"]) == ("WEST", "Leeds")


def test_that_of_a_customer_without_an_account_waits_for_it(world: World) -> None:
    world.at.schedules.change("CUSTOMER", 60, disabled_because="not looked at in this test")
    worlds.new_customer(world, "Fresh Ltd.")
    number = next(each["number"] for each in worlds.customers(world) if each["displayName"] == "Fresh Ltd.")
    extended.person_in_bc(world).call("POST", "shipToAddresses", {"customerNumber": number, "code": "A"})
    worlds.cycle(world)
    assert worlds.codes(world, NAME) == ["waits_for_lookup"]
    world.at.schedules.change("CUSTOMER", 60, disabled_because="")
    worlds.cycles(world, 4, 100)
    account = worlds.account(world, "Fresh Ltd.")["accountid"]
    assert list(addresses(world, account)) == ["A"]
    assert worlds.codes(world, NAME) == []


def test_a_second_full_synchronisation_doubles_nothing(world: World) -> None:
    before = len(world.person_in_sales.call("GET", "customeraddresses")["value"])
    worlds.full(world)
    world.settle(2)
    assert len(world.person_in_sales.call("GET", "customeraddresses")["value"]) == before


def test_a_quiet_cycle_only_looks(world: World) -> None:
    worlds.assert_quiet(world)
