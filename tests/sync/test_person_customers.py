"""Customers that are persons: contacts of Sales that buy for themselves, with what is sold to them."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World, add_options
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.sync import api
from shared_code.sync.api import answering
from tests.sync import extended_worlds, invoicing, worlds

NAME = "PERSON CUSTOMER"


def plain() -> World:
    return worlds.synced(features=("person_customers", "lone_contacts"), mappings=("CONTACT", NAME))


def extended() -> World:
    return extended_worlds.synced("person_customers", "lone_contacts", mappings=("CONTACT", NAME))


@pytest.fixture(params=[plain, extended], ids=["API v2.0", "extension"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.param()
    return made


def person_in_bc(world: World, name: str = "Ann Early", **values: object) -> str:
    """A bookkeeper enters a customer that is a person; its id."""
    return worlds.new_customer(world, name, type="Person", **values)


def contact_in_sales(world: World, **values: object) -> str:
    """A salesperson enters a contact; its id."""
    body = {"firstname": "Ann", "lastname": "Early", **values}
    row = world.person_in_sales.call("POST", "contacts", body, prefer="return=representation")
    return str(row["contactid"])


def contact(world: World, contact_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.person_in_sales.call("GET", f"contacts({contact_id})")
    return found


def pairs(world: World, mapping: str = NAME) -> list[Coupling]:
    return list(world.at.couplings(mapping).all_coupled())


def only_pair(world: World) -> Coupling:
    (pair,) = pairs(world)
    return pair


def named(world: World, side: Side, name: str = "Ann Early") -> list[dict[str, Any]]:
    column = "displayName" if side is Side.BC else "fullname"
    return [each for each in worlds.contacts(world, side) if each[column] == name]


def everything_is_told(world: World) -> list[str]:
    return [each["code"] for each in worlds.listed(world.at)]


def test_a_customer_that_is_a_person_is_a_contact_that_is_marked_as_customer(world: World) -> None:
    made = person_in_bc(world, email="ann@example.com", phoneNumber="+45 1", city="Aarhus", country="DK")
    worlds.cycles(world, 2)
    pair = only_pair(world)
    row, there = contact(world, pair.sales_id), worlds.customer_of(world, pair)
    assert (pair.bc_id, row["tandem_iscustomer"]) == (made, True)
    assert (row["firstname"], row["lastname"]) == ("Ann", "Early")
    assert (row["emailaddress1"], row["telephone1"]) == ("ann@example.com", "+45 1")
    assert (row["address1_city"], row["address1_country"]) == ("Aarhus", "DK")
    assert row["tandem_customernumber"] == there["number"]
    assert row["tandem_companyid"] == world.at.connection.company_id
    assert everything_is_told(world) == []


def test_it_has_one_contact_and_no_account(world: World) -> None:
    """Business Central makes a contact of the person, too, which lone_contacts leaves alone."""
    accounts = len(worlds.accounts(world))
    person_in_bc(world)
    worlds.cycles(world, 3)
    assert len(named(world, Side.SALES)) == len(named(world, Side.BC)) == 1
    assert len(worlds.accounts(world)) == accounts


def test_a_company_is_an_account_and_no_contact(world: World) -> None:
    worlds.new_customer(world, "Early Ltd.")
    worlds.cycles(world, 2)
    assert worlds.account(world, "Early Ltd.")["customertypecode"] == 3
    assert (pairs(world), everything_is_told(world)) == ([], [])


def test_a_contact_becomes_a_customer_only_where_somebody_says_so(world: World) -> None:
    made = contact_in_sales(world)
    worlds.cycles(world, 2)
    customers = len(worlds.customers(world))
    assert (pairs(world), [each.sales_id for each in pairs(world, "CONTACT")].count(made)) == ([], 1)
    other = contact_in_sales(world, lastname="Late", tandem_iscustomer=True, address1_city="Aarhus")
    worlds.cycles(world, 2)
    pair = only_pair(world)
    there = worlds.customer_of(world, pair)
    assert (pair.sales_id, there["type"], there["displayName"]) == (other, "Person", "Ann Late")
    assert (there["city"], len(worlds.customers(world))) == ("Aarhus", customers + 1)
    assert contact(world, other)["tandem_customernumber"] == there["number"]
    assert everything_is_told(world) == []


def test_an_account_that_is_made_a_customer_is_a_company(world: World) -> None:
    worlds.new_account(world, "Early Ltd.")
    worlds.cycles(world, 2)
    (made,) = [each for each in worlds.customers(world) if each["displayName"] == "Early Ltd."]
    assert made["type"] == "Company"


def test_edits_go_both_ways_and_a_further_cycle_only_looks(world: World) -> None:
    person_in_bc(world)
    worlds.cycles(world, 2)
    pair = only_pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+45 2")
    world.person_in_sales.edit(f"contacts({pair.sales_id})", lastname="Late", emailaddress1="a@example.com")
    worlds.cycles(world, 2)
    row, there = contact(world, pair.sales_id), worlds.customer_of(world, pair)
    assert (row["telephone1"], there["displayName"], there["email"]) == ("+45 2", "Ann Late", "a@example.com")
    assert everything_is_told(world) == []
    worlds.assert_quiet(world)


def option(world: World, column: str, label: str) -> int:
    """The number of a contact's option."""
    path = (
        f"EntityDefinitions(LogicalName='contact')/Attributes(LogicalName='{column}')"
        "/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet"
    )
    options = world.person_in_sales.call("GET", path)["OptionSet"]["Options"]
    return next(e["Value"] for e in options if e["Label"]["UserLocalizedLabel"]["Label"] == label)


