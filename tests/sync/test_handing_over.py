"""A record that moves from one mapping to another of the same two tables takes its pair along."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.sync.mapping_files import put_file
from tests.sync import test_own_tables, worlds
from tests.sync.copies import copied
from tests.sync.density import places
from tests.sync.test_mapping_files import later
from tests.sync.test_own_tables import FILE, rows, vehicles

MAPPINGS = ("POOL", "RENTED")
LINES = {"POOL": "is_blank = true", "RENTED": "is_not_blank = true"}


def file_of(name: str) -> str:
    """The vehicles that somebody has rented, or that nobody has, one way."""
    condition = f'filter = [{{ field = "customerNumber", {LINES[name]} }}]\n'
    text = FILE.replace('name = "VEHICLE"', f'name = "{name}"').replace("bidirectional", "to_sales")
    return text.replace('table = "vehicles"\n', 'table = "vehicles"\n' + condition)


@copied
def new_world() -> World:
    world: World = test_own_tables.world.__wrapped__()  # type: ignore[attr-defined]
    for name in MAPPINGS:
        put_file(world.parts, name, file_of(name))
    later(world)
    for name, mapping in world.at.mappings.items():
        if name not in MAPPINGS:
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not in this test")
    worlds.full(world, release=list(MAPPINGS))
    for name, mapping in world.at.mappings.items():
        if name not in MAPPINGS:
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not in this test")
    worlds.cycles(world, 2)
    return world


@pytest.fixture
def world() -> World:
    return new_world()


def edit(world: World, plate: str = "AB-1", **values: object) -> None:
    person = world.person_in_bc()
    row = vehicles(world)[plate]
    person.root = person.root.replace("/v2.0/companies", "/contoso/fleet/v1.0/companies")
    person.edit(f"vehicles({row['id']})", **values)


def pairs(world: World, name: str) -> list[Coupling]:
    return list(world.at.couplings(name).all_coupled())


def held_in(world: World, plate: str = "AB-1") -> list[str]:
    bc_id = vehicles(world)[plate]["id"]
    return [name for name in MAPPINGS if bc_id in {each.bc_id for each in pairs(world, name)}]


def rented(world: World) -> dict[str, Any]:
    (row,) = [each for each in world.person_in_sales.call("GET", "con_vehicles")["value"]
              if each["con_plate"] == "AB-1"]  # fmt: skip
    return dict(row)


def test_the_pair_goes_along_with_its_base_and_no_second_row_is_made(world: World) -> None:
    before = rented(world)
    assert held_in(world) == ["POOL"]
    edit(world, customerNumber="10000")
    worlds.cycles(world, 2)
    assert held_in(world) == ["RENTED"]
    assert rented(world)["con_vehicleid"] == before["con_vehicleid"]
    (pair,) = pairs(world, "RENTED")
    assert pair.base is not None
    assert pair.base.bc["model"] == "Transit"
    assert worlds.listed(world.at) == []
    edit(world, model="Transit Custom")
    worlds.cycles(world, 2)
    assert rented(world)["con_model"] == "Transit Custom"


def test_what_changed_in_the_same_moment_is_carried_by_the_mapping_that_has_it_now(world: World) -> None:
    edit(world, customerNumber="10000", model="Transit Custom")
    worlds.cycles(world, 2)
    assert (held_in(world), rented(world)["con_model"]) == (["RENTED"], "Transit Custom")
    assert worlds.listed(world.at) == []


def test_it_comes_back_as_it_went(world: World) -> None:
    for number in ("10000", "", "20000", ""):
        edit(world, customerNumber=number)
        worlds.cycles(world, 2)
        assert held_in(world) == ["RENTED" if number else "POOL"]
    assert len(rows(world)) == 2
    assert worlds.listed(world.at) == []
    worlds.cycles(world, 3, 700)
    world.reset_requests()
    worlds.cycle(world, 700)
    assert {kind for kinds in world.requests.values() for kind in kinds} <= {"scan", "read", "identity"}


def test_a_problem_of_the_pair_ends_with_the_coupling_it_had(world: World) -> None:
    edit(world, model="x" * 60)
    worlds.cycle(world)
    row = rented(world)
    world.person_in_sales.call("DELETE", f"con_vehicles({row['con_vehicleid']})")
    worlds.cycles(world, 2)
    edit(world, customerNumber="10000")
    worlds.cycles(world, 3)
    assert held_in(world) == ["POOL"], "a pair whose row is gone is not handed over"
    assert {each["code"] for each in worlds.listed(world.at)} <= {"coupled_elsewhere", "partner_deleted"}


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_at_any_operation(late: bool) -> None:
    for at in places():
        world = new_world()
        before = rented(world)["con_vehicleid"]
        edit(world, customerNumber="10000", model="Transit Custom")
        dying = worlds.Operations(world)
        dying.arm(at, late)
        worlds.one_minute(world)
        done = dying.count < at
        dying.disarm()
        worlds.cycles(world, 4, 120)
        assert len(rows(world)) == 2, at
        assert rented(world)["con_vehicleid"] == before, at
        assert "RENTED" in held_in(world), at
        edit(world, model="Transit Connect")
        worlds.cycles(world, 3, 120)
        assert (held_in(world), rented(world)["con_model"]) == (["RENTED"], "Transit Connect"), at
        assert worlds.listed(world.at) == [], at
        if done:
            break
