"""The minute's tick: it queues what is due, once, and a repeat of it does no harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.simulation.world import World
from shared_code.sync import tick
from shared_code.sync.messages import DETECTION_QUEUE
from shared_code.sync.parts import AGAIN_S
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def queued(world: World) -> int:
    return len(world.queue._queues[DETECTION_QUEUE])


def test_each_mapping_is_looked_at_once_a_minute_for_each_watched_side(world: World) -> None:
    world.clock.now += 60
    assert tick.tick(world.parts) == sum(len(each.watched) for each in world.at.mappings.values())


def test_a_second_tick_in_the_same_minute_queues_nothing(world: World) -> None:
    world.clock.now += 60
    first = tick.tick(world.parts)
    assert tick.tick(world.parts) == 0
    assert queued(world) == first


def test_a_timer_that_comes_a_little_early_counts_as_this_minutes(world: World) -> None:
    world.clock.now += 60
    tick.tick(world.parts)
    world.clock.now += 56
    assert tick.tick(world.parts) > 0


def test_many_missed_minutes_are_made_good_by_one_look(world: World) -> None:
    world.clock.now += 3600
    first = tick.tick(world.parts)
    assert tick.tick(world.parts) == 0
    worlds.deliver(world)
    assert first == queued(world) + first


def test_a_schedule_that_people_change_counts_at_once(world: World) -> None:
    present = world.at.schedules.get("CUSTOMER", 60)
    assert world.at.schedules.put(replace(present, interval_s=600))
    worlds.cycle(world)
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    worlds.cycles(world, 5)
    assert worlds.account_of(world, worlds.pair(world))["telephone1"] != "+44 1"
    worlds.cycles(world, 6)
    assert worlds.account_of(world, worlds.pair(world))["telephone1"] == "+44 1"


def test_a_disabled_mapping_is_not_looked_at(world: World) -> None:
    world.at.schedules.change("CUSTOMER", 60, disabled_because="a test says so")
    world.clock.now += 60
    looks = tick.tick(world.parts)
    assert looks == sum(len(m.watched) for n, m in world.at.mappings.items() if n != "CUSTOMER")


def test_two_ticks_at_once_queue_one_look(world: World) -> None:
    world.clock.now += 60
    put = world.at.schedules.put
    looks: list[int] = []

    def other_first(schedule: object) -> bool:
        world.at.schedules.put = put  # type: ignore[method-assign]
        looks.append(tick.tick(world.parts))
        return put(schedule)  # type: ignore[arg-type]

    world.at.schedules.put = other_first  # type: ignore[method-assign,assignment]
    total = tick.tick(world.parts) + sum(looks)
    assert total == sum(len(each.watched) for each in world.at.mappings.values())


def test_a_refused_mapping_is_tried_again_after_an_hour_by_itself(world: World) -> None:
    again_at_s = world.clock.now + AGAIN_S
    world.at.schedules.disable("CUSTOMER", 60, "the right is missing", again_at_s)
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 7")
    worlds.cycles(world, 5)
    assert worlds.account_of(world, worlds.pair(world))["telephone1"] != "+44 7"

    world.clock.now = again_at_s
    worlds.cycle(world)

    assert worlds.account_of(world, worlds.pair(world))["telephone1"] == "+44 7"
    assert world.at.schedules.get("CUSTOMER", 60).disabled_because == ""


def test_a_mapping_behind_the_brake_waits_for_a_person(world: World) -> None:
    world.at.schedules.disable("CUSTOMER", 60, "too many records are missing", None)
    world.clock.now += 100 * AGAIN_S
    worlds.cycle(world)
    assert world.at.schedules.get("CUSTOMER", 60).disabled_because
