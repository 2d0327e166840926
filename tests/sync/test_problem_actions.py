"""Problems by cause, and what a person does about them: try again, set aside, restore, delete."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.mapping import BySide, DeletionRule
from shared_code.core.outcome import NEVER_S
from shared_code.core.records import Side
from shared_code.sync import problem_api, views, walks
from shared_code.sync.api import Answer, answering
from shared_code.sync.clean_up import clean_up
from tests.conformance import scenes
from tests.sync import worlds
from tests.sync.density import places
from tests.sync.worlds import Operations


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def sent(world: World, body: object) -> Answer:
    return answering(lambda: problem_api.act(world.parts, json.dumps(body).encode(), {}))


def act(world: World, action: str, **more: object) -> dict[str, Any]:
    answer = sent(world, {"mapping": "CUSTOMER", "action": action, **more})
    assert answer.status == 202, answer.text()
    shown: dict[str, Any] = json.loads(answer.text())
    return shown


def groups(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answering(lambda: problem_api.list_groups(world.parts, {})).body["groups"]
    return found


def refused(world: World, count: int = 3) -> list[str]:
    """Accounts that cannot become customers, for one reason."""
    made = [worlds.new_account(world, f"Bad {n}", telephone1=f"call {n} me!") for n in range(count)]
    worlds.cycle(world)
    assert worlds.codes(world) == ["refused"] * count
    return made


def mend(world: World, *accounts: str) -> None:
    """The values become right, and no look has seen it."""
    world.at.schedules.change("CUSTOMER", 60, disabled_because="no look in this test")
    for each in accounts:
        world.person_in_sales.edit(f"accounts({each})", telephone1="+44 1")


def of(side: str, *ids: str) -> list[dict[str, str]]:
    return [{"side": side, "id": each} for each in ids]


def names(world: World) -> set[str]:
    return {str(each["displayName"]) for each in worlds.customers(world)}


def test_problems_with_the_same_words_of_the_service_are_one_group_with_one_remedy(world: World) -> None:
    refused(world)
    (group,) = groups(world)
    assert (group["code"], group["count"], group["setAside"]) == ("refused", 3, 0)
    assert group["cause"].startswith("Business Central answered: ")
    assert "Bad" not in group["cause"]
    assert (group["healsByItself"], bool(group["remedy"]), bool(group["meaning"])) == (False, True, True)
    assert group["example"]["name"].startswith("Bad")


@pytest.mark.conforms("139186.T110_RestoreOfOneSkippedRecRemovesSkippedMarker")
def test_a_retry_of_one_record_is_done_at_once_and_of_that_one_alone(world: World) -> None:
    one, two, _ = refused(world)
    mend(world, one, two)
    done = act(world, "retry", records=of("sales", one))
    worlds.deliver(world)
    assert done["count"] == 1
    assert {"Bad 0"} == names(world) & {"Bad 0", "Bad 1", "Bad 2"}
    assert len(worlds.problems(world)) == 2


@pytest.mark.bulk
@pytest.mark.conforms("139186.T111_RestoreOfTwoSelectedLinesRestoresTwoRecs")
def test_a_retry_of_a_group_tries_all_of_it_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "PAGE", 2)
    accounts = refused(world, 5)
    (group,) = groups(world)
    mend(world, *accounts)
    done = act(world, "retry", code=group["code"], cause=group["cause"])
    worlds.deliver(world)
    assert worlds.problems(world) == []
    job = world.at.jobs.get(done["jobs"][0])
    assert job is not None
    view = views.job_view(world.at, job)
    assert (view["status"], view["fromSales"]["inserted"]) == ("Finished", 5)
    worlds.assert_jobs_add_up(world)


def test_a_group_of_another_cause_is_left_alone(world: World) -> None:
    accounts = refused(world)
    mend(world, *accounts)
    act(world, "retry", code="refused", cause="Business Central answered: something else.")
    act(world, "retry", code="too_long")
    worlds.deliver(world)
    assert len(worlds.problems(world)) == 3


def test_all_of_a_mapping_are_tried_again_but_what_a_person_set_aside(world: World) -> None:
    one, two, three = refused(world)
    act(world, "skip", records=of("sales", one))
    mend(world, one, two, three)
    act(world, "retry", all=True)
    worlds.deliver(world)
    assert [each["id"] for each in worlds.problems(world)] == [one]
    act(world, "retry", code="refused")
    worlds.deliver(world)
    assert worlds.problems(world) == []


def test_a_skipped_record_is_left_alone_when_its_time_comes_and_when_it_changes(world: World) -> None:
    one, *_ = refused(world)
    assert act(world, "skip", records=of("sales", one))["count"] == 1
    (listed,) = [each for each in worlds.problems(world) if each["id"] == one]
    assert (listed["setAside"], listed["outcome"], listed["code"]) == (True, "skipped", "refused")
    world.person_in_sales.edit(f"accounts({one})", telephone1="+44 1")
    worlds.settled(world)
    assert "Bad 0" not in names(world)
    store = world.at.couplings("CUSTOMER")
    assert store.problems(Side.SALES, [one])[one].next_attempt_at_s == NEVER_S
    act(world, "retry", records=of("sales", one))
    worlds.deliver(world)
    assert "Bad 0" in names(world)


def test_a_skipped_pair_is_not_written_on_either_side_and_heals_when_both_agree(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1="call me!")
    worlds.cycle(world)
    act(world, "skip", records=of("bc", pair.bc_id))
    worlds.edit_bc(world, pair, website="bc.example")
    worlds.settled(world)
    assert not worlds.account_of(world, pair)["websiteurl"]
    assert [each["setAside"] for each in worlds.problems(world)] == [True]
    worlds.edit_sales(
        world, pair, telephone1=worlds.customer_of(world, pair)["phoneNumber"], websiteurl="bc.example"
    )
    worlds.settled(world)
    assert worlds.problems(world) == []
    worlds.assert_whole(world)


def test_a_skipped_record_that_is_deleted_is_listed_no_more(world: World) -> None:
    one, *_ = refused(world)
    act(world, "skip", records=of("sales", one))
    world.person_in_sales.call("DELETE", f"accounts({one})")
    worlds.settled(world)
    assert one not in {each["id"] for each in worlds.problems(world)}


def test_a_whole_group_is_skipped(world: World) -> None:
    refused(world)
    act(world, "skip", code="refused")
    worlds.deliver(world)
    (group,) = groups(world)
    assert (group["count"], group["setAside"]) == (3, 3)


def deleted(world: World, side: Side) -> Any:
    """A pair whose record of ``side`` is gone, and listed as that."""
    number = "01121212"
    if side is Side.BC:
        pair = worlds.pair(world, number)
        worlds.delete_customer(world, pair.bc_id)
        worlds.edit_sales(world, pair, telephone1="+44 5")
    else:
        pair = worlds.pair(world, number)
        scenes.delete_account(world, pair)
        worlds.edit_bc(world, pair, phoneNumber="+44 5")
    worlds.cycle(world)
    assert worlds.codes(world) == ["partner_deleted"]
    return pair


@pytest.mark.conforms(
    "139186.T165_RestoreDeletedRecordInNAV",
    "139186.T166_RestoreDeletedRecordInCRM",
    "139165.AutoResolveDeletedRecordRestoreRecordsBidirectionalOnlyCoupled",
)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("creates", [True, False])
def test_a_deleted_partner_is_restored_where_a_person_wants_it(
    world: World, side: Side, creates: bool
) -> None:
    scenes.rules(world, creates=creates)
    worlds.cycle(world)
    pair = deleted(world, side)
    done = act(world, "restore", records=of("bc", pair.bc_id))
    assert done["count"] == 1
    worlds.settled(world)
    assert worlds.problems(world) == []
    assert (len(worlds.customers(world)), len(worlds.accounts(world))) == (3, 3)
    scenes.rules(world)
    worlds.cycle(world)
    worlds.assert_whole(world)


@pytest.mark.conforms("139186.T160_RemoveDeletedCoupledRecordInNAV")
def test_the_survivor_in_sales_is_deleted_where_a_person_wants_it_also_if_it_was_edited(world: World) -> None:
    pair = deleted(world, Side.BC)
    act(world, "delete", records=of("bc", pair.bc_id))
    worlds.settled(world)
    assert pair.sales_id not in {each["accountid"] for each in worlds.accounts(world)}
    assert worlds.problems(world) == []
    worlds.assert_whole(world)


def test_nothing_is_deleted_in_business_central_and_that_is_told(world: World) -> None:
    pair = deleted(world, Side.SALES)
    done = act(world, "delete", records=of("bc", pair.bc_id))
    assert done["count"] == 0
    assert "deletes nothing in Business Central" in done["leftOut"][0]["reason"]
    assert len(worlds.customers(world)) == 3


@pytest.mark.conforms("139186.T161_RemoveDeletedCoupledRecordInCRM")
def test_the_survivor_in_business_central_is_deleted_where_the_mapping_does_so_by_name(world: World) -> None:
    """By itself it leaves one alone that somebody edited since; a person may say that it is to go."""
    scenes.rules(world, deletion=BySide(sales=DeletionRule.DELETE))
    worlds.cycle(world)
    pair = deleted(world, Side.SALES)
    assert act(world, "delete", records=of("bc", pair.bc_id))["count"] == 1
    worlds.settled(world)
    assert pair.bc_id not in {each["id"] for each in worlds.customers(world)}
    assert worlds.problems(world) == []


@pytest.mark.conforms("139186.T172_RemoveRestoreDeletedActionDisabledIfBothRecsExist")
@pytest.mark.parametrize("action", ["restore", "delete"])
def test_a_record_whose_partner_is_there_is_neither_restored_nor_deleted(world: World, action: str) -> None:
    one, *_ = refused(world)
    done = act(world, action, records=of("sales", one))
    assert (done["count"], done["leftOut"][0]["reason"]) == (0, "No partner of it was deleted.")


def test_a_record_that_is_not_listed_is_told(world: World) -> None:
    done = act(world, "retry", records=of("bc", worlds.pair(world).bc_id))
    assert done["count"] == 0
    assert done["leftOut"][0]["reason"].startswith("It is not listed")


def test_a_record_that_waits_is_told_with_the_name_of_what_it_waits_for() -> None:
    world = worlds.synced()
    account = worlds.new_account(world, "Parent Ltd.", telephone1="call me!")
    world.person_in_sales.call(
        "POST", "contacts",
        {"lastname": "Berg", "parentcustomerid_account@odata.bind": f"/accounts({account})"},
    )  # fmt: skip
    worlds.cycle(world)
    (problem,) = worlds.problems(world, "CONTACT")
    assert problem["code"] == "waits_for_lookup"
    assert "“Parent Ltd.”" in problem["message"]
    assert account not in problem["message"]
    assert problem["details"]["waitsFor"] == "Parent Ltd."
    reads = world.requests["sales"].count("read")
    worlds.cycle(world, 700)
    assert world.requests["sales"].count("read") - reads <= 2


@pytest.mark.bulk
def test_what_waits_for_one_record_goes_through_however_many_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared_code.store import waiters

    monkeypatch.setattr(waiters, "MAX_WAITERS", 3)
    store = world.at.waiters
    store.add(waiters.Waiter("CUSTOMER", f"bc|{n}", "CONTACT", Side.BC, f"c{n}") for n in range(10))
    assert [each.record_id for each in store.for_keys("CUSTOMER", {"bc|7", "bc|x"})] == ["c7"]


@pytest.mark.bulk
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_whatever_dies_on_the_way_a_walk_gives_each_record_once(
    monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    monkeypatch.setattr(walks, "PAGE", 2)
    world = worlds.synced()
    worlds.only_customers(world)
    refused(world, 3)
    operations = Operations(world)
    for number in places():
        done = act(world, "retry", all=True)
        operations.arm(number, late)
        worlds.deliver(world)
        died = operations.count >= number
        operations.disarm()
        world.clock.now += 60
        worlds.deliver(world)
        job = world.at.jobs.get(done["jobs"][0])
        assert job is not None
        view = views.job_view(world.at, job)
        assert (view["status"], view["fromSales"]["given"], view["fromSales"]["done"]) == ("Finished", 3, 3)
        if not died:
            break


def test_a_walk_whose_message_was_lost_goes_on_at_night(world: World) -> None:
    accounts = refused(world)
    mend(world, *accounts)
    done = act(world, "retry", all=True)
    for queue in world.queue._queues.values():
        queue.clear()
    world.clock.now += 4 * 3600
    clean_up(world.parts)
    worlds.deliver(world)
    job = world.at.jobs.get(done["jobs"][0])
    assert job is not None
    assert views.job_view(world.at, job)["status"] == "Finished"
    assert worlds.problems(world) == []


ONE = [{"side": "bc", "id": "1"}]
BAD = {
    "no action": ({"mapping": "CUSTOMER", "all": True}, "action"),
    "an unknown action": ({"mapping": "CUSTOMER", "action": "x", "all": True}, "action"),
    "no mapping": ({"action": "retry", "all": True}, "mapping"),
    "an unknown mapping": ({"mapping": "X", "action": "retry", "all": True}, "mapping"),
    "nothing named": ({"mapping": "CUSTOMER", "action": "retry"}, "all"),
    "a group and all": ({"mapping": "CUSTOMER", "action": "retry", "all": True, "code": "refused"}, "all"),
    "an unknown code": ({"mapping": "CUSTOMER", "action": "retry", "code": "x"}, "code"),
    "a cause alone": ({"mapping": "CUSTOMER", "action": "retry", "cause": "x"}, "cause"),
    "a group to delete": ({"mapping": "CUSTOMER", "action": "delete", "code": "partner_deleted"}, "records"),
    "records and all": (
        {"mapping": "CUSTOMER", "action": "retry", "all": True, "records": ONE}, "records"
    ),
    "no records": ({"mapping": "CUSTOMER", "action": "retry", "records": []}, "records"),
    "no side": ({"mapping": "CUSTOMER", "action": "retry", "records": [{"id": "1"}]}, "records"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD.keys())
def test_a_request_that_cannot_be_used_is_400_with_its_field(world: World, body: object, field: str) -> None:
    answer = sent(world, body)
    assert (answer.status, answer.body["field"]) == (400, field)
