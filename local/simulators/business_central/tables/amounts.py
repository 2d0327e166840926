"""Amounts of document lines and the totals of their document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.ledger import tidy

_DOCUMENT = (("totalAmountExcludingTax", "totalAmountIncludingTax"),)
ALLOCATION = "invoiceDiscountAllocation"
"""A line's share of its document's discount; lines of quotes do not show it."""
_LINE = (("amountExcludingTax", "amountIncludingTax"), ("netAmount", "netAmountIncludingTax"))
TOTALS = {
    "salesInvoices": _DOCUMENT,
    "salesCreditMemos": _DOCUMENT,
    "salesOrders": _DOCUMENT,
    "salesQuotes": _DOCUMENT,
    "salesInvoiceLines": _LINE,
    "salesCreditMemoLines": _LINE,
    "salesOrderLines": _LINE,
    "salesQuoteLines": _LINE,
}
"""Pairs of amounts without and with tax, by table."""


def cents(amount: float) -> Any:
    """An amount in the precision of currencies, two decimals."""
    return tidy(round(amount + (1e-9 if amount >= 0 else -1e-9), 2))


def line_amounts(values: Mapping[str, Any], allocation: float) -> dict[str, Any]:
    """The computed amounts of a line that carries ``allocation`` of its document's discount."""
    amount = cents(values["quantity"] * values["unitPrice"] - values["discountAmount"])
    net = cents(amount - allocation)
    return {
        "amountExcludingTax": amount,
        "amountIncludingTax": amount,
        ALLOCATION: cents(allocation),
        "netAmount": net,
        "netAmountIncludingTax": net,
        "taxPercent": 0,
        "totalTaxAmount": 0,
        "netTaxAmount": 0,
    }


def refresh_totals(session: Session, table: str, lines_table: str, document_id: str) -> None:
    """Spread the document's discount over its lines and add them up."""
    document = session.current(table, document_id)
    if document is None:
        return
    lines = lines_of(session, lines_table, document_id)
    gross = sum(
        cents(row.values["quantity"] * row.values["unitPrice"] - row.values["discountAmount"])
        for row in lines
    )
    discount = min(document.values["discountAmount"], gross)
    total, owed = 0.0, 0.0
    for row in lines:
        amount = cents(row.values["quantity"] * row.values["unitPrice"] - row.values["discountAmount"])
        # What rounding leaves goes to the next line, so that the shares add up to the discount.
        owed += discount * amount / gross if gross else 0
        share = cents(owed)
        owed -= share
        amounts = line_amounts(row.values, share)
        session.change(lines_table, row.id, amounts)
        total += amounts["netAmount"]
    sums = {"totalAmountExcludingTax": cents(total), "totalAmountIncludingTax": cents(total)}
    session.change(table, document_id, {**sums, "totalTaxAmount": 0})
    _keep_header(session, table, document)


HEADER = "header"
"""Under which a document keeps stamp, etag and version of its header, where only its totals moved since."""


def _keep_header(session: Session, table: str, before: Row) -> None:
    """Totals are computed of the lines: what API v2.0 shows of a document moves, its header does not."""
    row = session.current(table, before.id)
    if row is not None and row.version != before.version:
        stamp = header_of(before)
        extra = {**row.extra, HEADER: (row.version, stamp)}
        session.table(table).rows[row.id] = replace(row, extra=extra)


def header_of(row: Row) -> tuple[int, str, int]:
    """Stamp, etag and version of a document's header."""
    version, stamp = row.extra.get(HEADER, (0, (0, "", 0)))
    found: tuple[int, str, int] = (
        stamp if version == row.version else (row.modified_ms, row.etag, row.version)
    )
    return found


def lines_of(session: Session, lines_table: str, document_id: str) -> list[Row]:
    """The lines of a document in their sequence."""
    table = session.table(lines_table)
    return sorted((table.rows[i] for i in table.group(document_id)), key=lambda row: row.values["sequence"])
