"""Vendors are accounts of another kind, and their people are contacts like those of customers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from local.simulation.world import CompanyRecords, World, build, published
from tests.sync import worlds
from tests.sync.copies import copied

FEW = 3
SUPPLIER = 11


@cache
def _company() -> CompanyRecords:
    """Some customers and vendors with their company contacts and all people who work for these."""
    whole = published()
    records = dict(whole.records)
    relations = records["contactBusinessRelations"]
    people = {each["companyNumber"] for each in records["contacts"] if each["type"] == "Person"}
    employer = {each["relatedNumber"]: each["contactNumber"] for each in relations}
    for table in ("customers", "vendors"):
        with_people = [each for each in records[table] if employer.get(each["number"]) in people]
        records[table] = with_people[:FEW]
    numbers = {employer[each["number"]] for t in ("customers", "vendors") for each in records[t]}
    records["contacts"] = [each for each in records["contacts"] if each["companyNumber"] in numbers]
    records["contactBusinessRelations"] = [each for each in relations if each["contactNumber"] in numbers]
    return replace(whole, records=records)


@copied
def synchronised(*features: str) -> World:
    mappings = ["CONTACT", *(["VENDOR"] if features else [])]
    world = build([_company()], worlds.sales_setup(), mappings=mappings, features=features)
    codes = _company().records
    worlds.add_options(
        world,
        {
            "paymenttermscode": [each["code"] for each in codes["paymentTerms"]],
            "address1_freighttermscode": [each["code"] for each in codes["shipmentMethods"]],
        },
    )
    worlds.full(world, release=list(world.at.mappings))
    world.settle(3)
    return world


@pytest.fixture
def world() -> World:
    return synchronised("vendors")


def accounts(world: World, kind: int) -> list[dict[str, Any]]:
    return [each for each in worlds.accounts(world) if each["customertypecode"] == kind]


def test_vendors_are_suppliers_and_customers_stay_customers(world: World) -> None:
    vendors = world.person_in_bc().call("GET", "vendors")["value"]
    assert {each["accountnumber"] for each in accounts(world, SUPPLIER)} == {
        each["number"] for each in vendors
    }
    assert len(accounts(world, 3)) == FEW
    assert worlds.codes(world, "VENDOR") == worlds.codes(world, "CUSTOMER") == []


def test_people_of_vendors_are_contacts_of_their_suppliers(world: World) -> None:
    suppliers = {each["accountid"] for each in accounts(world, SUPPLIER)}
    parents = [
        each["_parentcustomerid_value"] for each in world.person_in_sales.call("GET", "contacts")["value"]
    ]
    assert suppliers & set(parents) == suppliers
    assert worlds.codes(world, "CONTACT") == []


def test_without_vendors_their_people_stay_out(world: World) -> None:
    bare = synchronised()
    people = len(bare.person_in_sales.call("GET", "contacts")["value"])
    assert accounts(bare, SUPPLIER) == []
    assert people < len(world.person_in_sales.call("GET", "contacts")["value"])


def test_a_contact_moved_from_a_customer_to_a_supplier_in_sales_moves_in_business_central(
    world: World,
) -> None:
    supplier = accounts(world, SUPPLIER)[0]
    customer_ids = {each["accountid"] for each in accounts(world, 3)}
    rows = world.person_in_sales.call("GET", "contacts")["value"]
    moved = next(each for each in rows if each["_parentcustomerid_value"] in customer_ids)
    bound = f"/accounts({supplier['accountid']})"
    world.person_in_sales.edit(
        f"contacts({moved['contactid']})", **{"parentcustomerid_account@odata.bind": bound}
    )
    worlds.cycles(world, 3)
    coupling = next(
        each for each in world.at.couplings("CONTACT").all_coupled() if each.sales_id == moved["contactid"]
    )
    contact = world.person_in_bc().call("GET", f"contacts({coupling.bc_id})")
    vendor = next(
        each for each in world.at.couplings("VENDOR").all_coupled() if each.sales_id == supplier["accountid"]
    )
    assert contact["companyNumber"] == vendor.reference


def test_a_quiet_cycle_only_looks(world: World) -> None:
    worlds.assert_quiet(world)


def test_an_account_that_becomes_a_supplier_makes_no_vendor_beside_its_customer(world: World) -> None:
    account = accounts(world, 3)[0]
    before = len(world.person_in_bc().call("GET", "vendors")["value"])
    world.person_in_sales.edit(f"accounts({account['accountid']})", customertypecode=SUPPLIER)
    worlds.cycles(world, 3)
    assert len(world.person_in_bc().call("GET", "vendors")["value"]) == before
    (problem,) = worlds.problems(world, "VENDOR")
    assert (problem["code"], "CUSTOMER" in problem["message"]) == ("coupled_elsewhere", True)


def test_moved_back_it_is_the_customers_account_again(world: World) -> None:
    account = accounts(world, 3)[0]
    path = f"accounts({account['accountid']})"
    world.person_in_sales.edit(path, customertypecode=SUPPLIER)
    worlds.cycle(world)
    world.person_in_sales.edit(path, customertypecode=3, address1_city="Leeds")
    worlds.cycles(world, 2)
    pair = next(c for c in world.at.couplings("CUSTOMER").all_coupled() if c.sales_id == account["accountid"])
    assert worlds.customer_of(world, pair)["city"] == "Leeds"
    assert worlds.codes(world, "VENDOR") == worlds.codes(world, "CUSTOMER") == []
