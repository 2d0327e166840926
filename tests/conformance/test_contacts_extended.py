"""Primary contacts, currencies and salespeople of contacts: what only the extension shows."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from tests.sync import extended_worlds as extended
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return extended.synced()


def contact_pairs(world: World) -> list[Coupling]:
    return list(world.at.couplings("CONTACT").all_coupled())


def row(world: World, pair: Coupling) -> dict[str, Any]:
    found: dict[str, Any] = world.person_in_sales.call("GET", f"contacts({pair.sales_id})")
    return found


@pytest.mark.conforms("139182.UpdateCustomerPrimaryContactCodeFromCRMAccount")
def test_the_primary_contact_of_an_account_becomes_that_of_the_customer(world: World) -> None:
    pair = worlds.pair(world)
    extended.edit_customer(world, pair.bc_id, primaryContactNumber="")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["_primarycontactid_value"] is None
    person = extended.people_of(world, pair.sales_id)[0]["contactid"]
    worlds.edit_sales(world, pair, **{"primarycontactid@odata.bind": f"/contacts({person})"})
    worlds.cycle(world)
    number = extended.customer(world, pair.bc_id)["primaryContactNumber"]
    assert [each.sales_id for each in contact_pairs(world) if each.reference == number] == [person]


@pytest.mark.conforms("139180.SyncSingleCustomerCRMPrimaryContactEmpty")
def test_an_account_whose_primary_contact_is_cleared_clears_the_customers(world: World) -> None:
    pair = worlds.pair(world)
    assert extended.customer(world, pair.bc_id)["primaryContactNumber"] != ""
    worlds.edit_sales(world, pair, **{"primarycontactid@odata.bind": None})
    worlds.cycles(world, 2)
    assert extended.customer(world, pair.bc_id)["primaryContactNumber"] == ""
    assert worlds.codes(world) == []


@pytest.mark.conforms(
    "139180.LastSyncTimeUpdatedCorrectlyAfterFixingCustomerPrimaryContactNoCRMClockBehind",
    "139180.LastSyncTimeUpdatedCorrectlyAfterFixingCustomerPrimaryContactNoCRMClockAhead",
    "139180.LastSyncTimeUpdatedCorrectlyAfterFixingAccountPrimaryContactIdCRMClockBehind",
)
def test_a_primary_contact_that_follows_its_contact_is_no_edit_that_comes_back(world: World) -> None:
    """A new person and the account's choice of it in one minute: once both are there nothing is written."""
    pair = worlds.pair(world)
    bind = {"parentcustomerid_account@odata.bind": f"/accounts({pair.sales_id})"}
    body = {"firstname": "Ann", "lastname": "Early", **bind}
    person = world.person_in_sales.call("POST", "contacts", body, prefer="return=representation")["contactid"]
    worlds.edit_sales(world, pair, **{"primarycontactid@odata.bind": f"/contacts({person})"})
    worlds.cycles(world, 3)
    number = extended.customer(world, pair.bc_id)["primaryContactNumber"]
    assert [each.sales_id for each in contact_pairs(world) if each.reference == number] == [person]
    assert worlds.codes(world) == worlds.codes(world, "CONTACT") == []
    worlds.assert_quiet(world)


@pytest.mark.conforms("139168.UpdateContactAfterTransferRecordFields")
def test_the_owner_of_a_contact_is_the_user_of_its_salesperson(world: World) -> None:
    pair = contact_pairs(world)[0]
    now = extended.contact(world, pair.bc_id)["salespersonCode"]
    other = next(c for c in world.at.couplings("SALESPEOPLE").all_coupled() if c.reference != now)
    extended.edit_contact(world, pair.bc_id, salespersonCode=other.reference)
    worlds.cycle(world)
    assert row(world, pair)["_ownerid_value"] == other.sales_id


@pytest.mark.conforms(
    "139183.ContactCurrencyShouldGetCodeFromCoupledCurrency",
    "139183.CRMContactCurrencyTransfer",
)
def test_the_currency_of_a_contact_goes_both_ways(world: World) -> None:
    pair = contact_pairs(world)[0]
    extended.edit_contact(world, pair.bc_id, currencyCode="EUR")
    worlds.cycle(world)
    euro, dollar = (
        next(c.sales_id for c in world.at.couplings("CURRENCY").all_coupled() if c.reference == code)
        for code in ("EUR", "USD")
    )
    assert row(world, pair)["_transactioncurrencyid_value"] == euro
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({dollar})"}
    world.person_in_sales.edit(f"contacts({pair.sales_id})", **bind)
    worlds.cycle(world)
    assert extended.contact(world, pair.bc_id)["currencyCode"] == "USD"


@pytest.mark.conforms("139183.ContactCurrencyShouldBecomeBlankOnSyncToLCYGUID")
def test_a_contact_in_local_currency_has_a_blank_one_in_business_central(world: World) -> None:
    pair = contact_pairs(world)[0]
    local = row(world, pair)["_transactioncurrencyid_value"]
    extended.edit_contact(world, pair.bc_id, currencyCode="EUR")
    worlds.cycle(world)
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({local})"}
    world.person_in_sales.edit(f"contacts({pair.sales_id})", **bind)
    worlds.cycle(world)
    assert extended.contact(world, pair.bc_id)["currencyCode"] == ""
