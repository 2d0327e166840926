"""Prices: of the dated lines of a list, product and unit the one in force today is the price in Sales."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from local.simulation.world import World
from tests.sync import worlds
from tests.sync.price_worlds import (
    CLASSIC,
    GROUP_PRICES,
    LINES,
    LISTS,
    day,
    delete,
    group_price,
    journal,
    line,
    new_world,
    person_price,
    price_list,
    price_rows,
    prices,
    row,
    until,
)


@pytest.fixture
def world() -> World:
    return new_world()


def test_a_line_becomes_a_price_in_its_list(world: World) -> None:
    line(world, 12.3456)
    line(world, 20, item="1001", unitOfMeasureCode="")
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 12.35), ("1001", "PCS", 20)]
    assert worlds.codes(world, LINES) == []
    worlds.assert_quiet(world)


def test_a_changed_price_is_written_to_the_same_row(world: World) -> None:
    made = line(world, 10)
    worlds.cycles(world, 2)
    before = price_rows(world)
    row(world, "priceListLines", id=made["id"], unitPrice=11)
    worlds.cycles(world, 2)
    (after,) = price_rows(world)
    assert (after["productpricelevelid"], after["amount"]) == (before[0]["productpricelevelid"], 11)
    worlds.assert_quiet(world)


@pytest.mark.parametrize("features", [LISTS, CLASSIC], ids=["lists", "classic"])
def test_the_price_changes_at_midnight_in_the_same_row(features: Sequence[str]) -> None:
    world = new_world(features)
    add = line if features == LISTS else group_price
    add(world, 10, startingDate=day(world, -30), endingDate=day(world))
    add(world, 8, startingDate=day(world, 1), endingDate=day(world, 2))
    add(world, 12, startingDate=day(world, 3))
    worlds.cycles(world, 2)
    (first,) = price_rows(world)
    seen = []
    for _ in range(4):
        seen += [amount for _, _, amount in prices(world)]
        until(world, 1)
    (last,) = price_rows(world)
    assert seen == [10, 8, 8, 12]
    assert last["productpricelevelid"] == first["productpricelevelid"]
    assert worlds.codes(world, LINES if features == LISTS else GROUP_PRICES) == []
    worlds.assert_quiet(world)


def test_midnight_is_the_companys() -> None:
    """Auckland is 12 or 13 hours ahead: its midnight is the noon of Greenwich."""
    world = new_world(zone="Pacific/Auckland")
    until(world, 1, hour=6)
    line(world, 10, endingDate=day(world))
    line(world, 9, startingDate=day(world, 1))
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10)]
    while world.clock.now % 86_400 < 15 * 3600:
        worlds.cycle(world, 3600)
    assert prices(world) == [("1000", "PCS", 9)]


def test_a_price_that_ends_without_another_is_removed_and_comes_back_with_the_next(world: World) -> None:
    line(world, 10, endingDate=day(world))
    line(world, 12, startingDate=day(world, 2))
    line(world, 5, item="1001")
    worlds.cycles(world, 2)
    until(world, 1)
    assert prices(world) == [("1001", "PCS", 5)]
    until(world, 1)
    assert prices(world) == [("1000", "PCS", 12), ("1001", "PCS", 5)]
    assert worlds.codes(world, LINES) == []
    worlds.assert_quiet(world)


def test_what_a_removed_price_was_stays_in_the_journal(world: World) -> None:
    line(world, 10, endingDate=day(world))
    worlds.cycles(world, 2)
    until(world, 1)
    removed = [e for e in journal(world) if e.overruled and e.new and set(e.new.values()) == {None}]
    assert [str(each.old["amount"]) for each in removed] == ["10.00000"]


def test_all_prices_of_a_list_may_end_at_once(world: World) -> None:
    """No brake: they are there, and ended."""
    for number in range(60):
        unit = {"minimumQuantity": 0, "unitOfMeasureCode": "PCS"}
        price_list(world, f"LIST{number}")
        line(world, 10 + number, priceListCode=f"LIST{number}", endingDate=day(world), **unit)
    worlds.cycles(world, 3)
    assert len(price_rows(world)) == 60
    until(world, 1)
    assert price_rows(world) == []
    assert not any(each.disabled_because for each in world.at.schedules.all().values())


def test_of_two_lines_in_force_the_lowest_price_counts_as_in_business_central(world: World) -> None:
    line(world, 10, startingDate=day(world, -5))
    line(world, 11, startingDate=day(world, -1))
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10)]
    line(world, 9, startingDate=day(world, -20))
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 9)]


def test_a_blank_unit_and_the_base_unit_are_one_price(world: World) -> None:
    line(world, 10, unitOfMeasureCode="")
    line(world, 9, unitOfMeasureCode="PCS")
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 9)]
    assert worlds.codes(world, LINES) == []


@pytest.mark.parametrize(
    "values", [{"minimumQuantity": 10}, {"variantCode": "BLUE"}, {"assetType": "Resource"}],
    ids=["quantity break", "variant", "resource without its product"],
)  # fmt: skip
def test_what_sales_has_no_place_for_is_told_once(world: World, values: dict[str, object]) -> None:
    line(world, 10)
    line(world, 7, **values)
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10)]
    (problem,) = worlds.problems(world, LINES)
    assert (problem["code"], problem["outcome"]) == ("not_carried", "skipped")
    assert "Sales" in problem["message"]
    worlds.assert_quiet(world)


def test_a_quantity_break_that_ended_is_not_told_any_more(world: World) -> None:
    line(world, 7, minimumQuantity=10, endingDate=day(world))
    worlds.cycles(world, 2)
    assert worlds.codes(world, LINES) == ["not_carried"]
    until(world, 1)
    assert worlds.codes(world, LINES) == []


def test_a_price_in_another_currency_than_its_group_is_told() -> None:
    world = new_world(CLASSIC)
    group_price(world, 7, currencyCode="USD")
    worlds.cycles(world, 2)
    assert prices(world) == []
    assert worlds.codes(world, GROUP_PRICES) == ["not_carried"]


def test_a_price_in_another_currency_than_its_list_is_told_and_never_stands_in_that_of_the_list(
    world: World,
) -> None:
    made = line(world, 7, currencyCode="USD")
    line(world, 9, item="1001", currencyCode="")
    worlds.cycles(world, 2)
    assert prices(world) == [("1001", "PCS", 9)]
    (problem,) = worlds.problems(world, LINES)
    assert (problem["code"], problem["outcome"]) == ("not_carried", "skipped")
    assert problem["message"] == (
        "Its currency is not that of its price list “RETAIL”: Sales has no place for it there."
    )
    worlds.assert_quiet(world)
    row(world, "priceListLines", id=made["id"], currencyCode="")
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 7), ("1001", "PCS", 9)]
    assert worlds.codes(world, LINES) == []


def test_a_price_of_all_customers_is_not_carried() -> None:
    world = new_world(CLASSIC)
    group_price(world, 7, salesType="All_x0020_Customers", salesCode="")
    worlds.cycles(world, 2)
    assert (prices(world), worlds.codes(world, GROUP_PRICES)) == ([], [])


def test_a_deleted_line_gives_way_to_another_or_its_price_is_removed(world: World) -> None:
    """Business Central tells of no deletion: the first look of the next day finds it."""
    cheap, dear = line(world, 8), line(world, 10)
    single = line(world, 5, item="1001")
    worlds.cycles(world, 2)
    delete(world, "priceListLines", cheap["id"])
    until(world, 1)
    assert prices(world) == [("1000", "PCS", 10), ("1001", "PCS", 5)]
    delete(world, "priceListLines", dear["id"])
    until(world, 1)
    assert prices(world) == [("1001", "PCS", 5)]
    assert worlds.codes(world, LINES) == []
    assert single


def test_a_full_synchronisation_finds_a_deletion_at_once(world: World) -> None:
    line(world, 8), line(world, 5, item="1001")
    worlds.cycles(world, 2)
    first = worlds.bc_rows(world, "priceListLines")[0]
    delete(world, "priceListLines", first["id"])
    worlds.full(world)
    assert len(prices(world)) == 1


def test_a_record_is_older_again_when_its_newest_line_is_deleted_and_not_taken_for_stale(
    world: World,
) -> None:
    line(world, 10)
    worlds.cycles(world, 2)
    newest = line(world, 8)
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 8)]
    delete(world, "priceListLines", newest["id"])
    worlds.full(world)
    assert prices(world) == [("1000", "PCS", 10)]
    worlds.assert_quiet(world)


def test_an_inactive_line_is_no_price(world: World) -> None:
    made = line(world, 8)
    worlds.cycles(world, 2)
    row(world, "priceListLines", id=made["id"], status="Inactive")
    worlds.cycles(world, 2)
    assert prices(world) == []


def test_a_zero_price_is_none_as_in_business_central(world: World) -> None:
    line(world, 0)
    worlds.cycles(world, 2)
    assert (prices(world), worlds.codes(world, LINES)) == ([], [])


def test_a_persons_price_is_put_right_with_the_next_change(world: World) -> None:
    made = line(world, 10)
    worlds.cycles(world, 2)
    (found,) = price_rows(world)
    world.person_in_sales.edit(f"productpricelevels({found['productpricelevelid']})", amount=1)
    row(world, "priceListLines", id=made["id"], unitPrice=11)
    worlds.cycles(world, 3)
    assert prices(world) == [("1000", "PCS", 11)]
    assert worlds.codes(world, LINES) == []


def test_a_price_edited_in_sales_ends_all_the_same(world: World) -> None:
    """The removal is guarded by the version seen: the edit is read first, and kept in the journal."""
    line(world, 10, endingDate=day(world))
    worlds.cycles(world, 2)
    (found,) = price_rows(world)
    world.person_in_sales.edit(f"productpricelevels({found['productpricelevelid']})", amount=1)
    until(world, 1)
    assert price_rows(world) == []
    assert "1.00000" in {str(each.old.get("amount")) for each in journal(world) if each.overruled}


def test_a_price_that_a_person_made_is_coupled_written_and_never_removed(world: World) -> None:
    line(world, 10, endingDate=day(world))
    worlds.cycles(world, 1, seconds=1)
    own = person_price(world, "1001", 99)
    line(world, 50, item="1001", endingDate=day(world))
    worlds.cycles(world, 3)
    assert prices(world) == [("1000", "PCS", 10), ("1001", "PCS", 50)]
    until(world, 1)
    (left,) = price_rows(world)
    assert left["productpricelevelid"] == own
    assert worlds.codes(world, LINES) == ["left_behind"]
    line(world, 60, item="1001")
    worlds.cycles(world, 2)
    assert prices(world) == [("1001", "PCS", 60)]
    assert worlds.codes(world, LINES) == []


def test_a_price_waits_for_its_list(world: World) -> None:
    line(world, 10, priceListCode="LATER")
    worlds.cycles(world, 2)
    assert worlds.codes(world, LINES) == ["waits_for_lookup"]
    price_list(world, "LATER")
    worlds.cycles(world, 3)
    assert prices(world) == [("1000", "PCS", 10)]
    assert worlds.codes(world, LINES) == []


def test_with_unit_groups_each_unit_has_its_price_and_resources_have_theirs() -> None:
    world = new_world((*LISTS, "unit_groups"))
    row(world, "itemUnitsOfMeasure", itemNumber="1000", code="BOX", quantityPerUnitOfMeasure=12)
    resource = worlds.bc_rows(world, "resources")[0]
    worlds.cycles(world, 3)
    line(world, 10, unitOfMeasureCode="")
    line(world, 100, unitOfMeasureCode="BOX")
    asset = {"assetNumber": resource["number"], "assetId": resource["id"], "unitOfMeasureCode": ""}
    line(world, 70, assetType="Resource", **asset)
    worlds.cycles(world, 3)
    assert worlds.codes(world, LINES) == []
    unit = resource["baseUnitOfMeasureCode"]
    expected = [("1000", "BOX", 100), ("1000", "PCS", 10), (resource["number"], unit, 70)]
    assert prices(world) == sorted(expected)
    worlds.assert_quiet(world)


def test_a_price_that_a_person_deleted_in_sales_is_told_until_it_ends(world: World) -> None:
    made = line(world, 10, endingDate=day(world))
    line(world, 5, item="1001")
    worlds.cycles(world, 2)
    found = next(each for each in price_rows(world) if each["productnumber"] == "1000")
    world.person_in_sales.call("DELETE", f"productpricelevels({found['productpricelevelid']})")
    row(world, "priceListLines", id=made["id"], unitPrice=11)
    worlds.cycles(world, 3)
    assert worlds.codes(world, LINES) == ["partner_deleted"]
    until(world, 1)
    assert worlds.codes(world, LINES) == []
    assert prices(world) == [("1001", "PCS", 5)]
