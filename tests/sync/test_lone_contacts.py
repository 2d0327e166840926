"""People of no company: contacts on both sides where they are wanted, and where they find one or leave it."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced(features=("lone_contacts",))


def in_sales(world: World, last_name: str = "Early") -> dict[str, Any]:
    rows = [each for each in worlds.contacts(world, Side.SALES) if each["lastname"] == last_name]
    (found,) = rows
    return found


def pair_of(world: World, bc_id: str) -> Coupling | None:
    found = [each for each in world.at.couplings("CONTACT").all_coupled() if each.bc_id == bc_id]
    return found[0] if found else None


def new_person(world: World, **values: object) -> str:
    body = {"displayName": "Ann Early", "type": "Person", **values}
    return str(world.person_in_bc().call("POST", "contacts", body)["id"])


def test_a_person_of_no_company_is_a_contact_without_an_account(world: World) -> None:
    new_person(world, email="ann@example.com")
    worlds.cycle(world)
    row = in_sales(world)
    assert (row["firstname"], row["emailaddress1"], row["_parentcustomerid_value"]) == (
        "Ann",
        "ann@example.com",
        None,
    )


def test_a_contact_without_an_account_is_a_person_of_no_company(world: World) -> None:
    world.person_in_sales.call("POST", "contacts", {"firstname": "Ann", "lastname": "Early"})
    worlds.cycle(world)
    (made,) = [e for e in worlds.contacts(world, Side.BC) if e["displayName"] == "Ann Early"]
    assert (made["type"], made["companyNumber"]) == ("Person", "")
    assert worlds.codes(world, "CONTACT") == []


def test_where_they_are_not_wanted_they_stay_out_without_a_word() -> None:
    plain = worlds.synced()
    new_person(plain)
    plain.person_in_sales.call("POST", "contacts", {"lastname": "Late"})
    worlds.cycles(plain, 2)
    assert [e for e in worlds.contacts(plain, Side.SALES) if e["lastname"] == "Early"] == []
    assert [e for e in worlds.contacts(plain, Side.BC) if e["displayName"] == "Late"] == []
    assert worlds.codes(plain, "CONTACT") == []


def test_people_of_a_company_that_is_no_customer_stay_out(world: World) -> None:
    prospect = world.person_in_bc().call(
        "POST", "contacts", {"displayName": "Prospect Ltd.", "type": "Company"}
    )
    new_person(world, companyNumber=prospect["number"])
    worlds.cycles(world, 2)
    assert [e for e in worlds.contacts(world, Side.SALES) if e["lastname"] == "Early"] == []
    assert worlds.codes(world, "CONTACT") == []


def test_a_company_given_in_sales_is_given_in_business_central_and_taken_again(world: World) -> None:
    person = new_person(world)
    worlds.cycle(world)
    contact, customer = in_sales(world), worlds.pair(world)
    path = f"contacts({contact['contactid']})"
    world.person_in_sales.edit(
        path, **{"parentcustomerid_account@odata.bind": f"/accounts({customer.sales_id})"}
    )
    worlds.cycles(world, 2)
    assert world.person_in_bc().call("GET", f"contacts({person})")["companyNumber"] == customer.reference
    world.person_in_sales.edit(path, **{"parentcustomerid_account@odata.bind": None})
    worlds.cycles(world, 2)
    assert world.person_in_bc().call("GET", f"contacts({person})")["companyNumber"] == ""
    found = pair_of(world, person)
    assert found is not None
    assert found.sales_id == contact["contactid"]
    assert len([e for e in worlds.contacts(world, Side.SALES) if e["lastname"] == "Early"]) == 1
    assert worlds.codes(world, "CONTACT") == []


def test_a_company_given_in_business_central_is_given_in_sales(world: World) -> None:
    person = new_person(world)
    worlds.cycle(world)
    customer = worlds.pair(world)
    world.person_in_bc().edit(f"contacts({person})", companyNumber=customer.reference)
    worlds.cycles(world, 2)
    assert in_sales(world)["_parentcustomerid_value"] == customer.sales_id


def test_a_quiet_cycle_only_looks(world: World) -> None:
    worlds.assert_quiet(world)
