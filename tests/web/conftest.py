"""A world with everything that pages show: pairs, a conflict, a value too long for the other side, jobs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from tests.sync.copies import copied
from tests.sync.worlds import cycles, synced
from tests.web.visits import Browser

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"
LONG = f"{HOSTILE} {'x' * 90}"


@dataclass(frozen=True)
class Shown:
    """The world with the BC ids of a record in conflict, of one that is too long, and of one in step."""

    world: World
    conflict: str
    too_long: str
    in_step: str

    def browser(self, role: str = "administrator") -> Browser:
        return Browser(self.world, role)


@pytest.fixture(scope="module")
def shown() -> Shown:
    return made()


@pytest.fixture
def fresh() -> Shown:
    """One of its own, for a test that changes it."""
    return made()


@copied
def made() -> Shown:
    """The world, made anew."""
    world = synced()
    found = world.person_in_bc().call("GET", "customers")["value"]
    customers = {each["number"]: each["id"] for each in found}
    conflict, too_long, in_step = customers["10000"], customers["20000"], customers["01121212"]
    edit(world, Side.BC, conflict, f"{HOSTILE} BC")
    edit(world, Side.SALES, conflict, f"{HOSTILE} Sales")
    edit(world, Side.SALES, too_long, LONG)
    cycles(world, 3)
    return Shown(world, conflict, too_long, in_step)


def edit(world: World, side: Side, bc_id: str, name: str) -> None:
    """Somebody renames a customer, or the account that is its partner."""
    if side is Side.BC:
        world.person_in_bc().edit(f"customers({bc_id})", displayName=name)
    else:
        world.person_in_sales.edit(f"accounts({pair_of(world, bc_id).sales_id})", name=name)


def pair_of(world: World, bc_id: str) -> Coupling:
    pair = world.at.couplings("CUSTOMER").load(Side.BC, [bc_id])[bc_id]
    assert isinstance(pair, Coupling)
    return pair
