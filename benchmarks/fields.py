"""How the peers map a customer to an account: the plain fields both have.  Standard library only.

Tandem maps by its own catalogue, which holds these fields and some lookups more.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

type Record = Mapping[str, Any]

PAIRS: Mapping[str, str] = {
    "displayName": "name",
    "number": "accountnumber",
    "addressLine1": "address1_line1",
    "addressLine2": "address1_line2",
    "postalCode": "address1_postalcode",
    "city": "address1_city",
    "state": "address1_stateorprovince",
    "country": "address1_country",
    "phoneNumber": "telephone1",
    "email": "emailaddress1",
    "website": "websiteurl",
}
PHONE, EMAIL = ("phoneNumber", "telephone1"), ("email", "emailaddress1")
SELECT_CUSTOMER = ",".join(["id", *PAIRS])
SELECT_ACCOUNT = ",".join(["accountid", *PAIRS.values()])
_NAMESPACE = uuid.UUID("6f1c4b52-2d0e-4d5c-8c33-3a2f6a0f6d11")
CUSTOMER_TYPE = 3


def account_id(customer_id: str) -> str:
    """The id of the account made for a customer: a repeat makes no second one."""
    return str(uuid.uuid5(_NAMESPACE, customer_id))


def account_of(customer: Record) -> dict[str, Any]:
    """An account as it is created, without an id."""
    values = {there: customer[here] or None for here, there in PAIRS.items()}
    return {**values, "customertypecode": CUSTOMER_TYPE}


def account_before(customer: Record) -> dict[str, Any]:
    """The same as a salesperson entered it: without a number, under a name that no other one has."""
    name = f"{customer['number']} {customer['displayName']}"[:100].rstrip()
    own = {"name": name, "accountnumber": None}
    return {"accountid": account_id(customer["number"]), **account_of(customer), **own}


def customer_of(account: Record) -> dict[str, Any]:
    """What an account says of its customer; the number stays Business Central's."""
    return {here: account.get(there) or "" for here, there in PAIRS.items() if here != "number"}
