"""Trying again: by time, once at a time, and what waits for a person is left alone."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.outcome import NEVER_S, SKIP_AFTER, retry_delay_s
from shared_code.core.records import Side
from shared_code.sync.retries import RESERVED_S, queue_due, queue_records
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def failing(world: World) -> str:
    return worlds.new_account(world, "Bad Ltd.", telephone1="call me maybe!")


def test_a_failed_record_is_queued_when_its_time_has_come_and_not_before(world: World) -> None:
    failing(world)
    worlds.cycle(world)
    world.clock.now += retry_delay_s(1) - 5
    assert queue_due(world.parts, world.at, "CUSTOMER") == 0
    world.clock.now += 5
    assert queue_due(world.parts, world.at, "CUSTOMER") == 1


def test_a_queued_retry_is_not_queued_again_while_it_waits(world: World) -> None:
    failing(world)
    worlds.cycle(world)
    world.clock.now += retry_delay_s(1)
    assert queue_due(world.parts, world.at, "CUSTOMER") == 1
    assert queue_due(world.parts, world.at, "CUSTOMER") == 0


def test_a_retry_whose_message_got_lost_is_queued_again(world: World) -> None:
    account = failing(world)
    worlds.cycle(world)
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    world.clock.now += retry_delay_s(1)
    queue_due(world.parts, world.at, "CUSTOMER")
    for queue in world.queue._queues.values():
        queue.clear()
    world.clock.now += RESERVED_S
    assert queue_due(world.parts, world.at, "CUSTOMER") == 1
    worlds.deliver(world)
    assert worlds.problems(world) == []
    worlds.assert_one_to_one(world)


def test_a_record_that_waits_for_a_person_is_not_tried_again(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, telephone1="+44 2")
    worlds.cycle(world)
    world.clock.now += 400 * 86_400
    assert queue_due(world.parts, world.at, "CUSTOMER") == 0
    assert world.clock.now < NEVER_S


def test_rests_double_from_a_minute_and_end_at_six_hours() -> None:
    rests = [retry_delay_s(each) for each in range(1, 20)]
    assert rests[:4] == [60, 120, 240, 480]
    assert rests == sorted(rests)
    assert rests[-1] == 6 * 3600


def test_a_skipped_record_is_still_tried_and_heals(world: World) -> None:
    account = failing(world)
    worlds.cycles(world, 40)
    (problem,) = worlds.problems(world)
    assert problem["attempts"] > SKIP_AFTER
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    worlds.cycle(world)
    worlds.assert_whole(world)


def test_records_that_do_not_exist_are_accounted_for_and_harm_nothing(world: World) -> None:
    unknown = [f"00000000-0000-4000-8000-{n:012d}" for n in range(3)]
    for side in Side:
        job = queue_records(world.parts, world.at, "CUSTOMER", side, unknown)
        worlds.deliver(world)
        (batch,) = world.at.jobs.batches(job)
        assert sum(batch.counts.values()) == 3
    worlds.assert_whole(world)


def test_a_record_queued_twice_is_processed_once(world: World) -> None:
    pair = worlds.pair(world)
    job = queue_records(world.parts, world.at, "CUSTOMER", Side.BC, [pair.bc_id] * 3)
    (batch,) = world.at.jobs.batches(job)
    assert batch.ids == (pair.bc_id,)


def test_more_records_than_a_batch_holds_become_several(world: World) -> None:
    ids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(1001)]
    job = queue_records(world.parts, world.at, "CUSTOMER", Side.BC, ids)
    assert sorted(len(each.ids) for each in world.at.jobs.batches(job)) == [1, 500, 500]
