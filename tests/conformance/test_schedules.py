"""How often a mapping is looked at: each minute, after a quiet day as well as after a busy one."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.sync import views
from shared_code.sync.messages import DETECTION_QUEUE, ScanStep, from_text
from shared_code.sync.tick import tick
from tests.conformance import scenes
from tests.sync import worlds

DAY_S = 86_400.0


@pytest.mark.conforms("139160.SynchronizeNowEnumeratesAllMappings")
def test_a_tick_looks_at_every_mapping_and_each_side_that_values_flow_from() -> None:
    world = worlds.synced()
    world.clock.now += 60
    looks = tick(world.parts)
    messages = [from_text(held.body) for held in world.queue._queues[DETECTION_QUEUE]]
    found = sorted((each.mapping, each.side) for each in messages if isinstance(each, ScanStep))
    assert looks == len(found)
    assert found == sorted((m.name, side) for m in world.at.mappings.values() for side in m.watched)


@pytest.mark.conforms(
    "139189.T111_InactiveJobsBecomesActiveIfRecIsChangedManually",
    "139195.DefaultInactivityTimeoutPeriodOwnershipModelTeam",
    "139195.DefaultInactivityTimeoutPeriodOwnershipModelPerson",
)
@pytest.mark.parametrize("side", list(Side))
def test_after_a_quiet_day_a_change_of_either_side_still_arrives_within_a_minute(side: Side) -> None:
    world = worlds.synced()
    for _ in range(24):
        worlds.cycle(world, DAY_S / 24)
    pair = worlds.pair(world)
    if side is Side.BC:
        worlds.edit_bc(world, pair, city="Leeds")
    else:
        worlds.edit_sales(world, pair, address1_city="Leeds")
    worlds.cycle(world)
    assert (
        worlds.customer_of(world, pair)["city"] == worlds.account_of(world, pair)["address1_city"] == "Leeds"
    )


@pytest.mark.conforms("139189.T106_ActiveJobsStaysActiveIfRecordIsChangedBySync")
def test_a_mapping_is_due_again_a_minute_after_it_changed_something() -> None:
    world = worlds.synced()
    for n in range(5):
        worlds.edit_bc(world, worlds.pair(world), city=f"Town {n}")
        assert scenes.minute(world) == ({"modified": 1}, {})


@pytest.mark.conforms("139160.NotAllJobsActive", "139160.NoActiveJobs")
@pytest.mark.parametrize("switched_off", [1, 6])
def test_the_health_page_tells_which_mappings_do_not_run(switched_off: int) -> None:
    world = worlds.synced()
    names = sorted(world.at.mappings)[:switched_off]
    for name in names:
        world.at.schedules.change(name, 60, disabled_because="switched off")
    world.clock.now += 60
    looked_at = {m.mapping for m in _looks(world)}
    view = views.health_view(world.parts)["connections"][world.at.name]
    assert sorted(view["disabled"]) == names
    assert looked_at == set(view["mappings"]) - set(names)


def _looks(world: World) -> list[ScanStep]:
    tick(world.parts)
    messages = [from_text(held.body) for held in world.queue._queues[DETECTION_QUEUE]]
    return [each for each in messages if isinstance(each, ScanStep)]
