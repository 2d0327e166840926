"""The full synchronisation: waves, statuses, counters, matching and what it leaves to a person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.sync import api
from shared_code.sync.dispatch import handle
from shared_code.sync.full_sync import Request, start
from shared_code.sync.messages import QUEUES
from tests.conformance import scenes
from tests.sync import worlds

FIRST = {"SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD"}
READY, IN_PROCESS, FINISHED = "Ready", "In Process", "Finished"


def _begin(world: World) -> str:
    """Start one and handle its first message only."""
    started = start(world.parts, world.at, Request())
    _handle_one(world)
    return started.id


def _handle_one(world: World) -> None:
    for name in QUEUES:
        for message in world.queue.receive(name, 1, 600):
            handle(world.parts, name, message.body)
            world.queue.delete(name, message)
            return


def _statuses(world: World, full_sync: str) -> dict[str, str]:
    lines = worlds.lines(world, full_sync)
    return {name: line["jobQueueEntryStatus"] for name, line in lines.items()}


@pytest.mark.conforms("139187.T100_Wave1TablesHaveBlankDependencyFilter")
def test_what_depends_on_nothing_has_a_blank_dependency_filter_and_the_rest_has_not() -> None:
    world = worlds.new_world()
    lines = worlds.lines(world, _begin(world))
    blank = {name for name, line in lines.items() if not line["dependencyFilter"]}
    assert blank == FIRST
    assert lines["CUSTOMER"]["dependencyFilter"] == "SALESPEOPLE|CURRENCY|PAYMENT TERMS|SHIPMENT METHOD"
    assert lines["CONTACT"]["dependencyFilter"] == "CUSTOMER"


@pytest.mark.conforms("139187.T155_StartSyncWhenAllOnHold")
def test_at_the_start_what_depends_on_nothing_runs_and_the_rest_waits() -> None:
    world = worlds.new_world()
    statuses = _statuses(world, _begin(world))
    assert {name for name, status in statuses.items() if status == READY} == {"CUSTOMER", "CONTACT"}
    assert {status for name, status in statuses.items() if name in FIRST} <= {IN_PROCESS, FINISHED}


@pytest.mark.bulk
@pytest.mark.conforms("139187.T121_FinishedLineSchedulesDependentJob")
def test_a_line_starts_by_itself_when_the_last_it_waits_for_is_finished() -> None:
    world = worlds.new_world()
    full_sync = _begin(world)
    seen: list[tuple[bool, str]] = []
    while sum(world.queue.length(name) for name in QUEUES):
        statuses = _statuses(world, full_sync)
        seen.append((all(statuses[each] == FINISHED for each in FIRST), statuses["CUSTOMER"]))
        _handle_one(world)
    assert {status for ready, status in seen if not ready} == {READY}
    assert IN_PROCESS in {status for ready, status in seen if ready}
    assert set(_statuses(world, full_sync).values()) == {FINISHED}


@pytest.mark.bulk
@pytest.mark.conforms("139187.T122_BidirectionalSynchUpdatesTwoSynchJobStatuses")
def test_a_mapping_that_flows_both_ways_has_a_status_for_each_direction() -> None:
    lines = worlds.full(worlds.new_world())
    assert (lines["CUSTOMER"]["toIntTableJobStatus"], lines["CUSTOMER"]["fromIntTableJobStatus"]) == (
        "Success",
    ) * 2
    assert (lines["CURRENCY"]["toIntTableJobStatus"], lines["CURRENCY"]["fromIntTableJobStatus"]) == (
        "Success",
        "",
    )
    assert lines["SALESPEOPLE"]["toIntTableJobStatus"] == ""
    assert lines["SALESPEOPLE"]["fromIntTableJobStatus"] == "Success"


@pytest.mark.conforms("139187.T123_AllRecsFailedSynchJobStatusError")
def test_where_records_fail_in_both_directions_both_statuses_say_error_and_the_line_is_finished() -> None:
    world = worlds.synced()
    scenes.refuse_in_sales(world, "address1_city", "", "Refused.")
    for number in worlds.CUSTOMERS:
        worlds.edit_bc(world, worlds.pair(world, number), city="Leeds")
    worlds.new_account(world, "Bad Ltd.", telephone1="call me maybe!")
    line = worlds.full(world)["CUSTOMER"]
    assert scenes.line_counts(line, "toSales") == {"failed": 3}
    assert scenes.line_counts(line, "fromSales")["failed"] >= 1
    assert (line["toIntTableJobStatus"], line["fromIntTableJobStatus"]) == ("Error", "Error")
    assert line["jobQueueEntryStatus"] == FINISHED


@pytest.mark.bulk
@pytest.mark.conforms("139187.T105_NotOnHoldStatusBlocksLineUpdate")
def test_another_full_synchronisation_leaves_the_lines_of_a_running_one_alone() -> None:
    world = worlds.new_world()
    first = _begin(world)
    before = world.at.full_syncs.get(first)
    start(world.parts, world.at, Request())
    assert world.at.full_syncs.get(first) == before
    worlds.deliver(world)
    assert set(_statuses(world, first).values()) == {FINISHED}
    worlds.assert_one_to_one(world)


@pytest.mark.bulk
@pytest.mark.conforms("139187.T161_LookupToIntTableStatusShowsSynchLog", "139160.StartInitialSynchAction")
def test_the_review_and_the_job_of_each_of_its_lines_can_be_opened() -> None:
    world = worlds.new_world()
    begun = api.start_full_sync(world.parts, b"{}", {})
    assert begun.status == 202
    worlds.deliver(world)
    review = api.get_full_sync(world.parts, begun.body["id"], {})
    assert {line["mapping"] for line in review.body["lines"]} == set(world.at.mappings)
    line = next(each for each in review.body["lines"] if each["mapping"] == "CUSTOMER")
    job = api.get_job(world.parts, line["job"], {})
    assert (job.status, job.body["mapping"]) == (200, "CUSTOMER")
    assert job.body["toSales"] == line["toSales"]
    assert json.loads(job.text())


@pytest.mark.conforms(
    "139165.ProcessingZeroRows", "139169.SynchZeroItemsPopulatesDefaultSynchDirectionToMatchMapping"
)
def test_a_mapping_without_records_is_finished_in_its_directions_without_a_batch() -> None:
    bare = scenes.company_with(contacts=[], contactBusinessRelations=[], salespeople=[])
    world = worlds.new_world([bare], sales={"systemuser": []})
    lines = worlds.full(world)
    for name, statuses in {"CONTACT": ("Success", "Success"), "SALESPEOPLE": ("", "Success")}.items():
        line = lines[name]
        assert (line["toIntTableJobStatus"], line["fromIntTableJobStatus"]) == statuses
        assert line["progress"]["given"] == 0
        assert list(world.at.jobs.batches(line["job"])) == []


def _account(number: str, name: str) -> dict[str, Any]:
    account_id = f"a0000000-0000-4000-8000-0000000{number}"
    return {
        "accountid": account_id,
        "name": name,
        "accountnumber": number,
        "customertypecode": 3,
        "statecode": 0,
    }


@pytest.mark.conforms("139199.IntegarionTableMappingListCoupleMultipleInBackground")
def test_equal_records_of_several_mappings_are_coupled_by_queued_work() -> None:
    world = worlds.new_world(
        sales={"account": [_account("10000", "Cannon"), _account("20000", "Selangorian")]}
    )
    start(world.parts, world.at, Request(mappings=("SALESPEOPLE", "CUSTOMER")))
    assert list(world.at.couplings("CUSTOMER").all_coupled()) == []
    worlds.deliver(world)
    assert len(list(world.at.couplings("SALESPEOPLE").all_coupled())) == 2
    for number in ("10000", "20000"):
        assert worlds.account_of(world, worlds.pair(world, number))["accountnumber"] == number


@pytest.mark.bulk
@pytest.mark.conforms("139199.MasterDataListCoupleMultipleErrorNoMatch")
def test_every_record_without_a_match_is_listed_and_nothing_is_created_for_it() -> None:
    world = worlds.new_world(sales={"account": [_account("10000", "Cannon"), _account("77777", "Unknown")]})
    line = worlds.full(world)["CUSTOMER"]
    assert line["initialSynchRecommendation"] == "Couple Records"
    waiting = {each["details"]["name"] for each in worlds.problems(world) if each["code"] == "couple_first"}
    assert waiting == {"20000 Selangorian Ltd.", "01121212 Spotsmeyer's Furnishings", "77777 Unknown"}
    assert (len(worlds.accounts(world)), len(worlds.customers(world))) == (2, 3)
