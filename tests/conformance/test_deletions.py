"""A record whose coupled partner was deleted."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.mapping import Direction
from shared_code.core.policies import DeletionRule
from shared_code.core.records import Side
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
