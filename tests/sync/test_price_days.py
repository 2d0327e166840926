"""Many days with random lines: every morning Sales has exactly the prices that are in force."""

from __future__ import annotations

import random

import pytest

from local.simulation.world import World
from shared_code.core.in_force import in_force
from shared_code.core.records import Row, Version
from tests.sync import worlds
from tests.sync.price_worlds import LINES, day, delete, line, new_world, price_list, price_rows, row, until

DAYS, LISTS_OF_WORLD = 12, ("RETAIL", "SPRING")


def edit(world: World, chance: random.Random) -> None:
    """Somebody adds, changes or deletes a line."""
    lines = worlds.bc_rows(world, "priceListLines")
    act = chance.choice(("add", "add", "change", "delete"))
    if act == "add" or not lines:
        begins = chance.randint(-2, 3)
        dates = {"startingDate": day(world, begins), "endingDate": day(world, begins + chance.randint(0, 3))}
        unit = chance.choice(("", "PCS"))
        where = {"item": chance.choice(("1000", "1001")), "priceListCode": chance.choice(LISTS_OF_WORLD)}
        number = 10_000 + max((each["lineNumber"] for each in lines), default=0)
        line(world, chance.randint(1, 5), unitOfMeasureCode=unit, lineNumber=number, **where, **dates)
        return
    found = chance.choice(lines)
    if act == "delete":
        delete(world, "priceListLines", found["id"])
        return
    change = chance.choice(
        ({"unitPrice": chance.randint(0, 5)}, {"status": "Draft"}, {"status": "Active"},
         {"endingDate": day(world, chance.randint(0, 2))})
    )  # fmt: skip
    row(world, "priceListLines", id=found["id"], **change)


def wanted(world: World) -> list[tuple[str, str, float]]:
    """List, product and amount of what is in force today, from the lines as a person sees them."""
    rule = world.at.mapping(LINES).bc.in_force
    assert rule is not None
    places: dict[tuple[str, str], list[Row]] = {}
    for each in worlds.bc_rows(world, "priceListLines"):
        place = (each["priceListCode"], each["assetNumber"])
        places.setdefault(place, []).append(Row(each["id"], Version("", ""), each))
    chosen = {place: in_force(rule, lines, day(world)) for place, lines in places.items()}
    return sorted((*place, float(each.values["unitPrice"])) for place, each in chosen.items() if each)  # type: ignore[arg-type]


def held(world: World) -> list[tuple[str, str, float]]:
    """The same as Sales has it."""
    lists = world.person_in_sales.call("GET", "pricelevels")["value"]
    names = {each["pricelevelid"]: each["name"] for each in lists}
    return sorted(
        (names[each["_pricelevelid_value"]], each["productnumber"], each["amount"])
        for each in price_rows(world)
    )


@pytest.mark.parametrize("seed", range(6))
def test_every_morning_sales_has_the_prices_in_force(seed: int) -> None:
    chance, world = random.Random(seed), new_world()
    price_list(world, "SPRING")
    worlds.cycles(world, 2)
    for _ in range(DAYS):
        for _ in range(chance.randint(0, 4)):
            edit(world, chance)
            if chance.random() < 0.5:
                worlds.cycles(world, chance.randint(1, 3))
        until(world, 1)
        assert held(world) == wanted(world)
        assert worlds.codes(world, LINES) == []
    worlds.assert_quiet(world)
    worlds.assert_jobs_add_up(world)
