"""Lines of sales quotes, orders, invoices and credit memos: what they sell, their unit, price and place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.errors import ApiError, business_rule, field_rule, invalid_relation
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.amounts import (
    ALLOCATION,
    cents,
    line_amounts,
    lines_of,
    refresh_totals,
)
from local.simulators.business_central.tables.documents import KIND_OF_LINES, is_posted, refuse_released
from local.simulators.business_central.tables.exchange import local_per_unit
from local.simulators.business_central.tables.item_units import ITEM_UNITS, RESOURCE_UNITS, unit_of
from local.simulators.business_central.tables.ledger import tidy

_STEP = 10_000
_FIXED = (
    ("documentId", 'The value for "documentId" cannot be modified.'),
    ("sequence", 'The value for "sequence" cannot be modified. Delete and insert the line again.'),
    ("lineObjectNumber", 'The value for "lineObjectNumber" cannot be modified.'),
)
_UNITS = {"Item": ITEM_UNITS, "Resource": RESOURCE_UNITS}


def validate(edit: Edit) -> None:
    """The rules before a line is written."""
    kind = KIND_OF_LINES[edit.entity.name]
    _check_fixed(edit)
    document = edit.session.current(kind.table, edit.values["documentId"])
    if document is None:
        raise business_rule("You must specify a document id to get the lines.")
    if is_posted(document):
        raise business_rule(f"The {kind.caption} has been posted and can no longer be modified.")
    refuse_released(document)
    if edit.inserting:
        _set_sequence(edit)
    _set_object(edit)
    _set_unit(edit)
    _set_place(edit)
    _set_discount(edit)
    allocation = edit.values.get(ALLOCATION, edit.extra.get(ALLOCATION, 0))
    amounts = line_amounts(edit.values, allocation)
    edit.values |= {name: amount for name, amount in amounts.items() if name in edit.values}
    if "shipQuantity" in edit.values:
        _set_to_ship(edit)


def validate_again(edit: Edit, sequence: int) -> None:
    """The rules of a line that is to sell something else: it is as new, and keeps its place."""
    validate(edit)
    edit.values["sequence"] = sequence


def written(edit: Edit, row: Row) -> None:
    """The document's totals follow, which notifies of the document."""
    _touch(edit.session, edit.entity.name, row)


def deleting(session: Session, table: str, row: Row) -> None:
    """Lines of posted documents stay."""
    kind = KIND_OF_LINES[table]
    document = session.current(kind.table, row.values["documentId"])
    if document is not None and is_posted(document):
        raise business_rule(f"The {kind.caption} has been posted and can no longer be modified.")
    if document is not None:
        refuse_released(document)
    if row.values.get("shippedQuantity", 0) != row.values.get("invoicedQuantity", 0):
        raise field_rule("Quantity Shipped must be equal to Quantity Invoiced in Sales Line.")


def deleted(session: Session, table: str, row: Row) -> None:
    """The document's totals follow."""
    _touch(session, table, row)


def _touch(session: Session, table: str, row: Row) -> None:
    refresh_totals(session, KIND_OF_LINES[table].table, table, row.values["documentId"])


def _check_fixed(edit: Edit) -> None:
    if edit.before is None:
        return
    for name, text in _FIXED:
        if name in edit.sent and edit.sent[name] != edit.before.values[name]:
            raise business_rule(text)


def _set_sequence(edit: Edit) -> None:
    """The next is the last plus 10,000; one that exists is refused."""
    taken = [
        row.values["sequence"] for row in lines_of(edit.session, edit.entity.name, edit.values["documentId"])
    ]
    if not edit.sent.get("sequence"):
        edit.values["sequence"] = max(taken, default=0) + _STEP
    elif edit.sent["sequence"] in taken:
        raise business_rule("You cannot insert a line because a line already exists.")


def _set_object(edit: Edit) -> None:
    """What the line sells: by item id, or by type and number; nothing but a text is a comment."""
    sent = edit.sent
    by_item, by_account = (sent.get(name, EMPTY_ID) != EMPTY_ID for name in ("itemId", "accountId"))
    if by_item and by_account:
        raise business_rule('Both "itemId" and "accountId" are specified. Specify only one of them.')
    if by_account:
        account = edit.session.current("accounts", sent["accountId"])
        if account is None:
            raise business_rule("Account does not exist.")
        _take(edit, "Account", account)
    elif by_item:
        item = edit.session.current("items", sent["itemId"])
        if item is None:
            raise business_rule("Item does not exist.")
        if sent.get("lineObjectNumber", item.values["number"]) != item.values["number"]:
            raise business_rule("Item does not exist.")
        _take(edit, "Item", item)
    elif edit.inserting and sent.get("lineObjectNumber"):
        _check_order(sent)
        _take_by_number(edit, sent.get("lineType", "Item"), sent["lineObjectNumber"])
    elif edit.inserting:
        edit.values["lineType"] = sent.get("lineType", "Comment")


def _check_order(sent: Mapping[str, Any]) -> None:
    """Properties are taken one after the other: a number is resolved by the type that was set before it."""
    names = list(sent)
    if "lineType" in sent and names.index("lineType") > names.index("lineObjectNumber"):
        raise invalid_relation("No.", "Sales Line", sent["lineObjectNumber"], "Item")


