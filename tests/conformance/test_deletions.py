"""A record whose coupled partner was deleted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import CLIENT, World
from shared_code.core.coupling import Coupling
from shared_code.core.mapping import Direction
from shared_code.core.policies import BySide, DeletionRule
from shared_code.core.records import Side
from shared_code.sync import problem_api
from shared_code.sync.api import answering
from tests.conformance import scenes
from tests.sync import worlds

BOTH_WAYS, TO_SALES = "bidirectional", "to Sales"


def _world(way: str, rule: DeletionRule, creates: bool) -> World:
    world = worlds.synced()
    scenes.rules(world, deletion=rule, creates=creates)
    if way == TO_SALES:
        scenes.one_way(world, "CUSTOMER", Direction.TO_SALES)
    return world


def _delete_in_sales_and_touch(world: World) -> Coupling:
    """The account is deleted and then its customer changes."""
    pair = worlds.pair(world)
    scenes.delete_account(world, pair)
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.cycle(world)
    return pair


@pytest.mark.conforms(
    "139165.AutoResolveDeletedRecordRemoveCouplingBidirectionalAll",
    "139165.AutoResolveDeletedRecordRemoveCouplingUnidirectionalOnlyCoupled",
    "139165.AutoResolveDeletedRecordRemoveCouplingUnidirectionalAll",
)
@pytest.mark.parametrize(("way", "creates"), [(BOTH_WAYS, True), (TO_SALES, False), (TO_SALES, True)])
def test_with_the_rule_to_uncouple_the_coupling_ends_and_the_survivor_stays(way: str, creates: bool) -> None:
    world = _world(way, DeletionRule.UNCOUPLE, creates)
    pair = _delete_in_sales_and_touch(world)
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, pair.sales_id) is None
    assert worlds.customer_of(world, pair)["city"] == "Leeds"
    if not creates:
        assert scenes.coupled(world, "CUSTOMER", Side.BC, pair.bc_id) is None
        assert len(worlds.accounts(world)) == 2


@pytest.mark.conforms(
    "139165.AutoResolveDeletedRecordRestoreRecordsBidirectionalAll",
    "139165.AutoResolveDeletedRecordRestoreRecordsUnidirectionalAll",
    "139165.AutoResolveDeletedRecordRestoreRecordsUnidirectionalOnlyCoupled",
    "139182.SyncCustomerWithCorruptCouplingToNewCRMAccount",
)
@pytest.mark.parametrize("way", [BOTH_WAYS, TO_SALES])
@pytest.mark.parametrize("creates", [True, False])
def test_with_the_rule_to_restore_the_deleted_row_is_created_again_also_where_nothing_else_is(
    way: str, creates: bool
) -> None:
    world = _world(way, DeletionRule.RESTORE, creates)
    pair = _delete_in_sales_and_touch(world)
    again = scenes.coupled(world, "CUSTOMER", Side.BC, pair.bc_id)
    assert again is not None
    assert again.sales_id != pair.sales_id
    row = worlds.account_of(world, again)
    assert (row["accountnumber"], row["address1_city"]) == ("10000", "Leeds")
    assert worlds.problems(world) == []
    worlds.assert_one_to_one(world)


@pytest.mark.conforms("139182.SyncAccountWithCorruptCouplingToNewCustomer")
def test_with_the_rule_to_restore_a_deleted_customer_is_created_again_from_its_account() -> None:
    world = _world(BOTH_WAYS, DeletionRule.RESTORE, True)
    pair = worlds.pair(world)
    worlds.delete_customer(world, pair.bc_id)
    worlds.edit_sales(world, pair, address1_city="Leeds")
    worlds.cycle(world)
    again = scenes.coupled(world, "CUSTOMER", Side.SALES, pair.sales_id)
    assert again is not None
    assert again.bc_id != pair.bc_id
    assert worlds.customer_of(world, again)["city"] == "Leeds"
    worlds.assert_one_to_one(world)


@pytest.mark.conforms(
    "139165.AutoResolveDeletedRecordNoStrategyBidirectionalOnlyCoupled",
    "139165.AutoResolveDeletedRecordNoStrategyUnidirectionalAll",
    "139174.TestDeletedCustomerCouplingKeptUndeleted",
    "139179.CouplingGetsSkippedIfCRMAccountRemoved",
)
@pytest.mark.parametrize(("way", "creates"), [(BOTH_WAYS, False), (TO_SALES, True)])
def test_without_a_rule_the_coupling_and_the_survivor_stay_and_a_person_decides(
    way: str, creates: bool
) -> None:
    world = _world(way, DeletionRule.ASK, creates)
    pair = _delete_in_sales_and_touch(world)
    assert scenes.coupled(world, "CUSTOMER", Side.BC, pair.bc_id) is not None
    assert worlds.customer_of(world, pair)["city"] == "Leeds"
    (problem,) = worlds.problems(world)
    assert (problem["code"], problem["outcome"]) == ("partner_deleted", "skipped")
    assert len(worlds.accounts(world)) == 2


@pytest.mark.conforms("139161.RemovalOfCoupledRecordDoesNotMarkCouplingAsSkipped")
def test_a_deleted_customer_keeps_its_coupling_which_the_account_still_finds() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.delete_customer(world, pair.bc_id)
    worlds.cycle(world)
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, pair.sales_id) is not None
    assert worlds.problems(world) == []


@pytest.mark.conforms("139186.T180_CouplingDeletedOnOpenIfBothRecsDeleted")
def test_when_both_records_are_deleted_the_coupling_ends_by_itself() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.delete_customer(world, pair.bc_id)
    scenes.delete_account(world, pair)
    worlds.cycle(world)
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, pair.sales_id) is None
    assert scenes.coupled(world, "CUSTOMER", Side.BC, pair.bc_id) is None
    assert worlds.problems(world) == []


@pytest.mark.conforms("139161.CanUpdateCouplingToCRMIDCoupledDeletedIntegrationRecord")
def test_an_account_whose_customer_was_deleted_can_be_coupled_with_another_customer() -> None:
    world = _world(BOTH_WAYS, DeletionRule.UNCOUPLE, creates=False)
    pair = worlds.pair(world)
    worlds.delete_customer(world, pair.bc_id)
    worlds.edit_sales(world, pair, emailaddress1="unique@example.com")
    worlds.cycle(world)
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, pair.sales_id) is None
    other = worlds.new_customer(world, "Successor", email="unique@example.com")
    worlds.full(world)
    again = scenes.coupled(world, "CUSTOMER", Side.SALES, pair.sales_id)
    assert again is not None
    assert again.bc_id == other


def test_a_deletion_in_sales_is_seen_by_itself_and_the_row_restored() -> None:
    world = _world(BOTH_WAYS, DeletionRule.RESTORE, True)
    pair = worlds.pair(world)
    scenes.delete_account(world, pair)
    worlds.cycle(world)
    again = scenes.coupled(world, "CUSTOMER", Side.BC, pair.bc_id)
    assert again is not None
    assert worlds.account_of(world, again)["accountnumber"] == "10000"
    worlds.assert_whole(world)


def _both_ways_deleted() -> tuple[World, list[Coupling]]:
    """A customer whose account is gone, one that is in step, and an account whose customer is gone."""
    world = worlds.synced()
    worlds.only_customers(world)
    scenes.rules(world, deletion=BySide(sales=DeletionRule.DELETE))
    worlds.cycle(world)
    pairs = [worlds.pair(world, number) for number in worlds.CUSTOMERS]
    scenes.delete_account(world, pairs[0])
    worlds.edit_bc(world, pairs[0], phoneNumber="+44 5")
    worlds.delete_customer(world, pairs[2].bc_id)
    worlds.edit_sales(world, pairs[2], telephone1="+44 5")
    worlds.cycle(world)
    assert worlds.codes(world) == ["partner_deleted"] * 2
    return world, pairs


def _delete(world: World, *pairs: Coupling) -> dict[str, Any]:
    records = [{"side": "bc", "id": each.bc_id} for each in pairs]
    body = json.dumps({"mapping": "CUSTOMER", "action": "delete", "records": records}).encode()
    answer = answering(lambda: problem_api.act(world.parts, body, {}))
    assert answer.status == 202, answer.text()
    shown: dict[str, Any] = answer.body
    return shown


@pytest.mark.conforms("139186.T162_RemoveDeletedCoupledRecords")
def test_several_survivors_are_deleted_at_once_on_both_sides_and_no_pair_that_is_whole() -> None:
    world, pairs = _both_ways_deleted()
    done = _delete(world, *pairs)
    assert (done["count"], len(done["leftOut"])) == (2, 1)
    worlds.settled(world)
    assert [each["number"] for each in worlds.customers(world)] == [worlds.CUSTOMERS[1]]
    assert [each["accountnumber"] for each in worlds.accounts(world)] == [worlds.CUSTOMERS[1]]
    assert worlds.problems(world) == []


@pytest.mark.conforms("139186.T163_RemoveDeletedCoupledCRMRecordWithNoDeletePermission")
def test_without_the_right_to_delete_the_survivor_stays_listed_with_that_right_and_all_else_goes_on() -> None:
    world, pairs = _both_ways_deleted()
    people = world.sales.org.people
    mine = people.by_client[CLIENT]
    allowed = people.users[mine]
    less = allowed.privileges["account"] - {"delete"}
    people.users[mine] = replace(allowed, privileges={**allowed.privileges, "account": less})
    assert _delete(world, *pairs)["count"] == 2
    worlds.deliver(world)
    assert pairs[0].bc_id not in {each["id"] for each in worlds.customers(world)}
    assert pairs[2].sales_id in {each["accountid"] for each in worlds.accounts(world)}
    (problem,) = worlds.problems(world)
    assert problem["code"] == "access_denied"
    assert "prvDeleteAccount" in problem["message"]
    worlds.edit_bc(world, pairs[1], city="Leeds")
    worlds.cycle(world)
    assert worlds.account_of(world, pairs[1])["address1_city"] == "Leeds"
    people.users[mine] = allowed
    worlds.cycles(world, 2, 700)
    assert worlds.codes(world) == ["partner_deleted"]
    _delete(world, pairs[2])
    worlds.settled(world)
    assert worlds.problems(world) == []
