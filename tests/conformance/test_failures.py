"""Records that fail: what is told of them, when they are tried again, and when they count as skipped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.simulation.world import World
from local.simulators.faults import AimedFault, Fault, Scope
from shared_code.core.outcome import SKIP_AFTER, Outcome
from shared_code.core.records import Side
from shared_code.store import jobs as job_store
from tests.conformance import scenes
from tests.sync import worlds

REFUSED_IN_BC = "call me maybe!"
REFUSED_IN_SALES = "forbidden"


def _fails_to_sales(world: World, text: str = REFUSED_IN_SALES, message: str = "No such town.") -> None:
    scenes.refuse_in_sales(world, "address1_city", REFUSED_IN_SALES, message)
    worlds.edit_bc(world, worlds.pair(world), city=text)


def _fails_from_sales(world: World) -> None:
    worlds.edit_sales(world, worlds.pair(world), telephone1=REFUSED_IN_BC)


@pytest.mark.conforms(
    "139174.GetLatestErrorForFailedToCRMJob",
    "139185.LastSyncToCRMFailedOnModifyMarkedCRMIntegrationRec",
    "139185.GetErrorForRecordReturnsLastError",
)
def test_a_failed_update_of_sales_is_counted_and_told_with_the_words_of_the_service() -> None:
    world = worlds.synced()
    _fails_to_sales(world)
    assert scenes.minute(world) == ({"failed": 1}, {})
    (problem,) = worlds.problems(world)
    assert (problem["outcome"], problem["id"]) == ("failed", worlds.pair(world).bc_id)
    assert "No such town." in problem["message"]
    assert not worlds.pair(world).in_step
    scenes.accept_in_sales(world)
    scenes.refuse_in_sales(world, "address1_city", REFUSED_IN_SALES, "Closed on Mondays.")
    worlds.cycles(world, 3)
    (problem,) = worlds.problems(world)
    assert "Closed on Mondays." in problem["message"]


@pytest.mark.conforms(
    "139174.GetLatestErrorForFailedToNAVJob",
    "139185.LastSyncFromCRMFailedOnModifyMarkedCRMIntegrationRec",
    "139185.GetErrorForIntRecordReturnsLastError",
)
def test_a_failed_update_of_business_central_is_counted_and_told_with_the_words_of_the_service() -> None:
    world = worlds.synced()
    _fails_from_sales(world)
    assert scenes.minute(world) == ({}, {"failed": 1})
    (problem,) = worlds.problems(world)
    pair = worlds.pair(world)
    assert problem["details"]["sales_id"] == pair.sales_id
    assert problem["message"].startswith("Business Central answered: ")
    assert not pair.in_step


@pytest.mark.conforms("139165.LogSynchErrorForBothExistingRecords")
def test_the_problem_of_a_pair_names_both_records() -> None:
    world = worlds.synced()
    _fails_to_sales(world)
    worlds.cycle(world)
    (problem,) = worlds.problems(world)
    pair = worlds.pair(world)
    assert (problem["details"]["bc_id"], problem["details"]["sales_id"]) == (pair.bc_id, pair.sales_id)


@pytest.mark.conforms("139165.LogSynchErrorForNorExistingDestination")
def test_the_problem_of_a_failed_creation_names_the_record_that_there_is() -> None:
    world = worlds.synced()
    account = worlds.new_account(world, "Bad Ltd.", telephone1=REFUSED_IN_BC)
    worlds.cycle(world)
    (problem,) = worlds.problems(world)
    assert (problem["side"], problem["id"]) == ("sales", account)
    assert "bc_id" not in problem["details"]
    assert "Bad Ltd." in problem["details"]["name"]


@pytest.mark.conforms("139186.T100_SynchFailedOnceDoesNotMakeSkippedRec")
def test_one_failure_does_not_make_a_record_skipped_and_it_is_tried_again() -> None:
    world = worlds.synced()
    _fails_to_sales(world)
    worlds.cycle(world)
    assert [each["outcome"] for each in worlds.problems(world)] == ["failed"]
    scenes.accept_in_sales(world)
    worlds.cycles(world, 3)
    assert worlds.account_of(world, worlds.pair(world))["address1_city"] == REFUSED_IN_SALES
    assert worlds.problems(world) == []


@pytest.mark.conforms(
    "139186.T105_SynchFailedTwiceMakesSkippedRec", "139174.SetSkippedForLastSynchResultFailedToCRM"
)
@pytest.mark.parametrize("fails", [_fails_to_sales, _fails_from_sales])
def test_a_record_counts_as_skipped_only_after_some_failures_and_heals_by_itself(
    fails: Callable[[World], None],
) -> None:
    world = worlds.synced()
    fails(world)
    seen: list[Outcome] = []
    for _ in range(40):
        worlds.cycle(world)
        seen += [each["outcome"] for each in worlds.problems(world)]
        if seen[-1] == "skipped":
            break
    (problem,) = worlds.problems(world)
    assert (problem["outcome"], problem["attempts"]) == ("skipped", SKIP_AFTER)
    scenes.accept_in_sales(world)
    if fails is _fails_from_sales:
        worlds.edit_sales(world, worlds.pair(world), telephone1="+44 1")
    worlds.cycles(world, 40)
    assert worlds.problems(world) == []
    assert worlds.differences(world) == []


@pytest.mark.conforms("139186.T106_SkippedRecIsSkippedByNormaljob")
def test_a_skipped_record_is_left_out_of_the_looks_until_its_time_comes() -> None:
    world = worlds.synced()
    worlds.new_account(world, "Bad Ltd.", telephone1=REFUSED_IN_BC)
    worlds.cycles(world, 40)
    (problem,) = worlds.problems(world)
    assert problem["outcome"] == "skipped"
    assert scenes.jobs_of(world) == []
    (after,) = worlds.problems(world)
    assert after["attempts"] == problem["attempts"]


@pytest.mark.conforms("139186.T137_ErrorIsBlankIfJobEntryDoesNotExist")
def test_a_problem_keeps_its_message_when_its_job_was_cleaned_up() -> None:
    world = worlds.synced()
    _fails_to_sales(world)
    worlds.cycle(world)
    world.tables._tables[job_store.JOBS].clear()
    world.tables._tables[job_store.BATCHES].clear()
    (problem,) = worlds.problems(world)
    assert "No such town." in problem["message"]


@pytest.mark.conforms("139185.SendResultNotificationSendsNoNotificationIfSuccessJobIsTheLast")
def test_a_problem_ends_with_the_next_success() -> None:
    world = worlds.synced()
    _fails_to_sales(world)
    worlds.cycle(world)
    assert len(worlds.problems(world)) == 1
    worlds.edit_bc(world, worlds.pair(world), city="Leeds")
    worlds.cycle(world)
    assert worlds.problems(world) == []


@pytest.mark.conforms("139169.BrokenConnectionOnRunIntegrationTableSync")
@pytest.mark.parametrize("side", list(Side))
def test_a_broken_connection_fails_no_record_and_the_work_is_done_when_it_is_back(side: Side) -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    for _ in range(20):
        world.faults[side].aim(AimedFault(Fault.RESET_BEFORE, Scope()))
    worlds.cycle(world)
    assert [each for each in worlds.problems(world) if each["outcome"] == "failed"] == []
    worlds.cycles(world, 15)
    assert worlds.account_of(world, pair)["address1_city"] == "Leeds"
    assert worlds.problems(world) == []
