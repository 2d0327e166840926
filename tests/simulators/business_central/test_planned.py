"""What will move stock: order lines with days, places and reservations, and what availability says of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.business_central.client import Client, Reply
from tests.simulators.business_central.shop import BLUE, DESK, shop

ITEM = "itemNumber eq '1896-S'"
TODAY = "2027-01-15"


@pytest.fixture
def bc() -> Client:
    client = shop(control=True)
    stock(client, 10)
    return client


def stock(bc: Client, quantity: float, **more: Any) -> None:
    asked = {"company": "CRONUS", "item": "1896-S", "quantity": quantity, **more}
    assert bc.control("POST", "stock", asked).status == 200


def plan(bc: Client, kind: str, quantity: float, **more: Any) -> Reply:
    asked = {"company": "CRONUS", "item": "1896-s", "type": kind, "quantity": quantity, **more}
    return bc.control("POST", "planned", asked)


def events(bc: Client, filters: str = ITEM) -> list[tuple[Any, ...]]:
    names = ("variantCode", "locationCode", "date", "type", "quantity", "reservedQuantity")
    rows = bc.extension("GET", f"itemAvailabilityEvents?$filter={filters}").rows
    return sorted(tuple(row[name] for name in names) for row in rows)


def availability(bc: Client, filters: str = "") -> dict[str, Any]:
    (row,) = bc.extension("GET", f"itemAvailability?$filter={ITEM}{filters}").rows
    return dict(row)


def test_events_are_asked_by_item(bc: Client) -> None:
    assert bc.extension("GET", "itemAvailabilityEvents").error == (400, "Application_DialogException")
    assert events(bc, "itemNumber eq 'NOPE'") == events(bc, "itemNumber eq 'ADVICE'") == []


def test_what_happens_at_one_place_on_one_day_is_added_up_by_kind_and_direction(bc: Client) -> None:
    for quantity in (-2, -3, 1):
        assert plan(bc, "Sale", quantity, date="2027-02-01").status == 200
    assert plan(bc, "Purchase", 7, date="2027-02-01").status == 200
    assert plan(bc, "Sale", -1, date="2027-02-01", location="BLUE").status == 200
    assert events(bc) == [
        ("", "", "0001-01-01", "Inventory", 10, 0),
        ("", "", "2027-02-01", "Purchase", 7, 0),
        ("", "", "2027-02-01", "Sale", -5, 0),
        ("", "", "2027-02-01", "Sale", 1, 0),
        ("", "BLUE", "2027-02-01", "Sale", -1, 0),
    ]  # fmt: skip


def test_a_reservation_is_one_of_stock_at_its_place(bc: Client) -> None:
    stock(bc, 3, location="BLUE")
    assert plan(bc, "Sale", -5, reserved=4, date="2027-02-01").status == 200
    assert plan(bc, "Sale", -5, reserved=4, location="BLUE", date="2027-02-01").status == 400
    assert plan(bc, "Sale", -5, reserved=6).status == 400
    assert plan(bc, "Purchase", 5, reserved=1).status == 400
    assert plan(bc, "Sale", -9, reserved=7, date="2027-02-01").status == 400
    assert events(bc) == [
        ("", "", "0001-01-01", "Inventory", 10, 4),
        ("", "", "2027-02-01", "Sale", -5, -4),
        ("", "BLUE", "0001-01-01", "Inventory", 3, 0),
    ]  # fmt: skip


def test_a_line_for_what_is_not_there_is_refused(bc: Client) -> None:
    for wrong in ({"location": "NOPE"}, {"variant": "NOPE"}, {"item": "ADVICE"}, {"item": "NOPE"},
                  {"type": "Forecast"}, {"type": "Inventory"}, {"quantity": 0}):  # fmt: skip
        asked = {"company": "CRONUS", "item": "1896-S", "type": "Sale", "quantity": -1, **wrong}
        assert bc.control("POST", "planned", asked).status == 400, wrong
    assert plan(bc, "Sale", -1, variant="BLACK").status == 200


def test_a_shipped_line_moves_stock_and_becomes_smaller(bc: Client) -> None:
    line = plan(bc, "Sale", -5, reserved=5, date="2027-02-01").json["id"]
    posting = {"company": "CRONUS", "id": line}
    entry = bc.control("POST", "planned/post", {**posting, "quantity": 2}).json
    assert (entry["quantity"], entry["entryType"]) == (-2, "Sale")
    assert events(bc) == [
        ("", "", "0001-01-01", "Inventory", 8, 3),
        ("", "", "2027-02-01", "Sale", -3, -3),
    ]
    assert bc.control("POST", "planned/post", {**posting, "quantity": 4}).status == 400
    assert bc.control("POST", "planned/post", posting).status == 200
    assert events(bc) == [("", "", "0001-01-01", "Inventory", 5, 0)]
    assert bc.control("POST", "planned/post", posting).status == 400


def test_a_line_is_changed_and_deleted(bc: Client) -> None:
    line = plan(bc, "Purchase", 5, date="2027-02-01").json["id"]
    changed = {"company": "CRONUS", "id": line, "date": "2027-03-01", "quantity": 6}
    assert bc.control("POST", "planned", changed).json["date"] == "2027-03-01"
    assert events(bc)[1:] == [("", "", "2027-03-01", "Purchase", 6, 0)]
    assert bc.control("DELETE", f"planned?company=CRONUS&id={line}").status == 200
    assert len(events(bc)) == 1


def test_availability_counts_what_is_planned_up_to_the_day(bc: Client) -> None:
    plan(bc, "Sale", -8, date="2027-02-01", reserved=2)
    plan(bc, "Purchase", 20, date="2027-03-01")
    plan(bc, "Sale", -1, date="2026-12-01")
    today = availability(bc, " and requestedQuantity eq 5")
    assert (today["inventory"], today["reservedQuantity"], today["projectedAvailableBalance"]) == (10, 2, 9)
    assert (today["quantityOnSalesOrders"], today["grossRequirement"], today["scheduledReceipt"]) == (1, 1, 0)
    assert today["earliestDate"] == "2027-03-01"
    later = availability(bc, " and date eq 2027-03-01 and requestedQuantity eq 22")
    assert (later["projectedAvailableBalance"], later["earliestDate"]) == (21, "0001-01-01")
    assert (later["quantityOnSalesOrders"], later["quantityOnPurchaseOrders"]) == (9, 20)
    little = availability(bc, " and requestedQuantity eq 1")
    assert (little["date"], little["earliestDate"]) == (TODAY, TODAY)


def test_the_item_shows_what_is_on_all_orders(bc: Client) -> None:
    plan(bc, "Sale", -8, date="2027-02-01")
    plan(bc, "Sale", 3, date="2027-02-01")
    plan(bc, "Purchase", 20, date="2027-03-01")
    row = bc.extension("GET", f"items({DESK})").json
    assert (row["quantityOnSalesOrders"], row["quantityOnPurchaseOrders"]) == (8, 20)


def test_the_lines_of_sales_orders_are_among_it_until_they_are_shipped(bc: Client) -> None:
    lines = [{"itemId": DESK, "quantity": 3, "shipmentDate": "2027-02-01", "locationId": BLUE}]
    stock(bc, 9, location="BLUE")
    order = bc.post("salesOrders", {"customerNumber": "10000", "salesOrderLines": lines})
    assert order.status == 201, order.raw
    sold = ("", "BLUE", "2027-02-01", "Sale", -3, 0)
    assert sold in events(bc)
    assert availability(bc, " and date eq 2027-02-01")["projectedAvailableBalance"] == 16
    assert bc.extension("GET", f"items({DESK})").json["quantityOnSalesOrders"] == 3
    posted = bc.post(f"salesOrders({order.json['id']})/Microsoft.NAV.shipAndInvoice", {})
    assert posted.status == 204, posted.raw
    assert sold not in events(bc)
    assert ("", "BLUE", "0001-01-01", "Inventory", 6, 0) in events(bc)
