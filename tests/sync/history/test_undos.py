"""Undo: previewed by the planner that runs it, guarded, journaled, and what was undone does not come back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.journal import Reason
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.sync.api import Answer, answering
from shared_code.sync.history import history_api, undo_api
from tests.docs.openapi import faults_of_answer
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def checked(method: str, path: str, answer: Answer) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(answer.text())
    assert faults_of_answer(method, path, answer.status, answer.content_type, sent) == []
    return sent


def begin(world: World, **document: object) -> str:
    """Begin a preview and let it come to its end; the undo's id."""
    body = json.dumps(document).encode()
    begun = checked("post", "/undos", answering(lambda: undo_api.start(world.parts, body, {})))
    assert "id" in begun, begun
    worlds.deliver(world)
    return str(begun["id"])


def run(world: World, undo: str, **document: object) -> dict[str, Any]:
    body = json.dumps(document).encode()
    begun = checked("post", "/undos/{id}/run", answering(lambda: undo_api.run(world.parts, undo, body, {})))
    worlds.deliver(world)
    return begun


def state(world: World, undo: str) -> dict[str, Any]:
    return checked("get", "/undos/{id}", answering(lambda: undo_api.get(world.parts, undo, {})))


def records(world: World, undo: str) -> list[dict[str, Any]]:
    answer = answering(lambda: undo_api.records(world.parts, undo, {"limit": "500"}))
    found: list[dict[str, Any]] = checked("get", "/undos/{id}/records", answer)["records"]
    return found


def carried(world: World, pair: Coupling, **changes: object) -> str:
    """An edit in Business Central that was carried to Sales; the job that did it."""
    worlds.edit_bc(world, pair, **changes)
    worlds.cycle(world)
    return world.at.jobs.newest(1)[0].id


def phones(world: World, pair: Coupling) -> tuple[object, object]:
    return worlds.customer_of(world, pair)["phoneNumber"], worlds.account_of(world, pair)["telephone1"]


def test_a_preview_tells_what_would_be_put_back_and_writes_nothing(world: World) -> None:
    pair = worlds.pair(world)
    carried(world, pair, phoneNumber="+44 0")
    job = carried(world, pair, phoneNumber="+44 1")
    undo = begin(world, job=job)
    shown = state(world, undo)
    assert (shown["phase"], shown["status"]) == ("preview", "Finished")
    (found,) = records(world, undo)
    assert found["fields"] == [{"side": "sales", "field": "phone", "from": "+44 1", "to": "+44 0"}]
    assert phones(world, pair) == ("+44 1", "+44 1")
    worlds.assert_whole(world)


def test_an_undone_value_is_back_is_journalled_and_does_not_come_again(world: World) -> None:
    pair = worlds.pair(world)
    carried(world, pair, phoneNumber="+44 0")
    undo = begin(world, job=carried(world, pair, phoneNumber="+44 1"))
    run(world, undo)
    assert phones(world, pair) == ("+44 1", "+44 0")
    shown = state(world, undo)
    assert shown["lines"][0]["undoneBy"]["kind"] == "undo"
    assert shown["lines"][0]["undoneBy"]["toSales"]["modified"] == 1
    entries = world.at.journal.of_record("CUSTOMER", pair.bc_id, world.clock.now)
    (undone,) = [each for each in entries if Reason.UNDONE in each.because.values()]
    assert (undone.old, undone.new, undone.job) == (
        {"phone": "+44 1"}, {"phone": "+44 0"}, shown["lines"][0]["undoneBy"]["id"],
    )  # fmt: skip
    worlds.settled(world)
    worlds.full(world)
    worlds.settled(world)
    assert phones(world, pair) == ("+44 1", "+44 0")
    assert worlds.problems(world) == []


@pytest.mark.parametrize("side", list(Side))
def test_the_next_edit_of_an_undone_value_is_carried_over_as_ever(world: World, side: Side) -> None:
    pair = worlds.pair(world)
    carried(world, pair, phoneNumber="+44 0")
    run(world, begin(world, job=carried(world, pair, phoneNumber="+44 1")))
    if side is Side.BC:
        worlds.edit_bc(world, pair, phoneNumber="+44 2")
    else:
        worlds.edit_sales(world, pair, telephone1="+44 2")
    worlds.cycles(world, 2)
    assert phones(world, pair) == ("+44 2", "+44 2")
    worlds.assert_whole(world)


def test_a_value_that_somebody_changed_since_is_listed_and_stays(world: World) -> None:
    pair = worlds.pair(world)
    job = carried(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, telephone1="+44 9")
    undo = begin(world, job=job)
    run(world, undo)
    (found,) = records(world, undo)
    assert (found["outcome"], found["fields"]) == ("skipped", [])
    assert found["left"][0]["why"] == "changed_since"
    worlds.cycles(world, 2)
    assert phones(world, pair) == ("+44 9", "+44 9")


