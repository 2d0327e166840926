"""Customers and contacts through the extension: the fields that API v2.0 lacks, both ways."""

from __future__ import annotations

import functools
import json

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.sync import coupling_api
from shared_code.sync.api import answering
from tests.sync import extended_worlds as extended
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return extended.synced()


def contact_pair(world: World, account: str) -> Coupling:
    """The coupling of the first person of an account."""
    person = extended.people_of(world, account)[0]["contactid"]
    return next(each for each in world.at.couplings("CONTACT").all_coupled() if each.sales_id == person)


def test_what_api_v2_lacks_goes_to_sales(world: World) -> None:
    pair = worlds.pair(world)
    extended.edit_customer(world, pair.bc_id, faxNumber="+44 20 1", mobilePhoneNumber="+44 7700 900001")
    worlds.cycle(world)
    row = worlds.account_of(world, pair)
    assert (row["fax"], row["telephone2"]) == ("+44 20 1", "+44 7700 900001")
    assert row["address1_primarycontactname"] == extended.customer(world, pair.bc_id)["contact"] != ""
    assert worlds.codes(world) == worlds.codes(world, "CONTACT") == []


def test_what_api_v2_lacks_goes_to_business_central(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, fax="+44 20 2", telephone2="+44 7700 900002")
    worlds.cycle(world)
    row = extended.customer(world, pair.bc_id)
    assert (row["faxNumber"], row["mobilePhoneNumber"]) == ("+44 20 2", "+44 7700 900002")


def test_the_shipping_agent_is_an_option_of_the_account(world: World) -> None:
    pair = worlds.pair(world)
    (agent,) = [
        each
        for each in world.at.couplings("SHIPPING AGENT").all_coupled()
        if each.reference == extended.customer(world, pair.bc_id)["shippingAgentCode"]
    ]
    assert str(worlds.account_of(world, pair)["address1_shippingmethodcode"]) == agent.sales_id


def test_the_primary_contact_follows_once_the_contact_is_there(world: World) -> None:
    pair = worlds.pair(world)
    number = extended.customer(world, pair.bc_id)["primaryContactNumber"]
    (person,) = [each for each in world.at.couplings("CONTACT").all_coupled() if each.reference == number]
    assert worlds.account_of(world, pair)["_primarycontactid_value"] == person.sales_id


def test_a_primary_contact_chosen_in_sales_goes_to_business_central(world: World) -> None:
    pair = worlds.pair(world)
    now = worlds.account_of(world, pair)["_primarycontactid_value"]
    other = next(e for e in extended.people_of(world, pair.sales_id) if e["contactid"] != now)
    worlds.edit_sales(world, pair, **{"primarycontactid@odata.bind": f"/contacts({other['contactid']})"})
    worlds.cycles(world, 2)
    row = extended.customer(world, pair.bc_id)
    chosen = next(
        c for c in world.at.couplings("CONTACT").all_coupled() if c.reference == row["primaryContactNumber"]
    )
    assert chosen.sales_id == other["contactid"]
    assert (
        worlds.account_of(world, pair)["address1_primarycontactname"] == row["contact"] == other["fullname"]
    )


def test_a_name_entered_with_a_new_account_makes_a_person_in_business_central(world: World) -> None:
    account = worlds.new_account(world, "Fresh Ltd.", address1_primarycontactname="Ann Early")
    worlds.cycles(world, 4)
    (made,) = [each for each in worlds.customers(world) if each["displayName"] == "Fresh Ltd."]
    row = extended.customer(world, made["id"])
    assert (row["contact"], row["primaryContactNumber"] != "") == ("Ann Early", True)
    (person,) = extended.people_of(world, account)
    assert (person["firstname"], person["lastname"]) == ("Ann", "Early")
    found = world.person_in_sales.call("GET", f"accounts({account})")
    assert found["_primarycontactid_value"] == person["contactid"]
    assert worlds.codes(world) == worlds.codes(world, "CONTACT") == []