def id_of(world: World, table: str, code: str) -> str:
    rows = world.person_in_bc().call("GET", table)["value"]
    return next(str(each["id"]) for each in rows if each["code"] == code)


def test_payment_terms_and_shipment_method_are_the_contacts_own_options(world: World) -> None:
    """An account's option of the same label may have another number."""
    add_options(world, {"contact.paymenttermscode": ["A FURTHER ONE"]})
    terms, method = id_of(world, "paymentTerms", "14 DAYS"), id_of(world, "shipmentMethods", "CIF")
    person_in_bc(world, paymentTermsId=terms, shipmentMethodId=method)
    worlds.cycles(world, 2)
    pair = only_pair(world)
    row = contact(world, pair.sales_id)
    assert row["paymenttermscode"] == option(world, "paymenttermscode", "14 DAYS")
    assert row["address1_freighttermscode"] == option(world, "address1_freighttermscode", "CIF")
    other = option(world, "paymenttermscode", "CM")
    world.person_in_sales.edit(f"contacts({pair.sales_id})", paymenttermscode=other)
    worlds.cycles(world, 2)
    assert worlds.customer_of(world, pair)["paymentTermsId"] == id_of(world, "paymentTerms", "CM")
    assert everything_is_told(world) == []
    worlds.assert_quiet(world)


def test_with_the_extension_a_person_has_a_shipping_agent() -> None:
    world = extended()
    person_in_bc(world)
    worlds.cycles(world, 2)
    pair = only_pair(world)
    chosen = option(world, "address1_shippingmethodcode", "DHL")
    world.person_in_sales.edit(f"contacts({pair.sales_id})", address1_shippingmethodcode=chosen)
    worlds.cycles(world, 2)
    assert extended_worlds.customer(world, pair.bc_id)["shippingAgentCode"] == "DHL"
    assert everything_is_told(world) == []


def test_a_person_whose_terms_have_no_option_waits_and_the_step_that_adds_it_lets_it_through() -> None:
    world = worlds.new_world(features=("person_customers",), mappings=(NAME,), options=False)
    worlds.full(world)
    person_in_bc(world, paymentTermsId=id_of(world, "paymentTerms", "CM"))
    worlds.cycles(world, 2)
    assert pairs(world) == []
    added = answering(lambda: api.add_options(world.parts, "PERSON PAYMENT TERMS", {}))
    assert (added.status, "CM" in added.body["added"]) == (200, True)
    worlds.cycles(world, 3)
    world.settle(3)
    row = contact(world, only_pair(world).sales_id)
    assert row["paymenttermscode"] == option(world, "paymenttermscode", "CM")


def test_what_a_person_owes_shows_on_the_contact() -> None:
    world = invoicing.new_world(
        features=("extension", "person_customers", "account_statistics"),
        mappings=(NAME,),
        bc_options={"extension": True},
    )
    worlds.full(world, release=list(world.at.mappings))
    number = new_buyer(world)
    made = invoicing.invoice(
        world, invoicing.sold(invoicing.CHAIR, 2, unitPrice=100), customer=number, dueDate="2020-01-01"
    )
    world.cycle()
    row = contact(world, only_pair(world).sales_id)
    assert (float(row["tandem_balance"]), float(row["tandem_balancedue"])) == (200, 200)
    invoicing.pay(world, made)
    world.cycle()
    assert float(contact(world, only_pair(world).sales_id)["tandem_balance"] or 0) == 0
    worlds.assert_quiet(world)


