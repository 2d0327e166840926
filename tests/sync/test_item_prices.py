"""Every item's own price stands in one list, at which a salesperson sells where nothing else is said."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World, build
from tests.sync import price_worlds, worlds
from tests.sync.copies import copied
from tests.sync.price_worlds import price_rows, prices

LIST, PRICES = "ITEM PRICE LIST", "ITEM-PRICE"
NAME = "Item prices in GBP"
BOTH = pytest.mark.parametrize(
    "features", [("item_prices",), ("item_prices", "extension", "unit_groups")], ids=["plain", "extension"]
)


def priced() -> Any:
    """A company whose two items cost 10 and 20."""
    made = price_worlds.company()
    for item, price in zip(made.records["items"], (10, 20), strict=True):
        item["unitPrice"] = price
    return made


def new_world(features: tuple[str, ...] = ("item_prices",), sales: dict[str, Any] | None = None) -> World:
    return build(
        [priced()], {**worlds.sales_setup(), **(sales or {})}, mappings=[PRICES], features=features,
        bc_options={"extension": "extension" in features},
    )  # fmt: skip


def synchronise(world: World) -> World:
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    return world


def lists(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.person_in_sales.call("GET", "pricelevels")["value"]
    return found


def change_item(world: World, number: str, **values: object) -> None:
    item = price_worlds.items(world)[number]
    world.person_in_bc().call("PATCH", f"items({item})", values, if_match="*")


@pytest.fixture
@copied
def world() -> World:
    return synchronise(new_world())


@pytest.mark.conforms(
    "139173.TestUpdateCRMPriceListItemCreate", "139173.TestUpdateCRMPriceListItemCreateNullPriceLevelID"
)
@BOTH
def test_each_item_has_its_price_in_the_list_which_is_in_local_currency(features: tuple[str, ...]) -> None:
    world = synchronise(new_world(features))
    assert prices(world) == [("1000", "PCS", 10), ("1001", "PCS", 20)]
    (only,) = lists(world)
    currencies = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    code = {each["transactioncurrencyid"]: each["isocurrencycode"] for each in currencies}
    assert (only["name"], code[only["_transactioncurrencyid_value"]]) == (NAME, "GBP")
    assert only["tandem_companyid"] == world.at.connection.company_id
    assert {each["_pricelevelid_value"] for each in price_rows(world)} == {only["pricelevelid"]}
    worlds.assert_quiet(world)


@pytest.mark.conforms("139173.TestUpdateCRMPriceListItemUpdate")
@BOTH
def test_another_price_of_the_item_is_that_of_the_list(features: tuple[str, ...]) -> None:
    world = synchronise(new_world(features))
    change_item(world, "1000", unitPrice=12.5)
    worlds.cycles(world, 3)
    assert prices(world) == [("1000", "PCS", 12.5), ("1001", "PCS", 20)]
    worlds.assert_quiet(world)


@pytest.mark.conforms("139173.TestUpdateCRMPriceListItemNullGUID")
def test_a_new_item_gets_its_price_once_its_product_is_there(world: World) -> None:
    body = {"number": "9000", "displayName": "Lamp", "baseUnitOfMeasureCode": "PCS", "unitPrice": 7}
    world.person_in_bc().call("POST", "items", body)
    worlds.cycles(world, 4)
    assert ("9000", "PCS", 7) in prices(world)
    assert worlds.codes(world, PRICES) == []


def test_an_item_without_a_price_is_in_the_list_for_nothing(world: World) -> None:
    """Sales takes no price without an amount, and sells nothing that is in no list."""
    change_item(world, "1000", unitPrice=0)
    worlds.cycles(world, 2)
    assert [float(each["amount"]) for each in price_rows(world) if each["productnumber"] == "1000"] == [0]
    assert worlds.problems(world, PRICES) == []
    made = world.person_in_bc().call(
        "POST", "items", {"number": "9001", "displayName": "A gift", "baseUnitOfMeasureCode": "PCS"}
    )
    worlds.cycles(world, 4)
    assert [float(e["amount"]) for e in price_rows(world) if e["productnumber"] == made["number"]] == [0]
    assert worlds.problems(world, PRICES) == []
    worlds.assert_quiet(world)


def test_what_a_person_makes_of_the_price_in_sales_is_put_right_with_the_items_next_change(
    world: World,
) -> None:
    (row, *_) = (each for each in price_rows(world) if each["productnumber"] == "1000")
    world.person_in_sales.call("PATCH", f"productpricelevels({row['productpricelevelid']})", {"amount": 1})
    change_item(world, "1000", unitPrice=11)
    worlds.cycles(world, 3)
    assert ("1000", "PCS", 11) in prices(world)


def test_a_blocked_item_is_not_for_sale_until_it_is_unblocked(world: World) -> None:
    change_item(world, "1001", blocked=True)
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10)]
    change_item(world, "1001", blocked=False)
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10), ("1001", "PCS", 20)]
    worlds.assert_quiet(world)


def test_the_price_of_an_item_that_was_deleted_is_removed(world: World) -> None:
    item = price_worlds.items(world)["1001"]
    world.person_in_bc().call("DELETE", f"items({item})", if_match="*")
    worlds.full(world)
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10)]


@pytest.mark.conforms("139173.TestFindCRMDefaultPriceListGet")
def test_the_list_may_be_renamed(world: World) -> None:
    (only,) = lists(world)
    world.person_in_sales.call("PATCH", f"pricelevels({only['pricelevelid']})", {"name": "Shop"})
    change_item(world, "1000", unitPrice=11)
    worlds.cycles(world, 2)
    worlds.full(world)
    worlds.cycles(world, 2)
    assert [each["name"] for each in lists(world)] == ["Shop"]
    assert ("1000", "PCS", 11) in prices(world)


@pytest.mark.conforms(
    "139173.TestCRMDefaultPriceListIdAfterReset", "139173.TestCRMDefaultPriceListIdRestoredAfterReset"
)
def test_after_storage_was_lost_the_list_and_its_prices_are_found_again(world: World) -> None:
    before = [each["productpricelevelid"] for each in price_rows(world)]
    (only,) = lists(world)
    world.person_in_sales.call("PATCH", f"pricelevels({only['pricelevelid']})", {"name": "Shop"})
    for table in ("Couplings", "Pairs", "Watermarks", "Announcements"):
        for each in list(world.at.tables.scan(table, limit=10_000)):
            world.at.tables.delete(table, each.partition, each.row)
    synchronise(world)
    worlds.cycles(world, 2)
    assert [each["productpricelevelid"] for each in price_rows(world)] == before
    assert len(lists(world)) == 1
    assert worlds.codes(world, LIST) + worlds.codes(world, PRICES) == []


def test_each_company_has_a_list_of_its_own() -> None:
    companies = [priced(), worlds.company("usa", "CRONUS USA, Inc.")]
    world = build(companies, worlds.sales_setup(), mappings=[LIST], features=("item_prices",))
    for name in world.parts.connections:
        worlds.full(world, [LIST, "CURRENCY"], name)
    world.settle(2)
    ids = {at.connection.company_id for at in world.parts.connections.values()}
    assert {each["tandem_companyid"] for each in lists(world)} == ids
    assert len(lists(world)) == len(ids) == 2