def sales_values_count(world: World, pair: Coupling) -> None:
    """A person wants what stands in Sales for one customer."""
    body = {"side": "sales", "ids": [pair.sales_id], "values": "sales_values"}
    call = functools.partial(coupling_api.synchronize, world.parts, "CUSTOMER", json.dumps(body).encode(), {})
    assert answering(call).status == 202
    worlds.cycles(world, 3)


def people_in_bc(world: World) -> int:
    return len(extended.person_in_bc(world).call("GET", "contacts")["value"])


def without_primary_contact(world: World) -> Coupling:
    """A pair that nobody is the contact of, on either side."""
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, **{"primarycontactid@odata.bind": None})
    worlds.cycles(world, 3)
    assert extended.customer(world, pair.bc_id)["contact"] == ""
    return pair


def test_sales_values_do_not_clear_a_primary_contact_beside_a_name(world: World) -> None:
    # Business Central makes a person of a name that has none, and clears the name with the person: where both
    # were forced they undid each other and made one person after the other.
    pair = without_primary_contact(world)
    extended.edit_customer(world, pair.bc_id, contact="Ann Early")
    worlds.edit_sales(world, pair, address1_primarycontactname="Ann Early")
    made = extended.customer(world, pair.bc_id)["primaryContactNumber"]
    people = people_in_bc(world)
    sales_values_count(world, pair)
    row = extended.customer(world, pair.bc_id)
    assert (row["contact"], row["primaryContactNumber"], people_in_bc(world)) == ("Ann Early", made, people)
    assert worlds.account_of(world, pair)["_primarycontactid_value"] is not None
    assert worlds.codes(world) == worlds.codes(world, "CONTACT") == []


def test_a_primary_contact_taken_away_beside_its_name_comes_back_where_sales_values_are_forced(
    world: World,
) -> None:
    pair = worlds.pair(world)
    before, people = extended.customer(world, pair.bc_id), people_in_bc(world)
    worlds.edit_sales(world, pair, **{"primarycontactid@odata.bind": None})
    sales_values_count(world, pair)
    after, account = extended.customer(world, pair.bc_id), worlds.account_of(world, pair)
    names = ("contact", "primaryContactNumber")
    assert [after[name] for name in names] == [before[name] for name in names]
    assert (account["address1_primarycontactname"], people_in_bc(world)) == (before["contact"], people)
    assert account["_primarycontactid_value"] is not None
    assert worlds.codes(world) == worlds.codes(world, "CONTACT") == []


def test_parts_of_a_name_stay_parts_both_ways(world: World) -> None:
    pair = contact_pair(world, worlds.pair(world).sales_id)
    extended.edit_contact(world, pair.bc_id, firstName="Anna", middleName="Maria", surname="van der Berg")
    worlds.cycle(world)
    row = world.person_in_sales.call("GET", f"contacts({pair.sales_id})")
    assert (row["firstname"], row["middlename"], row["lastname"]) == ("Anna", "Maria", "van der Berg")
    world.person_in_sales.edit(f"contacts({pair.sales_id})", middlename="Eva")
    worlds.cycle(world)
    found = extended.contact(world, pair.bc_id)
    assert (found["middleName"], found["displayName"]) == ("Eva", "Anna Eva van der Berg")


def test_a_new_contact_of_sales_is_a_person_with_all_its_fields(world: World) -> None:
    pair = worlds.pair(world)
    bind = {"parentcustomerid_account@odata.bind": f"/accounts({pair.sales_id})"}
    body = {"firstname": "Ann", "middlename": "B.", "lastname": "Early", "fax": "1", "pager": "2", **bind}
    world.person_in_sales.call("POST", "contacts", body)
    worlds.cycle(world)
    (made,) = [
        e for e in extended.person_in_bc(world).call("GET", "contacts")["value"] if e["surname"] == "Early"
    ]
    assert (made["type"], made["firstName"], made["middleName"]) == ("Person", "Ann", "B.")
    assert (made["displayName"], made["faxNumber"], made["pager"]) == ("Ann B. Early", "1", "2")
    assert made["companyNumber"] == pair.reference


