"""A mapping's file is changed while work waits: nothing of the old rules is taken for one of the new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.store.full_syncs import LineStatus
from shared_code.store.tables import Insert, Operation
from shared_code.sync.dispatch import handle
from shared_code.sync.messages import DETECTION_QUEUE
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.tick import tick
from tests.sync import worlds


def with_rules(world: World, started_s: float, **changes: Any) -> World:
    """The same world with a process that began later and knows other rules for customers."""
    at = world.at
    mapping: Mapping = replace(at.mappings["CUSTOMER"], **changes)
    own = {**at.mappings, "CUSTOMER": mapping}
    connection = ConnectionParts(at.connection, own, at.systems, at.tables, at.alone)
    parts = replace(world.parts, connections={at.name: connection}, confirmed={}, started_s=started_s)
    return replace(world, parts=parts)


def deployed(world: World, **changes: Any) -> World:
    return with_rules(world, world.clock.now + 1, **changes)


def phone_elsewhere(world: World) -> dict[str, Any]:
    fields = world.at.mappings["CUSTOMER"].fields
    moved = [replace(each, sales=("telephone2",)) if each.name == "phone" else each for each in fields]
    return {"fields": tuple(moved)}


def scans_only(world: World) -> None:
    """All steps of scans; the batches they queue stay."""
    while messages := world.queue.receive(DETECTION_QUEUE, 32, 60):
        for each in messages:
            handle(world.parts, DETECTION_QUEUE, each.body)
            world.queue.delete(DETECTION_QUEUE, each)


def no_filter(world: World) -> dict[str, Any]:
    return {"bc": replace(world.at.mappings["CUSTOMER"].bc, filter=())}


def test_a_column_that_takes_the_place_of_another_is_not_overwritten_and_what_differs_is_a_conflict() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    worlds.edit_sales(world, pair, telephone2="+44 2")
    world = deployed(world, **phone_elsewhere(world))
    worlds.cycles(world, 4, 100)
    assert worlds.codes(world) == ["conflict"]
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    assert worlds.account_of(world, pair)["telephone2"] == "+44 2"


def test_a_field_that_was_moved_goes_to_its_new_column_everywhere_without_anybody_asking() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    world = deployed(world, **phone_elsewhere(world))
    worlds.cycles(world, 4, 100)
    assert worlds.account_of(world, pair)["telephone2"] == "+44 1"
    assert worlds.codes(world) == []


def test_a_batch_of_the_old_rules_is_handed_on_whole_and_accounted_for_once() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    world.clock.now += 60
    tick(world.parts)
    later = deployed(world, **phone_elsewhere(world))
    scans_only(world)
    assert worlds.batch_messages(world)
    tick(later.parts)
    worlds.cycles(later, 4, 100)
    assert worlds.account_of(later, pair)["telephone2"] == "+44 1"
    worlds.assert_jobs_add_up(later)


def test_what_a_wider_filter_admits_is_looked_at_without_anybody_asking() -> None:
    world = worlds.synced()
    worlds.new_customer(world, "Blocked from the start", blocked="All")
    worlds.cycles(world, 2)
    assert [each for each in worlds.accounts(world) if each["name"] == "Blocked from the start"] == []
    world = deployed(world, **no_filter(world))
    worlds.cycles(world, 4, 100)
    assert len([each for each in worlds.accounts(world) if each["name"] == "Blocked from the start"]) == 1


def test_a_wider_filter_doubles_nothing_where_both_sides_hold_what_it_admits() -> None:
    world = worlds.synced()
    worlds.new_customer(world, "There already", blocked="All", email="info@there.example")
    world.person_in_sales.call(
        "POST", "accounts",
        {"name": "There already", "customertypecode": 1, "emailaddress1": "other@there.example"},
    )  # fmt: skip
    sales = replace(world.at.mappings["CUSTOMER"].sales, filter=())
    world = deployed(world, **no_filter(world), sales=sales)
    worlds.cycles(world, 4, 100)
    assert len([each for each in worlds.accounts(world) if each["name"] == "There already"]) == 1
    assert len([c for c in worlds.customers(world) if c["displayName"] == "There already"]) == 1


def test_a_process_of_the_old_rules_leaves_the_work_to_the_new_ones() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    later = deployed(world, **phone_elsewhere(world))
    worlds.cycles(later, 3, 100)
    worlds.edit_bc(world, pair, phoneNumber="+44 3")
    before = worlds.account_of(world, pair)
    worlds.cycles(world, 2)  # the old process
    assert worlds.account_of(world, pair) == before
    worlds.cycles(later, 3, 100)
    assert worlds.account_of(later, pair)["telephone2"] == "+44 3"
    assert worlds.account_of(later, pair)["telephone1"] == before["telephone1"]


def test_nothing_is_looked_at_again_while_the_rules_stay_the_same() -> None:
    world = worlds.synced()
    again = with_rules(world, world.clock.now + 1)
    world.reset_requests()
    worlds.cycles(again, 3)
    assert again.at.full_syncs.running() == []
    assert all(len(kinds) <= 40 for kinds in world.requests.values())
    assert {"update", "create"}.isdisjoint(kind for kinds in world.requests.values() for kind in kinds)


def test_a_mapping_that_was_never_synchronised_is_not_begun_by_a_change_of_its_rules() -> None:
    world = worlds.new_world()
    worlds.cycle(world)
    world = deployed(world, **no_filter(world))
    worlds.cycles(world, 2)
    assert world.at.full_syncs.running() == []
    assert worlds.accounts(world) == []


def test_after_a_change_the_full_look_ends_and_the_watermarks_go_on() -> None:
    world = worlds.synced()
    world = deployed(world, **phone_elsewhere(world))
    worlds.cycles(world, 4, 100)
    assert world.at.full_syncs.running() == []
    marks = [world.at.watermarks.get("CUSTOMER", side) for side in Side]
    assert all(each.cursor and each.rules == world.at.digests["CUSTOMER"] for each in marks)
    lines = worlds.full(world)
    assert lines["CUSTOMER"]["jobQueueEntryStatus"] == LineStatus.FINISHED


def test_what_was_sent_under_the_old_rules_is_no_base_where_its_column_is_another_one_now() -> None:
    """The creation's answer is lost, and rules change before the customer that was made is found."""
    world = worlds.synced()
    account = worlds.new_account(world, "Fresh Ltd.", telephone1="+44 1")
    wire = worlds.tap(world, Side.BC)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire.after = worlds.once(lose)
    worlds.cycle(world)
    assert worlds.codes(world) == ["outcome_unknown"]
    world = deployed(world, **phone_elsewhere(world))
    worlds.cycles(world, 6, 100)
    (made,) = [each for each in worlds.customers(world) if each["displayName"] == "Fresh Ltd."]
    (row,) = [each for each in worlds.accounts(world) if each["accountid"] == account]
    assert (made["phoneNumber"], row["telephone1"], row["telephone2"]) == ("+44 1", "+44 1", "+44 1")


@pytest.mark.bulk
def test_a_pair_names_the_rules_of_its_base_from_the_first_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies before the pair is settled leaves a base; under other rules it says another thing
    (seed 357)."""
    world = worlds.synced()
    told: list[str] = []
    transact = world.tables.transact

    def noted(table: str, operations: Sequence[Operation]) -> list[str]:
        found = [each.entity for each in operations if isinstance(each, Insert) and table == "Couplings"]
        told.extend(str(each.values.get("rules")) for each in found if each.row.startswith("b|"))
        return transact(table, operations)

    monkeypatch.setattr(world.tables, "transact", noted)
    worlds.new_customer(world, "Fresh Ltd.")
    worlds.new_account(world, "New Ltd.")
    worlds.cycles(world, 3)
    assert told == [world.at.digests["CUSTOMER"]] * len(told)
    assert len(told) >= 2
