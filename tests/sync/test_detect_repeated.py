"""A step of a scan that is delivered again, or twice at once, while records change: each counts once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.faults import Fault, FaultPlan
from shared_code.core.jobs import JobKind
from shared_code.core.records import Side
from shared_code.store.jobs import JobStore
from shared_code.sync import detect, dispatch
from shared_code.sync.messages import DETECTION_QUEUE, ScanMode, ScanStep, to_text
from tests.sync import worlds

pytestmark = pytest.mark.bulk

MODES = pytest.mark.parametrize("mode", [ScanMode.CHANGES, ScanMode.FULL])


class Died(Exception):
    """The process ended here."""


@pytest.fixture
def world() -> World:
    return worlds.synced()


def step_of(world: World, mode: ScanMode) -> ScanStep:
    return ScanStep(world.at.name, "CUSTOMER", Side.BC, world.parts.new_job_id(), JobKind.SCHEDULED, mode)


def once(patch: pytest.MonkeyPatch, owner: Any, name: str, instead: Callable[[], None]) -> None:
    """The first call of a function does something else before it is what it was."""
    right = getattr(owner, name)

    def wrong(*arguments: Any, **named: Any) -> Any:
        patch.setattr(owner, name, right)
        instead()
        return right(*arguments, **named)

    patch.setattr(owner, name, wrong)


def die() -> None:
    raise Died


def given(world: World, step: ScanStep) -> list[str]:
    """What the job was given, each as often as it was."""
    return sorted(each for batch in world.at.jobs.batches(step.job) for each in batch.ids)


def assert_all_given_once_and_done(world: World, step: ScanStep) -> None:
    found = given(world, step)
    assert len(found) == len(set(found))
    worlds.deliver(world)
    assert all(each.done for each in world.at.jobs.batches(step.job))
    worlds.cycles(world, 2)
    assert len(worlds.accounts(world)) == len(worlds.customers(world))
    worlds.assert_whole(world)


@MODES
def test_an_attempt_that_died_before_it_took_the_step_gave_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, mode: ScanMode
) -> None:
    worlds.new_customer(world, "Fresh Ltd.")
    step = step_of(world, mode)
    once(monkeypatch, JobStore, "take_step", die)
    with pytest.raises(Died):
        detect.take_step(world.parts, step)
    before = len(given(world, step))
    worlds.new_customer(world, "Later Ltd.")
    detect.take_step(world.parts, step)
    assert len(given(world, step)) == before + 1
    assert_all_given_once_and_done(world, step)


@MODES
def test_of_two_attempts_at_once_the_first_taker_decides(
    world: World, monkeypatch: pytest.MonkeyPatch, mode: ScanMode
) -> None:
    worlds.new_customer(world, "Fresh Ltd.")
    step = step_of(world, mode)

    def another_attempt() -> None:
        worlds.new_customer(world, "Later Ltd.")
        detect.take_step(world.parts, step)

    once(monkeypatch, JobStore, "take_step", another_attempt)
    detect.take_step(world.parts, step)
    assert_all_given_once_and_done(world, step)


@MODES
def test_an_attempt_that_died_after_it_took_the_step_is_carried_on(
    world: World, monkeypatch: pytest.MonkeyPatch, mode: ScanMode
) -> None:
    worlds.new_customer(world, "Fresh Ltd.")
    step = step_of(world, mode)
    once(monkeypatch, detect, "_send", die)
    with pytest.raises(Died):
        detect.take_step(world.parts, step)
    before = given(world, step)
    worlds.new_customer(world, "Later Ltd.")
    detect.take_step(world.parts, step)
    assert given(world, step) == before
    assert_all_given_once_and_done(world, step)


@pytest.mark.parametrize("place", [(JobStore, "take_step"), (detect, "_send")])
def test_a_first_look_that_is_given_up_leaves_nothing_open(
    world: World, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str]
) -> None:
    worlds.new_customer(world, "Fresh Ltd.")
    step = step_of(world, ScanMode.CHANGES)
    once(monkeypatch, *place, die)
    with pytest.raises(Died):
        dispatch.handle(world.parts, DETECTION_QUEUE, to_text(step))
    world.faults["bc"].replace(FaultPlan(0, {Fault.RESET_BEFORE: 1.0}))
    dispatch.handle(world.parts, DETECTION_QUEUE, to_text(step))
    world.faults["bc"].replace(FaultPlan())
    assert_all_given_once_and_done(world, step)
