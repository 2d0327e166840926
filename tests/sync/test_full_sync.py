"""Full synchronisation: order, recommendations, release, restarts, and lines that cannot run."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central.options import Permissions
from shared_code.core.records import Side
from shared_code.sync import views
from shared_code.sync.full_sync import COUPLE, FULL, NOTHING, Request, start
from shared_code.sync.messages import BATCH_QUEUE, DETECTION_QUEUE
from shared_code.sync.tick import tick
from tests.sync import worlds

pytestmark = pytest.mark.bulk


def overlapping() -> list[dict[str, Any]]:
    """Accounts that exist already: one equal by number, one only by name, one unknown to BC."""
    return [
        {"accountid": "a0000000-0000-4000-8000-000000000001", "name": "Cannon", "accountnumber": "10000",
         "customertypecode": 3, "statecode": 0},
        {"accountid": "a0000000-0000-4000-8000-000000000002", "name": "Selangorian Ltd.",
         "customertypecode": 3, "statecode": 0},
        {"accountid": "a0000000-0000-4000-8000-000000000003", "name": "Only In Sales",
         "customertypecode": 3, "statecode": 0},
    ]  # fmt: skip


def overlapping_world() -> World:
    return worlds.new_world(sales={"account": overlapping()})


def test_mappings_run_in_waves_of_their_dependencies() -> None:
    world = worlds.new_world()
    begun: list[str] = []
    put = world.at.full_syncs.put_line
    world.at.full_syncs.put_line = lambda line: (begun.append(f"{line.mapping} {line.phase}"), put(line))[1]  # type: ignore[method-assign]
    worlds.full(world)
    for mapping, needed in {n: m.depends_on for n, m in world.at.mappings.items()}.items():
        for each in needed:
            assert begun.index(f"{each} done") < begun.index(f"{mapping} matching")


def test_the_three_recommendations() -> None:
    lines = worlds.full(overlapping_world())
    assert lines["CUSTOMER"]["initialSynchRecommendation"] == COUPLE
    assert lines["CURRENCY"]["initialSynchRecommendation"] == FULL
    assert lines["PAYMENT TERMS"]["initialSynchRecommendation"] == FULL


def test_nothing_on_either_side_recommends_nothing() -> None:
    from dataclasses import replace

    company = worlds.company()
    bare = replace(company, records={**company.records, "contacts": [], "contactBusinessRelations": []})
    lines = worlds.full(worlds.new_world([bare]))
    assert lines["CONTACT"]["initialSynchRecommendation"] == NOTHING
    assert lines["CONTACT"]["jobQueueEntryStatus"] == "Finished"


def test_equal_keys_are_coupled_and_nothing_is_created_until_a_person_releases_it() -> None:
    world = overlapping_world()
    lines = worlds.full(world)
    assert len(worlds.accounts(world)) == 3
    assert len(worlds.customers(world)) == 3
    assert worlds.pair(world).sales_id == overlapping()[0]["accountid"]
    assert "release" in lines["CUSTOMER"]["message"]
    assert set(worlds.codes(world)) == {"couple_first", "possible_partner", "conflict"}
    worlds.settled(world)
    assert len(worlds.accounts(world)) == 3


def test_a_release_creates_the_rest_but_what_may_be_the_same_keeps_waiting() -> None:
    world = overlapping_world()
    worlds.full(world)
    worlds.full(world, release=["CUSTOMER"])
    names = [a["name"] for a in worlds.accounts(world)]
    assert names.count("Selangorian Ltd.") == 1
    assert "Spotsmeyer's Furnishings" in names
    assert "Only In Sales" in {c["displayName"] for c in worlds.customers(world)}
    assert worlds.codes(world).count("possible_partner") == 2
    assert set(worlds.codes(world)) <= {"possible_partner", "conflict"}


def test_a_release_keeps_its_effect_in_later_cycles() -> None:
    world = overlapping_world()
    worlds.full(world, release=["CUSTOMER"])
    worlds.new_account(world, "Later Ltd.")
    worlds.cycles(world, 2)
    assert "Later Ltd." in {c["displayName"] for c in worlds.customers(world)}


def test_the_values_of_a_coupled_pair_that_differ_are_a_conflict_and_not_overwritten() -> None:
    world = overlapping_world()
    worlds.full(world)
    assert worlds.customer(world, "10000")["displayName"] == "The Cannon Group PLC"
    assert worlds.account_of(world, worlds.pair(world))["name"] == "Cannon"
    assert "conflict" in worlds.codes(world)


def test_counters_and_statuses_of_the_lines_add_up() -> None:
    world = worlds.new_world()
    lines = worlds.full(world)
    for line in lines.values():
        assert line["jobQueueEntryStatus"] == "Finished", line
        for direction in ("toSales", "fromSales"):
            sums = line[direction]
            outcomes = sum(v for n, v in sums.items() if n not in ("given", "done", "openBatches"))
            assert sums["given"] == sums["done"] == outcomes
        assert line["progress"]["percent"] == 100
    assert lines["CUSTOMER"]["toSales"]["inserted"] == 3
    assert lines["CUSTOMER"]["fromSales"]["unchanged"] == 3
    assert lines["SALESPEOPLE"]["toIntTableJobStatus"] == ""
    assert lines["CUSTOMER"]["toIntTableJobStatus"] == "Success"


def test_a_second_full_synchronisation_changes_nothing_and_counts_everything() -> None:
    world = worlds.synced()
    lines = worlds.full(world)
    assert lines["CUSTOMER"]["toSales"]["unchanged"] == 3
    assert lines["CUSTOMER"]["fromSales"]["unchanged"] == 3
    worlds.assert_whole(world)


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_restart_anywhere_in_a_full_synchronisation_doubles_nothing_and_counters_add_up(late: bool) -> None:
    probe = worlds.new_world()
    operations = worlds.Operations(probe)
    operations.arm(-1, late)
    worlds.full(probe)
    for at in range(7, operations.count, STRIDE):
        world = worlds.new_world()
        dying = worlds.Operations(world)
        started = start(world.parts, world.at, Request())
        dying.arm(at, late)
        worlds.deliver(world)
        dying.disarm()
        worlds.cycles(world, 8)
        lines = worlds.lines(world, started.id)
        states = {name: line["jobQueueEntryStatus"] for name, line in lines.items()}
        assert set(states.values()) == {"Finished"}, (at, states)
        assert lines["CUSTOMER"]["toSales"]["given"] == 3, at
        pair = worlds.pair(world)
        worlds.edit_bc(world, pair, phoneNumber="+44 1")
        worlds.edit_sales(world, pair, emailaddress1="new@example.com")
        worlds.cycles(world, 2)
        assert worlds.account_of(world, pair)["telephone1"] == "+44 1", at
        assert worlds.customer_of(world, pair)["email"] == "new@example.com", at
        worlds.assert_one_to_one(world)
        worlds.assert_jobs_add_up(world)


STRIDE = 19
"""Every so many operations one is died at; a number that meets all kinds of them."""


def test_every_message_delivered_twice_doubles_nothing_and_counters_add_up() -> None:
    world = worlds.new_world()
    send = world.queue.send
    world.queue.send = lambda name, body, *, delay_s=0: [  # type: ignore[method-assign,assignment,misc]
        send(name, body, delay_s=delay_s) for _ in range(2)
    ]
    lines = worlds.full(world)
    world.queue.send = send  # type: ignore[method-assign]
    assert {line["jobQueueEntryStatus"] for line in lines.values()} == {"Finished"}
    assert lines["CUSTOMER"]["toSales"]["given"] == 3
    worlds.settled(world)
    worlds.assert_whole(world)


def lose_message(world: World, number: int, queue: str) -> str:
    """Start a full synchronisation whose ``number``-th message of a queue gets lost; its id."""
    send, seen = world.queue.send, 0

    def losing(name: str, body: str, *, delay_s: float = 0) -> None:
        nonlocal seen
        seen += name == queue
        if name != queue or seen != number:
            send(name, body, delay_s=delay_s)

    world.queue.send = losing  # type: ignore[method-assign]
    started = start(world.parts, world.at, Request())
    worlds.deliver(world)
    world.queue.send = send  # type: ignore[method-assign]
    return started.id


@pytest.mark.parametrize("queue", [DETECTION_QUEUE, BATCH_QUEUE])
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_a_lost_message_is_made_good_by_the_minutes_nudge(number: int, queue: str) -> None:
    world = worlds.new_world()
    started = lose_message(world, number, queue)
    worlds.cycles(world, 8)
    lines = worlds.lines(world, started)
    states = {name: line["jobQueueEntryStatus"] for name, line in lines.items()}
    assert set(states.values()) == {"Finished"}, states
    worlds.assert_whole(world)


def denied(world: World, *tables: str) -> None:
    """Tandem's user in Business Central may read and write all tables but these."""
    options = world.bc.env.options
    allowed = [
        name for name in (*world.bc.env.types, "companies", "companyInformation") if name not in tables
    ]
    options.users = {
        worlds.CLIENT: Permissions(read=allowed, write=allowed),
        worlds.PERSON: Permissions(),
    }


