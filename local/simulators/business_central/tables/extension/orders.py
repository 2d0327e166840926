"""Orders as the extension shows them, their creation and their change, each in one transaction.

The header of an order does not move with its lines; ``linesVersion`` does.
A creation needs a ``tandemKey`` that was never used for an order, and ``content``: a JSON text with the
fields of the header and ``lines`` as in API v2.0 (codeunit Tandem Order Creation).
A change needs ``content`` with ``linesVersion`` as it was read (codeunit Tandem Order Change).
Where any of it is refused, nothing was done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.simulators.business_central.errors import ApiError, business_rule, field_rule
from local.simulators.business_central.schema import EMPTY_ID, EXTENSION, MODIFIED, ROW_VERSION
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import combined, document_lines, documents
from local.simulators.business_central.tables.amounts import header_of, lines_of, refresh_totals
from local.simulators.business_central.tables.documents import ORDER, RELEASED
from local.simulators.business_central.tables.extension.views import (
    check_key,
    id_of,
    no_relation,
    remember_key,
)
from local.simulators.business_central.tables.rules import TableRules
from local.simulators.business_central.values import checked_body, checked_value, stamp_text

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
OWN_DAY = documents.OWN_DAY
PREPAYMENT = "Pending_x0020_Prepayment"
"""A released order whose prepayment is not paid; API v2.0 calls it released."""
_LINE_SAME_AS = {
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
    stamp, etag, version = header_of(row)
    return Row(row.id, values, stamp, etag, row.extra, version)


def _value(reader: Reader, row: Row, name: str, blank: Any) -> Any:
    if name == ROW_VERSION:
        return header_of(row)[2]
    if name == MODIFIED:
        return stamp_text(header_of(row)[0])
    if name == "linesVersion":
        return _lines_version(_lines_of(reader, row))
    if name == "status":
        return PREPAYMENT if row.extra.get(PREPAYMENT) else _STATUS[row.values["status"]]
    if name == "currencyCode":
        code = row.values[name]
        return "" if code == reader.company.local_currency else code
    if name in _CODES:
        id_name, table = _CODES[name]
        target = reader.company.tables[table].rows.get(row.values[id_name])
        return target.values["code"] if target else ""
    if name == "shipped":
        return any(line.values["shippedQuantity"] for line in _lines_of(reader, row))
    if name == "completelyInvoiced":
        return combined.are_invoiced(_lines_of(reader, row))
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
        return _change(session, row, sent["content"])
    return _translated(session, {name: value for name, value in sent.items() if name not in _OWN})


def _lines_version(lines: Sequence[Row]) -> str:
    return f"{len(lines)}/{max((line.version for line in lines), default=0)}"


def _change(session: Session, order: Row, text: str) -> dict[str, Any]:
    """Change header and lines; a released order is reopened before and released after it.

    What is left to the caller is to write the header once more as it is.
    """
    content = _object(text)
    lines = content.get("lines")
    if "linesVersion" not in content or not isinstance(lines, list):
        raise business_rule('A "content" with "linesVersion" and "lines" must be provided.')
    if content["linesVersion"] != _lines_version(lines_of(session, ORDER.lines, order.id)):
        raise business_rule("The order was changed by somebody else since it was read.")
    if order.values["status"] not in ("Draft", RELEASED) or order.extra.get(PREPAYMENT):
        raise business_rule(f"The order {order.values['number']} waits for approval or prepayment.")
    archived = {"archivedVersions": order.extra.get("archivedVersions", 0) + 1}
    session.change(ORDER.table, order.id, archived if session.company.archives_orders else {})
    if order.values["status"] == RELEASED:
        session.change(ORDER.table, order.id, {"status": "Draft"})
    header = {n: value for n, value in content.items() if n not in (*_APART, "linesVersion")}
    _change_header(session, order.id, header)
    for line in lines:
        _change_line(session, order.id, line)
    refresh_totals(session, ORDER.table, ORDER.lines, order.id)
    if "invoiceDiscountAmount" in content:
        _put_discount(session, order.id, content["invoiceDiscountAmount"])
    if order.values["status"] == RELEASED:
        _release(session, order)
    return {}


def _change_header(session: Session, order_id: str, content: Mapping[str, Any]) -> None:
    """The header is stored, whether anything of it was given or not."""
    before, entity = session.current(ORDER.table, order_id), session.types[ORDER.table]
    assert before is not None, "it was found by its id"
    given = _given(session, content)
    values = {name: value for name, value in given.items() if name in entity.properties}
    extra = {name: value for name, value in given.items() if name not in entity.properties}
    edit = Edit(
        session, entity, order_id, values, {**before.values, **values}, {**before.extra, **extra}, before
    )
    documents.validate(edit)
    session.put(ORDER.table, order_id, edit.values, edit.extra)


def _change_line(session: Session, order_id: str, given: Mapping[str, Any]) -> None:
    line_id = str(given.get("id") or "")
    before = session.current(ORDER.lines, line_id)
    if before is None:
        if not given.get("deleted"):
            _put_line(session, order_id, given)
    elif before.values["documentId"] != order_id:
        raise business_rule("The order was changed by somebody else since it was read.")
    elif given.get("deleted"):
        document_lines.deleting(session, ORDER.lines, before)
        session.remove(ORDER.lines, line_id)
    else:
        _edit_line(session, before, {name: value for name, value in given.items() if name != "id"})


def _edit_line(session: Session, before: Row, given: Mapping[str, Any]) -> None:
    """What a line sells is validated anew; quantity, price and discount are always given."""
    entity = session.types[ORDER.lines]
    plain, beside = _parted(session, given)
    sent = checked_body(entity, plain)
    if "lineType" in sent:
        if before.values["shippedQuantity"]:
            raise field_rule("Quantity Shipped must be equal to '0' in Sales Line.")
        place = {name: before.values[name] for name in ("documentId", "sequence")}
        blank = {**entity.blank_values(), **place, **sent, "id": before.id}
        edit = Edit(
            session, entity, before.id, {**sent, "documentId": place["documentId"]}, blank, beside, None
        )
        edit.sent = {**edit.sent, "sequence": 0}
        document_lines.validate_again(edit, place["sequence"])
    else:
        held = {**before.extra, **beside}
        edit = Edit(session, entity, before.id, sent, {**before.values, **sent}, held, before)
        document_lines.validate(edit)
    session.put(ORDER.lines, before.id, edit.values, edit.extra)


def _release(session: Session, order: Row) -> None:
    if not any(line.values["lineType"] != "Comment" for line in lines_of(session, ORDER.lines, order.id)):
        raise business_rule(f"There is nothing to release for the order {order.values['number']}.")
    session.change(ORDER.table, order.id, {"status": RELEASED})


def _given(session: Session, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of a header, checked, in the names of API v2.0."""
    known = session.types[ORDERS].properties
    if unknown := sorted(content.keys() - known.keys()):
        raise business_rule(f"The content of an order has no {unknown[0]}.")
    return _translated(
        session, {n: checked_value(session.types[ORDERS], known[n], value) for n, value in content.items()}
    )


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
    given = _given(session, content)
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
    row_id = _chosen_id(session, line)
    plain, beside = _parted(session, line)
    sent = {**checked_body(entity, plain), "documentId": order_id}
    edit = Edit(session, entity, row_id, sent, {**entity.blank_values(), **sent, "id": row_id}, beside, None)
    document_lines.validate(edit)
    session.put(ORDER.lines, row_id, edit.values, edit.extra)
    refresh_totals(session, ORDER.table, ORDER.lines, order_id)


