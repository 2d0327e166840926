"""The pairs of the heart, customers and contacts: which are always kept in step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulate.fields import Pair, Text, is_blank

CUSTOMER_KIND = 3
"""``customertypecode`` of an account that is a customer."""

ADDRESS = (
    Text("street", "addressLine1", ("address1_line1",), "text", 100, 250, "address"),
    Text("street_2", "addressLine2", ("address1_line2",), "text", 50, 250, "address"),
    Text("city", "city", ("address1_city",), "text", 30, 80, "address"),
    Text("county", "state", ("address1_stateorprovince",), "text", 30, 50, "address"),
    Text("postal_code", "postalCode", ("address1_postalcode",), "code", 20, 20, "address"),
)
NAME = Text("name", "displayName", ("name",), "text", 100, 160)
PHONE = Text("phone", "phoneNumber", ("telephone1",), "phone", 30, 50)
ONLINE = (
    Text("email", "email", ("emailaddress1",), "email", 80, 100),
    Text("website", "website", ("websiteurl",), "web", 80, 200),
)


def account_is_inside(values: Mapping[str, Any], kind: int) -> bool:
    return values.get("statecode") == 0 and values.get("customertypecode") == kind


def _customer_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    if side == "bc":
        return is_blank(values.get("blocked"))
    return account_is_inside(values, CUSTOMER_KIND)


def person_is_inside(
    side: str, values: Mapping[str, Any], kinds: Mapping[str, str], relations: tuple[str, ...]
) -> bool:
    """A person who works for a company with one of these relations, or belongs to an account."""
    if side == "bc":
        person = values.get("type") == "Person" and not is_blank(values.get("companyNumber"))
        return person and values.get("contactBusinessRelation") in relations
    return values.get("statecode") == 0 and kinds.get("_parentcustomerid_value") == "account"


def _contact_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return person_is_inside(side, values, kinds, ("Customer", "Multiple"))


CUSTOMER = Pair(
    "CUSTOMER",
    "customers",
    "account",
    "accounts",
    (NAME, *ADDRESS, PHONE, *ONLINE),
    frozenset({"country", "currencyId", "currencyCode", "paymentTermsId", "shipmentMethodId"}),
    frozenset({
        "accountnumber", "address1_country", "_ownerid_value", "_transactioncurrencyid_value", "creditlimit",
        "paymenttermscode", "address1_freighttermscode", "customertypecode", "tandem_companyid",
    }),
    _customer_is_inside,
)  # fmt: skip
CONTACT = Pair(
    "CONTACT",
    "contacts",
    "contact",
    "contacts",
    (
        Text("name", "displayName", ("firstname", "lastname"), "name", 100, 50),
        Text("job_title", "jobTitle", ("jobtitle",), "text", 30, 100),
        *ADDRESS,
        PHONE,
        Text("mobile_phone", "mobilePhoneNumber", ("mobilephone",), "phone", 30, 50),
        *ONLINE,
    ),
    frozenset({"country", "companyNumber", "companyName", "type", "searchName", "contactBusinessRelation"}),
    frozenset({"address1_country", "_parentcustomerid_value", "tandem_companyid"}),
    _contact_is_inside,
)
PAIRS: Mapping[str, Pair] = {each.mapping: each for each in (CUSTOMER, CONTACT)}


VENDOR_KIND = 11
"""``customertypecode`` of an account that is a supplier."""


def pair_of(
    pairs: Mapping[str, Pair], side: str, table: str, values: Mapping[str, Any] | None
) -> Pair | None:
    """The pair that a record of this table belongs to: by its values where several share the table."""
    found = [each for each in pairs.values() if each.table(side) == table]
    if len(found) == 1:
        return found[0]
    told = (each for each in found if each.told and each.told(values or {}))
    return next(told, next((each for each in found if each.told is None), None))
