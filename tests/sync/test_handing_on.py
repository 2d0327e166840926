"""A full synchronisation is done on from one message, and what it leads to is not lost with it."""

from __future__ import annotations

import json

import pytest

from local.simulation.world import World
from shared_code.store.full_syncs import Phase
from shared_code.store.queue import Message
from shared_code.store.tables import StorageUnavailable
from shared_code.sync import handing_on
from shared_code.sync.full_sync import Request, start
from shared_code.sync.handing_on import handle_on
from shared_code.sync.messages import BATCH_QUEUE, DETECTION_QUEUE, QUEUES, Advance, BatchDue, to_text
from shared_code.sync.tick import tick
from tests.sync import worlds

MAPPING = "CURRENCY"


@pytest.fixture
def world() -> World:
    return worlds.new_world()


def started(world: World, mapping: str = MAPPING) -> str:
    """A full synchronisation that waits in the queue."""
    return start(world.parts, world.at, Request((mapping,))).id


def first(world: World, name: str = DETECTION_QUEUE) -> Message:
    (message,) = world.queue.receive(name, 1, 30)
    return message


def is_finished(world: World, full_sync: str) -> bool:
    found = world.at.full_syncs.get(full_sync)
    assert found is not None
    return found[0].finished


def waiting(world: World) -> list[str]:
    return [json.loads(held.body)["type"] for name in QUEUES for held in world.queue._queues[name]]


def take(world: World) -> str:
    """Handle the first message and what follows from it; its type."""
    message = first(world)
    handle_on(world.parts, DETECTION_QUEUE, message.body)
    world.queue.delete(DETECTION_QUEUE, message)
    return str(json.loads(message.body)["type"])


def test_a_small_full_synchronisation_takes_one_message(world: World) -> None:
    full_sync = started(world)
    taken = []
    while waiting(world):
        taken.append(take(world))
    assert is_finished(world, full_sync)
    assert taken == ["advance"]


@pytest.mark.bulk
def test_of_several_steps_one_is_done_on_and_the_others_are_queued(world: World) -> None:
    full_sync = start(world.parts, world.at, Request()).id
    message = first(world)
    handle_on(world.parts, DETECTION_QUEUE, message.body)
    world.queue.delete(DETECTION_QUEUE, message)
    assert "scan" in waiting(world), "mappings that wait for nothing are shared among instances"
    worlds.deliver(world)
    assert is_finished(world, full_sync)


def test_when_its_time_is_up_the_chain_goes_on_from_the_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_on, "FOR_S", 0.0)
    full_sync = started(world)
    message = first(world)
    handle_on(world.parts, DETECTION_QUEUE, message.body)
    world.queue.delete(DETECTION_QUEUE, message)
    assert waiting(world) == ["scan"], "the first step of the direction"
    worlds.deliver(world)
    assert is_finished(world, full_sync)


def test_what_follows_and_fails_is_told_and_tried_from_its_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[Exception] = []
    full_sync = started(world)
    message = first(world)
    with monkeypatch.context() as failing:
        plain = handing_on.handle

        def fail(parts: object, queue: str, text: str) -> None:
            if '"type":"batch"' in text:
                raise StorageUnavailable("storage is away")
            plain(parts, queue, text)  # type: ignore[arg-type]

        failing.setattr(handing_on, "handle", fail)
        handle_on(world.parts, DETECTION_QUEUE, message.body, failures.append)
    world.queue.delete(DETECTION_QUEUE, message)
    assert [type(each) for each in failures] == [StorageUnavailable]
    assert "batch" in waiting(world)
    world.clock.now += handing_on.AGAIN_S
    worlds.deliver(world)
    assert is_finished(world, full_sync)


