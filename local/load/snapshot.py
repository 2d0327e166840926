"""Both systems and the storage at one moment, as far as the checkers look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.environment import COMPANY, Environment
from local.load.stored import Stored, StoredBatch, StoredCouplings

OF_VENDORS = 11

type Record = dict[str, Any]
type Records = dict[str, Record]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Records by id. ``employers`` leads from the number of a company contact to its customer's id;
    ``codes`` from ids of BC's set-up tables, currencies and choices of Sales to what a person reads."""

    customers: Records
    bc_contacts: Records
    accounts: Records
    sales_contacts: Records
    employers: dict[str, str]
    codes: dict[str, dict[Any, str]]
    couplings: StoredCouplings
    batches: list[StoredBatch]
    full_sync: Record
    jobs: list[Record]
    poisoned: int


def take(environment: Environment, stored: Stored, full_sync: Record) -> Snapshot:
    """Reads everything; costs the app's own users no request."""
    bc, sales = environment.bc_control, environment.sales_control
    return Snapshot(
        customers=_by(bc.dump(COMPANY, "customers"), "id"),
        bc_contacts=_by(bc.dump(COMPANY, "contacts"), "id"),
        accounts=_by(_of_customers(sales.dump("account")), "accountid"),
        sales_contacts=_by(sales.dump("contact"), "contactid"),
        employers=_employers(environment),
        codes=_codes(environment),
        couplings=stored.couplings(),
        batches=stored.batches(),
        full_sync=full_sync,
        jobs=environment.api.get("jobs?limit=200")["jobs"],
        poisoned=stored.poisoned(),
    )


def _of_customers(accounts: list[Record]) -> list[Record]:
    """All accounts but those of vendors, which are another mapping's."""
    return [each for each in accounts if each.get("customertypecode") != OF_VENDORS]


def _by(records: list[Record], key: str) -> Records:
    found = {str(each[key]): each for each in records}
    assert len(found) == len(records), f"the dump holds a {key} twice"
    return found


def _employers(environment: Environment) -> dict[str, str]:
    found = environment.people.bc.list("customers", select="id", expand="contactsInformation")
    return {
        str(contact["contactNumber"]): str(customer["id"])
        for customer in found
        for contact in customer["contactsInformation"]
        if contact["contactType"] == "Company"
    }


def _codes(environment: Environment) -> dict[str, dict[Any, str]]:
    bc, admin = environment.bc_control, environment.people.admin
    tables = {name: bc.dump(COMPANY, name) for name in ("paymentTerms", "shipmentMethods")}
    columns = ("paymenttermscode", "address1_freighttermscode")
    currencies = environment.sales_control.dump("transactioncurrency")
    by_id = {name: {row["id"]: str(row["code"]) for row in rows} for name, rows in tables.items()}
    labels = {
        name: {value: label for label, value in admin.option_labels("account", name).items()}
        for name in columns
    }
    iso = {row["transactioncurrencyid"]: str(row["isocurrencycode"]) for row in currencies}
    return {**by_id, **labels, "currencies": iso}
