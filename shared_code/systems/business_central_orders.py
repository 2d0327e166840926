"""Orders and quotes of Business Central: how far they are, how they change, and that none is left with a part
of its lines.

The extension tells the version of an order's lines apart from that of its header: a line that changes leaves
the header as it is.  Both together are the version of the order, and a change names both.
A request that creates one with its lines is one transaction by a rule of the platform.  Where a service
kept the header all the same, the order is removed again at once.
Source: microsoft/BCApps, APIV2SalesOrders, APIV2SalesQuotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from shared_code.core.descriptions import ColumnDescription, Described, Kind, NoTable
from shared_code.core.order_line_values import BC_DATE
from shared_code.core.order_status import OrderStatus, QuoteStatus, are_invoiced, status_of
from shared_code.core.records import Value
from shared_code.systems import odata
from shared_code.systems.interface import (
    ORDER_LINES,
    Change,
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


QUANTITIES = ("quantity", "shippedQuantity", "invoicedQuantity")
"""What the lines of an order in API v2.0 tell of how far it is."""


def status_in_v2(entity: Entity) -> str:
    """How far an order of API v2.0 is; what of it is shipped and invoiced, its lines tell where
    they were read."""
    lines = entity.get("salesOrderLines")
    known = [_quantities(line) for line in lines] if isinstance(lines, list) else []
    is_begun = any(shipped for _, shipped, _ in known)
    if entity.get("status") == "In_x0020_Review" and not is_begun:
        return OrderStatus.PENDING_APPROVAL
    return status_of(
        is_released=entity.get("status") == "Open",
        is_begun=is_begun,
        is_shipped=entity.get("fullyShipped") is True,
        is_invoiced=are_invoiced(known),
    )


STATUS_IN_EXTENSION = ("status", "shipped", "completelyShipped", "completelyInvoiced")
"""What an order of the extension tells of how far it is."""


def status_in_extension(entity: Entity) -> str:
    """How far an order of the extension is, which calls one that can be changed Open."""
    waits = _WAITS.get(str(entity.get("status")))
    if waits and entity.get("shipped") is not True:
        return waits
    return status_of(
        is_released=entity.get("status") != "Open",
        is_begun=entity.get("shipped") is True,
        is_shipped=entity.get("completelyShipped") is True,
        is_invoiced=entity.get("completelyInvoiced") is True,
    )


_WAITS = {
    "Pending_x0020_Approval": OrderStatus.PENDING_APPROVAL,
    "Pending_x0020_Prepayment": OrderStatus.PENDING_PREPAYMENT,
}

LINES_VERSION = "linesVersion"
"""What the extension tells of an order's lines: another text after each change, deletion and addition."""
MOVED = "The order was changed by somebody else since it was read."
"""The extension's answer where the lines are not those that a change names (codeunit Tandem Order Change)."""
_EXTENSION, _CONTENT = "tandem/sync/v1.0", "content"


def has_lines_apart(table: Table) -> bool:
    """Whether the version of a record's lines is told apart from that of the record."""
    return table.api == _EXTENSION and table.name == "salesOrders"


def no_lines(_: Entity) -> Value:
    """Lines are read as rows of their own."""
    return None


def joined(etag: str, lines: str) -> str:
    """The version of a header and that of its lines as one."""
    return f"{etag}{_JOINT}{lines}"


def header_etag(etag: str) -> str:
    """The version of the header alone, with which a write is guarded."""
    return etag.partition(_JOINT)[0]


_JOINT = "#"


def as_taken(described: Described, lines: Table, api: str) -> Described:
    """What lines of orders take, where the orders are those of ``api``: by the names of API v2.0, and in the
    extension's orders the day they are wanted on, too."""
    if api != _EXTENSION or lines.name != "salesOrderLines" or isinstance(described, NoTable):
        return described
    day = ColumnDescription(BC_DATE, Kind.DAY)
    return replace(described, columns={**described.columns, BC_DATE: day})


def goes_both_ways(table: Table) -> bool:
    """Whether orders of the table are changed with their lines."""
    return any(column.name == ORDER_LINES for column in table.columns)


def changed(change: Change, header: Mapping[str, object]) -> Mapping[str, object]:
    """What is sent to change an order: one content, so that a released order is reopened, changed and
    released again in one transaction.  Raises ValueError for lines that are none."""
    text = change.values.get(ORDER_LINES)
    lines = odata.loads(str(text)) if text else []
    if not isinstance(lines, list):
        raise ValueError("the lines of an order are no list")
    version = change.version.etag.partition(_JOINT)[2]
    return {_CONTENT: odata.dumps({**header, LINES_VERSION: version, "lines": lines})}


def quote_status(entity: Entity) -> str:
    """How far a quote is."""
    return _QUOTES.get(str(entity.get("status") or "").strip(), QuoteStatus.OPEN)


_QUOTES = {
    "Sent": QuoteStatus.SENT,
    "Accepted": QuoteStatus.ACCEPTED,
    "Expired_x0020_": QuoteStatus.EXPIRED,
    "Expired": QuoteStatus.EXPIRED,
}


def _quantities(line: object) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, what of it was shipped and what was invoiced; nothing where the line does not tell it."""
    told = line if isinstance(line, dict) else {}
    quantity, shipped, invoiced = (_number(told.get(name)) for name in QUANTITIES)
    return quantity, shipped, invoiced


def _number(value: object) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


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
