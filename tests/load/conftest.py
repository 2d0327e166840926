"""A small state at rest, made by hand, that every checker is content with."""

from __future__ import annotations

from typing import Any

import pytest

from local.load.snapshot import Snapshot
from local.load.stored import StoredBatch, StoredCouplings

OUTCOMES = (
    "failed", "conflict", "waiting", "skipped", "deleted",
    "inserted", "modified", "coupled", "uncoupled", "unchanged",
)  # fmt: skip
ADDRESS = {
    "addressLine1": "Große Gasse 1", "addressLine2": "", "city": "Łódź", "postalCode": "AB 1",
    "state": "", "country": "PL", "phoneNumber": "+44 1632 960001", "website": "",
}  # fmt: skip
ADDRESS_IN_SALES = {
    "address1_line1": "Große Gasse 1", "address1_city": "Łódź", "address1_postalcode": "AB 1",
    "address1_country": "PL", "telephone1": "+44 1632 960001",
}  # fmt: skip


def batch(mapping: str, side: str, *ids: str, job: str = "", **changes: Any) -> StoredBatch:
    values: dict[str, Any] = {
        "job": job or f"job-{mapping}", "id": f"{side}|00000|{'-'.join(ids)}", "mapping": mapping,
        "side": side, "ids": ids, "attempt": 0, "done": True, "counts": {"inserted": len(ids)},
        "rest": (), "rest_id": "",
    }  # fmt: skip
    return StoredBatch(**{**values, **changes})


def line(mapping: str) -> dict[str, Any]:
    none = {"given": 0, "openBatches": 0, **dict.fromkeys(OUTCOMES, 0)}
    return {
        "mapping": mapping, "job": f"job-{mapping}", "jobQueueEntryStatus": "Finished", "message": "",
        "toSales": {**none, "given": 1, "inserted": 1}, "fromSales": dict(none),
    }  # fmt: skip


@pytest.fixture
def shot() -> Snapshot:
    """One customer with its company contact and one person, in step with Sales."""
    customer = {
        **ADDRESS, "id": "c1", "number": "G1", "displayName": "Ærø", "email": "a@example.com",
        "blocked": "_x0020_", "currencyCode": "EUR", "paymentTermsId": "t1", "shipmentMethodId": "none",
    }  # fmt: skip
    account = {
        **ADDRESS_IN_SALES, "accountid": "a1", "accountnumber": "G1", "name": "Ærø", "statecode": 0,
        "emailaddress1": "a@example.com", "customertypecode": 3, "_transactioncurrencyid_value": "eur",
        "paymenttermscode": 7,
    }  # fmt: skip
    company = {
        **ADDRESS, "id": "k1", "number": "GC1", "type": "Company", "companyNumber": "GC1",
        "displayName": "Ærø", "email": "a@example.com", "contactBusinessRelation": "Customer",
    }  # fmt: skip
    person = {**company, "id": "k2", "number": "GC2", "type": "Person", "displayName": "Zoë  Le Fanu",
              "email": "z@example.com", "jobTitle": "", "mobilePhoneNumber": ""}  # fmt: skip
    contact = {
        **ADDRESS_IN_SALES, "contactid": "p1", "firstname": "Zoë Le", "lastname": "Fanu", "statecode": 0,
        "emailaddress1": "z@example.com", "_parentcustomerid_value": "a1",
    }  # fmt: skip
    return Snapshot(
        customers={"c1": customer},
        bc_contacts={"k1": company, "k2": person},
        accounts={"a1": account},
        sales_contacts={"p1": contact},
        employers={"GC1": "c1"},
        codes={
            "paymentTerms": {"t1": "14 DAYS"}, "shipmentMethods": {}, "paymenttermscode": {7: "14 DAYS"},
            "address1_freighttermscode": {}, "currencies": {"eur": "EUR"},
        },
        couplings=StoredCouplings(
            by_bc={"CUSTOMER": {"c1": "a1"}, "CONTACT": {"k2": "p1"}},
            by_sales={"CUSTOMER": {"a1": "c1"}, "CONTACT": {"p1": "k2"}},
            intents={},
            problems=[],
        ),
        batches=[batch("CUSTOMER", "bc", "c1"), batch("CONTACT", "bc", "k2")],
        full_sync={"status": "Finished", "lines": [line("CUSTOMER"), line("CONTACT")]},
        jobs=[],
        poisoned=0,
    )  # fmt: skip
