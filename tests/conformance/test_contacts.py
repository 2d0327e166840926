"""Contacts: which persons are synchronised, and what becomes of them without their customer."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from tests.conformance import scenes
from tests.sync import worlds


def _edit_in_bc(world: World, contact: str, **changes: object) -> None:
    world.person_in_bc().edit(f"contacts({contact})", **changes)


def _new_contact_in_sales(world: World, account: str, last_name: str = "Early") -> str:
    bind = {"parentcustomerid_account@odata.bind": f"/accounts({account})"}
    body = {"firstname": "Ann", "lastname": last_name, **bind}
    row = world.person_in_sales.call("POST", "contacts", body, prefer="return=representation")
    return str(row["contactid"])


def _names_in_bc(world: World) -> list[str]:
    return [each["displayName"] for each in worlds.contacts(world, Side.BC)]


def _pair(world: World) -> tuple[dict[str, Any], Coupling]:
    contact = scenes.person_contact(world)
    pair = scenes.coupled(world, "CONTACT", Side.BC, contact["id"])
    assert pair is not None
    return contact, pair


def _row(world: World, pair: Coupling) -> dict[str, Any]:
    found: dict[str, Any] = world.person_in_sales.call("GET", f"contacts({pair.sales_id})")
    return found


@pytest.mark.conforms("139181.ModifiedNAVContactSyncedToCRMContact")
def test_a_changed_person_updates_the_contact_of_sales() -> None:
    world = worlds.synced()
    contact, pair = _pair(world)
    _edit_in_bc(world, contact["id"], jobTitle="Buyer", mobilePhoneNumber="+44 7700 900000")
    assert scenes.minute(world, "CONTACT") == ({"modified": 1}, {})
    row = _row(world, pair)
    assert (row["jobtitle"], row["mobilephone"]) == ("Buyer", "+44 7700 900000")


@pytest.mark.conforms("139181.NewCRMContactSyncedToNewNAVContactIfParentIsCoupled")
def test_a_new_contact_of_a_coupled_account_creates_a_person_of_that_customer() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    _new_contact_in_sales(world, pair.sales_id)
    worlds.cycle(world)
    (made,) = [each for each in worlds.contacts(world, Side.BC) if each["displayName"] == "Ann Early"]
    assert (made["type"], made["companyNumber"]) == ("Person", pair.reference)


@pytest.mark.conforms("139181.TestCoupleCompanyContactThroughCode")
def test_a_contact_that_is_a_company_is_left_alone() -> None:
    world = worlds.synced()
    company = next(each for each in worlds.contacts(world, Side.BC) if each["type"] == "Company")
    before = len(worlds.contacts(world, Side.SALES))
    _edit_in_bc(world, company["id"], email="office@example.com")
    to_sales, from_sales = scenes.minute(world, "CONTACT")
    assert set(to_sales) | set(from_sales) <= {"unchanged"}
    assert len(worlds.contacts(world, Side.SALES)) == before
    assert worlds.problems(world, "CONTACT") == []


@pytest.mark.conforms("139181.TestChangeCoupledPersonToCompanyContactAndCoupleThroughCode")
def test_a_coupled_person_that_becomes_a_company_is_not_synchronised_any_more() -> None:
    world = worlds.synced()
    contact, pair = _pair(world)
    before = _row(world, pair)
    _edit_in_bc(world, contact["id"], type="Company", email="office@example.com")
    worlds.cycles(world, 2)
    assert _row(world, pair) == before
    assert worlds.problems(world, "CONTACT") == []


@pytest.mark.conforms("139181.TestSynchContactWithoutParentCompanyContact")
def test_a_person_without_a_company_is_not_synchronised_and_does_not_fail() -> None:
    world = worlds.synced()
    before = len(worlds.contacts(world, Side.SALES))
    world.person_in_bc().call("POST", "contacts", {"displayName": "Bo Free", "type": "Person"})
    worlds.cycles(world, 2)
    assert len(worlds.contacts(world, Side.SALES)) == before
    assert worlds.problems(world, "CONTACT") == []


@pytest.mark.conforms("139181.TestSynchCoupledContactWithoutParentCompanyContact")
def test_a_coupled_person_that_loses_its_company_is_left_alone_and_no_failure() -> None:
    world = worlds.synced()
    contact, pair = _pair(world)
    before = _row(world, pair)
    _edit_in_bc(world, contact["id"], companyNumber="", email="free@example.com")
    jobs = scenes.jobs_of(world, "CONTACT")
    assert set(scenes.counts(jobs, "toSales")) <= {"unchanged"}
    assert _row(world, pair) == before
    assert worlds.problems(world, "CONTACT") == []


@pytest.mark.conforms(
    "139181.TestSynchContactWithUnCoupledParentCustomer", "139165.TestSynchronizeContactAfterSyncCustomer"
)
def test_a_contact_waits_for_its_customer_and_goes_through_with_it() -> None:
    world = worlds.synced()
    account = worlds.new_account(world, "Fresh Ltd.", telephone1="call me maybe!")
    _new_contact_in_sales(world, account)
    worlds.cycle(world)
    (waits,) = worlds.problems(world, "CONTACT")
    assert (waits["outcome"], waits["code"]) == ("waiting", "waits_for_lookup")
    assert "Ann Early" not in _names_in_bc(world)
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    worlds.cycle(world)
    assert _names_in_bc(world).count("Ann Early") == 1
    assert worlds.problems(world, "CONTACT") == []


@pytest.mark.conforms("139181.TestSynchCRMContactWithNonCustomerCRMAccountParent")
def test_a_contact_of_an_account_that_is_no_customer_creates_no_customer() -> None:
    world = worlds.synced()
    body = {"name": "A Supplier", "customertypecode": 11}
    row = world.person_in_sales.call("POST", "accounts", body, prefer="return=representation")
    _new_contact_in_sales(world, row["accountid"])
    worlds.cycles(world, 3)
    assert len(worlds.customers(world)) == 3
    assert "Ann Early" not in _names_in_bc(world)
    assert [each["code"] for each in worlds.problems(world, "CONTACT")] == ["waits_for_lookup"]


@pytest.mark.conforms("139181.TestSynchContactCoupledToCRMContactWhileParentsAreNotCoupled")
def test_a_coupled_pair_of_contacts_is_synchronised_but_for_its_parents_while_these_are_not_coupled() -> None:
    world = worlds.synced()
    contact, pair = _pair(world)
    customers = world.at.couplings("CUSTOMER")
    for each in list(customers.all_coupled()):
        world.tables.delete("Couplings", customers.partition, f"b|{each.bc_id}")
        world.tables.delete("Couplings", customers.partition, f"s|{each.sales_id}")
        world.tables.delete("Couplings", customers.partition, f"r|{each.reference}")
    _edit_in_bc(world, contact["id"], jobTitle="Buyer")
    worlds.cycle(world)
    assert _row(world, pair)["jobtitle"] == "Buyer"
    (problem,) = worlds.problems(world, "CONTACT")
    assert (problem["outcome"], problem["code"]) == ("waiting", "waits_for_lookup")
