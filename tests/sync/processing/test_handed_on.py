"""A batch that is delivered again hands its rest on until that is done, and not once more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.simulation.world import World
from shared_code.core.jobs import Batch, Job, JobKind
from shared_code.core.records import Side
from shared_code.sync.messages import BATCH_QUEUE, BatchDue
from shared_code.sync.processing.batch import process_batch
from tests.sync import worlds

JOB = "80000000000-00000001"


@pytest.fixture
def world() -> World:
    world = worlds.new_world()
    world.at.jobs.add(Job(JOB, "CUSTOMER", JobKind.SCHEDULED, world.clock.now))
    first = Batch("bc|0|a", JOB, "CUSTOMER", Side.BC, ("1", "2"), ("", ""))
    rest = Batch("bc|0|b", JOB, "CUSTOMER", Side.BC, ("2",), ("",))
    world.at.jobs.add_batches([replace(first, done=True, rest=("2",), rest_id="bc|0|b"), rest])
    return world


def again(world: World) -> int:
    """Deliver the first batch once more; how many messages follow."""
    process_batch(world.parts, BatchDue(world.at.name, JOB, "bc|0|a"))
    return len(world.queue.receive(BATCH_QUEUE, 10, 60))


def test_a_rest_that_is_open_is_handed_on_again(world: World) -> None:
    assert again(world) == 1


def test_a_rest_that_is_done_is_not(world: World) -> None:
    rest = world.at.jobs.batch(JOB, "bc|0|b")
    assert rest
    world.at.jobs.finish(replace(rest, done=True))
    assert again(world) == 0
