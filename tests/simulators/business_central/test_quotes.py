"""Sales quotes: created whole, sent, accepted, and the order that takes their place."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.simulators.business_central.client import Client, Reply
from tests.simulators.business_central.shop import DESK, shop

MAKE_ORDER, SEND = "Microsoft.NAV.makeOrder", "Microsoft.NAV.send"


@pytest.fixture
def bc() -> Client:
    return shop()


def post_quote(bc: Client, *lines: dict[str, Any], **header: Any) -> Reply:
    body = {"customerNumber": "10000", "salesQuoteLines": list(lines), **header}
    return bc.post("salesQuotes?$expand=salesQuoteLines", body)


def quote(bc: Client, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    reply = post_quote(bc, *(lines or ({"itemId": DESK, "quantity": 4, "unitPrice": 100},)), **header)
    assert reply.status == 201, reply.raw
    made: dict[str, Any] = reply.json
    return made


def read(bc: Client, quote_id: str) -> dict[str, Any]:
    found: dict[str, Any] = bc.get(f"salesQuotes({quote_id})?$expand=salesQuoteLines").json
    return found


def handle(bc: Client, quote_id: str, act: str) -> int:
    return bc.control("POST", "quotes", {"company": "CRONUS", "quote": quote_id, "act": act}).status


def test_header_and_lines_are_created_with_number_and_totals(bc: Client) -> None:
    made = quote(bc, {"itemId": DESK, "quantity": 2, "unitPrice": 50}, {"description": "With care"})
    assert (made["number"], made["status"]) == ("S-QUO000001", "Draft")
    assert made["totalAmountExcludingTax"] == 100
    assert [line["lineType"] for line in made["salesQuoteLines"]] == ["Item", "Comment"]
    assert "invoiceDiscountAllocation" not in made["salesQuoteLines"][0]


def test_what_lacks_a_customer_or_has_a_bad_line_leaves_nothing(bc: Client) -> None:
    assert (
        "must be provided" in bc.post("salesQuotes", {"externalDocumentNumber": "Q"}).json["error"]["message"]
    )
    assert post_quote(bc, {"itemId": str(uuid4()), "quantity": 1}).status == 400
    assert bc.get("salesQuotes").json["value"] == []


def test_a_discount_on_the_quote_is_taken_once_there_are_lines(bc: Client) -> None:
    made = quote(bc, discountAmount=10)
    assert made["totalAmountExcludingTax"] == 400
    bc.patch(f"salesQuotes({made['id']})", {"discountAmount": 10})
    found = read(bc, made["id"])
    assert (found["discountAmount"], found["totalAmountExcludingTax"]) == (10, 390)
    assert found["salesQuoteLines"][0]["netAmount"] == 390


def test_status_is_read_only_and_follows_what_is_done_with_it(bc: Client) -> None:
    made = quote(bc, validUntilDate="2030-01-31")
    assert bc.patch(f"salesQuotes({made['id']})", {"status": "Accepted"}).status == 400
    assert bc.post(f"salesQuotes({made['id']})/{SEND}", {}).status == 204
    assert read(bc, made["id"])["status"] == "Sent"
    assert handle(bc, made["id"], "accept") == 200
    assert (read(bc, made["id"])["status"], made["validUntilDate"]) == ("Accepted", "2030-01-31")


def test_an_order_takes_the_place_of_the_quote(bc: Client) -> None:
    made = quote(bc, externalDocumentNumber="QUO-7")
    assert bc.post(f"salesQuotes({made['id']})/{MAKE_ORDER}", {}).status == 204
    assert bc.get(f"salesQuotes({made['id']})").status == 404
    assert bc.get(f"salesQuoteLines?$filter=documentId eq {made['id']}").json["value"] == []
    (order,) = bc.get("salesOrders?$expand=salesOrderLines").json["value"]
    assert (order["externalDocumentNumber"], order["totalAmountExcludingTax"]) == ("QUO-7", 400)
    assert [line["quantity"] for line in order["salesOrderLines"]] == [4]
    assert bc.post(f"salesQuotes({made['id']})/{MAKE_ORDER}", {}).status == 404


def test_quotes_of_a_blocked_customer_are_refused(bc: Client) -> None:
    (customer,) = bc.get("customers?$filter=number eq '10000'").json["value"]
    bc.patch(f"customers({customer['id']})", {"blocked": "Ship"})
    assert (
        "blocked with type Ship" in post_quote(bc, {"itemId": DESK, "quantity": 1}).json["error"]["message"]
    )


def test_a_number_is_resolved_by_the_type_that_stands_before_it(bc: Client) -> None:
    number = bc.get(f"items({DESK})").json["number"]
    right = {"lineType": "Item", "lineObjectNumber": number, "quantity": 1}
    wrong = {"lineObjectNumber": number, "lineType": "Item", "quantity": 1}
    assert post_quote(bc, right).status == 201
    assert post_quote(bc, wrong).status == 400
