"""Worlds in which Business Central has the extension: customers, vendors and contacts are read through it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.simulation.world import CompanyRecords, Person, World, add_options, published
from tests.sync import worlds
from tests.sync.copies import copied

ROUTE = "api/tandem/sync/v1.0"


def company() -> CompanyRecords:
    """The small company, with its shipping agents and ship-to addresses."""
    small, whole = worlds.company(), published()
    kept = [each for each in whole.records["shippingAgents"] if each["code"] != "FEDEX"]
    addresses = [e for e in whole.records["shipToAddresses"] if e["customerNumber"] in worlds.CUSTOMERS]
    return replace(small, records={**small.records, "shippingAgents": kept, "shipToAddresses": addresses})


def new_world(*features: str, sales: Any = None, **options: Any) -> World:
    """A world with the extension in which nothing is synchronised yet."""
    records = company()
    world = worlds.new_world(
        [records],
        sales,
        features=("extension", *features),
        bc_options={"extension": True},
        **options,
    )
    codes = {"address1_shippingmethodcode": [r["code"] for r in records.records["shippingAgents"]]}
    add_options(world, codes | worlds.of_persons(codes, features))
    return world


@copied
def synced(*features: str, **options: Any) -> World:
    """The same after its first full synchronisation, quiet."""
    world = new_world(*features, **options)
    worlds.full(world)
    world.settle(3)
    world.reset_requests()
    return world


def person_in_bc(world: World) -> Person:
    """Somebody who sees Business Central through the extension."""
    person = world.person_in_bc()
    return Person(person.service, person.root.replace("api/v2.0", ROUTE))


def customer(world: World, bc_id: str) -> dict[str, Any]:
    found: dict[str, Any] = person_in_bc(world).call("GET", f"customers({bc_id})", **worlds.PRIMARY)
    return found


def contact(world: World, bc_id: str) -> dict[str, Any]:
    found: dict[str, Any] = person_in_bc(world).call("GET", f"contacts({bc_id})", **worlds.PRIMARY)
    return found


def edit_customer(world: World, bc_id: str, **changes: object) -> None:
    person_in_bc(world).edit(f"customers({bc_id})", **changes)


def edit_contact(world: World, bc_id: str, **changes: object) -> None:
    person_in_bc(world).edit(f"contacts({bc_id})", **changes)


def people_of(world: World, account: str) -> list[dict[str, Any]]:
    """The contacts of Sales that belong to an account."""
    rows: list[dict[str, Any]] = world.person_in_sales.call("GET", "contacts")["value"]
    return [each for each in rows if each["_parentcustomerid_value"] == account]
