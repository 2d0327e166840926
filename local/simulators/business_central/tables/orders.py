"""Sales orders: released, shipped, invoiced in parts, and gone when all of it is invoiced.

Posting ships and invoices what the lines say.  An invoice of an order is a posted document of its own, which
names the order by id and number.  Rules: microsoft/BCApps, APIV2SalesOrders, SalesPost.
"""

from __future__ import annotations

from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.table_numbers import NOTES
from local.simulators.business_central.tables import combined, document_lines, documents, posting
from local.simulators.business_central.tables.amounts import lines_of, refresh_totals
from local.simulators.business_central.tables.documents import INVOICE, ORDER, RELEASED
from local.simulators.business_central.tables.ledger import tidy
from local.simulators.business_central.tables.rules import TableRules

_LINES_NEED_PARENT = (frozenset({"id"}), frozenset({"documentId"}))


def release(session: Session, order: Row) -> None:
    """Release an order as a person does.  Raises 400 where it has no lines."""
    if not _sold(session, order):
        raise business_rule(f"There is nothing to release for the order {order.values['number']}.")
    session.change(ORDER.table, order.id, {"status": RELEASED})


def reopen(session: Session, order: Row) -> None:
    """Reopen a released order as a person does."""
    session.change(ORDER.table, order.id, {"status": "Draft"})


def ship_and_invoice(session: Session, order: Row) -> None:
    """The API's action: ship and invoice what the lines say."""
    post(session, order, ship=True, invoice=True)


def post(session: Session, order: Row, *, ship: bool, invoice: bool) -> None:
    """Post an order; it is released by that, and deleted when all of it is invoiced."""
    lines = _sold(session, order)
    if not lines:
        raise business_rule("Please add at least one line item to the order.")
    if any(not line.values["quantity"] for line in lines):
        raise business_rule(
            "One or more document lines with a value in the No. field do not have a quantity specified."
        )
    shipped = {line.id: _shipped(session, order, line) if ship else 0 for line in lines}
    invoiced = {line.id: _to_invoice(line, shipped[line.id]) if invoice else 0 for line in lines}
    if not any(shipped.values()) and not any(invoiced.values()):
        raise business_rule("There is nothing to post.")
    if any(invoiced.values()):
        _invoice(session, order, lines, invoiced)
    for line in lines:
        _advance(session, line, shipped[line.id], invoiced[line.id])
    left = _sold(session, order)
    if all(line.values["invoicedQuantity"] == line.values["quantity"] for line in left):
        session.remove(ORDER.table, order.id)
        _drop_parts(session, order)
    else:
        whole = all(line.values["shippedQuantity"] == line.values["quantity"] for line in left)
        session.change(ORDER.table, order.id, {"status": RELEASED, "fullyShipped": whole})
    session.unit.commit_point()


def _sold(session: Session, order: Row) -> list[Row]:
    lines = lines_of(session, ORDER.lines, order.id)
    return [line for line in lines if line.values["lineType"] != "Comment"]


def _shipped(session: Session, order: Row, line: Row) -> Any:
    quantity = line.values["shipQuantity"]
    if quantity and line.values["lineType"] == "Item":
        posting.move_stock(session, ORDER, order, {**line.values, "quantity": quantity}, line.extra)
    return quantity


def _to_invoice(line: Row, shipping: Any) -> Any:
    """No more is invoiced than was shipped."""
    delivered = line.values["shippedQuantity"] + shipping - line.values["invoicedQuantity"]
    return tidy(min(line.values["invoiceQuantity"], delivered))


def _advance(session: Session, line: Row, shipped: Any, invoiced: Any) -> None:
    values = line.values
    done = tidy(values["shippedQuantity"] + shipped), tidy(values["invoicedQuantity"] + invoiced)
    changes = {
        "shippedQuantity": done[0],
        "invoicedQuantity": done[1],
        "shipQuantity": tidy(values["quantity"] - done[0]),
        "invoiceQuantity": tidy(values["quantity"] - done[1]),
    }
    session.change(ORDER.lines, line.id, changes)


def _invoice(session: Session, order: Row, lines: list[Row], invoiced: dict[str, Any]) -> None:
    """The invoice of these quantities, posted at once; it carries its share of the order's discount."""
    named = {"orderId": order.id, "orderNumber": order.values["number"]}
    reference = {"customerPurchaseOrderReference": order.extra.get("yourReference", "")}
    discount = {"discountAmount": _share(lines, invoiced)}
    invoice = combined.put_draft(session, order, {**named, **reference, **discount})
    for line in lines_of(session, ORDER.lines, order.id):
        if line.values["lineType"] == "Comment" or invoiced.get(line.id):
            combined.copy_line(session, invoice, order, line, {"quantity": invoiced.get(line.id, 0)}, {})
    refresh_totals(session, INVOICE.table, INVOICE.lines, invoice.id)
    drafted = session.current(INVOICE.table, invoice.id)
    assert drafted is not None, "it was put a moment ago"
    posting.post(session, drafted, INVOICE, moves_stock=False)


def _share(lines: list[Row], invoiced: dict[str, Any]) -> Any:
    shares = (
        line.values["invoiceDiscountAllocation"] * invoiced[line.id] / line.values["quantity"]
        for line in lines
    )
    return tidy(round(sum(shares), 2))


def delete_invoiced(session: Session) -> None:
    """The batch job Delete Invoiced Sales Orders: orders that went into invoices of several."""
    for order in list(session.table(ORDER.table).rows.values()):
        if combined.are_invoiced(_sold(session, order)):
            session.remove(ORDER.table, order.id)
            _drop_parts(session, order)


def _drop_parts(session: Session, order: Row) -> None:
    """Lines and notes go with their order."""
    for table in (ORDER.lines, NOTES):
        for row_id in list(session.table(table).group(order.id)):
            session.remove(table, row_id)


def _deleting(session: Session, row: Row) -> None:
    """An order of which goods were shipped and not invoiced stays."""
    documents.refuse_released(row)
    for line in lines_of(session, ORDER.lines, row.id):
        document_lines.deleting(session, ORDER.lines, line)


RULES = {
    ORDER.table: TableRules(
        source=ORDER.table,
        key="number",
        group="customerId",
        validate=documents.validate,
        written=documents.written,
        deleting=_deleting,
        deleted=_drop_parts,
        actions={"shipAndInvoice": ship_and_invoice},
    ),
    ORDER.lines: TableRules(
        source=ORDER.lines,
        group="documentId",
        parents={ORDER.table: "documentId"},
        needs_parent=_LINES_NEED_PARENT,
        parent_missing="You must specify an Id or a Document Id to get the lines.",
        validate=document_lines.validate,
        written=document_lines.written,
        deleting=lambda session, row: document_lines.deleting(session, ORDER.lines, row),
        deleted=lambda session, row: document_lines.deleted(session, ORDER.lines, row),
    ),
    "accounts": TableRules(source="accounts", key="number"),
}
