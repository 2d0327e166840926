"""Records that may be the same wait for a person, and no longer than that."""

import json
from typing import Any

from local.simulation.world import DATA, World, add_options, build, published
from shared_code.sync import full_sync
from shared_code.sync.full_sync import Request
from tests.sync import worlds

OPTIONS = {"paymenttermscode": "paymentTerms", "address1_freighttermscode": "shipmentMethods"}


def world_with_a_namesake() -> tuple[World, dict[str, Any], dict[str, Any]]:
    """A customer and an account that share a name and nothing else."""
    company = published()
    del company.records["customers"][1:], company.records["contacts"][1:]
    users = json.loads((DATA / "sales" / "overlap_systemusers.json").read_text("utf-8"))
    world = build([company], {"systemuser": [{**each, "islicensed": True} for each in users]})
    for column, table in OPTIONS.items():
        add_options(world, {column: [each["code"] for each in company.records[table]]})
    customer = world.person_in_bc().call("GET", "customers")["value"][0]
    account = {"name": customer["displayName"], "customertypecode": 3}
    made = world.person_in_sales.call("POST", "accounts", account, prefer="return=representation")
    return world, customer, made


def run(world: World) -> list[str]:
    """A full synchronisation; the problems of customers after it, each as its side and code."""
    full_sync.start(world.parts, world.at, Request())
    world.drain()
    problems = worlds.listed(world.at)
    return sorted(f"{each['side']} {each['code']}" for each in problems if each["mapping"] == "CUSTOMER")


def test_records_of_one_name_wait_for_a_person_on_both_sides() -> None:
    world, *_ = world_with_a_namesake()
    assert run(world) == ["bc possible_partner", "sales possible_partner"]


def test_records_that_match_in_the_end_are_coupled_and_wait_no_more() -> None:
    world, customer, account = world_with_a_namesake()
    run(world)
    world.person_in_bc().edit(f"customers({customer['id']})", email="one@contoso.example")
    world.person_in_sales.edit(f"accounts({account['accountid']})", emailaddress1="one@contoso.example")
    assert run(world) == []
