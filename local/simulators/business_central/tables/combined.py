"""Invoices of several orders: what was shipped is taken into an invoice of its own, which is posted later.

Such an invoice names no order, its lines do.  Posting it moves the lines of the orders on and leaves their
headers alone.  The orders stay, with nothing left to do, until somebody takes invoiced orders away.
Rules: microsoft/BCApps, SalesGetShipment, SalesShipmentLine (InsertInvLineFromShptLine), SalesPost
(PostUpdateInvoiceLine, SetInvoiceOrderNo), DeleteInvoicedSalesOrders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.amounts import lines_of, refresh_totals
from local.simulators.business_central.tables.documents import INVOICE, ORDER
from local.simulators.business_central.tables.ledger import tidy

ORDER_LINE = "orderLineId"
"""Where a line of an invoice keeps which line of an order its goods were shipped for."""
_ALIKE = (("customerNumber", "Sell-to Customer No."), ("billToCustomerNumber", "Bill-to Customer No."),
          ("currencyCode", "Currency Code"))  # fmt: skip


def take_shipments(session: Session, orders: Sequence[Row]) -> Row:
    """Get Shipment Lines: a draft with all that was shipped of these orders and not invoiced.

    Raises 400 where there is nothing, or where the orders differ in customer or currency.
    """
    _check_alike(orders)
    shipped = [(order, line) for order in orders for line in _not_invoiced(session, order)]
    if not shipped:
        raise business_rule("There is nothing to combine.")
    discount = sum(_part(line, "invoiceDiscountAllocation", _open(line)) for _, line in shipped)
    blank = {"externalDocumentNumber": "", "discountAmount": tidy(discount)}
    invoice = put_draft(session, replace(orders[0], extra={}), blank)
    told: set[str] = set()
    for order, line in shipped:
        if order.id not in told:
            _put_text(session, invoice, f"Shipment No. {order.values['number']}:")
            session.change(ORDER.table, order.id, {"getShipmentUsed": True})
            told.add(order.id)
        place = {"sequence": _next(session, invoice)}
        copy_line(session, invoice, order, line, {**place, "quantity": _open(line)}, {ORDER_LINE: line.id})
    refresh_totals(session, INVOICE.table, INVOICE.lines, invoice.id)
    draft = session.current(INVOICE.table, invoice.id)
    assert draft is not None, "it was put a moment ago"
    return draft


def put_draft(session: Session, order: Row, changes: dict[str, Any]) -> Row:
    """A draft invoice with the header of an order."""
    blank = session.types[INVOICE.table].blank_values()
    invoice_id = session.new_id()
    values = {name: order.values.get(name, value) for name, value in blank.items()}
    values |= {
        "id": invoice_id,
        "number": session.next_number(INVOICE.table, INVOICE.table),
        "invoiceDate": order.values["postingDate"],
        "dueDate": order.values["postingDate"],
        "status": "Draft",
        **changes,
    }
    return session.put(INVOICE.table, invoice_id, values, order.extra)


def copy_line(
    session: Session,
    invoice: Row,
    order: Row,
    line: Row,
    changes: Mapping[str, Any],
    beside: Mapping[str, Any],
) -> None:
    """A line of an invoice for a part of an order's line: ``changes`` says how much of it."""
    line_id = session.new_id()
    blank = _blank_line(session, invoice, line_id)
    values = {name: line.values.get(name, value) for name, value in blank.items()}
    part = {"discountAmount": _part(line, "discountAmount", changes["quantity"])}
    values |= {"id": line_id, "documentId": invoice.id, **part, **changes}
    named = {"orderNumber": order.values["number"], "orderLineNumber": line.values["sequence"]}
    session.put(INVOICE.lines, line_id, values, {**line.extra, **named, **beside})


def move_orders_on(session: Session, sold: Sequence[Row]) -> None:
    """Posting an invoice: what its lines took of orders is invoiced there, too.  Raises 400 for more than was
    shipped, as where two drafts took the same."""
    for line in sold:
        if line_id := line.extra.get(ORDER_LINE):
            _invoice(session, line, session.current(ORDER.lines, line_id))


def is_shipped(line: Row) -> bool:
    """Whether the goods of an invoice's line left with an order."""
    return ORDER_LINE in line.extra


def are_invoiced(lines: Sequence[Row]) -> bool:
    """Whether something was invoiced of these lines and nothing is left to be shipped or invoiced."""
    done = all(
        line.values["quantity"] == line.values["shippedQuantity"] == line.values["invoicedQuantity"]
        for line in lines
    )
    return done and any(line.values["invoicedQuantity"] for line in lines)


def _check_alike(orders: Sequence[Row]) -> None:
    for name, caption in _ALIKE:
        if len({order.values[name] for order in orders}) > 1:
            raise business_rule(
                f"The {caption} on the Sales Invoice and the Sales Shipment Header must be the same."
            )


def _not_invoiced(session: Session, order: Row) -> list[Row]:
    lines = lines_of(session, ORDER.lines, order.id)
    return [line for line in lines if line.values["lineType"] != "Comment" and _open(line)]


def _open(line: Row) -> Any:
    """What of a line was shipped and not invoiced."""
    return tidy(line.values["shippedQuantity"] - line.values["invoicedQuantity"])


def _part(line: Row, amount: str, quantity: Any) -> Any:
    whole = line.values["quantity"]
    return tidy(round(line.values[amount] * quantity / whole, 2)) if whole else 0


def _blank_line(session: Session, invoice: Row, line_id: str) -> dict[str, Any]:
    return {**session.types[INVOICE.lines].blank_values(), "id": line_id, "documentId": invoice.id}


def _put_text(session: Session, invoice: Row, text: str) -> None:
    line_id = session.new_id()
    told = {"lineType": "Comment", "description": text, "sequence": _next(session, invoice)}
    session.put(INVOICE.lines, line_id, {**_blank_line(session, invoice, line_id), **told}, {})


def _next(session: Session, invoice: Row) -> int:
    taken = [line.values["sequence"] for line in lines_of(session, INVOICE.lines, invoice.id)]
    return int(max(taken, default=0)) + 10_000


def _invoice(session: Session, line: Row, ordered: Row | None) -> None:
    number = line.extra["orderNumber"]
    if ordered is None:
        raise business_rule(
            "The Sales Line does not exist. Identification fields and values: Document Type='Order', "
            f"Document No.='{number}', Line No.='{line.extra['orderLineNumber']}'"
        )
    invoiced = tidy(ordered.values["invoicedQuantity"] + line.values["quantity"])
    if invoiced > ordered.values["shippedQuantity"]:
        raise business_rule(f"You cannot invoice order {number} for more than you have shipped.")
    left = tidy(ordered.values["quantity"] - invoiced)
    session.change(ORDER.lines, ordered.id, {"invoicedQuantity": invoiced, "invoiceQuantity": left})
