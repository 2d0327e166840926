"""What will move stock: the outstanding quantities of order lines, each with its day, place and reservation.

The lines of sales orders are among them.  Other orders are not simulated as documents: their lines are
planned, changed, posted and dropped through the control routes, as people and other apps do in the client.  A
reservation is one against stock on hand at the line's own place.  Signs are those of Business Central's page
Item Availability by Event: what leaves is below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from local.simulators.business_central.errors import business_rule, field_rule, invalid_relation
from local.simulators.business_central.schema import EMPTY_DATE
from local.simulators.business_central.session import Reader, Session
from local.simulators.business_central.storage import Company, Row
from local.simulators.business_central.tables.ledger import entries_of, post_movement, tidy
from local.simulators.business_central.tables.rules import TableRules

TABLE = "plannedLines"
ORDER_LINES = "salesOrderLines"
INVENTORY = "Inventory"
KINDS = frozenset({
    "Purchase", "Sale", "Transfer", "Component", "Production", "Service", "Job", "Assembly_x0020_Order",
    "Assembly_x0020_Component",
})  # fmt: skip
"""What moves stock by an order; forecasts, blanket orders and suggestions of a plan do not."""

type Spot = tuple[str, str]
"""Variant and location."""


def lines_of(company: Company, item_number: str, as_of: float) -> Iterable[Row]:
    """The lines that will move an item, as a reader at ``as_of`` sees them."""
    table = company.tables[TABLE]
    found = (table.find(row_id, as_of) for row_id in table.group(item_number))
    return [*(row for row in found if row is not None), *_ordered(company, item_number, as_of)]


def _ordered(company: Company, item_number: str, as_of: float) -> Iterable[Row]:
    """The lines of sales orders, as far as they are not shipped, in the item's base unit."""
    for line in company.tables[ORDER_LINES].in_order(as_of):
        rest = line.values["quantity"] - line.values["shippedQuantity"]
        if line.values["lineType"] == "Item" and line.values["lineObjectNumber"] == item_number and rest:
            yield _planned(company, line, tidy(-rest * line.extra.get("quantityPerUnitOfMeasure", 1)))


def _planned(company: Company, line: Row, quantity: Any) -> Row:
    """A line of a sales order in the form of a planned one; one without a day has none here either."""
    variant = company.tables["itemVariants"].rows.get(line.values["itemVariantId"])
    location = company.tables["locations"].rows.get(line.values["locationId"])
    values = {
        "id": line.id, "itemNumber": line.values["lineObjectNumber"], "type": "Sale", "quantity": quantity,
        "date": line.values["shipmentDate"], "reserved": 0, "documentNumber": line.values["documentId"],
        "variantCode": variant.values["code"] if variant else "",
        "locationCode": location.values["code"] if location else "",
    }  # fmt: skip
    return Row(line.id, values, line.modified_ms, line.etag, {})


def spot_of(values: Mapping[str, Any]) -> Spot:
    """Where a planned line or ledger entry is."""
    return values.get("variantCode", ""), values.get("locationCode", "")


def on_hand(company: Company, item_number: str, as_of: float) -> dict[Spot, Any]:
    """Stock of an item by place."""
    held: dict[Spot, Any] = {}
    for row in entries_of(company, item_number, as_of):
        held[spot_of(row.extra)] = held.get(spot_of(row.extra), 0) + row.values["quantity"]
    return {spot: tidy(quantity) for spot, quantity in held.items()}


def reserved(company: Company, item_number: str, as_of: float) -> dict[Spot, Any]:
    """What of an item's stock is reserved, by place."""
    held: dict[Spot, Any] = {}
    for row in lines_of(company, item_number, as_of):
        spot = spot_of(row.values)
        held[spot] = tidy(held.get(spot, 0) + row.values["reserved"])
    return held


def outstanding(reader: Reader, item: Row, kind: str) -> Any:
    """What is on all orders of a kind, as the item shows it: a number above zero; returns do not count."""
    sign = -1 if kind == "Sale" else 1
    rows = lines_of(reader.company, item.values["number"], reader.as_of)
    quantities = (sign * row.values["quantity"] for row in rows if row.values["type"] == kind)
    return tidy(sum(quantity for quantity in quantities if quantity > 0))


