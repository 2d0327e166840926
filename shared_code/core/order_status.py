"""How far an order or quote of Business Central is, in words for a salesperson.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum


class OrderStatus(StrEnum):
    """How far it is.  One that vanished is invoiced where an invoice names it, else somebody deleted it."""

    OPEN = "Open"
    PENDING_APPROVAL = "Waiting for approval"
    PENDING_PREPAYMENT = "Waiting for prepayment"
    RELEASED = "Released"
    PARTLY_SHIPPED = "Partly shipped"
    SHIPPED = "Shipped"
    INVOICED = "Invoiced"


class QuoteStatus(StrEnum):
    """How far a quote is.  One that vanished is ordered where an order names it, else somebody deleted it."""

    OPEN = "Open"
    SENT = "Sent"
    ACCEPTED = "Accepted"
    EXPIRED = "Expired"
    ORDERED = "Ordered"


class Transfer(StrEnum):
    """What became of an order or quote of Sales on its way to Business Central."""

    DONE = "In Business Central"
    WAITING = "Waiting"
    REFUSED = "Refused"
    DELETED = "Deleted in Business Central"


def status_of(
    *, is_released: bool, is_begun: bool, is_shipped: bool, is_invoiced: bool = False
) -> OrderStatus:
    """``is_begun``: something of it was shipped; ``is_shipped``: all of it was; ``is_invoiced``: all of it
    was invoiced while it stays, as where its shipments went into an invoice of their own."""
    if is_invoiced:
        return OrderStatus.INVOICED
    if is_shipped:
        return OrderStatus.SHIPPED
    if is_begun:
        return OrderStatus.PARTLY_SHIPPED
    return OrderStatus.RELEASED if is_released else OrderStatus.OPEN


def are_invoiced(lines: Iterable[tuple[Decimal, Decimal, Decimal]]) -> bool:
    """Whether all of an order's lines is invoiced, each told by its quantity, what of it was shipped and what
    was invoiced: something was, and nothing is left to be shipped or invoiced.

    So Business Central finds the orders that its batch job Delete Invoiced Sales Orders takes away.
    Source: microsoft/BCApps, DeleteInvoicedSalesOrders.
    """
    known = list(lines)
    done = all(quantity == shipped == invoiced for quantity, shipped, invoiced in known)
    return done and any(invoiced for _, _, invoiced in known)
