"""Sales quotes: drafts that are sent and accepted, and gone when an order is made of them.

The order takes everything the quote says, its external document number among it, and names the quote.
Rules: microsoft/BCApps, APIV2SalesQuotes, GraphMgtSalesQuoteBuffer, SalesQuoteToOrder.
"""

from __future__ import annotations

from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import document_lines, documents
from local.simulators.business_central.tables.amounts import lines_of, refresh_totals
from local.simulators.business_central.tables.documents import ORDER, QUOTE
from local.simulators.business_central.tables.ledger import today_of
from local.simulators.business_central.tables.rules import TableRules
from local.simulators.business_central.values import stamp_ms, stamp_text

_LINES_NEED_PARENT = (frozenset({"id"}), frozenset({"documentId"}))
_OWN = frozenset({"id", "number", "status", "orderDate"})


def make_order(session: Session, quote: Row) -> None:
    """The API's action: an order takes what the quote says, and the quote is gone."""
    if not lines_of(session, QUOTE.lines, quote.id):
        raise business_rule("Please add at least one line item to the quote.")
    order_id = session.new_id()
    blank = session.types[ORDER.table].blank_values()
    values: dict[str, Any] = {name: quote.values.get(name, value) for name, value in blank.items()}
    values |= {name: blank[name] for name in _OWN & blank.keys()}
    values |= {"id": order_id, "number": session.next_number(ORDER.table, ORDER.table)}
    values["orderDate"] = today_of(session)
    session.put(ORDER.table, order_id, values, {**quote.extra, "quoteNumber": quote.values["number"]})
    for line in lines_of(session, QUOTE.lines, quote.id):
        _take_line(session, order_id, line)
    refresh_totals(session, ORDER.table, ORDER.lines, order_id)
    session.remove(QUOTE.table, quote.id)
    _drop_lines(session, quote)


def send(session: Session, quote: Row) -> None:
    """The API's action: the quote goes to the customer by e-mail."""
    if not lines_of(session, QUOTE.lines, quote.id):
        raise business_rule("Please add at least one line item to the quote.")
    sent = stamp_text(stamp_ms(session.unit.writing.now))
    session.change(QUOTE.table, quote.id, {"status": "Sent", "sentDate": sent})


def accept(session: Session, quote: Row) -> None:
    """A person notes that the customer accepted the quote."""
    session.change(QUOTE.table, quote.id, {"status": "Accepted", "acceptedDate": today_of(session)})


def _take_line(session: Session, order_id: str, line: Row) -> None:
    blank = session.types[ORDER.lines].blank_values()
    values = {name: line.values.get(name, value) for name, value in blank.items()}
    line_id, quantity = session.new_id(), line.values["quantity"]
    values |= {"id": line_id, "documentId": order_id, "shipQuantity": quantity, "invoiceQuantity": quantity}
    session.put(ORDER.lines, line_id, values, line.extra)


def _drop_lines(session: Session, quote: Row) -> None:
    for row_id in session.table(QUOTE.lines).group(quote.id):
        session.remove(QUOTE.lines, row_id)


RULES = {
    QUOTE.table: TableRules(
        source=QUOTE.table,
        key="number",
        group="customerId",
        validate=documents.validate,
        written=documents.written,
        deleted=_drop_lines,
        actions={"makeOrder": make_order, "send": send},
    ),
    QUOTE.lines: TableRules(
        source=QUOTE.lines,
        group="documentId",
        parents={QUOTE.table: "documentId"},
        needs_parent=_LINES_NEED_PARENT,
        parent_missing="You must specify an Id or a Document Id to get the lines.",
        validate=document_lines.validate,
        written=document_lines.written,
        deleted=lambda session, row: document_lines.deleted(session, QUOTE.lines, row),
    ),
}
