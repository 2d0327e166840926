"""Sales orders: what is created whole, what is read only, and how posting makes them invoices."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.simulators.business_central.client import ADATUM, Client, Reply
from tests.simulators.business_central.shop import (
    ADVICE,
    DESK,
    SALES_ACCOUNT,
    create,
    patch_extension,
    shop,
)

SHIP_AND_INVOICE = "Microsoft.NAV.shipAndInvoice"
RELEASED_TEXT = "Status must be equal to 'Open'"


@pytest.fixture
def bc() -> Client:
    return shop()


def post_order(bc: Client, *lines: dict[str, Any], **header: Any) -> Reply:
    body = {"customerNumber": "10000", "salesOrderLines": list(lines), **header}
    return bc.post("salesOrders?$expand=salesOrderLines", body)


def order(bc: Client, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    reply = post_order(bc, *(lines or ({"itemId": DESK, "quantity": 4, "unitPrice": 100},)), **header)
    assert reply.status == 201, reply.raw
    made: dict[str, Any] = reply.json
    return made


def read(bc: Client, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = bc.get(f"salesOrders({order_id})?$expand=salesOrderLines").json
    return found


def handle(bc: Client, order_id: str, act: str) -> None:
    assert bc.control("POST", "orders", {"company": "CRONUS", "order": order_id, "act": act}).status == 200


def invoices_of(bc: Client, number: str) -> list[dict[str, Any]]:
    path = f"salesInvoices?$filter=orderNumber eq '{number}'&$expand=salesInvoiceLines"
    found: list[dict[str, Any]] = bc.get(path).json["value"]
    return found


def test_header_and_lines_are_created_with_number_and_totals(bc: Client) -> None:
    made = order(bc, {"itemId": DESK, "quantity": 2}, {"description": "With care"})
    assert (made["number"], made["status"], made["fullyShipped"]) == ("S-ORD000001", "Draft", False)
    assert made["totalAmountExcludingTax"] == 200
    assert [each["sequence"] for each in made["salesOrderLines"]] == [10000, 20000]
    assert [each["lineType"] for each in made["salesOrderLines"]] == ["Item", "Comment"]


def test_one_bad_line_leaves_nothing(bc: Client) -> None:
    refused = post_order(bc, {"itemId": DESK, "quantity": 1}, {"itemId": str(uuid4())})
    assert refused.status == 400
    assert bc.get("salesOrders").json["value"] == []
    assert order(bc)["number"] == "S-ORD000001"


def test_number_status_totals_and_shipped_cannot_be_written(bc: Client) -> None:
    made = order(bc)["id"]
    for name, value in (
        ("number", "X"),
        ("status", "Open"),
        ("totalAmountExcludingTax", 1),
        ("fullyShipped", True),
    ):
        assert bc.patch(f"salesOrders({made})", {name: value}).code == "BadRequest_InvalidOperation"


def test_the_discount_of_an_order_needs_lines_and_is_spread_over_them(bc: Client) -> None:
    made = order(bc, discountAmount=40)
    assert made["discountAmount"] == 0
    assert bc.patch(f"salesOrders({made['id']})", {"discountAmount": 40}).status == 200
    row = read(bc, made["id"])
    assert (row["discountAmount"], row["totalAmountExcludingTax"]) == (40, 360)
    assert row["salesOrderLines"][0]["invoiceDiscountAllocation"] == 40


def test_an_account_line_needs_an_account_that_takes_postings(bc: Client) -> None:
    line = {"lineType": "Account", "lineObjectNumber": "6110", "quantity": 1, "unitPrice": 9.5}
    made = order(bc, line, {"accountId": SALES_ACCOUNT, "quantity": 1, "unitPrice": 1})
    assert [each["accountId"] for each in made["salesOrderLines"]] == [SALES_ACCOUNT] * 2
    assert post_order(bc, {**line, "lineObjectNumber": "2310"}).status == 400
    assert post_order(bc, {**line, "lineObjectNumber": "9999"}).status == 400


@pytest.mark.parametrize("blocked", ["All", "Invoice", "Ship"])
def test_a_blocked_customer_gets_no_order(bc: Client, blocked: str) -> None:
    bc.patch(f"customers({ADATUM})", {"blocked": blocked})
    assert "blocked" in post_order(bc).json["error"]["message"]


def test_a_released_order_is_changed_and_deleted_no_more(bc: Client) -> None:
    made = order(bc)
    handle(bc, made["id"], "release")
    assert read(bc, made["id"])["status"] == "Open"
    line = made["salesOrderLines"][0]["id"]
    refused = [
        bc.patch(f"salesOrders({made['id']})", {"externalDocumentNumber": "X"}),
        bc.patch(f"salesOrderLines({line})", {"quantity": 1}),
        bc.post(f"salesOrders({made['id']})/salesOrderLines", {"itemId": DESK, "quantity": 1}),
        bc.delete(f"salesOrders({made['id']})"),
    ]
    assert all(RELEASED_TEXT in each.json["error"]["message"] for each in refused)
    handle(bc, made["id"], "reopen")
    assert bc.delete(f"salesOrders({made['id']})").status == 204
    assert bc.get(f"salesOrderLines({line})").status == 404


def test_shipping_and_invoicing_all_of_it_makes_an_invoice_and_the_order_goes(bc: Client) -> None:
    made = order(bc, externalDocumentNumber="SO-1")
    assert bc.post(f"salesOrders({made['id']})/{SHIP_AND_INVOICE}", None).status == 204
    assert bc.get(f"salesOrders({made['id']})").status == 404
    (invoice,) = invoices_of(bc, made["number"])
    assert (invoice["status"], invoice["orderId"]) == ("Open", made["id"])
    assert (invoice["externalDocumentNumber"], invoice["totalAmountExcludingTax"]) == ("SO-1", 400)
    assert bc.get(f"items({DESK})").json["inventory"] == -4


def test_a_part_is_shipped_and_invoiced_with_its_share_of_the_discount(bc: Client) -> None:
    made = order(bc)
    bc.patch(f"salesOrders({made['id']})", {"discountAmount": 40})
    line = made["salesOrderLines"][0]["id"]
    bc.patch(f"salesOrderLines({line})", {"shipQuantity": 1})
    handle(bc, made["id"], "ship")
    row = read(bc, made["id"])
    assert (row["status"], row["fullyShipped"]) == ("Open", False)
    assert (row["salesOrderLines"][0]["shippedQuantity"], row["salesOrderLines"][0]["shipQuantity"]) == (1, 3)
    handle(bc, made["id"], "invoice")
    handle(bc, made["id"], "ship")
    assert read(bc, made["id"])["fullyShipped"] is True
    handle(bc, made["id"], "invoice")
    amounts = [each["totalAmountExcludingTax"] for each in invoices_of(bc, made["number"])]
    assert (sorted(amounts), bc.get(f"salesOrders({made['id']})").status) == ([90, 270], 404)
    assert bc.get(f"items({DESK})").json["inventory"] == -4


def test_an_order_without_lines_or_quantities_is_not_posted(bc: Client) -> None:
    for line in ({"description": "Text"}, {"itemId": ADVICE}):
        made = order(bc, line)["id"]
        assert bc.post(f"salesOrders({made})/{SHIP_AND_INVOICE}", None).status == 400


def in_extension(bc: Client, key: str, *lines: dict[str, Any], **header: Any) -> Reply:
    content = json.dumps({"customerId": ADATUM, "lines": list(lines), **header})
    return bc.extension("POST", "salesOrders", {"tandemKey": key, "content": content})


LINE = {"lineType": "Item", "itemId": DESK, "quantity": 2, "unitPrice": 100, "discountAmount": 5}


def test_the_extension_creates_all_of_an_order_under_one_key(bc: Client) -> None:
    key = str(uuid4())
    made = in_extension(bc, key, LINE, yourReference="SO-7", billToName="Paying", invoiceDiscountAmount=15)
    assert made.status == 201, made.raw
    assert (made.json["amount"], made.json["invoiceDiscountAmount"], made.json["status"]) == (180, 15, "Open")
    assert (made.json["yourReference"], made.json["billToName"]) == ("SO-7", "Paying")
    assert made.json["customerId"] == ADATUM
    found = bc.extension("GET", f"recordKeys?$filter=tableNumber eq 36 and tandemKey eq {key}").json["value"]
    assert [each["recordId"] for each in found] == [made.json["id"]]
    assert "created already" in in_extension(bc, key, LINE).json["error"]["message"]
    assert len(bc.get("salesOrders").json["value"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": [LINE, {**LINE, "itemId": str(uuid4())}]},
        {"lines": [LINE, {**LINE, "quantity": "two"}]},
        {"invoiceDiscountAmount": 1000},
        {"nosuch": 1},
        {"customerId": str(uuid4())},
        {"shipToName": "x" * 101},
    ],
)
def test_what_the_extension_refuses_leaves_neither_order_nor_key(bc: Client, wrong: dict[str, Any]) -> None:
    key = str(uuid4())
    content = json.dumps({"customerId": ADATUM, "lines": [LINE], **wrong})
    refused = bc.extension("POST", "salesOrders", {"tandemKey": key, "content": content})
    assert refused.status == 400
    assert bc.get("salesOrders").json["value"] == []
    assert in_extension(bc, key, LINE).status == 201


def test_the_key_is_given_at_creation_only_and_content_must_be_whole(bc: Client) -> None:
    made = in_extension(bc, str(uuid4()), LINE).json["id"]
    assert patch_extension(bc, f"salesOrders({made})", {"content": "{}"}).status == 400
    assert patch_extension(bc, f"salesOrders({made})", {"tandemKey": str(uuid4())}).status == 400
    assert (
        patch_extension(bc, f"salesOrders({made})", {"yourReference": "New"}).json["yourReference"] == "New"
    )
    assert create(bc, "salesOrders").status == 400


def test_orders_and_their_deletions_are_among_the_changes(bc: Client) -> None:
    made = order(bc)
    changed = bc.extension("GET", "salesOrderChanges").json["value"]
    assert [each["id"] for each in changed] == [made["id"]]
    assert bc.post(f"salesOrders({made['id']})/{SHIP_AND_INVOICE}", None).status == 204
    gone = bc.extension("GET", "deletions?$filter=tableNumber eq 36").json["value"]
    assert [(each["recordId"], each["recordKey"]) for each in gone] == [(made["id"], made["number"])]


def shipped(bc: Client, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    made = order(bc, *lines, **header)
    handle(bc, made["id"], "ship")
    return made


def combine(bc: Client, *made: dict[str, Any]) -> Reply:
    ids = [each["id"] for each in made]
    return bc.control("POST", "orders/combined", {"company": "CRONUS", "orders": ids})


def posted_together(bc: Client, *made: dict[str, Any]) -> dict[str, Any]:
    draft = combine(bc, *made).json
    assert bc.post(f"salesInvoices({draft['id']})/Microsoft.NAV.post", None).status == 204
    found: dict[str, Any] = bc.get(f"salesInvoices({draft['id']})?$expand=salesInvoiceLines").json
    return found


def test_shipments_of_several_orders_go_into_one_invoice_that_names_none_of_them(bc: Client) -> None:
    first, second = shipped(bc), shipped(bc, {"itemId": DESK, "quantity": 1, "unitPrice": 50})
    invoice = posted_together(bc, first, second)
    assert (invoice["status"], invoice["orderNumber"], invoice["externalDocumentNumber"]) == ("Open", "", "")
    assert invoice["totalAmountExcludingTax"] == 450
    told = [(each["description"], each["quantity"]) for each in invoice["salesInvoiceLines"]]
    texts = [(f"Shipment No. {each['number']}:", 0) for each in (first, second)]
    assert told == [texts[0], ("ATHENS Desk", 4), texts[1], ("ATHENS Desk", 1)]


def test_orders_that_were_invoiced_together_stay_as_they_were_but_for_their_lines(bc: Client) -> None:
    made = shipped(bc)
    draft = combine(bc, made).json
    before = read(bc, made["id"])
    assert bc.post(f"salesInvoices({draft['id']})/Microsoft.NAV.post", None).status == 204
    after = read(bc, made["id"])
    (line,) = after["salesOrderLines"]
    assert (line["shippedQuantity"], line["invoicedQuantity"]) == (4, 4)
    same = ("@odata.etag", "lastModifiedDateTime", "status", "fullyShipped")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert bc.get(f"items({DESK})").json["inventory"] == -4, "goods leave once"


def test_what_was_shipped_is_invoiced_once_whatever_drafts_there_are(bc: Client) -> None:
    made = shipped(bc)
    again = combine(bc, made).json
    posted_together(bc, made)
    refused = bc.post(f"salesInvoices({again['id']})/Microsoft.NAV.post", None)
    assert (refused.status, "for more than you have shipped" in refused.json["error"]["message"]) == (
        400,
        True,
    )
    assert combine(bc, made).status == 400, "nothing is left to be taken"


def test_orders_of_several_customers_are_not_combined(bc: Client) -> None:
    customer = bc.post("customers", {"displayName": "Somebody else"}).json["number"]
    other = shipped(bc, {"itemId": DESK, "quantity": 1, "unitPrice": 50}, customerNumber=customer)
    assert combine(bc, shipped(bc), other).status == 400


def test_the_batch_job_takes_away_what_is_invoiced_and_nothing_else(bc: Client) -> None:
    done, open_ = shipped(bc), shipped(bc)
    posted_together(bc, done)
    assert bc.control("DELETE", "orders/invoiced?company=CRONUS").status == 200
    assert [each["id"] for each in bc.get("salesOrders").json["value"]] == [open_["id"]]