@pytest.mark.parametrize("table", ["contacts", "shipmentMethods"])
def test_a_mapping_without_privilege_ends_in_error_alone_and_names_the_cause(table: str) -> None:
    world = worlds.new_world()
    denied(world, table)
    started = start(world.parts, world.at, Request())
    worlds.deliver(world)
    worlds.cycles(world, 8)
    lines = worlds.lines(world, started.id)
    failed = "CONTACT" if table == "contacts" else "SHIPMENT METHOD"
    states = {name: line["jobQueueEntryStatus"] for name, line in lines.items()}
    assert states.pop(failed) == "Error"
    assert set(states.values()) == {"Finished"}
    assert lines[failed]["message"]
    assert list(views.health_view(world.parts)["connections"]["cronus"]["disabled"]) == [failed]
    assert world.at.full_syncs.running() == []


def test_a_mapping_whose_privilege_is_given_runs_in_the_next_full_synchronisation() -> None:
    world = worlds.new_world()
    denied(world, "contacts")
    worlds.full(world)
    worlds.cycles(world, 5)
    world.bc.env.options.users = None
    lines = worlds.full(world)
    assert lines["CONTACT"]["jobQueueEntryStatus"] == "Finished"
    assert views.health_view(world.parts)["status"] == "ok"
    assert len(worlds.contacts(world, Side.SALES)) > 0


