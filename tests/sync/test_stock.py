"""Stock arrives in Sales although it moves no stamp of the item: a look follows the entries of the ledger."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import CLIENT, World, build
from local.simulators.business_central import control_edits
from local.simulators.business_central.options import Permissions
from tests.sync import invoicing, worlds
from tests.sync.copies import copied
from tests.sync.density import places
from tests.sync.invoicing import BICYCLE, CHAIR

NAME = "ITEM-PRODUCT"
BOTH = pytest.mark.parametrize("features", [(), ("extension", "unit_groups")], ids=["plain", "extension"])


@copied
def synchronised(features: tuple[str, ...] = ()) -> World:
    world = build(
        [invoicing.company()], worlds.sales_setup(), mappings=[NAME], features=features,
        bc_options={"extension": bool(features)},
    )  # fmt: skip
    worlds.full(world, release=list(world.at.mappings))
    world.settle(3)
    return world


def move(world: World, item: str, quantity: float) -> None:
    """A storekeeper posts a movement of stock."""
    company = world.bc.env.companies[world.at.connection.company_id]
    control_edits.post_stock(world.bc.env, company, {"item": item, "quantity": quantity})


def move_untold(world: World, quantity: float) -> None:
    """The item of the newest movement has more than any new entry tells."""
    rows = world.bc.env.companies[world.at.connection.company_id].tables["itemLedgerEntries"].rows
    newest: Any = max(rows.values(), key=lambda each: each.values["entryNumber"])
    newest.values["quantity"] += quantity


def in_sales(world: World, item: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = world.person_in_sales.call("GET", "products")["value"]
    return next(each for each in found if each["productnumber"] == item)


def stock(world: World, item: str) -> float:
    return float(in_sales(world, item)["quantityonhand"] or 0)


def looks(world: World, seconds: float = 60.0) -> int:
    """Requests of a cycle for changes of items in Business Central, where the other mappings rest."""
    for name, mapping in world.at.mappings.items():
        if name != NAME:
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at")
    world.reset_requests()
    world.cycle(seconds)
    return len([kind for kind in world.requests["bc"] if kind not in ("identity", "deletions")])


@BOTH
def test_a_movement_shows_in_the_next_cycle(features: tuple[str, ...]) -> None:
    world = synchronised(features)
    before = stock(world, BICYCLE)
    move(world, BICYCLE, 7)
    world.cycle()
    assert stock(world, BICYCLE) == before + 7
    move(world, BICYCLE, -2)
    move(world, CHAIR, 5)
    world.cycle()
    assert stock(world, BICYCLE) == before + 5
    worlds.assert_quiet(world)


@BOTH
def test_a_cycle_without_a_movement_costs_one_request(features: tuple[str, ...]) -> None:
    world = synchronised(features)
    assert looks(world) == 1
    move(world, BICYCLE, 7)
    assert looks(world) == 3, "the entries, the item's present stock, the item"
    assert looks(world) == 1, "though the entry lies within the look-back"
    world.cycle(3600)
    assert looks(world) == 1


def test_a_movement_of_nothing_in_sum_is_looked_at_and_no_work() -> None:
    world = synchronised()
    move(world, BICYCLE, 7)
    move(world, BICYCLE, -7)
    assert looks(world) == 2, "the entries, the item's present stock"
    assert looks(world) == 1


def test_stock_below_zero_counts_as_none() -> None:
    world = synchronised()
    move(world, BICYCLE, -1 - stock(world, BICYCLE))
    world.cycle()
    assert stock(world, BICYCLE) == 0
    move(world, BICYCLE, 4)
    world.cycle()
    assert stock(world, BICYCLE) == 3


def test_an_entry_that_is_seen_late_is_not_missed() -> None:
    """Its number was taken before the others', its transaction commits behind them."""
    world = synchronised()
    before = stock(world, BICYCLE)
    world.bc.env.options.late_commit_s = 400.0
    move(world, BICYCLE, 7)
    world.bc.env.options.late_commit_s = 0.0
    move(world, CHAIR, 1)
    for _ in range(4):
        world.cycle()
    assert stock(world, BICYCLE) == before
    for _ in range(4):
        world.cycle()
    assert stock(world, BICYCLE) == before + 7


