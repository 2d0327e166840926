"""Merged records: the pair stops, says what its row was merged into, and is coupled with the survivor."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.sync import coupling_api, problem_api
from shared_code.sync.api import answering
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def merge(world: World, survivor: str, loser: str) -> None:
    """A salesperson merges two accounts."""
    kind = "Microsoft.Dynamics.CRM.account"
    target, subordinate = ({"@odata.type": kind, "accountid": each} for each in (survivor, loser))
    body = {"Target": target, "Subordinate": subordinate, "PerformParentingChecks": False}
    world.person_in_sales.call("POST", "Merge", body)


def stranger(world: World) -> str:
    """An account that is nobody's partner and gets none."""
    world.at.schedules.change("CUSTOMER", 60, released=False)
    own = worlds.new_account(world, "Survivor Ltd.", telephone1="+44 7")
    worlds.cycle(world)
    return own


def recouple(world: World, pair: Coupling) -> dict[str, Any]:
    records = [{"side": "bc", "id": pair.bc_id}]
    body = json.dumps({"mapping": "CUSTOMER", "action": "recouple", "records": records}).encode()
    answer = answering(lambda: problem_api.act(world.parts, body, {}))
    assert answer.status == 202, answer.text()
    return answer.body


def merged_problem(world: World, pair: Coupling) -> dict[str, Any]:
    (found,) = [each for each in worlds.problems(world) if each["id"] == pair.bc_id]
    return found


@pytest.mark.parametrize("edited", [False, True])
def test_a_pair_whose_row_was_merged_stops_and_names_the_survivor(world: World, edited: bool) -> None:
    pair, survivor = worlds.pair(world), stranger(world)
    before = worlds.customer_of(world, pair)
    merge(world, survivor, pair.sales_id)
    if edited:
        worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    problem = merged_problem(world, pair)
    assert (problem["code"], problem["outcome"], problem["healsByItself"]) == ("merged", "skipped", False)
    assert "Survivor Ltd.”" in problem["message"]
    assert problem["details"]["survivor"] == survivor
    assert worlds.customer_of(world, pair)["displayName"] == before["displayName"]
    assert worlds.account_of(world, pair)["telephone1"] in (None, "")
    worlds.settled(world)
    assert merged_problem(world, pair)["code"] == "merged"


def test_it_is_coupled_with_the_survivor_where_a_person_wants_it(world: World) -> None:
    pair, survivor = worlds.pair(world), stranger(world)
    merge(world, survivor, pair.sales_id)
    worlds.cycle(world)
    assert recouple(world, pair)["count"] == 1
    worlds.deliver(world)
    assert worlds.pair(world).sales_id == survivor
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 7"
    worlds.settled(world)
    assert {each["code"] for each in worlds.problems(world)} <= {"conflict"}
    assert len(worlds.customers(world)) == 3


def test_a_survivor_that_belongs_to_another_record_is_not_taken_from_it(world: World) -> None:
    pair, other = worlds.pair(world, "10000"), worlds.pair(world, "20000")
    merge(world, other.sales_id, pair.sales_id)
    worlds.cycle(world)
    done = recouple(world, pair)
    assert done["count"] == 0
    assert "coupled with another record" in done["leftOut"][0]["reason"]
    assert worlds.pair(world, "20000").sales_id == other.sales_id
    assert merged_problem(world, pair)["details"]["survivorWith"] == other.bc_id


def test_a_record_that_was_not_merged_is_not_recoupled(world: World) -> None:
    worlds.new_account(world, "Bad", telephone1="call me!")
    worlds.cycle(world)
    (problem,) = worlds.problems(world)
    records = [{"side": problem["side"], "id": problem["id"]}]
    body = json.dumps({"mapping": "CUSTOMER", "action": "recouple", "records": records}).encode()
    done = answering(lambda: problem_api.act(world.parts, body, {})).body
    assert (done["count"], done["leftOut"][0]["reason"]) == (
        0,
        "Its partner was not merged into another record.",
    )


def test_after_a_merge_in_business_central_the_account_is_coupled_with_what_is_left(world: World) -> None:
    """Business Central deletes the duplicate: its account can be coupled with the record that stays."""
    gone = worlds.pair(world, "01121212")
    stays = worlds.new_customer(world, "What is left")
    world.at.schedules.change("CUSTOMER", 60, released=False)
    worlds.delete_customer(world, gone.bc_id)
    worlds.edit_sales(world, gone, telephone1="+44 5")
    worlds.cycle(world)
    assert merged_problem(world, gone)["code"] == "partner_deleted"
    body = {"pairs": [{"bc": stays, "sales": gone.sales_id}], "then": "merge", "move": True}
    sent = json.dumps(body).encode()
    found = answering(lambda: coupling_api.couple(world.parts, "CUSTOMER", sent, {})).body
    assert [each["result"] for each in found["pairs"]] == ["coupled"], found
    worlds.deliver(world)
    assert (stays, gone.sales_id) in {
        (c.bc_id, c.sales_id) for c in world.at.couplings("CUSTOMER").all_coupled()
    }
    worlds.settled(world)
    assert gone.bc_id not in {each["id"] for each in worlds.problems(world)}