def test_what_a_message_led_to_before_it_failed_is_queued(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    follows = to_text(Advance(world.at.name, "any"))

    def fail(parts: World, queue: str, text: str) -> None:
        parts.queue.send(DETECTION_QUEUE, follows)
        raise StorageUnavailable("storage is away")

    monkeypatch.setattr(handing_on, "handle", fail)
    with pytest.raises(StorageUnavailable):
        handle_on(world.parts, DETECTION_QUEUE, to_text(Advance(world.at.name, "other")))
    assert waiting(world) == ["advance"]


def _customers_dying(at: int, late: bool) -> tuple[World, str, bool]:
    """A full synchronisation of customers whose process dies at an operation; its id, and whether it died."""
    world = worlds.new_world()
    start(world.parts, world.at, Request(tuple(each for each in world.at.mappings if each != "CUSTOMER")))
    worlds.deliver(world)
    full_sync = started(world, "CUSTOMER")
    operations = worlds.Operations(world)
    operations.arm(at, late)
    died = _is_died(world)
    operations.disarm()
    return world, full_sync, died


@pytest.mark.bulk
@pytest.mark.parametrize("late", [False, True])
def test_wherever_the_process_dies_the_full_synchronisation_ends_and_makes_nothing_twice(late: bool) -> None:
    """Each thirteenth operation, so that all kinds are among them."""
    at, died = 1, True
    while died:
        world, full_sync, died = _customers_dying(at, late)
        for _ in range(6):
            world.clock.now += 60.0
            tick(world.parts)
            worlds.deliver(world)
        assert is_finished(world, full_sync), f"died at operation {at}"
        worlds.assert_one_to_one(world)
        at += 13


@pytest.mark.bulk
@pytest.mark.parametrize("late", [False, True])
def test_whoever_is_given_the_message_again_needs_no_timer_once_a_direction_has_begun(late: bool) -> None:
    at, died, begun = 1, True, 0
    while died:
        world, full_sync, died = _customers_dying(at, late)
        found = world.at.full_syncs.get(full_sync)
        assert found is not None
        has_begun = found[1][0].phase in (Phase.TO_SALES, Phase.FROM_SALES)
        world.clock.now += LEASE_S
        deliver_on(world)
        if has_begun:
            assert is_finished(world, full_sync), f"died at operation {at}"
            worlds.assert_one_to_one(world)
            begun += 1
        at += 13
    assert begun > 3


def test_a_look_that_comes_for_the_first_time_sends_no_step_again(world: World) -> None:
    """Other lines' messages come while a direction is under way: only who is given one again takes it up."""
    full_sync = start(world.parts, world.at, Request()).id
    message = first(world)
    handle_on(world.parts, DETECTION_QUEUE, message.body)
    before = waiting(world)
    look = to_text(Advance(world.at.name, full_sync))
    handle_on(world.parts, DETECTION_QUEUE, look)
    assert waiting(world) == before
    handle_on(world.parts, DETECTION_QUEUE, look, again=True)
    assert len(waiting(world)) > len(before)


LEASE_S = 31.0


def deliver_on(world: World) -> None:
    """All work that is due, as the functions host gives it."""
    for _ in range(500):
        received = [(name, m) for name in QUEUES for m in world.queue.receive(name, 1, 30)]
        if not received:
            return
        for name, message in received:
            handle_on(world.parts, name, message.body, again=message.dequeue_count > 1)
            world.queue.delete(name, message)
    raise AssertionError("the queue is not empty")


def _is_died(world: World) -> bool:
    message = first(world)
    try:
        handle_on(world.parts, DETECTION_QUEUE, message.body)
    except worlds.Crash:
        return True
    world.queue.delete(DETECTION_QUEUE, message)
    return False


@pytest.mark.bulk
def test_an_ordinary_look_is_not_done_on(world: World) -> None:
    worlds.full(world)
    world.settle(2)
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    world.clock.now += 60.0
    tick(world.parts)
    while received := world.queue.receive(DETECTION_QUEUE, 1, 30):
        handle_on(world.parts, DETECTION_QUEUE, received[0].body)
        world.queue.delete(DETECTION_QUEUE, received[0])
    (batch,) = world.queue._queues[BATCH_QUEUE]
    assert isinstance(handing_on._message(batch.body), BatchDue)