def test_a_number_that_is_edited_in_sales_is_a_conflict(world: World) -> None:
    person_in_bc(world)
    worlds.cycles(world, 2)
    pair = only_pair(world)
    number = worlds.customer_of(world, pair)["number"]
    world.person_in_sales.edit(f"contacts({pair.sales_id})", tandem_customernumber="X1")
    worlds.cycles(world, 2)
    assert worlds.customer_of(world, pair)["number"] == number
    assert worlds.codes(world, NAME) == ["conflict"]


@pytest.mark.parametrize("side", list(Side))
def test_a_lost_answer_makes_no_second_person(world: World, side: Side) -> None:
    path = r"CreateMultiple|\$batch|contacts" if side is Side.SALES else r"\$batch|customers"
    worlds.lose_answer(world, side, path)
    if side is Side.SALES:
        person_in_bc(world)
    else:
        contact_in_sales(world, tandem_iscustomer=True)
    worlds.cycles(world, 2)
    world.settle(3)
    there = [each for each in worlds.customers(world) if each["displayName"] == "Ann Early"]
    assert (len(pairs(world)), len(there), len(named(world, Side.SALES))) == (1, 1, 1)
    assert everything_is_told(world) == []
    worlds.assert_quiet(world)


@pytest.mark.bulk
def test_persons_that_are_there_on_both_sides_are_found_by_their_e_mail_address() -> None:
    world = worlds.new_world(features=("person_customers",), mappings=("CONTACT", NAME))
    bc_id = person_in_bc(world, email="ann@example.com")
    sales_id = contact_in_sales(world, emailaddress1="ann@example.com", tandem_iscustomer=True)
    worlds.full(world)
    world.settle(2)
    pair = only_pair(world)
    assert (pair.bc_id, pair.sales_id) == (bc_id, sales_id)


def test_a_contact_that_is_a_customers_already_is_told_and_not_doubled(world: World) -> None:
    """Somebody who works for a customer begins to buy for himself: one record cannot have two partners."""
    found = next(each for each in pairs(world, "CONTACT"))
    customers = len(worlds.customers(world))
    world.person_in_sales.edit(f"contacts({found.sales_id})", tandem_iscustomer=True)
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["coupled_elsewhere"]
    assert len(worlds.customers(world)) == customers
    world.person_in_sales.edit(f"contacts({found.sales_id})", tandem_iscustomer=False)
    worlds.cycles(world, 2)
    world.settle(3)
    assert everything_is_told(world) == []


def test_a_customer_that_becomes_a_person_stays_the_account_and_is_told(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, type="Person")
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["coupled_elsewhere"]
    assert pairs(world) == []


def test_where_persons_are_not_wanted_they_are_accounts() -> None:
    world = worlds.synced()
    person_in_bc(world)
    worlds.cycles(world, 2)
    assert worlds.account(world, "Ann Early")["customertypecode"] == 3


def selling() -> World:
    return invoicing.synchronised(
        features=("invoices", "credit_memos", "person_customers"),
        mappings=(invoicing.NAME, "POSTEDSALESCRMEMO-INV"),
    )


def kind_of_customer(world: World, row: dict[str, Any]) -> str:
    """The table that the customer of an invoice is in."""
    path = f"invoices({row['invoiceid']})?$select=_customerid_value"
    whole = world.person_in_sales.call("GET", path, prefer='odata.include-annotations="*"')
    return str(whole["_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"])


def new_buyer(world: World) -> str:
    """A person that buys, in step; the number in Business Central."""
    person_in_bc(world)
    worlds.cycles(world, 2)
    return str(worlds.customer_of(world, only_pair(world))["number"])


def test_an_invoice_of_a_person_is_the_contacts_and_one_of_a_company_the_accounts() -> None:
    world = selling()
    number = new_buyer(world)
    of_person = invoicing.invoice(world, invoicing.sold(invoicing.BICYCLE, 1), customer=number)
    of_company = invoicing.invoice(world, invoicing.sold(invoicing.BICYCLE, 2))
    worlds.cycles(world, 2)
    persons, companys = invoicing.row(world, of_person), invoicing.row(world, of_company)
    assert persons["_customerid_value"] == only_pair(world).sales_id
    assert companys["_customerid_value"] == worlds.pair(world).sales_id
    assert [kind_of_customer(world, row) for row in (persons, companys)] == ["contact", "account"]
    assert persons["totalamount"] == invoicing.in_bc(world, of_person)["totalAmountIncludingTax"]
    assert everything_is_told(world) == []
    worlds.assert_quiet(world)


