"""A new process asks the systems once who they are, however many messages it is given at the same time."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.runtime import FirstComeGate
from shared_code.sync import identity_check
from shared_code.sync.identity_check import NotAsked, is_confirmed
from shared_code.sync.parts import Parts
from shared_code.systems.interface import SystemUnavailable
from tests.sync import worlds

PATIENCE_S = 10.0
MANY = 5


@pytest.fixture
def world() -> World:
    world = worlds.new_world()
    worlds.full(world)
    return world


def new_process(world: World) -> Parts:
    """The parts of a process that has asked nothing yet."""
    return replace(world.parts, confirmed={}, not_asked={}, asking=FirstComeGate())


def answers_of_many(world: World, parts: Parts) -> tuple[list[str], int]:
    """What each of many messages is told, of which the first asks until all others wait, and how many ask."""
    told, asked, plain = list[str](), list[int](), identity_check._ask

    def ask(at: object) -> object:
        while not asked and parts.asking.present() < MANY:
            pass
        asked.append(1)
        world.clock.now += 1.0
        return plain(at)  # type: ignore[arg-type]

    def one() -> None:
        try:
            told.append(str(is_confirmed(parts, world.at)))
        except NotAsked:
            told.append("not asked")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(identity_check, "_ask", ask)
        threads = [threading.Thread(target=one) for _ in range(MANY)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(PATIENCE_S)
    return told, len(asked)


@pytest.mark.bulk
def test_one_asks_for_all_who_come_at_the_same_time(world: World) -> None:
    assert answers_of_many(world, new_process(world)) == (["True"] * MANY, 1)


@pytest.mark.bulk
def test_what_one_was_not_told_the_others_who_waited_do_not_ask_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> dict[str, str]:
        raise SystemUnavailable("it is away")

    monkeypatch.setattr(world.at.systems[Side.BC], "identity", away)
    parts = new_process(world)
    assert answers_of_many(world, parts) == (["not asked"] * MANY, 1)
    monkeypatch.undo()
    world.clock.now += 1.0
    assert is_confirmed(parts, world.at), "who comes later asks"
