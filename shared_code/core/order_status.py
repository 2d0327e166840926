"""How far an order or quote of Business Central is, in words for a salesperson.  Pure."""

from __future__ import annotations

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


def status_of(*, is_released: bool, is_begun: bool, is_shipped: bool) -> OrderStatus:
    """``is_begun``: something of it was shipped; ``is_shipped``: all of it was."""
    if is_shipped:
        return OrderStatus.SHIPPED
    if is_begun:
        return OrderStatus.PARTLY_SHIPPED
    return OrderStatus.RELEASED if is_released else OrderStatus.OPEN
