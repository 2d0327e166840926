"""Creating, updating and deleting in Business Central, against the strict simulator, and what goes wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from local.simulators.business_central import control
from local.simulators.faults import Fault, FaultPlan
from shared_code.core.records import Values
from shared_code.systems.interface import (
    Change,
    Creation,
    Exists,
    Gone,
    Moved,
    NotDone,
    OutcomeUnknown,
    Refused,
    Removal,
    Removed,
    Written,
)
from tests.systems.companies import (
    CUSTOMERS,
    ODD,
    Company,
    company,
    row_of,
)

__all__ = ["company"]


def test_what_was_created_is_what_is_read(company: Company) -> None:
    values: Values = {"displayName": ODD, "creditLimit": Decimal("1234.56"), "email": "a@b.example"}
    created = row_of(company.system.create(CUSTOMERS, [Creation(values)])[0])
    read = company.system.read(CUSTOMERS, [created.id.upper()])
    assert read == {created.id: created}
    assert {name: created.values[name] for name in values} == values
    assert created.values["number"]


def test_a_creation_that_is_refused_fails_alone(company: Company) -> None:
    creations = [
        Creation({"displayName": "a"}),
        Creation({"displayName": "x" * 300}),
        Creation({"displayName": "b"}),
    ]
    first, second, third = company.system.create(CUSTOMERS, creations)
    assert isinstance(second, Refused)
    assert "CorrelationId" not in second.message
    assert (row_of(first).values["displayName"], row_of(third).values["displayName"]) == ("a", "b")


def test_a_number_that_is_taken_exists(company: Company) -> None:
    creation = Creation({"number": "T-1", "displayName": "a"})
    row_of(company.system.create(CUSTOMERS, [creation])[0])
    assert company.system.create(CUSTOMERS, [creation]) == [Exists()]


def test_an_update_needs_the_version_it_was_made_for(company: Company) -> None:
    (key,) = company.customers(1)
    before = company.system.read(CUSTOMERS, [key])[key].version
    after = row_of(company.system.update(CUSTOMERS, [Change(key, before, {"displayName": ODD})])[0])
    assert after.values["displayName"] == ODD
    assert after.version.etag != before.etag
    assert after.version.stamp >= before.stamp
    assert company.system.update(CUSTOMERS, [Change(key, before, {"displayName": "lost"})]) == [Moved()]


def test_an_update_of_a_missing_record_is_gone(company: Company) -> None:
    (key,) = company.customers(1)
    version = company.system.read(CUSTOMERS, [key])[key].version
    control.delete_row(company.service.env, {"company": company.name, "table": "customers", "id": key})
    assert company.system.update(CUSTOMERS, [Change(key, version, {"displayName": "x"})]) == [Gone()]


def test_a_creation_whose_answer_is_lost_is_unknown_and_sent_once(company: Company) -> None:
    company.fail(Fault.ANSWER_LOST, "POST")
    results = company.system.create(CUSTOMERS, [Creation({"displayName": "a"})] * 2)
    assert [type(one) for one in results] == [OutcomeUnknown, OutcomeUnknown]
    assert len(company.system.find(CUSTOMERS, "displayName", ["a"])) == 2


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.TRUNCATED])
def test_an_update_whose_answer_is_lost_is_unknown(company: Company, fault: Fault) -> None:
    (key,) = company.customers(1)
    version = company.system.read(CUSTOMERS, [key])[key].version
    company.fail(fault, "POST")
    (result,) = company.system.update(CUSTOMERS, [Change(key, version, {"displayName": "b"})])
    assert isinstance(result, OutcomeUnknown)


@pytest.mark.parametrize(
    "fault", [Fault.STATUS_429, Fault.STATUS_503, Fault.STATUS_503_NO_HINT, Fault.HTML_INSTEAD]
)
def test_a_creation_gets_through_a_refusal_and_happens_once(company: Company, fault: Fault) -> None:
    company.fail(fault, "POST")
    row_of(company.system.create(CUSTOMERS, [Creation({"displayName": "only"})])[0])
    assert len(company.system.find(CUSTOMERS, "displayName", ["only"])) == 1


def test_a_throttled_chunk_is_not_done_while_the_others_are(company: Company) -> None:
    company.faulty.replace(FaultPlan(retry_after_s=90))
    company.fail(Fault.STATUS_429, "POST", skip=1)
    results = company.system.create(CUSTOMERS, [Creation({"displayName": "a"})] * 150)
    assert [type(results[0]), type(results[149])] == [Written, NotDone]
    assert isinstance(results[149], NotDone)
    assert results[149].retry_after_s >= 90


def test_a_record_is_deleted_only_at_the_version_that_was_seen(company: Company) -> None:
    kept, gone, missing = company.customers(3)
    versions = {
        key: row.version for key, row in company.system.read(CUSTOMERS, [kept, gone, missing]).items()
    }
    removals = [Removal(key, versions[key]) for key in (kept, gone, missing)]
    row_of(company.system.update(CUSTOMERS, [Change(kept, versions[kept], {"displayName": "edited"})])[0])
    control.delete_row(company.service.env, {"company": company.name, "table": "customers", "id": missing})
    company.requests()
    assert company.system.delete(CUSTOMERS, removals) == [Moved(), Removed(), Gone()]
    assert company.requests() == 1
    assert set(company.system.read(CUSTOMERS, [kept, gone, missing])) == {kept}


def test_a_deletion_whose_answer_is_lost_is_unknown(company: Company) -> None:
    (key,) = company.customers(1)
    version = company.system.read(CUSTOMERS, [key])[key].version
    company.fail(Fault.ANSWER_LOST, "POST")
    assert [type(one) for one in company.system.delete(CUSTOMERS, [Removal(key, version)])] == [
        OutcomeUnknown
    ]
    assert company.system.delete(CUSTOMERS, [Removal(key, version)]) == [Gone()]