def test_what_an_undo_tells_of_a_record_is_erased_with_the_journal(world: World) -> None:
    pair, other = worlds.pair(world), worlds.pair(world, "20000")
    worlds.edit_bc(world, other, phoneNumber="+44 1")
    job = carried(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, telephone1="+44 5550100")
    undo = begin(world, job=job)
    names = {each["bcId"]: each["name"] for each in records(world, undo)}
    assert all(names.values())
    body = json.dumps({"mapping": "CUSTOMER", "id": pair.bc_id}).encode()
    done = checked("post", "/journal/erase", answering(lambda: history_api.erase(world.parts, body, {})))
    assert done["notes"] == 1
    shown = {each["bcId"]: each for each in records(world, undo)}
    assert shown[pair.bc_id]["name"] == ""
    assert {i: each["name"] for i, each in shown.items() if i != pair.bc_id} == {
        i: name for i, name in names.items() if i != pair.bc_id
    }
    kept = "".join(str(each.values) for each in world.tables.scan("Undos", limit=100))
    assert "5550100" not in kept
    assert names[pair.bc_id] not in kept
    assert answering(lambda: history_api.erase(world.parts, body, {})).body["notes"] == 0


def test_an_edit_made_between_preview_and_run_is_not_undone(world: World) -> None:
    pair = worlds.pair(world)
    carried(world, pair, phoneNumber="+44 0")
    undo = begin(world, job=carried(world, pair, phoneNumber="+44 1"))
    worlds.edit_sales(world, pair, telephone1="+44 9")
    run(world, undo)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 9"
    assert records(world, undo)[0]["outcome"] == "skipped"


def test_edits_that_wait_on_either_side_are_carried_over_after_an_undo(world: World) -> None:
    pair = worlds.pair(world)
    carried(world, pair, phoneNumber="+44 0")
    undo = begin(world, job=carried(world, pair, phoneNumber="+44 1"))
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    run(world, undo)
    worlds.cycles(world, 2)
    assert worlds.account_of(world, pair)["address1_city"] == "Leeds"
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    assert phones(world, pair) == ("+44 1", "+44 0")


def test_a_records_newest_change_is_undone_without_the_rest_of_its_job(world: World) -> None:
    first, second = worlds.pair(world, "10000"), worlds.pair(world, "20000")
    for pair in (first, second):
        worlds.edit_bc(world, pair, phoneNumber="+44 0")
    worlds.cycle(world)
    for pair in (first, second):
        worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    run(world, begin(world, mapping="CUSTOMER", id=first.sales_id))
    assert phones(world, first) == ("+44 1", "+44 0")
    assert phones(world, second) == ("+44 1", "+44 1")


def first_sync() -> tuple[World, str]:
    world = worlds.new_world()
    worlds.only_customers(world)
    worlds.full(world)
    return world, next(each.full_sync for each in world.at.jobs.newest(50) if each.full_sync)


@pytest.mark.bulk
def test_the_undo_of_a_full_synchronisation_removes_what_it_created_and_it_does_not_come_back() -> None:
    world, full_sync = first_sync()
    before = {each["number"] for each in worlds.customers(world)}
    assert worlds.accounts(world)
    undo = begin(world, fullSynchronization=full_sync)
    assert {each["removed"] for each in records(world, undo) if each["mapping"] == "CUSTOMER"} == {"sales"}
    assert worlds.accounts(world)
    run(world, undo)
    assert worlds.accounts(world) == []
    assert {each["number"] for each in worlds.customers(world)} == before
    assert list(world.at.couplings("CUSTOMER").all_coupled()) == []
    worlds.settled(world)
    worlds.full(world, release=["CUSTOMER"])
    assert worlds.accounts(world) == []
    assert set(worlds.codes(world)) == {"uncoupled"}


def test_a_process_that_dies_after_a_removal_leaves_an_undo_that_ends_the_pair_all_the_same(
    world: World,
) -> None:
    made = world.person_in_bc().call("POST", "customers", {"displayName": "Fresh Ltd."})
    worlds.cycle(world)
    before = len(worlds.accounts(world))
    undo = begin(world, job=world.at.jobs.newest(1)[0].id)
    died: list[bool] = []

    def die() -> None:
        died.append(True)
        raise worlds.Crash

    wire = worlds.tap(world, Side.SALES)
    wire.after = worlds.once(die, lambda request: len(worlds.accounts(world)) < before)
    run(world, undo)
    worlds.settled(world)
    assert died == [True]
    assert len(worlds.accounts(world)) == before - 1
    assert [(each["outcome"], each["removed"]) for each in records(world, undo)] == [("deleted", "sales")]
    assert worlds.codes(world) == ["uncoupled"]
    assert made["id"] not in {each.bc_id for each in world.at.couplings("CUSTOMER").all_coupled()}


