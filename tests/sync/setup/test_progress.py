"""How far the setting up is: a look of the timer is no full synchronisation."""

from __future__ import annotations

import pytest

from shared_code.sync.overview import State, overview
from shared_code.sync.setup.progress import Step, progress
from shared_code.sync.tick import tick
from tests.sync import worlds


@pytest.mark.conforms("139194.VerifyStatusNotCompletedWhenNotFinished")
def test_a_look_of_the_timer_does_not_count_as_the_first_run() -> None:
    world = worlds.new_world()
    tick(world.parts)
    world.drain()
    assert world.at.schedules.all()
    found = progress(world.parts, world.at)
    assert found.done.isdisjoint({Step.COUPLE, Step.RUN})
    states = {each.state for each in overview(world.parts, world.at).mappings}
    assert states == {State.NOT_STARTED}


def test_a_full_synchronisation_ends_the_guide() -> None:
    world = worlds.synced()
    assert Step.RUN in progress(world.parts, world.at).done
    assert State.NOT_STARTED not in {each.state for each in overview(world.parts, world.at).mappings}


def test_a_mapping_that_was_switched_off_before_the_first_run_says_so() -> None:
    world = worlds.new_world()
    world.at.schedules.disable("CURRENCY", 60, "a right is missing", None)
    (found,) = overview(world.parts, world.at, "CURRENCY").mappings
    assert found.state is State.OFF
