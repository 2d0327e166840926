"""Orders and quotes of Business Central: how far they are, and that none is left with a part of its lines.

A request that creates one with its lines is one transaction by a rule of the platform.  Where a service
kept the header all the same, the order is removed again at once.
Source: microsoft/BCApps, APIV2SalesOrders, APIV2SalesQuotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from shared_code.core.order_status import OrderStatus, QuoteStatus, status_of
from shared_code.systems.interface import (
    Creation,
    OutcomeUnknown,
    Refused,
    Removal,
    Removed,
    Table,
    WriteResult,
    Written,
)

type Entity = Mapping[str, object]


def status_in_v2(entity: Entity) -> str:
    """How far an order of API v2.0 is; which part of it is shipped its lines tell, where they were read."""
    lines = entity.get("salesOrderLines")
    shipped = any(_is_begun(line) for line in lines) if isinstance(lines, list) else False
    is_released = entity.get("status") == "Open"
    return _status(is_released, shipped, entity.get("fullyShipped") is True)


def status_in_extension(entity: Entity) -> str:
    """How far an order of the extension is, which calls one that can be changed Open."""
    is_released = entity.get("status") != "Open"
    return _status(is_released, entity.get("shipped") is True, entity.get("completelyShipped") is True)


def quote_status(entity: Entity) -> str:
    """How far a quote is."""
    return _QUOTES.get(str(entity.get("status") or "").strip(), QuoteStatus.OPEN)


_QUOTES = {
    "Sent": QuoteStatus.SENT,
    "Accepted": QuoteStatus.ACCEPTED,
    "Expired_x0020_": QuoteStatus.EXPIRED,
    "Expired": QuoteStatus.EXPIRED,
}


def _is_begun(line: object) -> bool:
    shipped = line.get("shippedQuantity") if isinstance(line, dict) else 0
    return isinstance(shipped, int | Decimal) and shipped != 0


def _status(is_released: bool, is_begun: bool, is_shipped: bool) -> OrderStatus:
    return status_of(is_released=is_released, is_begun=is_begun, is_shipped=is_shipped)


def checked(
    table: Table,
    creations: Sequence[Creation],
    results: Sequence[WriteResult],
    delete: Callable[[Sequence[Removal]], Sequence[WriteResult]],
) -> list[WriteResult]:
    """The results; an order that lacks lines is removed and counts as refused."""
    if not (table.lines and table.reads_lines):
        return list(results)
    pairs = zip(creations, results, strict=True)
    return [_checked(each, done, delete) for each, done in pairs]


def _checked(
    creation: Creation, done: WriteResult, delete: Callable[[Sequence[Removal]], Sequence[WriteResult]]
) -> WriteResult:
    if not isinstance(done, Written) or len(done.row.lines) >= len(creation.lines):
        return done
    (removed,) = delete([Removal(done.row.id, done.row.version)])
    if isinstance(removed, Removed):
        return Refused("Incomplete", "not all lines were stored; the order was removed again")
    return OutcomeUnknown("an order lacks lines and could not be removed")
