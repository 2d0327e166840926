"""The pairs of posted documents: invoices and credit memos, both invoices in Sales."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulate.fields import Pair, Text

_FROM_BC = ("bc",)
CREDIT_MEMO_KIND = "Credit memo"
_ADDRESS = ("name", "line1", "line2", "postalcode", "city", "stateorprovince", "country")
_WRITTEN = frozenset({
    "duedate", "statecode", "statuscode", "totalamountlessfreight", "totaltax", "totalamount",
    *(f"{prefix}_{name}" for prefix in ("billto", "shipto") for name in _ADDRESS),
})  # fmt: skip
_COMPUTED = frozenset({
    "totallineitemamount", "totallineitemdiscountamount", "totaldiscountamount", "totalamount_base",
    "totaltax_base", "totalamountlessfreight_base", "totallineitemamount_base", "discountamount_base",
    "totaldiscountamount_base", "totallineitemdiscountamount_base", "pricingerrorcode", "datedelivered",
    "billto_composite", "shipto_composite",
})  # fmt: skip
"""What Sales computes of an invoice when its lines or addresses are written."""

_NUMBER = Text("number", "number", ("invoicenumber",), "code", 20, 100, flow="none")
"""Nobody writes it: what people do with documents is in ``document_actions``."""


def _is_memo(values: Mapping[str, Any]) -> bool:
    return values.get("tandem_documenttype") == CREDIT_MEMO_KIND


def _invoice_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """Drafts are not carried, and what is canceled is no partner of anything new."""
    if side == "bc":
        return values.get("status") in ("Open", "Paid", "Corrective")
    return values.get("statecode") in (0, 2) and not _is_memo(values)


INVOICE = Pair(
    "POSTEDSALESINV-INV",
    "salesInvoices",
    "invoice",
    "invoices",
    (_NUMBER,),
    frozenset(),
    _WRITTEN | _COMPUTED,
    _invoice_is_inside,
    _FROM_BC,
)


def _memo_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    if side == "bc":
        return values.get("status") in ("Open", "Paid", "Canceled")
    return values.get("statecode") in (0, 2) and _is_memo(values)


CREDIT_MEMO = Pair(
    "POSTEDSALESCRMEMO-INV",
    "salesCreditMemos",
    "invoice",
    "invoices",
    (_NUMBER,),
    frozenset(),
    _WRITTEN | _COMPUTED,
    _memo_is_inside,
    _FROM_BC,
    told=_is_memo,
)

LINES: Mapping[str, str] = {
    INVOICE.mapping: "salesInvoiceLines",
    CREDIT_MEMO.mapping: "salesCreditMemoLines",
}
"""The lines of a document in Business Central, by mapping."""
