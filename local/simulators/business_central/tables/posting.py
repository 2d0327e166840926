"""Posting, cancelling and sending of sales invoices and credit memos.

Posting commits: what fails after it, sending for example, leaves the document posted.

A posted document keeps the id of its draft and takes its number from another series.  Items leave or
enter stock through the item ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import combined, customer_ledger, general_ledger
from local.simulators.business_central.tables.amounts import lines_of
from local.simulators.business_central.tables.documents import (
    CREDIT_MEMO,
    INVOICE,
    ORDER,
    Document,
    is_posted,
)
from local.simulators.business_central.tables.ledger import post_movement, tidy
from local.simulators.business_central.tables.posted import record_posted

_SOLD = {
    INVOICE.table: (-1, "Sales_x0020_Shipment"),
    ORDER.table: (-1, "Sales_x0020_Shipment"),
    CREDIT_MEMO.table: (1, "Sales_x0020_Return_x0020_Receipt"),
}


def post(session: Session, row: Row, kind: Document, *, moves_stock: bool = True) -> Row:
    """Post a draft; raises 400 where it has no lines or a line has no quantity.

    Not ``moves_stock``: its goods were shipped before.
    """
    if is_posted(row):
        raise business_rule(f"The action can be applied to a draft {kind.caption} only.")
    lines = lines_of(session, kind.lines, row.id)
    sold = [line for line in lines if line.values["lineType"] != "Comment"]
    if not sold:
        raise business_rule(f"Please add at least one line item to the {kind.caption}.")
    if any(not line.values["quantity"] for line in sold):
        raise business_rule(
            "One or more document lines with a value in the No. field do not have a quantity specified."
        )
    number = session.next_number(f"{kind.table}+", kind.table)
    status = "Open" if row.values["totalAmountIncludingTax"] else "Paid"
    for line in sold:
        if moves_stock and line.values["lineType"] == "Item" and not combined.is_shipped(line):
            move_stock(session, kind, row, line.values, line.extra, number)
    combined.move_orders_on(session, sold)
    posted = session.put(kind.table, row.id, {**row.values, "number": number, "status": status}, row.extra)
    _enter(session, posted, kind)
    if kind is INVOICE:
        record_posted(session, posted, lines)
    session.unit.commit_point()
    return posted


def _enter(session: Session, posted: Row, kind: Document) -> None:
    """The entries of a posted document; one without an amount leaves none."""
    amount, number = posted.values["totalAmountIncludingTax"], posted.values["number"]
    if not amount:
        return
    customer_ledger.enter(session, posted, amount if kind is INVOICE else -amount)
    if kind is INVOICE:
        general_ledger.post(
            session, general_ledger.INVOICE, number, general_ledger.RECEIVABLES, general_ledger.SALES, amount
        )
    else:
        general_ledger.post(
            session,
            general_ledger.CREDIT_MEMO,
            number,
            general_ledger.SALES,
            general_ledger.RECEIVABLES,
            amount,
        )


def cancel_invoice(session: Session, row: Row) -> Row:
    """Cancel a posted invoice by a corrective credit memo that is posted at once."""
    _require_posted(row, INVOICE)
    if row.values["status"] == "Canceled":
        raise business_rule("The invoice cannot be canceled because it has already been canceled.")
    if row.values["status"] == "Paid" or session.company.paid.get(row.id):
        raise business_rule(
            "Canceling the invoice failed because of the following error: \\\\You cannot cancel this posted "
            "sales invoice because it is fully or partially paid."
        )
    memo = post(session, corrective_memo(session, row), CREDIT_MEMO)
    session.put(CREDIT_MEMO.table, memo.id, {**memo.values, "status": "Corrective"}, memo.extra)
    return session.put(INVOICE.table, row.id, {**row.values, "status": "Canceled"}, row.extra)


def make_corrective_memo(session: Session, row: Row) -> None:
    """A draft credit memo with the lines of an unpaid posted invoice."""
    _require_posted(row, INVOICE)
    if row.values["status"] == "Paid":
        raise business_rule(
            "The invoice is closed. The corrective credit memo will not be applied to the invoice."
        )
    if session.company.paid.get(row.id):
        raise business_rule(
            "The invoice is partially paid or credited. The corrective credit memo may not be fully closed "
            "by the invoice."
        )
    corrective_memo(session, row)


def corrective_memo(session: Session, invoice: Row) -> Row:
    """Copy a posted invoice into a draft credit memo that names it."""
    blank = session.types[CREDIT_MEMO.table].blank_values()
    values = {name: invoice.values.get(name, value) for name, value in blank.items()}
    memo_id = session.new_id()
    values |= {
        "id": memo_id,
        "number": session.next_number(CREDIT_MEMO.table, CREDIT_MEMO.table),
        "creditMemoDate": invoice.values["postingDate"],
        "invoiceId": invoice.id,
        "invoiceNumber": invoice.values["number"],
        "status": "Draft",
    }
    memo = session.put(CREDIT_MEMO.table, memo_id, values, invoice.extra)
    for line in lines_of(session, INVOICE.lines, invoice.id):
        line_id = session.new_id()
        copied = {name: line.values[name] for name in session.types[CREDIT_MEMO.lines].blank_values()}
        session.put(CREDIT_MEMO.lines, line_id, {**copied, "id": line_id, "documentId": memo_id}, line.extra)
    return memo


def check_address(session: Session, row: Row) -> None:
    """Sending needs an address: the document's customer must have one."""
    customer = session.by_key("customers", row.values["customerNumber"])
    if not (customer and customer.values["email"]):
        raise business_rule(
            "The send-to email is empty. Specify email either for the customer or for the invoice in email "
            "preview."
        )


def _require_posted(row: Row, kind: Document) -> None:
    if not is_posted(row):
        raise business_rule(f"The action can be applied to a posted {kind.caption} only.")


def move_stock(
    session: Session,
    kind: Document,
    document: Row,
    line: Mapping[str, Any],
    extra: Mapping[str, Any],
    number: str = "",
) -> None:
    """Enter what a line ships or takes back; ``number`` is that of the document, if it is another one."""
    item = session.current("items", line["itemId"])
    if item is None or item.values["type"] != "Inventory":
        return
    sign, document_type = _SOLD[kind.table]
    quantity = tidy(sign * line["quantity"] * extra.get("quantityPerUnitOfMeasure", 1))
    variant = session.current("itemVariants", line["itemVariantId"])
    location = session.current("locations", line["locationId"])
    post_movement(
        session,
        item,
        quantity,
        entryType="Sale",
        postingDate=document.values["postingDate"],
        sourceType="Customer",
        sourceNumber=document.values["customerNumber"],
        documentNumber=number or document.values["number"],
        documentType=document_type,
        salesAmountActual=tidy(-sign * line["netAmount"]),
        variantCode=variant.values["code"] if variant else "",
        locationCode=location.values["code"] if location else "",
    )
