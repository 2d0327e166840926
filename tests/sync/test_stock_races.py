"""Stock that moves while a worker is between reading an item and storing it: the older one never stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from local.simulation.world import World
from local.simulators.wire import Request
from shared_code.core.base import Base
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.store.couplings import CouplingStore
from shared_code.sync.tick import look
from tests.sync import worlds
from tests.sync.invoicing import BICYCLE
from tests.sync.test_stock import NAME, in_sales, looks, move, move_untold, stock, synchronised
from tests.sync.worlds import once


@pytest.fixture
def world() -> World:
    return synchronised()


def meanwhile(world: World, *quantities: float) -> Callable[[], None]:
    """Goods move, and another worker looks at items and does what it finds."""

    def act() -> None:
        for each in quantities:
            move(world, BICYCLE, each)
        look(world.parts, world.at, world.at.mapping(NAME), (Side.BC,))
        worlds.deliver(world)

    return act


def written(world: World) -> list[float]:
    """What the product writes to Sales as stock from now on."""
    found: list[float] = []

    def note(request: Request) -> None:
        if worlds.is_write(request):
            found.extend(map(float, re.findall(rb'"quantityonhand":\s*([\d.]+)', request.body)))

    worlds.tap(world, Side.SALES).before = note
    return found


BEFORE_AND_AFTER = pytest.mark.parametrize("after", [False, True], ids=["before the write", "after it"])


@BEFORE_AND_AFTER
def test_stock_that_was_taken_back_while_a_worker_slept_does_not_stay(world: World, after: bool) -> None:
    """A look meanwhile finds what the pair held all along, so it gives nobody any work (seed 797)."""
    before = stock(world, BICYCLE)
    move(world, BICYCLE, 7)
    hook = once(meanwhile(world, -7))
    wire = worlds.tap(world, Side.SALES)
    wire.before, wire.after = (wire.before, hook) if after else (hook, wire.after)
    worlds.cycles(world, 3)
    assert stock(world, BICYCLE) == before
    worlds.assert_quiet(world)


def test_a_newer_stock_that_another_worker_carried_over_is_never_overwritten_with_an_older_one(
    world: World,
) -> None:
    before = stock(world, BICYCLE)
    move(world, BICYCLE, 7)
    sent = written(world)
    worlds.tap(world, Side.SALES).before = once(meanwhile(world, 2))
    worlds.cycles(world, 3)
    assert stock(world, BICYCLE) == before + 9
    assert sent == [before + 9, before + 7], "the older one under the version of before, so it is refused"


def test_where_both_are_read_again_the_item_is_read_after_its_product(world: World) -> None:
    """Another worker may carry a newer stock over between the two readings: were the item's the older one, it
    would be written under the version that this worker made."""
    before = stock(world, BICYCLE)
    product = in_sales(world, BICYCLE)["productid"]
    move(world, BICYCLE, 7)
    sent = written(world)
    wire = worlds.tap(world, Side.SALES)

    def edit() -> None:
        world.person_in_sales.call("PATCH", f"products({product})", {"description": "Sold out soon"})
        wire.before = once(meanwhile(world, 2), lambda request: request.method == "GET")

    wire.before = once(edit)
    worlds.cycles(world, 3)
    assert stock(world, BICYCLE) == before + 9
    assert sent == [before + 7, before + 9, before + 9], "both workers are refused, then one of them writes"


def test_a_process_that_dies_right_after_it_wrote_a_stock_that_is_taken_back_leaves_nothing_wrong(
    world: World,
) -> None:
    before = stock(world, BICYCLE)
    move(world, BICYCLE, 7)

    def die() -> None:
        move(world, BICYCLE, -7)
        raise worlds.Crash

    worlds.tap(world, Side.SALES).after = once(die)
    assert worlds.one_minute(world), "it died"
    worlds.cycles(world, 3)
    worlds.cycles(world, 3, 700)
    assert stock(world, BICYCLE) == before
    worlds.assert_quiet(world)


def test_what_somebody_stores_while_a_look_compares_is_compared_once_more(world: World) -> None:
    """A worker that read the item before it moved back stores that just after the look read the pair."""
    store = world.at.couplings(NAME)
    (pair,) = (each for each in store.all_coupled() if each.base and each.base.bc["number"] == BICYCLE)
    assert pair.base is not None
    older = Base({**pair.base.bc, "inventory": Decimal(7)}, {**pair.base.sales, "inventory": Decimal(7)})
    other = CouplingStore(world.tables, world.at.name, NAME)

    def note(operation: str, table: str) -> None:
        if (operation, table) == ("transact", "Couplings"):
            world.tables.before = lambda *_: None
            other.transact(other.update_operations(replace(pair, base=older), pair))

    move(world, BICYCLE, 7)
    move(world, BICYCLE, -7)
    world.tables.before = note
    worlds.cycles(world, 2)
    found = store.load(Side.BC, [pair.bc_id])[pair.bc_id]
    assert isinstance(found, Coupling)
    assert found.base == pair.base
    worlds.assert_quiet(world)


def test_the_day_s_look_at_everything_puts_right_what_no_entry_told_of(world: World) -> None:
    before = stock(world, BICYCLE)
    move(world, BICYCLE, 7)
    world.settle(2)
    move_untold(world, 5)
    world.settle(2)
    assert stock(world, BICYCLE) == before + 7
    sent = written(world)
    assert looks(world, 86_400) == 3, "was the system put back; a page of all items; their stock, 500 at once"
    assert stock(world, BICYCLE) == before + 12
    assert sent == [before + 12], "what differs, and nothing else"
    worlds.assert_quiet(world)


def test_what_is_noted_of_a_movement_of_nothing_in_sum_writes_to_nobody(world: World) -> None:
    sent = written(world)
    move(world, BICYCLE, 7)
    move(world, BICYCLE, -7)
    assert looks(world) == 2
    assert sent == []
