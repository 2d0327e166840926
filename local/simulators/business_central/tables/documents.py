"""Sales quotes, orders, invoices and credit memos: drafts that may change and posted ones that stay.

Rules of the API pages and aggregators (microsoft/BCApps, APIV2SalesInvoices, SalesInvoiceAggregator,
APIV2SalesOrders).  There is no tax set-up here, so amounts with and without tax are equal.  An order is never
posted: it is released, and goes when all of it is invoiced (``orders.py``).  A quote goes when an
order is made of it (``quotes.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.simulators.business_central.errors import business_rule, field_rule
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.amounts import TOTALS, lines_of, refresh_totals
from local.simulators.business_central.tables.dates import shifted
from local.simulators.business_central.tables.ledger import tidy, today_of
from local.simulators.business_central.tables.pairs import Pair, set_pair
from local.simulators.business_central.tables.partners import (
    PAYMENT_TERMS,
    SHIPMENT_METHOD,
    check_terms,
    set_currency,
)
from local.simulators.business_central.tables.rules import check_relation

POSTED = frozenset({"Open", "Paid", "Canceled", "Corrective"})


@dataclass(frozen=True, slots=True)
class Document:
    """One kind: its sets, the property with its date, and what of a posted one may change."""

    table: str
    lines: str
    date: str
    caption: str
    changeable: frozenset[str]


INVOICE = Document(
    "salesInvoices",
    "salesInvoiceLines",
    "invoiceDate",
    "invoice",
    frozenset({"dueDate", "promisedPayDate", "disputeStatusId", "disputeStatus"}),
)
CREDIT_MEMO = Document(
    "salesCreditMemos", "salesCreditMemoLines", "creditMemoDate", "credit memo", frozenset()
)
ORDER = Document("salesOrders", "salesOrderLines", "orderDate", "order", frozenset())
QUOTE = Document("salesQuotes", "salesQuoteLines", "documentDate", "quote", frozenset())
RELEASED = "Open"
KINDS = {kind.table: kind for kind in (INVOICE, CREDIT_MEMO, ORDER, QUOTE)}
KIND_OF_LINES = {kind.lines: kind for kind in (INVOICE, CREDIT_MEMO, ORDER, QUOTE)}
_BLOCKED = {
    "salesInvoices": frozenset({"All", "Invoice"}),
    "salesCreditMemos": frozenset({"All"}),
    "salesOrders": frozenset({"All", "Invoice", "Ship"}),
    "salesQuotes": frozenset({"All", "Invoice", "Ship"}),
}
_SELL_TO = Pair(
    "customerId",
    "customerNumber",
    "customers",
    "The sell-to customer cannot be found.",
    "The sell-to customer cannot be found.",
    "The sell-to customer values do not match to a specific Customer.",
)
_BILL_TO = Pair(
    "billToCustomerId",
    "billToCustomerNumber",
    "customers",
    "The bill-to customer cannot be found.",
    "The bill-to customer cannot be found.",
    "The bill-to customer values do not match to a specific Customer.",
)
_DISPUTE = Pair(
    "disputeStatusId",
    "disputeStatus",
    "disputeStatus",
    'The "disputeStatusId" does not match to a Dispute Status.',
    "The dispute status cannot be found.",
    "The dispute status cannot be found.",
)
_ADDRESS = (
    ("AddressLine1", "addressLine1"),
    ("AddressLine2", "addressLine2"),
    ("City", "city"),
    ("Country", "country"),
    ("State", "state"),
    ("PostCode", "postalCode"),
)


def is_posted(row: Row) -> bool:
    """Whether a document can change no more."""
    return row.values["status"] in POSTED and not is_order(row)


def is_order(row: Row) -> bool:
    """Whether a document is an order."""
    return "fullyShipped" in row.values


def refuse_released(row: Row) -> None:
    """A released order must be reopened before it changes, which the API cannot do."""
    if is_order(row) and row.values["status"] != "Draft":
        shown = "Released" if row.values["status"] == RELEASED else "Pending Approval"
        raise field_rule(
            f"Status must be equal to 'Open'  in Sales Header: Document Type=Order, "
            f"No.={row.values['number']}. Current value is '{shown}'."
        )


def complete(table: str, values: dict[str, Any]) -> None:
    """Amounts with tax for a loaded document or line whose source has none."""
    for net, gross in TOTALS.get(table, ()):
        values[gross] = values[gross] or values[net]
    if table in KIND_OF_LINES:
        values["amountExcludingTax"] = values["amountExcludingTax"] or values["netAmount"]


def validate(edit: Edit) -> None:
    """The rules before a document is written."""
    kind = KINDS[edit.entity.name]
    if edit.before is not None and is_posted(edit.before):
        _check_posted(edit, kind)
    if edit.before is not None and any(
        edit.before.values[n] != v for n, v in edit.sent.items() if n in edit.values
    ):
        refuse_released(edit.before)
    if edit.inserting and not (
        edit.sent.get("customerNumber") or edit.sent.get("customerId", EMPTY_ID) != EMPTY_ID
    ):
        raise business_rule('A "customerNumber" or a "customerId" must be provided.')
    _set_customers(edit)
    check_terms(edit, PAYMENT_TERMS, SHIPMENT_METHOD)
    check_relation(edit, "salesperson", "salespeoplePurchasers")
    for name in ("sellToCountry", "shipToCountry"):
        if name in edit.entity.properties:
            check_relation(edit, name, "countriesRegions")
    set_currency(edit)
    if kind is INVOICE and "disputeStatus" in edit.values:
        set_pair(edit, _DISPUTE)
    _set_dates(edit, kind)
    if edit.inserting:
        edit.values["number"] = edit.session.next_number(kind.table, kind.table)
        edit.values["status"] = "Draft"
        if kind in (ORDER, QUOTE):
            edit.values["discountAmount"] = 0  # There are no lines yet that it could be taken off.


OWN_DAY = "requestedDeliveryDate"
"""The day a line of an order is wanted on, kept beside it; blank: the day of the order."""


def written(edit: Edit, row: Row) -> None:
    """A draft's invoice discount is spread over its lines again.  An order's new day is its lines'."""
    if OWN_DAY in edit.sent and edit.before and edit.before.values[OWN_DAY] != row.values[OWN_DAY]:
        for line in lines_of(edit.session, ORDER.lines, row.id):
            edit.session.change(ORDER.lines, line.id, {OWN_DAY: ""})
    if not is_posted(row) and "discountAmount" in edit.sent:
        kind = KINDS[edit.entity.name]
        refresh_totals(edit.session, kind.table, kind.lines, row.id)


