"""The simulation's own list of what corresponds to what: written down apart from the product's mappings.

A ``Pair`` is one mapping with its record tables; a ``Text`` one field that people write unique texts into.
``flow`` is where values go: ``both``, ``to_sales`` or ``from_sales``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BLANK_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Text:
    """A field of text: ``kind`` says what a service accepts in it; lengths are the services' own."""

    bc: str
    sales: tuple[str, ...]
    kind: str
    bc_length: int
    sales_length: int
    flow: str = "both"

    def on(self, side: str) -> tuple[str, ...]:
        return (self.bc,) if side == "bc" else self.sales


@dataclass(frozen=True)
class Pair:
    """Two tables kept in step.  ``allowed`` are further fields that may be written, by side."""

    mapping: str
    bc: str
    sales: str
    texts: tuple[Text, ...]
    allowed_bc: frozenset[str]
    allowed_sales: frozenset[str]

    def table(self, side: str) -> str:
        return self.bc if side == "bc" else self.sales


def _address(bc_fields: tuple[str, ...] = ("addressLine1", "addressLine2", "city", "state")) -> list[Text]:
    sales = ("address1_line1", "address1_line2", "address1_city", "address1_stateorprovince")
    lengths = ((100, 250), (50, 250), (30, 80), (30, 50))
    return [
        Text(bc, (one,), "text", *both) for bc, one, both in zip(bc_fields, sales, lengths, strict=True)
    ] + [Text("postalCode", ("address1_postalcode",), "code", 20, 20)]


_CUSTOMER_TEXTS = (
    Text("displayName", ("name",), "text", 100, 160),
    *_address(),
    Text("phoneNumber", ("telephone1",), "phone", 30, 50),
    Text("email", ("emailaddress1",), "email", 80, 100),
    Text("website", ("websiteurl",), "web", 80, 200),
)
_CONTACT_TEXTS = (
    Text("displayName", ("firstname", "lastname"), "name", 100, 50),
    Text("jobTitle", ("jobtitle",), "text", 30, 100),
    *_address(),
    Text("phoneNumber", ("telephone1",), "phone", 30, 50),
    Text("mobilePhoneNumber", ("mobilephone",), "phone", 30, 50),
    Text("email", ("emailaddress1",), "email", 80, 100),
    Text("website", ("websiteurl",), "web", 80, 200),
)
CUSTOMER = Pair(
    "CUSTOMER",
    "customers",
    "account",
    _CUSTOMER_TEXTS,
    frozenset({"country", "currencyId", "currencyCode", "paymentTermsId", "shipmentMethodId"}),
    frozenset({
        "accountnumber", "address1_country", "_ownerid_value", "_transactioncurrencyid_value", "creditlimit",
        "paymenttermscode", "address1_freighttermscode", "customertypecode", "tandem_companyid",
    }),
)  # fmt: skip
CONTACT = Pair(
    "CONTACT",
    "contacts",
    "contact",
    _CONTACT_TEXTS,
    frozenset({"country", "companyNumber", "companyName", "type", "searchName", "contactBusinessRelation"}),
    frozenset({"address1_country", "_parentcustomerid_value", "tandem_companyid"}),
)
PAIRS: Mapping[str, Pair] = {each.mapping: each for each in (CUSTOMER, CONTACT)}


def pair_of(side: str, table: str) -> Pair | None:
    """The pair a table belongs to."""
    return next((each for each in PAIRS.values() if each.table(side) == table), None)


def is_blank(value: Any) -> bool:
    return value is None or str(value).strip() in ("", BLANK_ID, "_x0020_")


def inside(pair: Pair, side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """Whether a record is one that is kept in step."""
    if pair.mapping == CUSTOMER.mapping:
        if side == "bc":
            return is_blank(values.get("blocked"))
        return values.get("statecode") == 0 and values.get("customertypecode") == 3
    if side == "bc":
        relation = values.get("contactBusinessRelation")
        person = values.get("type") == "Person" and not is_blank(values.get("companyNumber"))
        return person and relation in ("Customer", "Multiple")
    return values.get("statecode") == 0 and kinds.get("_parentcustomerid_value") == "account"


def text_of(text: Text, side: str, values: Mapping[str, Any]) -> str:
    """A field as both sides are compared: names joined, outer blanks off, codes in capitals."""
    joined = " ".join(str(values.get(name) or "").strip() for name in text.on(side)).strip()
    if text.kind in ("phone", "name"):
        joined = " ".join(joined.split())
    return joined.upper() if text.kind == "code" else joined
