"""A row that Tandem made is there again after it was deleted and its BC record got another one: a request to
create it that nobody waited for arrived late, or a person restored it."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.instructions import Instruction
from shared_code.core.jobs import JobKind
from shared_code.core.policies import DeletionRule
from shared_code.core.records import Side
from shared_code.sync.retries import queue_records
from tests.conformance import scenes
from tests.sync import worlds

NAME = "It comes late"


@pytest.fixture
def late() -> tuple[World, str]:
    """The world, and the id of the row that came late."""
    world = worlds.synced()
    scenes.rules(world, deletion=DeletionRule.RESTORE)
    before = worlds.pair(world)
    scenes.delete_account(world, before)
    worlds.cycles(world, 3)
    assert worlds.pair(world).sales_id != before.sales_id
    worlds.new_account(world, NAME, accountid=before.sales_id)
    worlds.cycles(world, 3)
    return world, before.sales_id


def test_it_gets_no_second_partner_and_is_listed(late: tuple[World, str]) -> None:
    world, row = late
    (told,) = worlds.problems(world)
    assert (told["code"], told["id"]) == ("several_found", row)
    assert NAME not in {each["displayName"] for each in worlds.customers(world)}
    worlds.assert_quiet(world)


def test_once_it_is_deleted_nothing_is_listed(late: tuple[World, str]) -> None:
    world, row = late
    world.person_in_sales.call("DELETE", f"accounts({row})")
    worlds.cycles(world, 3)
    assert worlds.problems(world) == []


def test_a_person_who_insists_gets_a_partner_for_it(late: tuple[World, str]) -> None:
    world, row = late
    queue_records(
        world.parts, world.at, "CUSTOMER", Side.SALES, [row], JobKind.RETRY, "insisted", Instruction.CREATE
    )
    worlds.cycles(world, 3)
    assert worlds.problems(world) == []
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, row) is not None