def test_only_the_chosen_mappings_run() -> None:
    world = worlds.new_world()
    started = start(world.parts, world.at, Request(mappings=("CURRENCY",)))
    worlds.deliver(world)
    assert list(worlds.lines(world, started.id)) == ["CURRENCY"]
    assert worlds.accounts(world) == []


def test_a_finished_one_is_not_nudged_any_more() -> None:
    world = worlds.synced()
    assert world.at.full_syncs.running() == []
    world.settle(1)
    tick(world.parts)
    assert all('"advance"' not in held.body for held in world.queue._queues[DETECTION_QUEUE])


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "no bulk"])
def test_a_full_synchronisation_of_tables_with_and_without_bulk_messages(bulk: bool) -> None:
    world = worlds.synced(bulk=bulk)
    worlds.assert_whole(world)
    assert worlds.problems(world, "CONTACT") == []


def test_what_changes_while_it_runs_is_not_lost() -> None:
    world = worlds.new_world()
    wire = worlds.tap(world, Side.SALES)
    account = lambda: worlds.pair(world)  # noqa: E731
    start(world.parts, world.at, Request())
    edit = worlds.once(
        lambda: world.person_in_bc().edit(
            f"customers({worlds.customer(world, '10000')['id']})", phoneNumber="+44 1"
        ),
        lambda r: "accounts" in r.target or b"accounts" in r.body,
    )
    wire.after = edit
    worlds.deliver(world)
    worlds.cycles(world, 2)
    assert worlds.account_of(world, account())["telephone1"] == "+44 1"
    worlds.assert_whole(world)