@pytest.mark.bulk
def test_a_created_record_that_somebody_wrote_since_stays_and_is_offered_otherwise() -> None:
    world, full_sync = first_sync()
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, description="Calls on Mondays")
    undo = begin(world, fullSynchronization=full_sync)
    run(world, undo)
    (kept,) = [each for each in records(world, undo) if each["bcId"] == pair.bc_id]
    assert (kept["outcome"], kept["removed"]) == ("skipped", None)
    assert kept["left"][0]["why"] == "changed_since"
    assert kept["left"][0]["offers"] == ["withdraw", "uncouple"]
    assert [each["accountid"] for each in worlds.accounts(world)] == [pair.sales_id]
    run(world, undo, otherwise="withdraw")
    assert worlds.account_of(world, pair)["statecode"] == 1


@pytest.mark.bulk
def test_what_cannot_be_removed_may_be_uncoupled() -> None:
    world, full_sync = first_sync()
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, description="Calls on Mondays")
    undo = begin(world, fullSynchronization=full_sync)
    run(world, undo, otherwise="uncouple")
    assert list(world.at.couplings("CUSTOMER").all_coupled()) == []
    assert [each["accountid"] for each in worlds.accounts(world)] == [pair.sales_id]
    worlds.settled(world)
    assert len(worlds.accounts(world)) == 1


@pytest.mark.bulk
def test_a_row_to_which_a_persons_contact_refers_is_not_removed() -> None:
    world, full_sync = first_sync()
    pair = worlds.pair(world)
    world.person_in_sales.call(
        "POST",
        "contacts",
        {"lastname": "Doe", "parentcustomerid_account@odata.bind": f"/accounts({pair.sales_id})"},
    )
    undo = begin(world, fullSynchronization=full_sync)
    run(world, undo)
    (kept,) = [each for each in records(world, undo) if each["bcId"] == pair.bc_id]
    assert kept["left"][0]["why"] == "referred_to"
    assert [each["accountid"] for each in worlds.accounts(world)] == [pair.sales_id]


def test_a_record_that_was_created_in_business_central_is_removed_there_and_its_partner_is_as_before() -> (
    None
):
    world = worlds.synced()
    account = worlds.new_account(world, "Lindbergh Ltd.")
    worlds.cycle(world)
    (pair,) = [each for each in world.at.couplings("CUSTOMER").all_coupled() if each.sales_id == account]
    assert pair.origin is not None
    assert worlds.account_of(world, pair)["accountnumber"]
    undo = begin(world, job=pair.origin.job)
    run(world, undo)
    assert pair.bc_id not in {each["id"] for each in worlds.customers(world)}
    assert worlds.account_of(world, pair)["accountnumber"] is None
    worlds.settled(world)
    assert [each for each in worlds.customers(world) if each["displayName"] == "Lindbergh Ltd."] == []


@pytest.mark.parametrize("at", range(1, 61, 4))
def test_an_undo_survives_a_process_that_dies_at_any_operation(at: int) -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.only_customers(world)
    carried(world, pair, phoneNumber="+44 0")
    undo = begin(world, job=carried(world, pair, phoneNumber="+44 1"))
    operations = worlds.Operations(world)
    answering(lambda: undo_api.run(world.parts, undo, b"", {}))
    operations.arm(at, late=at % 8 == 1)
    died = worlds.deliver(world)
    operations.disarm()
    if died:
        world.clock.now += 60
        worlds.cycles(world, 2)
    worlds.settled(world)
    assert phones(world, pair) == ("+44 1", "+44 0")
    (found,) = records(world, undo)
    assert Outcome(found["outcome"]) is Outcome.MODIFIED


BAD: dict[str, tuple[dict[str, object], int]] = {
    "nothing named": ({}, 400),
    "two things named": ({"job": "1", "fullSynchronization": "1"}, 400),
    "an odd job": ({"job": "../x"}, 400),
    "an unknown job": ({"job": "1"}, 404),
    "an unknown full synchronisation": ({"fullSynchronization": "1"}, 404),
    "a record without a mapping": ({"id": "1"}, 400),
    "an unknown record": ({"mapping": "CUSTOMER", "id": "1"}, 404),
    "a mapping with a job": ({"mapping": "CUSTOMER", "job": "1"}, 400),
}


@pytest.mark.parametrize(("document", "status"), BAD.values(), ids=BAD.keys())
def test_an_undo_of_nothing_is_refused(document: dict[str, object], status: int) -> None:
    world = worlds.new_world()
    body = json.dumps(document).encode()
    answer = answering(lambda: undo_api.start(world.parts, body, {}))
    assert answer.status == status
    checked("post", "/undos", answer)


def test_an_undo_is_not_run_before_its_preview_is_at_its_end(world: World) -> None:
    body = json.dumps({"job": carried(world, worlds.pair(world), phoneNumber="+44 1")}).encode()
    undo = answering(lambda: undo_api.start(world.parts, body, {})).body["id"]
    answer = answering(lambda: undo_api.run(world.parts, undo, b"", {}))
    assert answer.status == 409
    checked("post", "/undos/{id}/run", answer)