def _take_by_number(edit: Edit, line_type: str, number: str) -> None:
    table = {"Item": "items", "Resource": "tandem/resources", "Account": "accounts"}.get(line_type)
    row = edit.session.by_key(table, number) if table else None
    if row is None:
        raise invalid_relation("No.", "Sales Line", number, line_type)
    _take(edit, line_type, row)


def _take(edit: Edit, line_type: str, row: Row) -> None:
    """Fill what follows from the item or resource; a blocked one is refused."""
    if edit.before is not None and edit.before.values["lineObjectNumber"] == row.values["number"]:
        return
    if row.values["blocked"]:
        raise business_rule(f"Blocked must be equal to 'No' in {line_type}: No.={row.values['number']}.")
    if line_type == "Account" and not row.values["directPosting"]:
        raise field_rule(f"Direct Posting must be equal to 'Yes' in G/L Account: No.={row.values['number']}.")
    edit.values |= {
        "lineType": line_type,
        "itemId": row.id if line_type == "Item" else EMPTY_ID,
        "accountId": row.id if line_type == "Account" else EMPTY_ID,
        "lineObjectNumber": row.values["number"],
    }
    defaults = {
        "description": row.values["displayName"],
        "description2": row.values.get("displayName2", ""),
        "unitOfMeasureCode": row.values.get("baseUnitOfMeasureCode", ""),
        "unitPrice": row.values.get("unitPrice", 0),
    }
    known = edit.entity.properties
    edit.values |= {n: value for n, value in defaults.items() if n not in edit.sent and n in known}


def _set_unit(edit: Edit) -> None:
    """The unit must be one of the item or resource; without a sent price the price follows the unit."""
    code, sent_id = edit.values["unitOfMeasureCode"], edit.sent.get("unitOfMeasureId", EMPTY_ID)
    if sent_id != EMPTY_ID:
        unit = edit.session.current("unitsOfMeasure", sent_id)
        if unit is None or ("unitOfMeasureCode" in edit.sent and unit.values["code"] != code):
            raise business_rule("The unit of measure values do not match to a specific Unit of Measure.")
        code = unit.values["code"]
    table = _UNITS.get(edit.values["lineType"])
    if table is None:
        if edit.sent.get("unitOfMeasureCode") or sent_id != EMPTY_ID:
            raise business_rule("Unit of Measure can be set only for lines with type Item.")
        return
    held = unit_of(edit.session, table, edit.values["lineObjectNumber"], code)
    if code and held is None:
        raise invalid_relation("Unit of Measure Code", "Sales Line", code, edit.session.types[table].table)
    known = edit.session.by_key("unitsOfMeasure", code)
    edit.values |= {"unitOfMeasureCode": code, "unitOfMeasureId": known.id if known else EMPTY_ID}
    quantity = held.values["quantityPerUnitOfMeasure"] if held else 1
    if edit.inserting and "unitPrice" not in edit.sent:
        edit.values["unitPrice"] = cents(edit.values["unitPrice"] * quantity / _rate(edit))
    edit.extra["quantityPerUnitOfMeasure"] = quantity


def _rate(edit: Edit) -> float:
    """Prices of items are in the local currency, those of lines in the document's."""
    document = edit.session.current(KIND_OF_LINES[edit.entity.name].table, edit.values["documentId"])
    values = document.values if document else {}
    return local_per_unit(edit.session.company, values.get("currencyCode", ""), values.get("postingDate", ""))


def _set_place(edit: Edit) -> None:
    for name, table, caption in (
        ("itemVariantId", "itemVariants", "Item Variant"),
        ("locationId", "locations", "Location"),
    ):
        wanted = edit.sent.get(name, EMPTY_ID)
        row = edit.session.current(table, wanted)
        if wanted != EMPTY_ID and (
            row is None or row.values.get("itemId", edit.values["itemId"]) != edit.values["itemId"]
        ):
            raise invalid_relation(name, "Sales Line", wanted, caption)


def _set_discount(edit: Edit) -> None:
    """Percent and amount follow each other; the one that was sent counts, the percent where both were."""
    values, sent = edit.values, edit.sent
    if values["lineType"] == "Comment":
        _check_comment(sent)
    gross = values["quantity"] * values["unitPrice"]
    if sent.get("discountAmount") and "discountPercent" not in sent:
        values["discountPercent"] = tidy(values["discountAmount"] * 100 / gross) if gross else 0
    else:
        values["discountAmount"] = cents(gross * values["discountPercent"] / 100)
    if not 0 <= values["discountPercent"] <= 100:
        raise ApiError(
            400,
            "Application_FieldValidationException",
            "Line Discount % must be between 0 and 100 in Sales Line.",
        )


def _check_comment(sent: Any) -> None:
    if any(sent.get(name) for name in ("quantity", "unitPrice", "discountAmount", "discountPercent")):
        raise business_rule("Type must not be ' ' in Sales Line.")


def _set_to_ship(edit: Edit) -> None:
    """What the next posting ships and invoices: all that is left, unless less was sent."""
    values = edit.values
    for name, done in (("shipQuantity", "shippedQuantity"), ("invoiceQuantity", "invoicedQuantity")):
        left = tidy(values["quantity"] - values[done])
        values[name] = edit.sent.get(name, left)
        if not 0 <= values[name] <= left:
            raise field_rule(f"You cannot handle more than {left} units.")
    if values["quantity"] < values["shippedQuantity"]:
        raise field_rule("Quantity must not be less than Quantity Shipped in Sales Line.")
