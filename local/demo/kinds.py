"""The kinds of records the story is about: where both sides keep them, and which belong on both.

What belongs is written here anew, beside the product's own filters, so that it is checked and not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

type Record = Mapping[str, Any]
type Test = Callable[[Record], bool]

EXTENSION = "tandem/"
"""What the tables of Tandem's extension are called with in Business Central."""
OF_PARTIES = frozenset({"Customer", "Vendor", "Multiple"})
POSTED = frozenset({"Open", "Paid", "Corrective"})
NO_DATE = "0001-01-01"
OF_INVOICES = "For invoices of Business Central"
"""How the price lists that only invoices need are described in Sales."""


@dataclass(frozen=True)
class Kind:
    """Records of Business Central, their rows in Sales, and the mapping that keeps them in step.

    ``belongs`` is whether a record of Business Central is to be in Sales, ``counts`` whether a row of Sales
    is of this kind; ``key`` names a record as its mapping does.
    """

    title: str
    mapping: str
    bc: str
    sales: str
    belongs: Test
    counts: Test
    key: Callable[[Record], str] = lambda record: str(record["id"]).lower()


def everything(_: Record) -> bool:
    """All records of the table."""
    return True


def is_not_blocked(record: Record) -> bool:
    """Customers, vendors, items and resources that may be traded with."""
    blocked = record["blocked"]
    return not (blocked if isinstance(blocked, bool) else str(blocked).strip().replace("_x0020_", ""))


def is_person_of_a_party(record: Record) -> bool:
    """A person who works for a customer or a vendor."""
    return bool(
        record["type"] == "Person"
        and record["companyNumber"]
        and record["contactBusinessRelation"] in OF_PARTIES
    )


def is_open_opportunity(record: Record) -> bool:
    """An opportunity with a customer that is neither won nor lost."""
    return record["contactBusinessRelation"] in ("Customer", "Multiple") and not record["closed"]


def is_posted(record: Record) -> bool:
    """An invoice or a credit memo that the bookkeeper has posted."""
    return record["status"] in POSTED


def is_price_today(record: Record) -> bool:
    """A line of an active price list that is in force today, for any quantity and no variant."""
    today = date.today().isoformat()
    ends = record["endingDate"]
    return bool(
        record["status"] == "Active"
        and not record["variantCode"]
        and not record["minimumQuantity"]
        and record["startingDate"] <= today
        and (ends in ("", NO_DATE) or today <= ends)
    )


def place_of_price(line: Record) -> str:
    """The place a price has: several dated lines may share it."""
    names = ("priceListCode", "assetNumber", "assetType", "unitOfMeasureCode", "variantCode")
    return ";".join(str(line[name]) for name in names) + ";0"


def _holds(**values: object) -> Test:
    return lambda row: all(row.get(name) == value for name, value in values.items())


def _is_list_with_prices(row: Record) -> bool:
    return row.get("description") != OF_INVOICES


def _is_credit_memo(row: Record) -> bool:
    """Sales has them as invoices below zero."""
    return row.get("tandem_documenttype") == "Credit memo"


def _is_invoice(row: Record) -> bool:
    return not _is_credit_memo(row)


_LISTS, _PRICES = f"{EXTENSION}priceListHeaders", f"{EXTENSION}priceListLines"
_RESOURCES = f"{EXTENSION}resources"
_CUSTOMERS, _VENDORS = _holds(customertypecode=3), _holds(customertypecode=11)
_GOODS, _SERVICES = _holds(producttypecode=1), _holds(producttypecode=3)

KINDS = (
    Kind("Customers", "CUSTOMER", "customers", "account", is_not_blocked, _CUSTOMERS),
    Kind("Vendors", "VENDOR", "vendors", "account", is_not_blocked, _VENDORS),
    Kind("Contacts", "CONTACT", "contacts", "contact", is_person_of_a_party, everything),
    Kind("Items", "ITEM-PRODUCT", "items", "product", is_not_blocked, _GOODS),
    Kind("Resources", "RESOURCE-PRODUCT", _RESOURCES, "product", is_not_blocked, _SERVICES),
    Kind("Currencies", "CURRENCY", "currencies", "transactioncurrency", everything, everything),
    Kind("Item categories", "ITEM CATEGORY", "itemCategories", "subject", everything, everything),
    Kind("Price lists", "PLHEADER-PRICE", _LISTS, "pricelevel", everything, _is_list_with_prices),
    Kind(
        "Prices", "PLLINE-PRODPRICE", _PRICES, "productpricelevel", is_price_today, everything, place_of_price
    ),
    Kind("Opportunities", "OPPORTUNITY", "opportunities", "opportunity", is_open_opportunity, everything),
    Kind("Invoices", "POSTEDSALESINV-INV", "salesInvoices", "invoice", is_posted, _is_invoice),
    Kind("Credit memos", "POSTEDSALESCRMEMO-INV", "salesCreditMemos", "invoice", is_posted, _is_credit_memo),
)  # fmt: skip