def test_an_invoice_waits_for_its_person_and_then_goes_through() -> None:
    world = selling()
    world.at.schedules.change(NAME, 60, disabled_because="not yet")
    person_in_bc(world)
    number = next(e["number"] for e in worlds.customers(world) if e["displayName"] == "Ann Early")
    made = invoicing.invoice(world, invoicing.sold(invoicing.BICYCLE, 1), customer=number)
    worlds.cycles(world, 2)
    assert invoicing.coupling(world, made) is None
    world.at.schedules.change(NAME, 60, disabled_because="")
    worlds.cycles(world, 3)
    assert invoicing.row(world, made)["_customerid_value"] == only_pair(world).sales_id
    assert everything_is_told(world) == []


def test_a_lost_answer_makes_no_second_invoice_of_a_person() -> None:
    world = selling()
    number = new_buyer(world)
    made = invoicing.invoice(world, invoicing.sold(invoicing.BICYCLE, 1), customer=number)
    worlds.lose_answer(world, Side.SALES)
    worlds.cycles(world, 2)
    world.settle(2)
    assert invoicing.row(world, made)["_customerid_value"] == only_pair(world).sales_id
    assert (len(invoicing.in_sales(world)), everything_is_told(world)) == (1, [])


def test_a_credit_memo_of_a_person_is_the_contacts() -> None:
    world = selling()
    number = new_buyer(world)
    person = world.person_in_bc()
    made = person.call("POST", "salesCreditMemos", {"customerNumber": number})["id"]
    line = invoicing.sold(invoicing.BICYCLE, 1)
    person.call("POST", f"salesCreditMemos({made})/salesCreditMemoLines", line)
    person.call("POST", f"salesCreditMemos({made})/Microsoft.NAV.post")
    worlds.cycles(world, 2)
    (row,) = invoicing.in_sales(world)
    assert row["_customerid_value"] == only_pair(world).sales_id
    assert kind_of_customer(world, row) == "contact"
    assert everything_is_told(world) == []


@pytest.mark.parametrize("has_extension", [False, True], ids=["API v2.0", "extension"])
def test_opportunities_of_a_person_lead_to_the_contact_both_ways(has_extension: bool) -> None:
    features = ("person_customers", "opportunities")
    world = (
        extended_worlds.synced(*features, mappings=("OPPORTUNITY",))
        if has_extension
        else worlds.synced(features=features, mappings=("OPPORTUNITY",))
    )
    new_buyer(world)
    pair, (in_bc,) = only_pair(world), named(world, Side.BC)
    body = {"contactNumber": in_bc["number"], "description": "A bicycle"}
    world.person_in_bc().call("POST", "opportunities", body)
    link = f"/contacts({pair.sales_id})"
    world.person_in_sales.call(
        "POST", "opportunities", {"name": "A desk", "parentcontactid@odata.bind": link}
    )
    worlds.cycles(world, 2)
    rows = world.person_in_sales.call("GET", "opportunities")["value"]
    assert {row["name"]: row["_parentcontactid_value"] for row in rows} == dict.fromkeys(
        ("A bicycle", "A desk"), pair.sales_id
    )
    there = world.person_in_bc().call("GET", "opportunities", **worlds.PRIMARY)["value"]
    assert {each["description"]: each["contactNumber"] for each in there} == dict.fromkeys(
        ("A bicycle", "A desk"), in_bc["number"]
    )
    assert everything_is_told(world) == []
    worlds.assert_quiet(world)


def test_a_ship_to_address_of_a_person_is_one_of_the_contact() -> None:
    world = extended_worlds.synced("person_customers", mappings=("SHIP-TO ADDRESS",))
    number = new_buyer(world)
    body = {"customerNumber": number, "code": "BARN", "displayName": "The barn", "city": "Leeds"}
    extended_worlds.person_in_bc(world).call("POST", "shipToAddresses", body)
    worlds.cycles(world, 2)
    rows = world.person_in_sales.call("GET", "customeraddresses")["value"]
    (row,) = [each for each in rows if each["name"] == "BARN, The barn"]
    assert (row["_parentid_value"], row["city"]) == (only_pair(world).sales_id, "Leeds")
    assert everything_is_told(world) == []
    worlds.assert_quiet(world)
