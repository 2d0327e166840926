"""What Tandem wrote and Sales stored in another form, where the process died or never got the answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from local.simulation.world import World
from shared_code.core.mapping import ConflictRule
from shared_code.core.records import Side
from shared_code.sync.tick import look
from tests.conformance import scenes
from tests.sync import worlds
from tests.sync.worlds import Crash, Operations, once

RULES = [ConflictRule.ASK, ConflictRule.SALES_WINS]


def in_capitals(rule: ConflictRule = ConflictRule.ASK) -> World:
    """A world whose Sales puts cities and names into capitals."""
    plugins = [
        {"table": "account", "column": column, "action": "upper"} for column in ("name", "address1_city")
    ]
    world = worlds.synced(sales_options={"plugins": plugins})
    worlds.only_customers(world)
    scenes.rules(world, conflict=rule)
    worlds.settled(world)
    return world


def sales_is_looked_at(world: World) -> None:
    """Another worker looks at Sales before what died is delivered again."""
    look(world.parts, world.at, world.at.mapping("CUSTOMER"), (Side.SALES,))
    worlds.deliver(world)


def carried(world: World) -> bool:
    """A worker looks at Business Central and carries what it finds, or dies; whether it died."""
    world.clock.now += 60
    try:
        look(world.parts, world.at, world.at.mapping("CUSTOMER"), (Side.BC,))
        return bool(worlds.deliver(world, lease_s=600.0))
    except Crash:
        return True


def write_of(world: World, dying: Operations) -> int:
    """Which operation of a change that is carried over is the write to Sales."""
    worlds.edit_bc(world, worlds.pair(world), city="Reykjavik")
    dying.arm(-1, late=False)
    assert not carried(world)
    worlds.settled(world)
    return 1 + next(n for n, each in enumerate(dying.log) if each.startswith("POST /api/data"))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("late", [False, True], ids=["before an operation", "after it"])
def test_capitals_never_come_back_wherever_the_process_dies_after_its_write(
    rule: ConflictRule, late: bool
) -> None:
    """Seed 6064."""
    world = in_capitals(rule)
    dying = Operations(world)
    died, at, deaths = True, write_of(world, dying), 0
    while died:
        pair, city = worlds.pair(world), f"Hafnar {at} x"
        worlds.edit_bc(world, pair, city=city)
        dying.arm(at, late)
        died = carried(world)
        dying.disarm()
        sales_is_looked_at(world)
        worlds.settled(world)
        assert worlds.customer_of(world, pair)["city"] == city, dying.log[at - 1]
        assert worlds.account_of(world, pair)["address1_city"] == city.upper()
        assert worlds.codes(world) == []
        at, deaths = at + 1, deaths + died
    assert deaths > 5


def answer_is_lost(world: World, meanwhile: Callable[[], None]) -> None:
    """The next write to Sales is carried out, something happens, and its answer is lost."""

    def lose() -> None:
        meanwhile()
        raise worlds.ConnectionLost("the answer was lost")

    worlds.tap(world, Side.SALES).after = once(lose)


def nothing() -> None:
    pass


@pytest.mark.parametrize("rule", RULES)
def test_capitals_never_come_back_where_the_answer_was_lost(rule: ConflictRule) -> None:
    world = in_capitals(rule)
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Hafnar")
    answer_is_lost(world, nothing)
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["city"] == "Hafnar"
    assert worlds.codes(world) == []


@pytest.mark.parametrize("written", ["VIK", "HAF-NAR"])
def test_what_a_person_writes_in_sales_right_after_is_no_form_of_ours(written: str) -> None:
    """In other letters, and in the same ones: Sales tells who wrote last."""
    world = in_capitals()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Hafnar")
    answer_is_lost(world, partial(worlds.edit_sales, world, pair, address1_city=written))
    worlds.cycles(world, 3)
    assert worlds.account_of(world, pair)["address1_city"] == written
    assert worlds.codes(world) == ["conflict"]


def test_what_a_person_writes_in_business_central_after_the_crash_wins_over_the_capitals() -> None:
    world = in_capitals()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Hafnar")
    answer_is_lost(world, partial(worlds.edit_bc, world, pair, city="Vik"))
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["city"] == "Vik"
    assert worlds.account_of(world, pair)["address1_city"] == "VIK"
    assert worlds.codes(world) == []


def test_a_pair_of_which_one_side_moved_is_not_looked_for_in_the_journal() -> None:
    world = in_capitals()
    pair = worlds.pair(world)
    asked = Operations(world)
    worlds.edit_sales(world, pair, telephone1="+44 1")
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    assert [each for each in asked.log if each.startswith("query Journal")] == []
