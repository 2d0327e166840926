"""A contact's name: one in Business Central, two parts in Sales, where a person says how it parts."""

from __future__ import annotations

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from tests.sync import worlds


def some_contact(world: World) -> Coupling:
    return next(iter(world.at.couplings("CONTACT").all_coupled()))


def parts_of(world: World, contact: Coupling) -> tuple[str, str]:
    row = world.person_in_sales.call("GET", f"contacts({contact.sales_id})")
    return row["firstname"], row["lastname"]


def test_the_parts_a_person_chose_survive_an_edit_in_business_central() -> None:
    world = worlds.synced()
    contact = some_contact(world)
    world.person_in_sales.edit(f"contacts({contact.sales_id})", firstname="Anna", lastname="van der Berg")
    worlds.cycles(world, 2)
    bc = next(each for each in worlds.contacts(world, Side.BC) if each["id"] == contact.bc_id)
    assert bc["displayName"] == "Anna van der Berg"

    world.person_in_bc().edit(f"contacts({contact.bc_id})", displayName="Anne van der Berg")
    worlds.cycles(world, 2)

    assert parts_of(world, contact) == ("Anne", "van der Berg")
