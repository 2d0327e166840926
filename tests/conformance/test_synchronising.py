"""Single records that go from one side to the other, and how they are counted."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.sync import views
from tests.conformance import scenes
from tests.sync import worlds


@pytest.mark.conforms("139165.SynchNewRecord", "139165.InsertRowsFromIntegrationTable")
def test_a_new_record_creates_its_partner_is_counted_as_inserted_and_coupled() -> None:
    world = worlds.synced()
    bc_id = worlds.new_customer(world, "Adatum")
    sales_id = worlds.new_account(world, "Northwind")
    jobs = scenes.jobs_of(world)
    assert scenes.counts(jobs, "toSales") == {"inserted": 1}
    assert scenes.counts(jobs, "fromSales") == {"inserted": 1}
    to_sales = scenes.coupled(world, "CUSTOMER", Side.BC, bc_id)
    from_sales = scenes.coupled(world, "CUSTOMER", Side.SALES, sales_id)
    assert to_sales is not None
    assert to_sales.sales_id == worlds.account(world, "Adatum")["accountid"]
    assert from_sales is not None
    assert worlds.customer_of(world, from_sales)["displayName"] == "Northwind"


@pytest.mark.conforms("139169.SynchUncoupledCRMAccountToCustomer")
def test_an_uncoupled_account_creates_a_customer_with_its_values() -> None:
    world = worlds.synced()
    worlds.new_account(world, "Northwind", emailaddress1="post@northwind.example", address1_city="Oslo")
    worlds.cycle(world)
    (made,) = [each for each in worlds.customers(world) if each["displayName"] == "Northwind"]
    assert (made["email"], made["city"]) == ("post@northwind.example", "Oslo")


@pytest.mark.conforms(
    "139165.SynchCoupledRecord",
    "139180.SyncSingleCustomerNAVModified",
    "139185.LastSyncToCRMSuccessMarkedCRMIntegrationRec",
)
def test_a_change_in_business_central_updates_the_coupled_row_and_marks_the_coupling() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 20 7946 0000")
    (job,) = scenes.jobs_of(world)
    assert scenes.counts([job], "toSales") == {"modified": 1}
    assert worlds.account_of(world, pair)["telephone1"] == "+44 20 7946 0000"
    after = worlds.pair(world)
    assert (after.outcome, after.batch, after.in_step) == ("modified", _batch_of(world, job["id"]), True)


@pytest.mark.conforms(
    "139165.SynchCoupledIntegrationTableRecord",
    "139169.SyncCoupledCRMAccountToCustomer",
    "139180.SyncSingleCustomerCRMModified",
    "139185.LastSyncFromCRMSuccessMarkedCRMIntegrationRec",
)
def test_a_change_in_sales_updates_the_coupled_record_and_marks_the_coupling() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1="+45 33 11 22 33")
    (job,) = scenes.jobs_of(world)
    assert scenes.counts([job], "fromSales") == {"modified": 1}
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+45 33 11 22 33"
    after = worlds.pair(world)
    assert (after.outcome, after.batch, after.in_step) == ("modified", _batch_of(world, job["id"]), True)


def _batch_of(world: World, job: str) -> str:
    (batch,) = world.at.jobs.batches(job)
    return str(batch.id)


@pytest.mark.conforms("139180.SyncSingleCustomerUnmodified", "139165.UnchangedRowFromIntegrationTable")
def test_unchanged_records_count_as_unchanged_and_nothing_is_written() -> None:
    world = worlds.synced()
    before = [worlds.customers(world), worlds.accounts(world)]
    line = worlds.full(world)["CUSTOMER"]
    assert scenes.line_counts(line, "toSales") == {"unchanged": 3}
    assert scenes.line_counts(line, "fromSales") == {"unchanged": 3}
    assert [worlds.customers(world), worlds.accounts(world)] == before


@pytest.mark.conforms("139169.BidirectionalSynchCanUpdateDataInBothSystems")
def test_one_minute_inserts_and_updates_on_both_sides() -> None:
    world = worlds.synced()
    first, second = worlds.pair(world, "10000"), worlds.pair(world, "20000")
    worlds.edit_bc(world, first, city="Leeds")
    worlds.edit_sales(world, second, address1_city="York")
    worlds.new_customer(world, "Adatum")
    worlds.new_account(world, "Northwind")
    assert scenes.minute(world) == ({"inserted": 1, "modified": 1}, {"inserted": 1, "modified": 1})
    assert worlds.account_of(world, first)["address1_city"] == "Leeds"
    assert worlds.customer_of(world, second)["city"] == "York"
    worlds.assert_one_to_one(world)


@pytest.mark.conforms("139169.BidirectionalSynchCreatesTwoJobs")
def test_changes_on_both_sides_make_a_job_for_each_direction() -> None:
    world = worlds.synced()
    worlds.edit_bc(world, worlds.pair(world, "10000"), city="Leeds")
    worlds.edit_sales(world, worlds.pair(world, "20000"), address1_city="York")
    jobs = scenes.jobs_of(world)
    given = sorted((each["toSales"]["given"], each["fromSales"]["given"]) for each in jobs)
    assert given == [(0, 1), (1, 0)]


@pytest.mark.conforms("139165.SynchronizeNewRecordFromCRMShouldOnlyInsertOnceAndUpdateOnNextSynch")
def test_a_new_row_is_inserted_once_and_updated_the_next_time() -> None:
    world = worlds.synced()
    sales_id = worlds.new_account(world, "Northwind")
    assert scenes.minute(world)[1] == {"inserted": 1}
    world.person_in_sales.edit(f"accounts({sales_id})", telephone1="+47 1")
    assert scenes.minute(world)[1] == {"modified": 1}
    (made,) = [each for each in worlds.customers(world) if each["displayName"] == "Northwind"]
    assert made["phoneNumber"] == "+47 1"


@pytest.mark.conforms("139182.SyncAccountModifiedByIntegrationUserToNewCustomer")
def test_a_row_that_somebody_made_with_the_account_of_the_app_creates_a_customer_by_itself() -> None:
    world = worlds.synced()
    world.person_in_sales.token = "Bearer app"
    person = world.person_in_sales
    person.token = "Bearer app"
    person.call("POST", "accounts", {"name": "Flow", "customertypecode": 3})
    worlds.cycle(world)
    assert [each["displayName"] for each in worlds.customers(world)].count("Flow") == 1


@pytest.mark.conforms("139169.SynchOnlyCoupledRecordsMapping")
def test_a_mapping_that_creates_nothing_updates_only_what_is_coupled() -> None:
    world = worlds.synced()
    scenes.rules(world, creates=False)
    worlds.cycles(world, 2)  # A changed mapping has everything looked at once.
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.new_customer(world, "Adatum")
    worlds.new_account(world, "Northwind")
    assert scenes.minute(world) == ({"modified": 1}, {})
    assert worlds.account_of(world, pair)["address1_city"] == "Leeds"
    assert (len(worlds.accounts(world)), len(worlds.customers(world))) == (4, 4)
    assert worlds.problems(world) == []


@pytest.mark.conforms(
    "139161.CoupledRecordsAreNewerUntilSynched", "139169.SynchUpdatesLastSynchModifiedOnWhenDataChanges"
)
@pytest.mark.parametrize("side", list(Side))
def test_a_changed_record_is_work_until_it_is_synchronised_and_not_after(side: Side) -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    edit = worlds.edit_bc if side is Side.BC else worlds.edit_sales
    edit(world, pair, **{"city" if side is Side.BC else "address1_city": "Leeds"})
    to_sales, from_sales = scenes.minute(world)
    assert (to_sales if side is Side.BC else from_sales) == {"modified": 1}
    assert scenes.minute(world) == ({}, {})
    scenes.assert_nothing_to_do(world)


@pytest.mark.conforms(
    "139169.SynchUpdatesLastSynchModifiedOnWhenNoDataChanges",
    "139180.SynchModifiedRecordWithNonMappedFieldToCRM",
    "139166.VerifyModifiedFlagsAfterFieldsTransferWithUnchangedUnmappedField",
)
def test_a_change_of_an_unmapped_field_is_seen_once_counted_unchanged_and_writes_nothing() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    row = worlds.account_of(world, pair)
    worlds.edit_bc(world, pair, taxRegistrationNumber="GB123456789")
    assert scenes.minute(world) == ({"unchanged": 1}, {})
    assert worlds.account_of(world, pair) == row
    assert worlds.pair(world).bc_version != pair.bc_version
    scenes.assert_nothing_to_do(world)


@pytest.mark.conforms(
    "139183.SetIntRecordRefFilterIncludesLaterModifiedRec",
    "139183.SetIntRecordRefFilterIncludesLaterModifiedIntRec",
)
def test_of_many_only_what_was_changed_since_the_last_look_is_work() -> None:
    world = worlds.synced()
    worlds.edit_bc(world, worlds.pair(world, "10000"), city="Leeds")
    worlds.edit_sales(world, worlds.pair(world, "20000"), address1_city="York")
    jobs = scenes.jobs_of(world)
    assert sum(each["toSales"]["given"] for each in jobs) == 1
    assert sum(each["fromSales"]["given"] for each in jobs) == 1


@pytest.mark.conforms("139166.VerifyTransferFieldsExistingRecord", "139183.SyncCustomerCountyFromNAV")
def test_every_mapped_field_reaches_an_existing_row() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    values = {
        "displayName": "Renamed", "addressLine1": "1 Mill Lane", "addressLine2": "Unit 4", "city": "Leeds",
        "state": "Yorkshire", "postalCode": "LS1 1AA", "phoneNumber": "+44 113", "email": "a@b.example",
        "website": "https://renamed.example",
    }  # fmt: skip
    worlds.edit_bc(world, pair, **values)
    worlds.cycle(world)
    row = worlds.account_of(world, pair)
    columns = (
        "name", "address1_line1", "address1_line2", "address1_city", "address1_stateorprovince",
        "address1_postalcode", "telephone1", "emailaddress1", "websiteurl",
    )  # fmt: skip
    assert [row[each] for each in columns] == list(values.values())


@pytest.mark.conforms(
    "139166.VerifyModifiedFlagsAfterFieldsTransferWithChangedUnidirectionalField",
    "139166.VerifyModifiedFlagsAfterFieldsTransferWithUnchangedUnidirectionalField",
    "139166.VerifyModifiedFlagsAfterFieldsTransferWithChangedBidirectionalField",
)
def test_only_fields_that_differ_make_a_record_modified() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    limit = worlds.customer_of(world, pair)["creditLimit"]
    worlds.edit_bc(world, pair, creditLimit=limit + 1000)
    assert scenes.minute(world)[0] == {"modified": 1}
    worlds.edit_bc(world, pair, creditLimit=limit + 1000)
    assert scenes.minute(world)[0] in ({"unchanged": 1}, {})
    worlds.edit_bc(world, pair, city="Leeds")
    assert scenes.minute(world)[0] == {"modified": 1}


@pytest.mark.conforms("139183.SyncTableWithPartiallyDisabledFields")
def test_a_field_that_is_not_in_the_mapping_is_not_copied() -> None:
    world = worlds.synced()
    scenes.without_fields(world, "CUSTOMER", "phone")
    pair = worlds.pair(world)
    phone = worlds.account_of(world, pair)["telephone1"]
    worlds.edit_bc(world, pair, phoneNumber="+44 1", email="new@example.com")
    worlds.cycle(world)
    row = worlds.account_of(world, pair)
    assert (row["telephone1"], row["emailaddress1"]) == (phone, "new@example.com")


@pytest.mark.conforms("139195.SetCompanyId")
def test_rows_that_tandem_writes_carry_the_id_of_the_company() -> None:
    world = worlds.synced()
    worlds.new_customer(world, "Adatum")
    worlds.cycle(world)
    company = world.at.connection.company_id
    assert {each["tandem_companyid"] for each in worlds.accounts(world)} == {company}


@pytest.mark.conforms("139183.JobLogForMappingSortedByStartDateTime")
def test_the_list_of_jobs_begins_with_the_newest() -> None:
    world = worlds.synced()
    for n in range(3):
        worlds.edit_bc(world, worlds.pair(world), city=f"Town {n}")
        worlds.cycle(world)
    begun = [each["createdAt"] for each in (views.job_view(world.at, j) for j in world.at.jobs.newest(50))]
    assert begun == sorted(begun, reverse=True)
    assert len(set(begun[:3])) == 3
