"""Edits in turn on both sides, with clocks of the two services that differ."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from tests.conformance import scenes
from tests.sync import worlds

type Step = tuple[str, str]

SEQUENCES = {
    "to sales twice": ("bc", "bc"),
    "from sales twice": ("sales", "sales"),
    "to sales then from sales": ("bc", "sales"),
    "from sales then to sales": ("sales", "bc"),
}
CLOCKS = {"sales behind": -3000.0, "sales ahead": 3000.0}


@pytest.mark.bulk
@pytest.mark.conforms(
    "139180.SyncChangeToCrmTwoTimesWhenCrmClockBehind",
    "139180.SyncChangeToCrmTwoTimesCrmClockAhead",
    "139180.SyncChangeFromCrmTwoTimesWhenCrmClockBehind",
    "139180.SyncChangeFromCrmTwoTimesWhenCrmClockAhead",
    "139180.SyncChangeToCrmThenSyncChangeFromCrmWhenCrmClockBehind",
    "139180.SyncChangeToCrmThenSyncChangeFromCrmWhenCrmClockAhead",
    "139180.SyncChangeFromCrmThenSyncChangeToCrmWhenCrmClockBehind",
    "139180.SyncChangeFromCrmThenSyncChangeToCrmWhenCrmClockAhead",
)
@pytest.mark.parametrize("sequence", SEQUENCES)
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("skewed", ["sales", "bc"])
def test_changes_in_turn_all_arrive_whatever_the_clocks_show(sequence: str, clock: str, skewed: str) -> None:
    ahead = CLOCKS[clock]
    world = scenes.world_with_clocks(**{f"{skewed}_ahead_s": ahead})
    pair = worlds.pair(world)
    for n, side in enumerate(SEQUENCES[sequence]):
        _edit(world, side, f"Town {n}")
        worlds.cycle(world)
        assert worlds.customer_of(world, pair)["city"] == f"Town {n}"
        assert worlds.account_of(world, pair)["address1_city"] == f"Town {n}"
    assert worlds.problems(world) == []
    scenes.assert_nothing_to_do(world)


def _edit(world: World, side: str, city: str) -> None:
    pair = worlds.pair(world)
    if side == "bc":
        worlds.edit_bc(world, pair, city=city)
    else:
        worlds.edit_sales(world, pair, address1_city=city)


@pytest.mark.bulk
@pytest.mark.conforms(
    "139180.LastSyncTimeNotUpdatedIfNothingToSyncCRMClockBehind",
    "139180.LastSyncTimeUpdatedCorrectlyWhenSyncSucceedCRMClockSynced",
    "139180.LastSyncTimeUpdatedCorrectlyWhenSyncSucceedCRMClockBehind",
)
@pytest.mark.parametrize("ahead", [0.0, -3000.0, 3000.0])
def test_after_success_no_look_works_on_the_same_record_again(ahead: float) -> None:
    world = scenes.world_with_clocks(sales_ahead_s=ahead)
    assert scenes.minute(world) == ({}, {})
    _edit(world, "sales", "Leeds")
    assert scenes.minute(world) == ({}, {"modified": 1})
    _edit(world, "bc", "York")
    assert scenes.minute(world) == ({"modified": 1}, {})
    assert scenes.minute(world) == ({}, {})
    scenes.assert_nothing_to_do(world)


@pytest.mark.bulk
@pytest.mark.conforms(
    "139180.LastSyncTimeUpdatedCorrectlyWhenSyncFailedCRMClockBehind",
    "139180.LastSyncTimeUpdatedCorrectlyWhenSyncFailedCRMClockAhead",
)
@pytest.mark.parametrize("ahead", [-3000.0, 3000.0])
def test_a_failure_neither_stops_later_changes_nor_is_forgotten(ahead: float) -> None:
    world = scenes.world_with_clocks(sales_ahead_s=ahead)
    failing, other = worlds.pair(world, "10000"), worlds.pair(world, "20000")
    worlds.edit_sales(world, failing, address1_city="A town whose name is far longer than thirty")
    assert scenes.minute(world)[1] == {"failed": 1}
    worlds.edit_sales(world, other, address1_city="York")
    worlds.cycle(world)
    assert worlds.customer_of(world, other)["city"] == "York"
    assert worlds.codes(world) == ["too_long"]
    worlds.edit_sales(world, failing, address1_city="Leeds")
    worlds.cycle(world)
    assert worlds.customer_of(world, failing)["city"] == "Leeds"
    assert worlds.problems(world) == []
