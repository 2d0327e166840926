"""Changes on both sides between two looks."""

from __future__ import annotations

import pytest

from shared_code.core.mapping import ConflictRule
from shared_code.core.records import Side
from shared_code.sync import retries
from tests.conformance import scenes
from tests.sync import worlds


@pytest.mark.conforms(
    "139165.FalsePositiveConflictWhenToIntegrationTableSyncAfterBidirectionalFieldChange",
    "139165.FalsePositiveConflictWhenFromIntegrationTableSyncAfterBidirectionalFieldChange",
)
def test_different_fields_changed_on_the_two_sides_are_merged_and_no_conflict() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    assert worlds.problems(world) == []


@pytest.mark.conforms(
    "139165.TruePositiveConflictWhenFromIntegrationTableSyncAfterBidirectionalFieldChange",
    "139185.LastSyncFailedBothRecsChangedMarkedCRMIntegrationRec",
)
def test_the_same_field_changed_on_both_sides_is_a_conflict_with_both_values_and_neither_is_overwritten() -> (
    None
):
    world = worlds.synced()
    pair = worlds.pair(world)
    base = worlds.customer_of(world, pair)["city"]
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.edit_sales(world, pair, address1_city="York")
    jobs = scenes.jobs_of(world)
    assert scenes.counts(jobs, "toSales") | scenes.counts(jobs, "fromSales") == {"conflict": 1}
    assert worlds.customer_of(world, pair)["city"] == "Leeds"
    assert worlds.account_of(world, pair)["address1_city"] == "York"
    (problem,) = worlds.problems(world)
    assert problem["code"] == problem["outcome"] == "conflict"
    field = problem["details"]["fields"]["address"]
    assert (field["base"]["city"], field["bc"]["city"], field["sales"]["city"]) == (base, "Leeds", "York")


@pytest.mark.conforms("139180.IgnoreUnchangedWhenNoFieldsWereModifiedButSourceAndDestinationInConflict")
def test_both_sides_changed_to_the_same_values_is_unchanged() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.edit_sales(world, pair, address1_city="Leeds")
    to_sales, from_sales = scenes.minute(world)
    assert set(to_sales) | set(from_sales) == {"unchanged"}
    assert worlds.problems(world) == []


@pytest.mark.conforms(
    "139165.NoFalsePositiveConflictWhenToIntegrationTableSyncAfterUnmappedFieldChange",
    "139165.NoFalsePositiveConflictWhenFromIntegrationTableSyncAfterUnmappedFieldChange",
)
@pytest.mark.parametrize("source", list(Side))
def test_an_unmapped_field_changed_on_the_other_side_is_no_conflict(source: Side) -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    if source is Side.BC:
        worlds.edit_bc(world, pair, city="Leeds")
        worlds.edit_sales(world, pair, description="Calls on Mondays")
    else:
        worlds.edit_sales(world, pair, address1_city="Leeds")
        worlds.edit_bc(world, pair, taxRegistrationNumber="GB123456789")
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["city"] == "Leeds"
    assert worlds.account_of(world, pair)["address1_city"] == "Leeds"
    assert worlds.problems(world) == []


@pytest.mark.conforms(
    "139165.NoFalsePositiveConflictWhenToIntegrationTableSyncAfterUnidirectionalFieldChange"
)
def test_a_one_way_field_changed_at_its_target_is_no_conflict_and_is_put_right() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    limit = worlds.account_of(world, pair)["creditlimit"]
    worlds.edit_sales(world, pair, creditlimit=12345)
    worlds.cycle(world)
    row = worlds.account_of(world, pair)
    assert (row["address1_city"], row["creditlimit"]) == ("Leeds", limit)
    assert worlds.problems(world) == []


@pytest.mark.conforms(
    "139185.LastSyncUnchangedDestRecChangedLaterMarkedCRMIntegrationRec",
    "139185.LastSyncUnchangedDestRecChangedLaterMarkedIntegrationRec",
)
@pytest.mark.parametrize("asked", list(Side))
def test_whichever_side_a_job_starts_from_the_later_change_is_carried_over_without_a_failure(
    asked: Side,
) -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    edit = worlds.edit_sales if asked is Side.BC else worlds.edit_bc
    edit(world, pair, **{"address1_city" if asked is Side.BC else "city": "Leeds"})
    retries.queue_records(world.parts, world.at, "CUSTOMER", asked, [pair.id_on(asked)])
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["city"] == "Leeds"
    assert worlds.account_of(world, pair)["address1_city"] == "Leeds"
    assert worlds.problems(world) == []


@pytest.mark.parametrize(
    ("rule", "town", "overruled"),
    [(ConflictRule.BC_WINS, "Leeds", "York"), (ConflictRule.SALES_WINS, "York", "Leeds")],
)
def test_a_rule_decides_a_conflict_and_the_other_value_stays_in_the_journal(
    rule: ConflictRule, town: str, overruled: str
) -> None:
    world = worlds.synced()
    scenes.rules(world, conflict=rule)
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.edit_sales(world, pair, address1_city="York")
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["city"] == town
    assert worlds.account_of(world, pair)["address1_city"] == town
    entries = world.at.journal.of_record("CUSTOMER", pair.bc_id, world.clock.now)
    assert overruled in {each.old.get("city") for each in entries if each.overruled}
