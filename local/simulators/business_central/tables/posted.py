"""Posted sales invoices as their own records, which the extension shows.

Posting makes new records with ids of their own; API v2.0 goes on to show them under the id of the draft,
which stands here as ``draftInvoiceId``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.schema import EMPTY_ID, EXTENSION
from local.simulators.business_central.session import Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.documents import INVOICE, remaining_of
from local.simulators.business_central.tables.rules import TableRules

HEADERS, LINES = f"{EXTENSION}postedSalesInvoices", f"{EXTENSION}postedSalesInvoiceLines"
_HEADER_FROM: Mapping[str, str] = {
    "draftInvoiceId": "id",
    "yourReference": "customerPurchaseOrderReference",
    "documentDate": "invoiceDate",
    "salespersonCode": "salesperson",
    "shipToPostalCode": "shipToPostCode",
    "billToPostalCode": "billToPostCode",
    "amount": "totalAmountExcludingTax",
    "amountIncludingTax": "totalAmountIncludingTax",
    "invoiceDiscountAmount": "discountAmount",
}
_LINE_FROM: Mapping[str, str] = {
    "lineNumber": "sequence",
    "number": "lineObjectNumber",
    "lineDiscountPercent": "discountPercent",
    "lineDiscountAmount": "discountAmount",
    "invoiceDiscountAmount": "invoiceDiscountAllocation",
    "lineAmount": "amountExcludingTax",
    "amount": "netAmount",
    "amountIncludingTax": "netAmountIncludingTax",
}
_LINE_TYPES = {
    "Comment": "_x0020_",
    "Account": "G_x002F_L_x0020_Account",
    "Charge": "Charge_x0020__x0028_Item_x0029_",
}


def record_posted(session: Session, invoice: Row, lines: list[Row]) -> None:
    """Write the posted header and its lines."""
    if HEADERS not in session.types:
        return
    values = _taken(session, HEADERS, invoice, _HEADER_FROM)
    code = invoice.values["currencyCode"]
    values |= {
        "id": session.new_id(),
        "currencyCode": "" if code == session.company.local_currency else code,
        "paymentTermsCode": _code(session, "paymentTerms", invoice.values["paymentTermsId"]),
        "shipmentMethodCode": _code(session, "shipmentMethods", invoice.values["shipmentMethodId"]),
    }
    session.put(HEADERS, values["id"], values, {})
    for line in lines:
        _record_line(session, invoice, line)


def _record_line(session: Session, invoice: Row, line: Row) -> None:
    values = _taken(session, LINES, line, _LINE_FROM)
    kind = line.values["lineType"]
    values |= {
        "id": session.new_id(),
        "documentNumber": invoice.values["number"],
        "lineType": _LINE_TYPES.get(kind, kind),
        "variantCode": _code(session, "itemVariants", line.values["itemVariantId"]),
        "locationCode": _code(session, "locations", line.values["locationId"]),
    }
    session.put(LINES, values["id"], values, {})


def follow_invoice(session: Session, invoice: Row) -> None:
    """What may change of a posted invoice changes in its posted record too."""
    if HEADERS in session.types:
        for row_id in session.table(HEADERS).group(invoice.id):
            session.change(HEADERS, row_id, {"dueDate": invoice.values["dueDate"]})


def _taken(session: Session, table: str, row: Row, renamed: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: row.values.get(renamed.get(name, name), row.extra.get(name, prop.blank))
        for name, prop in session.types[table].properties.items()
    }


def _code(session: Session, table: str, row_id: str) -> str:
    row = session.current(table, row_id) if row_id != EMPTY_ID else None
    return str(row.values["code"]) if row else ""


def _with_payment(reader: Reader, row: Row) -> Row:
    """What is computed: the remaining amount, whether it is closed, whether it was cancelled."""
    invoice = reader.company.tables[INVOICE.table].find(row.values["draftInvoiceId"], reader.as_of)
    if invoice is None:
        return row
    remaining = remaining_of(reader.company.paid, invoice)
    computed = {
        "remainingAmount": remaining,
        "closed": remaining == 0,
        "cancelled": invoice.values["status"] == "Canceled",
    }
    return Row(row.id, {**row.values, **computed}, row.modified_ms, row.etag, row.extra, row.version)


RULES = {
    HEADERS: TableRules(source=HEADERS, key="number", group="draftInvoiceId", project=_with_payment),
    LINES: TableRules(source=LINES, group="documentNumber"),
}
