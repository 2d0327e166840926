"""Orders as the extension shows them, and their creation: header, lines, discount and key in one transaction.

A creation needs a ``tandemKey`` that was never used for an order, and ``content``: a JSON text with the
fields of the header and ``lines`` as in API v2.0 (codeunit Tandem Order Creation).
Where any of it is refused, nothing was created.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.simulators.business_central.errors import ApiError, business_rule
from local.simulators.business_central.schema import EMPTY_ID, EXTENSION, ROW_VERSION
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import document_lines, documents
from local.simulators.business_central.tables.amounts import refresh_totals
from local.simulators.business_central.tables.documents import ORDER
from local.simulators.business_central.tables.extension.views import (
    check_key,
    id_of,
    no_relation,
    remember_key,
)
from local.simulators.business_central.tables.rules import TableRules
from local.simulators.business_central.values import checked_body, checked_value

ORDERS, LINES = f"{EXTENSION}salesOrders", f"{EXTENSION}salesOrderLines"
_OWN = frozenset({"tandemKey", "content"})
_APART = frozenset({"lines", "invoiceDiscountAmount"})
_SAME_AS = {
    "salespersonCode": "salesperson",
    "shipToPostalCode": "shipToPostCode",
    "billToPostalCode": "billToPostCode",
    "amount": "totalAmountExcludingTax",
    "amountIncludingTax": "totalAmountIncludingTax",
    "invoiceDiscountAmount": "discountAmount",
    "completelyShipped": "fullyShipped",
}
_CODES = {
    "paymentTermsCode": ("paymentTermsId", "paymentTerms"),
    "shipmentMethodCode": ("shipmentMethodId", "shipmentMethods"),
}
_CHECKED = {"shippingAgentCode": "tandem/shippingAgents", "locationCode": "locations"}
_STATUS = {"Draft": "Open", "Open": "Released", "In_x0020_Review": "Pending_x0020_Approval"}
_LINE_SAME_AS = {
    "number": "lineObjectNumber",
    "lineNumber": "sequence",
    "quantityShipped": "shippedQuantity",
    "quantityInvoiced": "invoicedQuantity",
    "lineDiscountPercent": "discountPercent",
    "lineDiscountAmount": "discountAmount",
    "lineAmount": "amountExcludingTax",
    "amount": "netAmount",
    "amountIncludingTax": "netAmountIncludingTax",
}
_LINE_TYPES = {
    "Comment": "_x0020_",
    "Account": "G_x002F_L_x0020_Account",
    "Charge": "Charge_x0020__x0028_Item_x0029_",
}


def _shown(reader: Reader, row: Row) -> Row:
    entity = reader.types[ORDERS]
    values = {name: _value(reader, row, name, prop.blank) for name, prop in entity.properties.items()}
    return Row(row.id, values, row.modified_ms, row.etag, row.extra, row.version)


def _value(reader: Reader, row: Row, name: str, blank: Any) -> Any:
    if name == ROW_VERSION:
        return row.version
    if name == "status":
        return _STATUS[row.values["status"]]
    if name == "currencyCode":
        code = row.values[name]
        return "" if code == reader.company.local_currency else code
    if name in _CODES:
        id_name, table = _CODES[name]
        target = reader.company.tables[table].rows.get(row.values[id_name])
        return target.values["code"] if target else ""
    if name == "shipped":
        return any(line.values["shippedQuantity"] for line in _lines_of(reader, row))
    return row.values.get(_SAME_AS.get(name, name), row.extra.get(name, blank))


def _create(session: Session, sent: Mapping[str, Any]) -> Edit:
    """The whole order; what is left to the caller is to write the header once more as it is."""
    key = sent.get("tandemKey", EMPTY_ID)
    check_key(session, ORDER.table, key)
    content = _content(sent.get("content", ""))
    header = _put_header(session, {n: value for n, value in content.items() if n not in _APART}, key)
    for line in content["lines"]:
        _put_line(session, header.id, line)
    if discount := content.get("invoiceDiscountAmount", 0):
        _put_discount(session, header.id, discount)
    remember_key(session, ORDER.table, key, header.id)
    row = session.current(ORDER.table, header.id)
    assert row is not None, "it was put a moment ago"
    return Edit(session, session.types[ORDER.table], row.id, {}, dict(row.values), dict(row.extra), row)


def _to_source(session: Session, row: Row, sent: Mapping[str, Any]) -> dict[str, Any]:
    held = row.extra.get("tandemKey", EMPTY_ID)
    if sent.get("tandemKey", held) != held:
        raise business_rule('The "tandemKey" of a record cannot be changed.')
    if sent.get("content"):
        raise business_rule('The "content" of an order can be given at creation only.')
    return _translated(session, {name: value for name, value in sent.items() if name not in _OWN})


def _translated(session: Session, sent: Mapping[str, Any]) -> dict[str, Any]:
    translated: dict[str, Any] = {}
    for name, value in sent.items():
        if name in _CODES:
            id_name, table = _CODES[name]
            translated[id_name] = id_of(session, ORDERS, name, table, value)
        elif name in _CHECKED and value and session.by_key(_CHECKED[name], value) is None:
            raise no_relation(session, ORDERS, name, _CHECKED[name], value)
        else:
            translated[_SAME_AS.get(name, name)] = value
    return translated


def _put_header(session: Session, content: Mapping[str, Any], key: str) -> Row:
    entity = session.types[ORDER.table]
    known = session.types[ORDERS].properties
    if unknown := sorted(content.keys() - known.keys()):
        raise business_rule(f"The content of an order has no {unknown[0]}.")
    checked = {n: checked_value(session.types[ORDERS], known[n], value) for n, value in content.items()}
    given = _translated(session, checked)
    values = {name: value for name, value in given.items() if name in entity.properties}
    extra = {name: value for name, value in given.items() if name not in entity.properties}
    row_id = session.new_id()
    filled = {**entity.blank_values(), **values, "id": row_id}
    edit = Edit(session, entity, row_id, given, filled, {**extra, "tandemKey": key}, None)
    documents.validate(edit)
    # Here the bill-to address can be given; API v2.0 only shows that of the customer.
    billed = {name: value for name, value in values.items() if name.startswith("billTo")}
    return session.put(ORDER.table, row_id, {**edit.values, **billed}, edit.extra)


def _put_line(session: Session, order_id: str, line: Mapping[str, Any]) -> None:
    entity = session.types[ORDER.lines]
    sent = {**checked_body(entity, line), "documentId": order_id}
    row_id = session.new_id()
    edit = Edit(session, entity, row_id, sent, {**entity.blank_values(), **sent, "id": row_id}, {}, None)
    document_lines.validate(edit)
    session.put(ORDER.lines, row_id, edit.values, edit.extra)
    refresh_totals(session, ORDER.table, ORDER.lines, order_id)


def _put_discount(session: Session, order_id: str, discount: Any) -> None:
    row = session.current(ORDER.table, order_id)
    assert row is not None, "it was put a moment ago"
    if not 0 <= discount <= row.values["totalAmountExcludingTax"]:
        raise business_rule("The invoice discount must not exceed the amount of the order.")
    session.change(ORDER.table, order_id, {"discountAmount": discount})
    refresh_totals(session, ORDER.table, ORDER.lines, order_id)


def _content(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    lines = content.get("lines") if isinstance(content, dict) else None
    if content is None or "customerId" not in content or not isinstance(lines, list):
        raise business_rule('A "content" with "customerId" and "lines" must be provided.')
    if not all(isinstance(line, dict) for line in lines):
        raise ApiError(400, "Application_DialogException", "Lines must be objects.")
    found: Mapping[str, Any] = content
    return found


def _lines_of(reader: Reader, order: Row) -> list[Row]:
    table = reader.company.tables[ORDER.lines]
    return [table.rows[line] for line in table.group(order.id)]


def _line_shown(reader: Reader, row: Row) -> Row:
    entity = reader.types[LINES]
    values = {name: _line_value(reader, row, name, prop.blank) for name, prop in entity.properties.items()}
    return Row(row.id, values, row.modified_ms, row.etag, row.extra, row.version)


def _line_value(reader: Reader, row: Row, name: str, blank: Any) -> Any:
    found: dict[str, Callable[[], Any]] = {
        ROW_VERSION: lambda: row.version,
        "documentNumber": lambda: _order_of(reader, row).get("number", ""),
        "currencyCode": lambda: _order_of(reader, row).get("currencyCode", ""),
        "lineType": lambda: _LINE_TYPES.get(row.values["lineType"], row.values["lineType"]),
        "variantCode": lambda: _code(reader, "itemVariants", row.values["itemVariantId"]),
        "locationCode": lambda: _code(reader, "locations", row.values["locationId"]),
        "outstandingQuantity": lambda: row.values["quantity"] - row.values["shippedQuantity"],
        "completelyShipped": lambda: row.values["quantity"] == row.values["shippedQuantity"],
    }
    if name in found:
        return found[name]()
    return row.values.get(_LINE_SAME_AS.get(name, name), row.extra.get(name, blank))


def _order_of(reader: Reader, line: Row) -> Mapping[str, Any]:
    order = reader.company.tables[ORDER.table].rows.get(line.values["documentId"])
    return order.values if order else {}


def _code(reader: Reader, table: str, row_id: str) -> str:
    row = reader.company.tables[table].rows.get(row_id)
    return str(row.values["code"]) if row else ""


RULES = {
    ORDERS: TableRules(source=ORDER.table, project=_shown, to_source=_to_source, create=_create),
    LINES: TableRules(source=ORDER.lines, project=_line_shown),
}
