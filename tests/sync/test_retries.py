"""Trying again: by time, once at a time, and what waits for a person is left alone."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.jobs import JobKind
from shared_code.core.outcome import NEVER_S, SKIP_AFTER, Outcome, Problem, retry_delay_s
from shared_code.core.records import Side
from shared_code.sync import retries
from shared_code.sync.retries import RESERVED_S, queue_due, queue_records
from shared_code.sync.tick import tick
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


def listed(world: World, number: int, due_s: float) -> None:
    """A problem of a record whose id has this number."""
    record = f"00000000-0000-4000-8000-{number:012d}"
    problem = Problem(Side.BC, record, Outcome.FAILED, "refused", "no", next_attempt_at_s=due_s)
    store = world.at.couplings("CUSTOMER")
    store.transact([store.problem_operation(problem)])


def due_ids(world: World) -> set[int]:
    """The numbers of the records whose retries wait in the queue."""
    jobs = [job for job in world.at.jobs.newest(200) if job.kind is JobKind.RETRY]
    return {int(each[-12:]) for job in jobs for batch in world.at.jobs.batches(job.id) for each in batch.ids}


@pytest.mark.bulk
def test_what_waits_for_a_person_never_keeps_others_from_being_tried(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "MAX_LOOKED_AT", 20)
    for number in range(50):
        listed(world, number, NEVER_S)
    listed(world, 77, world.clock.now - 1)
    for _ in range(3):
        tick_only(world)
    assert due_ids(world) == {77}
    tick_only(world)
    assert world.at.schedules.get("CUSTOMER", 60).retries_from != ""


@pytest.mark.bulk
def test_each_due_record_has_its_turn_before_the_first_has_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "MAX_RETRIES", 4)
    monkeypatch.setattr(retries, "RESERVED_S", 0.0)
    for number in range(10):
        listed(world, number, world.clock.now - 1)
    for _ in range(3):
        tick_only(world)
    assert due_ids(world) == set(range(10))


def tick_only(world: World) -> None:
    """A minute in which nothing is worked on."""
    world.clock.now += 60
    tick(world.parts)


@pytest.mark.bulk
def test_a_tick_reads_no_more_rows_than_it_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "MAX_LOOKED_AT", 1500)
    for number in range(3200):
        listed(world, number, NEVER_S)
    seen: list[str] = []
    world.tables.after = lambda operation, table: seen.append(f"{operation} {table}")
    queue_due(world.parts, world.at, "CUSTOMER")
    assert seen.count("query Couplings") == 2


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