def deleting(session: Session, row: Row) -> None:
    """A posted document may not go: it must be printed and old enough, which set-up decides."""
    if is_posted(row):
        raise business_rule("You cannot delete posted sales documents.")


def with_remaining(reader: Reader, row: Row) -> Row:
    """``remainingAmount`` is calculated: payments move it without a stamp, as a page variable does."""
    values = {**row.values, "remainingAmount": remaining_of(reader.company.paid, row)}
    return Row(row.id, values, row.modified_ms, row.etag, row.extra, row.version)


def remaining_of(paid: dict[str, float], row: Row) -> Any:
    """What is still to be paid of an invoice."""
    if row.values["status"] == "Canceled":
        return 0
    return tidy(row.values["totalAmountIncludingTax"] - paid.get(row.id, 0))


def _changes(edit: Edit, before: Row) -> bool:
    held = {**before.extra, **before.values}
    return any(held.get(name) != value for name, value in edit.sent.items())


def _check_posted(edit: Edit, kind: Document) -> None:
    changed = {name for name, value in edit.sent.items() if value != (edit.before or edit).values[name]}
    if changed - kind.changeable:
        raise business_rule(f"The {kind.caption} has been posted and can no longer be modified.")


def _set_customers(edit: Edit) -> None:
    """The customer fills address, terms, currency and salesperson; what was sent besides wins."""
    sell_to = set_pair(edit, _SELL_TO)
    if sell_to is not None and (edit.before is None or edit.before.values["customerId"] != sell_to.id):
        _check_blocked(edit, sell_to)
        _fill(edit, _from_customer(edit, sell_to))
        bill_to = sell_to
    else:
        bill_to = None
    bill_to = set_pair(edit, _BILL_TO) or bill_to
    if bill_to is not None:
        _check_blocked(edit, bill_to)
        edit.values |= {"billToCustomerId": bill_to.id, "billToCustomerNumber": bill_to.values["number"]}
        edit.values["billToName"] = bill_to.values["displayName"]
        edit.values |= {f"billTo{name}": bill_to.values[source] for name, source in _ADDRESS}


def _check_blocked(edit: Edit, customer: Row) -> None:
    blocked = customer.values["blocked"]
    if blocked in _BLOCKED[edit.entity.name]:
        raise business_rule(
            f"You cannot create this type of document when Customer {customer.values['number']} is blocked "
            f"with type {blocked}"
        )


def _from_customer(edit: Edit, customer: Row) -> dict[str, Any]:
    values = customer.values
    filled = {"customerName": values["displayName"], "shipToName": values["displayName"]}
    for side in ("sellTo", "shipTo"):
        filled |= {f"{side}{name}": values[source] for name, source in _ADDRESS}
    same = ("paymentTermsId", "shipmentMethodId", "phoneNumber", "email", "currencyId", "currencyCode")
    filled |= {name: values[name] for name in same}
    filled |= {"salesperson": values["salespersonCode"], "shipToContact": customer.extra.get("contact", "")}
    return {name: value for name, value in filled.items() if name in edit.entity.properties}


def _fill(edit: Edit, filled: dict[str, Any]) -> None:
    for name, value in filled.items():
        if name not in edit.sent:
            edit.values[name] = value
    if "currencyId" in edit.sent or "currencyCode" in edit.sent:
        edit.values |= {"currencyId": EMPTY_ID, "currencyCode": ""}


def _set_dates(edit: Edit, kind: Document) -> None:
    """Dates are today's unless sent; the due date follows the terms unless it was sent."""
    if edit.inserting:
        for name in (kind.date, "postingDate"):
            edit.values[name] = edit.sent.get(name, today_of(edit.session))
    if "dueDate" not in edit.entity.properties:
        return
    before = edit.before.values if edit.before else {}
    moved = any(edit.values[name] != before.get(name) for name in (kind.date, "paymentTermsId"))
    if "dueDate" in edit.sent or not moved:
        return
    terms = edit.session.current("paymentTerms", edit.values["paymentTermsId"])
    formula = terms.values["dueDateCalculation"] if terms else ""
    edit.values["dueDate"] = shifted(edit.values[kind.date], formula)