def plan(session: Session, arguments: Mapping[str, Any]) -> Row:
    """Enter a line, or change the one of ``id``.  Raises ``ApiError`` where Business Central would refuse."""
    row_id = arguments.get("id") or session.new_id()
    before = session.current(TABLE, row_id)
    if arguments.get("id") and before is None:
        raise KeyError(row_id)
    blank = {"date": EMPTY_DATE, "variantCode": "", "locationCode": "", "reserved": 0, "documentNumber": ""}
    values = {**(before.values if before else blank), **_given(arguments), "id": row_id}
    _check_line(session, values)
    _check_reservation(session, values)
    return session.put(TABLE, row_id, values, {})


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "item": "itemNumber", "type": "type", "quantity": "quantity", "date": "date",
        "variant": "variantCode", "location": "locationCode", "reserved": "reserved",
        "document": "documentNumber",
    }  # fmt: skip
    return {name: arguments[given] for given, name in names.items() if given in arguments}


def _check_line(session: Session, values: Mapping[str, Any]) -> None:
    item = session.by_key("items", values["itemNumber"])
    if item is None:
        raise invalid_relation("itemNumber", "Planned Line", values["itemNumber"], "Item")
    if item.values["type"] != "Inventory":
        raise business_rule(f"Type must be equal to 'Inventory' in Item: No.={values['itemNumber']}.")
    if item.values["blocked"]:
        raise business_rule(f"Blocked must be equal to 'No' in Item: No.={values['itemNumber']}.")
    if values["type"] not in KINDS or not values["quantity"]:
        raise field_rule("A planned line needs a type of order and a quantity.")
    if values["locationCode"] and session.by_key("locations", values["locationCode"]) is None:
        raise invalid_relation("locationCode", "Planned Line", values["locationCode"], "Location")
    variants = (session.table("itemVariants").rows[i] for i in session.table("itemVariants").group(item.id))
    if values["variantCode"] and values["variantCode"] not in {each.values["code"] for each in variants}:
        raise invalid_relation("variantCode", "Planned Line", values["variantCode"], "Item Variant")


def _check_reservation(session: Session, values: Mapping[str, Any]) -> None:
    """Only demand reserves, at most what it needs and what of the stock at its place is free."""
    if not 0 <= values["reserved"] <= max(0, -values["quantity"]):
        raise business_rule("The reserved quantity cannot be greater than the outstanding quantity.")
    number, spot = values["itemNumber"], spot_of(values)
    lines = lines_of(session.company, number, float("inf"))
    others = sum(each.values["reserved"] for each in lines if each.id != values["id"]
                 and spot_of(each.values) == spot)  # fmt: skip
    free = on_hand(session.company, number, float("inf")).get(spot, 0) - others
    if values["reserved"] > max(0, free):
        raise business_rule("There is nothing available to reserve.")


def post(session: Session, line: Row, quantity: Any = None) -> Row:
    """Ship or receive a line, all of it unless ``quantity`` (above zero) says less: a ledger entry is made,
    the line becomes smaller or goes.
    """
    rest, sign = abs(line.values["quantity"]), 1 if line.values["quantity"] > 0 else -1
    moved = rest if quantity is None else quantity
    if not 0 < moved <= rest:
        raise field_rule(f"The quantity must be above 0 and at most {rest}.")
    item = session.by_key("items", line.values["itemNumber"])
    if item is None:
        raise KeyError(line.values["itemNumber"])
    variant, location = spot_of(line.values)
    details = {"variantCode": variant, "locationCode": location, "entryType": line.values["type"],
               "documentNumber": line.values["documentNumber"]}  # fmt: skip
    entry = post_movement(session, item, sign * moved, **details)
    if moved == rest:
        session.remove(TABLE, line.id)
    else:
        left = tidy(sign * (rest - moved))
        kept = min(max(0, line.values["reserved"] - moved), abs(left))
        session.put(TABLE, line.id, {**line.values, "quantity": left, "reserved": tidy(kept)}, {})
    return entry


RULES = {TABLE: TableRules(source=TABLE, group="itemNumber")}
