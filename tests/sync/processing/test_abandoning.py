"""A batch that is given up loses none of its records, and its job ends."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.sync.dispatch import handle, keep_poison
from shared_code.sync.messages import BATCH_QUEUE, QUEUES
from shared_code.sync.tick import tick
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def give_up_the_batch(world: World) -> None:
    """Detect what changed, and let the batch's message fail until the host sets it aside."""
    world.clock.now += 60
    tick(world.parts)
    for message in world.queue.receive(QUEUES[0], 32, 60):
        handle(world.parts, QUEUES[0], message.body)
        world.queue.delete(QUEUES[0], message)
    (message,) = world.queue.receive(BATCH_QUEUE, 32, 60)
    world.queue.delete(BATCH_QUEUE, message)
    keep_poison(world.parts, BATCH_QUEUE, message.body)
    keep_poison(world.parts, BATCH_QUEUE, message.body)


@pytest.mark.parametrize("side", list(Side))
def test_the_records_of_a_batch_given_up_are_listed_and_go_through_by_themselves(
    world: World, side: Side
) -> None:
    pair = worlds.pair(world)
    if side is Side.BC:
        worlds.edit_bc(world, pair, phoneNumber="+44 1")
    else:
        worlds.edit_sales(world, pair, telephone1="+44 1")

    give_up_the_batch(world)

    problems = world.at.couplings("CUSTOMER").all_problems(10)
    assert [(each.side, each.outcome, each.code) for each in problems] == [(side, Outcome.FAILED, "internal")]
    assert not any(world.at.jobs.has_open(job.id, side) for job in world.at.jobs.newest(3))

    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert world.at.couplings("CUSTOMER").all_problems(10) == []
