"""The generated records as rows of Sales, for the way where accounts and contacts come first."""

from __future__ import annotations

import uuid
from typing import Any

from local.environment import Environment
from local.generate import Wanted, generate
from local.generate.writing import templates
from local.load.plan import Plan

type Record = dict[str, Any]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "load.tandem.example")
_SHARED = {
    "addressLine1": "address1_line1", "addressLine2": "address1_line2", "city": "address1_city",
    "state": "address1_stateorprovince", "country": "address1_country", "postalCode": "address1_postalcode",
    "phoneNumber": "telephone1", "email": "emailaddress1", "website": "websiteurl",
    "jobTitle": "jobtitle", "mobilePhoneNumber": "mobilephone",
}  # fmt: skip
_CURRENCIES = ("EUR", "GBP", "USD")


def load_into_sales(plan: Plan, environment: Environment) -> None:
    """Puts the plan's customers and persons into Sales as accounts and contacts of a person's making."""
    accounts: list[Record] = []
    contacts: list[Record] = []
    terms = environment.people.admin.option_labels("account", "paymenttermscode")
    currencies = {
        row["isocurrencycode"]: row["transactioncurrencyid"]
        for row in environment.sales_control.dump("transactioncurrency")
    }
    wanted = Wanted(plan.customers, plan.contacts, plan.seed)
    for index, one in enumerate(generate(wanted, templates())):
        currency = currencies[_CURRENCIES[index % len(_CURRENCIES)]]
        account = _account(one.customer, currency, terms.get(one.customer["paymentTermsCode"]))
        accounts.append(account)
        persons = (each for each in one.contacts if each["type"] == "Person")
        contacts += [_contact(each, account["accountid"]) for each in persons]
    environment.sales_control.post("load", {"account": accounts, "contact": contacts})


def _account(customer: Record, currency: str, terms: int | None) -> Record:
    return {
        **_shared(customer),
        "accountid": str(uuid.uuid5(_NAMESPACE, customer["id"])),
        "name": customer["displayName"],
        "customertypecode": 3,
        "paymenttermscode": terms,
        "_transactioncurrencyid_value": currency,
    }


def _contact(person: Record, account_id: str) -> Record:
    first, _, last = person["displayName"].rpartition(" ")
    return {
        **_shared(person),
        "contactid": str(uuid.uuid5(_NAMESPACE, person["id"])),
        "firstname": first or None,
        "lastname": last,
        "_parentcustomerid_value": account_id,
        "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account",
    }


def _shared(record: Record) -> Record:
    shared = {theirs: record[ours] for ours, theirs in _SHARED.items() if record.get(ours)}
    if mail := shared.get("emailaddress1"):
        # The one customer that Business Central begins with must not look the same as one of these.
        shared["emailaddress1"] = f"sales.{mail}"
    return shared