def test_old_entries_that_are_changed_are_none_of_our_business() -> None:
    """An adjustment of costs touches entries of years, not the stock."""
    world = synchronised()
    move(world, BICYCLE, 7)
    for _ in range(12):
        world.cycle(120)
    company = world.bc.env.companies[world.at.connection.company_id]
    rows = company.tables["itemLedgerEntries"].rows
    with world.bc.env.transaction(person=True) as unit:
        for entry in list(rows):
            world.bc.env.session(company, unit).change(
                "itemLedgerEntries", entry, {"description": "adjusted"}
            )
    assert looks(world) == 1


def test_an_item_that_changed_and_moved_is_one_piece_of_work() -> None:
    world = synchronised()
    item = next(
        each for each in world.person_in_bc().call("GET", "items")["value"] if each["number"] == BICYCLE
    )
    before = stock(world, BICYCLE)
    world.person_in_bc().edit(f"items({item['id']})", displayName="A bicycle")
    move(world, BICYCLE, 7)
    world.cycle()
    product = in_sales(world, BICYCLE)
    assert (product["name"], product["quantityonhand"]) == ("A bicycle", before + 7)
    worlds.assert_jobs_add_up(world)


def test_a_movement_right_after_the_first_full_synchronisation_is_not_missed() -> None:
    world = build([invoicing.company()], worlds.sales_setup(), mappings=[NAME])
    worlds.full(world, release=list(world.at.mappings))
    before = stock(world, BICYCLE)
    move(world, BICYCLE, 7)
    world.cycle()
    assert stock(world, BICYCLE) == before + 7


def test_a_full_synchronisation_compares_stock_that_no_entry_told_of() -> None:
    world = synchronised()
    move(world, BICYCLE, 7)
    world.settle(2)
    before = stock(world, BICYCLE)
    move_untold(world, 5)
    world.settle(2)
    assert stock(world, BICYCLE) == before
    worlds.full(world)
    assert stock(world, BICYCLE) == before + 5


def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many records on a page as there are items."""
    monkeypatch.setattr("local.simulators.business_central.query.MAX_PAGE", 4)
    monkeypatch.setattr("shared_code.systems.business_central_scan.PAGE_SIZE", 4)


def test_many_entries_at_once_are_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    world = synchronised()
    small_pages(monkeypatch)
    before = stock(world, BICYCLE)
    for _ in range(10):
        move(world, BICYCLE, 1)
    world.cycle()
    assert stock(world, BICYCLE) == before + 10


def test_more_entries_than_are_looked_at_one_by_one_have_everything_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = synchronised()
    small_pages(monkeypatch)
    monkeypatch.setattr("shared_code.systems.business_central_moved.MAX_PAGES", 2)
    before = stock(world, BICYCLE)
    for _ in range(30):
        move(world, BICYCLE, 1)
    world.settle(2)
    assert stock(world, BICYCLE) == before + 30


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_anywhere_between_an_entry_and_the_product(late: bool) -> None:
    world = synchronised()
    operations = worlds.Operations(world)
    for number in places():
        before = stock(world, BICYCLE)
        move(world, BICYCLE, 3)
        operations.arm(number, late)
        died = worlds.one_minute(world)
        operations.disarm()
        worlds.cycles(world, 3, 700)
        assert stock(world, BICYCLE) == before + 3, number
        if not died:
            break
    assert number > 5, "too few operations were counted"
    worlds.assert_quiet(world)


def test_a_right_that_lacks_for_entries_is_told_and_tried_again_within_the_hour() -> None:
    world = synchronised()
    given = frozenset(world.bc.env.types) - {"itemLedgerEntries"}
    world.bc.env.options.rights[CLIENT] = Permissions(given)
    world.cycle()
    assert "itemLedgerEntries" in world.at.schedules.get(NAME, 60).disabled_because
    del world.bc.env.options.rights[CLIENT]
    before = stock(world, BICYCLE)
    move(world, BICYCLE, 7)
    world.cycle(3700)
    world.cycle()
    assert stock(world, BICYCLE) == before + 7