def test_the_tax_area_goes_both_ways_and_one_that_is_not_there_is_told(world: World) -> None:
    pair = worlds.pair(world)
    for code in ("ATLANTA", "MIAMI"):
        world.person_in_bc().call("POST", "taxAreas", {"code": code, "displayName": code})
    extended.edit_customer(world, pair.bc_id, taxAreaCode="ATLANTA")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["tandem_taxarea"] == "ATLANTA"
    worlds.edit_sales(world, pair, tandem_taxarea="miami")
    worlds.cycle(world)
    assert extended.customer(world, pair.bc_id)["taxAreaCode"] == "MIAMI"
    worlds.edit_sales(world, pair, tandem_taxarea="NOWHERE")
    worlds.cycle(world)
    (problem,) = worlds.problems(world)
    assert (problem["code"], "NOWHERE" in problem["message"]) == ("refused", True)


def test_who_pays_for_a_customer_is_its_parent_where_that_is_wanted() -> None:
    world = extended.synced("parent_accounts")
    child, parent = worlds.pair(world, "20000"), worlds.pair(world, "10000")
    extended.edit_customer(world, child.bc_id, billToCustomerNumber="10000")
    worlds.cycle(world)
    assert worlds.account_of(world, child)["_parentaccountid_value"] == parent.sales_id
    assert worlds.codes(world) == []


def test_a_parent_that_is_chosen_in_sales_stays_where_business_central_says_nothing() -> None:
    world = extended.synced("parent_accounts")
    child, parent = worlds.pair(world, "20000"), worlds.pair(world, "10000")
    worlds.edit_sales(world, child, **{"parentaccountid@odata.bind": f"/accounts({parent.sales_id})"})
    extended.edit_customer(world, child.bc_id, city="Leeds")
    worlds.cycles(world, 2)
    row = worlds.account_of(world, child)
    assert (row["address1_city"], row["_parentaccountid_value"]) == ("Leeds", parent.sales_id)
    assert extended.customer(world, child.bc_id)["billToCustomerNumber"] == ""


@pytest.mark.bulk
def test_customers_that_pay_for_each_other_are_both_made_and_the_circle_is_told() -> None:
    """Each would wait for the other, if a parent were part of a creation; Sales takes no circle."""
    world = extended.synced("parent_accounts")
    one, two = (worlds.new_customer(world, name) for name in ("One Ltd.", "Two Ltd."))
    numbers = {each["id"]: each["number"] for each in worlds.customers(world)}
    extended.edit_customer(world, one, billToCustomerNumber=numbers[two])
    extended.edit_customer(world, two, billToCustomerNumber=numbers[one])
    worlds.cycles(world, 3)
    rows = [worlds.account(world, name) for name in ("One Ltd.", "Two Ltd.")]
    parents = {each["_parentaccountid_value"] for each in rows} - {None}
    assert len(parents & {each["accountid"] for each in rows}) == 1
    (problem,) = worlds.problems(world)
    assert (problem["code"], "loop" in problem["message"]) == ("refused", True)


def test_countries_have_names_in_sales_where_that_is_wanted() -> None:
    world = worlds.synced(features=("country_names",))
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, country="DE")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["address1_country"] == "Germany"
    worlds.edit_sales(world, pair, address1_country="FR")
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["country"] == "FR"
    worlds.assert_quiet(world)


def test_a_quiet_cycle_only_looks_and_asks_no_more_than_without_the_extension(world: World) -> None:
    worlds.assert_quiet(world)
    world.reset_requests()
    worlds.cycle(world)
    scans = [kind for kind in world.requests["bc"] if kind == "scan"]
    watched = [each for each in world.at.mappings.values() if any(s.value == "bc" for s in each.watched)]
    assert len(scans) == len(watched)


def test_a_customer_alone_does_without_its_primary_contact() -> None:
    """Nobody would ever couple the contact: the customer would wait for it for ever."""
    world = extended.synced(mappings=["CUSTOMER"])
    assert worlds.codes(world) == []
    assert "primary_contact" not in [each.name for each in world.at.mapping("CUSTOMER").fields]