def _parted(session: Session, line: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A line as API v2.0 takes it, and what it does not know: the day it is wanted on."""
    day = session.types[LINES].properties[OWN_DAY]
    beside = {n: checked_value(session.types[LINES], day, v) for n, v in line.items() if n == OWN_DAY}
    return {n: v for n, v in line.items() if n not in ("id", OWN_DAY)}, beside


def _chosen_id(session: Session, line: Mapping[str, Any]) -> str:
    """The id that was given, of which there is none yet; else one that the service chooses."""
    drawn = session.new_id()  # It is drawn in either case, so that the ids of others do not depend on it.
    chosen = str(line.get("id", drawn)).lower()
    if session.current(ORDER.lines, chosen) is not None:
        raise business_rule(f"The record in table Sales Line already exists. Identification fields: {chosen}")
    return chosen


def _put_discount(session: Session, order_id: str, discount: Any) -> None:
    row = session.current(ORDER.table, order_id)
    assert row is not None, "it was put a moment ago"
    lines = lines_of(session, ORDER.lines, order_id)
    if not 0 <= discount <= sum(line.values["amountExcludingTax"] for line in lines):
        raise business_rule("The invoice discount must not exceed the amount of the order.")
    session.change(ORDER.table, order_id, {"discountAmount": discount})
    refresh_totals(session, ORDER.table, ORDER.lines, order_id)


def _object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {}


def _content(text: str) -> Mapping[str, Any]:
    content = _object(text)
    lines = content.get("lines")
    if "customerId" not in content or not isinstance(lines, list):
        raise business_rule('A "content" with "customerId" and "lines" must be provided.')
    if not all(isinstance(line, dict) for line in lines):
        raise ApiError(400, "Application_DialogException", "Lines must be objects.")
    return content


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
        OWN_DAY: lambda: row.extra.get(OWN_DAY) or _order_of(reader, row).get(OWN_DAY, blank),
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
    ORDERS: TableRules(
        source=ORDER.table,
        project=_shown,
        to_source=_to_source,
        create=_create,
        etag=lambda row: header_of(row)[1],
    ),
    LINES: TableRules(source=ORDER.lines, group="documentId", project=_line_shown),
}
