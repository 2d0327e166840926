"""Price lists and their prices, as the integration built into Business Central has them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from local.simulation.world import World
from shared_code.core.catalogue import parse_mapping
from shared_code.core.features import Feature, choose
from shared_code.core.mapping import Direction, Mapping
from tests.sync import worlds
from tests.sync.price_worlds import (
    CLASSIC,
    GROUP_PRICES,
    LINES,
    group_price,
    items,
    line,
    new_world,
    person_price,
    price_list,
    price_rows,
    prices,
    row,
)
from tests.unit.mappings.native import State, native_of_mapping, state_of

FOLDER = Path(__file__).parents[2] / "shared_code" / "mappings"


def mapping_of(file: str, *features: Feature) -> Mapping:
    document = tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
    chosen = choose(document, frozenset({Feature.EXTENSION, *features}))
    assert chosen is not None
    return parse_mapping(chosen)


def assert_default(mapping: Mapping, bc: str, sales: str) -> None:
    assert (mapping.bc.table, mapping.sales.table) == (bc, sales)
    assert mapping.direction is Direction.TO_SALES
    for native in native_of_mapping(mapping.name):
        assert state_of(native, mapping) is not State.NEITHER, native


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def classic() -> World:
    return new_world(CLASSIC)


@pytest.mark.conforms(
    "139162.DefaultTableMappingPriceListHeader", "139183.PriceListHeaderMappedToCRMPricelevel"
)
def test_the_default_for_price_lists() -> None:
    mapping = mapping_of("price_list_header", Feature.PRICE_LISTS)
    assert_default(mapping, "priceListHeaders", "pricelevels")
    conditions = {(each.field, each.op, each.values) for each in mapping.bc.filter}
    assert {("priceType", "is", ("Sale",)), ("allowUpdatingDefaults", "is", (False,))} <= conditions


@pytest.mark.conforms(
    "139162.DefaultTableMappingPriceListLine", "139183.PriceListLineMappedToCRMProductpricelevel"
)
def test_the_default_for_price_list_lines() -> None:
    mapping = mapping_of("price_list_line", Feature.PRICE_LISTS, Feature.UNIT_GROUPS)
    assert_default(mapping, "priceListLines", "productpricelevels")
    conditions = {(each.field, each.op, each.values) for each in mapping.bc.filter}
    assert {
        ("priceType", "is", ("Sale",)),
        ("assetType", "one_of", ("Item", "Resource")),
        ("minimumQuantity", "is", (0,)),
    } <= conditions


@pytest.mark.conforms("139183.SalesPriceMappedToCRMProductpricelevel")
def test_the_default_for_sales_prices() -> None:
    assert_default(mapping_of("sales_price"), "salesPrices", "productpricelevels")


@pytest.mark.conforms(
    "139180.SyncNewCustPriceGrWithTwoSalesPrices", "139182.CoupleCustPriceGroupWithSalesPrice"
)
def test_a_new_price_group_with_two_prices_becomes_a_list_with_two_prices(classic: World) -> None:
    row(classic, "customerPriceGroups", code="WHOLESALE")
    for item, price in (("1000", 10), ("1001", 20)):
        group_price(classic, price, item=item, salesCode="WHOLESALE")
    worlds.cycles(classic, 3)
    names = {each["name"] for each in classic.person_in_sales.call("GET", "pricelevels")["value"]}
    assert names == {"RETAIL", "WHOLESALE"}
    assert prices(classic) == [("1000", "PCS", 10), ("1001", "PCS", 20)]


@pytest.mark.conforms("139182.CouplePriceListHeaderWithCRMPriceLevel")
def test_a_price_list_with_lines_becomes_a_new_price_list(world: World) -> None:
    price_list(world, "SPRING")
    line(world, 10, priceListCode="SPRING")
    worlds.cycles(world, 3)
    assert prices(world) == [("1000", "PCS", 10)]


@pytest.mark.conforms("139182.CouplePriceListHeaderAllowUpdatingDefaultsWithCRMPriceLevel")
def test_a_price_list_that_updates_defaults_is_not_carried(world: World) -> None:
    price_list(world, "DEFAULTS", allowUpdatingDefaults=True)
    worlds.cycles(world, 2)
    names = {each["name"] for each in world.person_in_sales.call("GET", "pricelevels")["value"]}
    assert names == {"RETAIL"}


@pytest.mark.conforms("139180.SyncModifiedPriceListLineIfPriceListHeaderIsNotCoupled")
def test_a_line_waits_for_its_list_and_then_goes_through(world: World) -> None:
    line(world, 10, priceListCode="LATER")
    worlds.cycles(world, 2)
    assert worlds.codes(world, LINES) == ["waits_for_lookup"]
    price_list(world, "LATER")
    worlds.cycles(world, 3)
    assert prices(world) == [("1000", "PCS", 10)]


@pytest.mark.conforms("139180.SyncModifiedSalesPriceIfCustPriceGroupIsNotCoupled")
def test_a_sales_price_waits_for_its_price_group_and_then_goes_through(classic: World) -> None:
    group_price(classic, 10, salesCode="LATER")
    worlds.cycles(classic, 2)
    assert worlds.codes(classic, GROUP_PRICES) == ["waits_for_lookup"]
    row(classic, "customerPriceGroups", code="LATER")
    worlds.cycles(classic, 3)
    assert prices(classic) == [("1000", "PCS", 10)]


@pytest.mark.conforms("139180.SyncPriceListForDecoupledItemShouldFail")
def test_a_sales_price_waits_for_its_item(classic: World) -> None:
    classic.person_in_bc().edit(f"items({items(classic)['1001']})", blocked=True)
    group_price(classic, 10, item="1002")
    worlds.cycles(classic, 2)
    assert worlds.codes(classic, GROUP_PRICES) == ["waits_for_lookup"]
    assert prices(classic) == []


@pytest.mark.conforms("139180.SyncDuplicatePriceListLineShouldCoupleRecords")
def test_a_line_is_coupled_with_the_price_that_is_there(world: World) -> None:
    own = person_price(world, "1000", 10)
    line(world, 10)
    worlds.cycles(world, 3)
    assert [each["productpricelevelid"] for each in price_rows(world)] == [own]
    assert [each.sales_id for each in world.at.couplings(LINES).all_coupled()] == [own]


@pytest.mark.conforms("139180.SyncDuplicateSalesPriceShouldCoupleRecords")
def test_a_sales_price_is_coupled_with_the_price_that_is_there(classic: World) -> None:
    own = person_price(classic, "1000", 10)
    group_price(classic, 10)
    worlds.cycles(classic, 3)
    assert [each.sales_id for each in classic.at.couplings(GROUP_PRICES).all_coupled()] == [own]


@pytest.mark.conforms("139180.SyncItemUnitPriceIfPriceListHeaderExists")
def test_an_items_own_price_does_not_touch_the_price_of_a_list(world: World) -> None:
    line(world, 10)
    worlds.cycles(world, 2)
    world.person_in_bc().edit(f"items({items(world)['1000']})", unitPrice=77)
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10)]


@pytest.mark.conforms("139180.SyncItemUnitPriceIfCustPriceGroupExists")
def test_an_items_own_price_does_not_touch_the_price_of_a_group(classic: World) -> None:
    group_price(classic, 10)
    worlds.cycles(classic, 2)
    classic.person_in_bc().edit(f"items({items(classic)['1000']})", unitPrice=77)
    worlds.cycles(classic, 2)
    assert prices(classic) == [("1000", "PCS", 10)]


@pytest.mark.conforms("139162.CreateCRMPricelevelInCurrencySunshine")
def test_a_price_list_in_a_currency_is_created_in_it(world: World) -> None:
    price_list(world, "DOLLAR", currencyCode="USD")
    line(world, 10, priceListCode="DOLLAR", currencyCode="USD")
    worlds.cycles(world, 3)
    known = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    iso = {each["transactioncurrencyid"]: each["isocurrencycode"] for each in known}
    assert [iso[each["_transactioncurrencyid_value"]] for each in price_rows(world)] == ["USD"]
    assert worlds.codes(world, LINES) == []
