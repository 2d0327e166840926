"""Price lists of both kinds of pricing become price lists of Sales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from local.simulation.world import World, build
from local.simulators.business_central.control_edits import edit_row
from tests.sync import worlds
from tests.sync.copies import copied

CLASSIC, LISTS = "CUSTPRCGRP-PRICE", "PLHEADER-PRICE"


@copied
def new_world(mapping: str, features: Sequence[str], records: dict[str, list[dict[str, Any]]]) -> World:
    company = worlds.company()
    company.records.update(records)
    made = build(
        [company], worlds.sales_setup(), mappings=[mapping], features=features,
        bc_options={"extension": True},
    )  # fmt: skip
    worlds.full(made, release=[mapping])
    made.settle(2)
    return made


def row(world: World, table: str, **values: object) -> dict[str, Any]:
    """Somebody changes (``id``) or adds a row in Business Central's client."""
    arguments: dict[str, Any] = {"table": f"tandem/{table}", "id": values.pop("id", None), "values": values}
    return edit_row(world.bc.env, world.bc.env.companies[world.at.connection.company_id], arguments)


def header(code: str, **values: object) -> dict[str, Any]:
    blank = {"description": "", "currencyCode": "", "status": "Active", "priceType": "Sale"}
    return {**blank, "amountType": "Price", "allowUpdatingDefaults": False, "code": code, **values}


def lists(world: World) -> dict[str, dict[str, Any]]:
    found = world.person_in_sales.call("GET", "pricelevels")["value"]
    return {each["name"]: each for each in found}


def currency(world: World, name: str) -> str:
    known = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    iso = {each["transactioncurrencyid"]: each["isocurrencycode"] for each in known}
    return str(iso[lists(world)[name]["_transactioncurrencyid_value"]])


@pytest.fixture
def world() -> World:
    return new_world(LISTS, ("extension", "price_lists"), {"priceListHeaders": []})


def test_a_price_list_arrives_with_its_dates_and_the_local_currency_where_it_names_none(
    world: World,
) -> None:
    row(world, "priceListHeaders", **header("RETAIL", description="Shop", startingDate="2026-03-01"))
    row(world, "priceListHeaders", **header("DOLLAR", currencyCode="USD", endingDate="2027-01-31"))
    worlds.cycles(world, 2)
    retail, dollar = lists(world)["RETAIL"], lists(world)["DOLLAR"]
    assert (retail["description"], retail["begindate"][:10], retail["enddate"]) == (
        "Shop",
        "2026-03-01",
        None,
    )
    assert (dollar["begindate"], dollar["enddate"][:10]) == (None, "2027-01-31")
    assert (currency(world, "RETAIL"), currency(world, "DOLLAR")) == ("GBP", "USD")
    assert worlds.codes(world, LISTS) == []
    worlds.assert_quiet(world)


def test_a_draft_is_not_carried_until_it_is_active(world: World) -> None:
    draft = row(world, "priceListHeaders", **header("SPRING", status="Draft"))
    worlds.cycles(world, 2)
    assert lists(world) == {}
    row(world, "priceListHeaders", id=draft["id"], status="Active")
    worlds.cycles(world, 2)
    assert lists(world)["SPRING"]["statecode"] == 0


def test_a_list_that_is_made_inactive_is_inactive_in_sales_and_comes_back(world: World) -> None:
    made = row(world, "priceListHeaders", **header("SPRING"))
    worlds.cycles(world, 2)
    for status, state in (("Inactive", 1), ("Active", 0)):
        row(world, "priceListHeaders", id=made["id"], status=status)
        worlds.cycles(world, 2)
        assert lists(world)["SPRING"]["statecode"] == state
    assert worlds.codes(world, LISTS) == []
    worlds.assert_quiet(world)


@pytest.mark.parametrize(
    "values",
    [{"priceType": "Purchase"}, {"amountType": "Discount"}, {"allowUpdatingDefaults": True}],
    ids=["purchases", "discounts", "defaults"],
)
def test_other_lists_are_not_carried(world: World, values: dict[str, object]) -> None:
    row(world, "priceListHeaders", **header("OTHER", **values))
    worlds.cycles(world, 2)
    assert lists(world) == {}
    assert worlds.codes(world, LISTS) == []


def test_a_currency_that_changes_later_is_told_and_what_can_follow_does(world: World) -> None:
    made = row(world, "priceListHeaders", **header("RETAIL"))
    worlds.cycles(world, 2)
    row(world, "priceListHeaders", id=made["id"], currencyCode="USD", description="Now in dollars")
    worlds.cycles(world, 3)
    assert currency(world, "RETAIL") == "GBP"
    assert worlds.codes(world, LISTS) == ["refused"]


def test_a_price_group_becomes_a_price_list_in_local_currency() -> None:
    groups = [{"code": "RETAIL", "description": "Shops", "displayName": "Shops"}]
    world = new_world(CLASSIC, ("extension",), {"customerPriceGroups": groups})
    assert currency(world, "RETAIL") == "GBP"
    assert lists(world)["RETAIL"]["tandem_companyid"] == world.at.connection.company_id
    group = worlds.bc_rows(world, "customerPriceGroups")[0]
    row(world, "customerPriceGroups", id=group["id"], description="All shops")
    worlds.cycles(world, 2)
    assert lists(world)["RETAIL"]["description"] == "All shops"
    worlds.assert_quiet(world)
