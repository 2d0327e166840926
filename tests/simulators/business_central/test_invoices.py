"""Sales invoices and credit memos: drafts, their lines and totals."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.business_central.tables.dates import shifted
from tests.simulators.business_central.client import ADATUM, COMPANY, NET_30, USD, ZERO, Client
from tests.simulators.business_central.shop import ADVICE, BLACK, BLUE, BOX, DESK, PCS, draft, shop

KINDS = [("salesInvoices", "salesInvoiceLines"), ("salesCreditMemos", "salesCreditMemoLines")]


@pytest.fixture
def bc() -> Client:
    return shop()


@pytest.mark.parametrize(("table", "lines"), KINDS)
def test_customer_is_needed_and_must_exist(bc: Client, table: str, lines: str) -> None:
    for sent, text in (
        ({}, 'A "customerNumber" or a "customerId" must be provided.'),
        ({"customerNumber": "NOPE"}, "The sell-to customer cannot be found."),
        ({"customerId": DESK}, "The sell-to customer cannot be found."),
        (
            {"customerNumber": "10000", "billToCustomerNumber": "NOPE"},
            "The bill-to customer cannot be found.",
        ),
    ):
        reply = bc.post(table, sent)
        assert reply.error == (400, "Application_DialogException")
        assert reply.json["error"]["message"].startswith(text)


def test_id_and_number_of_the_customer_must_agree(bc: Client) -> None:
    other = bc.post("customers", {"displayName": "B"}).json["number"]
    reply = bc.post("salesInvoices", {"customerId": ADATUM, "customerNumber": other})
    assert reply.json["error"]["message"].startswith("The sell-to customer values do not match")
    reply = bc.post("salesInvoices", {"customerId": ADATUM, "customerNumber": "10000"})
    assert reply.status == 201


def test_customer_fills_what_was_not_sent(bc: Client) -> None:
    bc.patch(f"customers({ADATUM})", {"currencyId": USD, "paymentTermsId": NET_30, "salespersonCode": "JO"})
    row = bc.post("salesInvoices", {"customerNumber": "10000", "shipToCity": "Rome"}).json
    assert (row["customerName"], row["billToName"], row["sellToCity"]) == (
        "Adatum Corporation",
        "Adatum Corporation",
        "Atlanta",
    )
    assert (row["currencyCode"], row["currencyId"], row["salesperson"]) == ("USD", USD, "JO")
    assert (row["shipToCity"], row["billToCity"], row["status"]) == ("Rome", "Atlanta", "Draft")
    assert (
        bc.post("salesInvoices", {"customerNumber": "10000", "currencyCode": "GBP"}).json["currencyId"]
        == ZERO
    )


def test_due_date_follows_the_terms_unless_it_is_sent(bc: Client) -> None:
    sent = {"customerNumber": "10000", "paymentTermsId": NET_30, "invoiceDate": "2027-01-31"}
    row = bc.post("salesInvoices", sent).json
    assert (row["dueDate"], row["postingDate"]) == ("2027-03-02", "2027-01-15")
    assert bc.post("salesInvoices", {**sent, "dueDate": "2027-05-01"}).json["dueDate"] == "2027-05-01"
    moved = bc.patch(f"salesInvoices({row['id']})", {"invoiceDate": "2027-02-28"}).json
    assert moved["dueDate"] == "2027-03-30"


@pytest.mark.parametrize(
    ("formula", "due"),
    [
        ("CM", "2027-01-31"),
        ("CM+10D", "2027-02-10"),
        ("1M", "2027-02-28"),
        ("2W", "2027-02-14"),
        ("CQ", "2027-03-31"),
        ("1Y-1D", "2028-01-30"),
        ("", "2027-01-31"),
    ],
)
def test_formula_of_terms_is_calculated(bc: Client, formula: str, due: str) -> None:
    terms = bc.post("paymentTerms", {"code": "X", "dueDateCalculation": formula}).json["id"]
    row = bc.post(
        "salesInvoices", {"customerNumber": "10000", "paymentTermsId": terms, "invoiceDate": "2027-01-31"}
    )
    assert row.json["dueDate"] == due


def test_current_week_ends_on_sunday() -> None:
    assert [shifted(day, "CW") for day in ("2027-01-25", "2027-01-31", "2027-02-01")] == [
        "2027-01-31",
        "2027-01-31",
        "2027-02-07",
    ]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"number": "X"}, "BadRequest_InvalidOperation"),
        ({"customerName": "X"}, "BadRequest_InvalidOperation"),
        ({"status": "Open"}, "BadRequest_InvalidOperation"),
        ({"pricesIncludeTax": True}, "BadRequest_InvalidOperation"),
        ({"salesperson": "NOPE"}, "Internal_InvalidTableRelation"),
        ({"sellToCountry": "QQ"}, "Internal_InvalidTableRelation"),
        ({"currencyCode": "QQQ"}, "Application_DialogException"),
        ({"disputeStatus": "NOPE"}, "Application_DialogException"),
    ],
)
def test_value_that_does_not_fit_is_refused(bc: Client, sent: dict[str, Any], code: str) -> None:
    assert bc.post("salesInvoices", {"customerNumber": "10000", **sent}).error == (400, code)


@pytest.mark.parametrize(
    ("blocked", "invoice", "memo"), [("All", 400, 400), ("Invoice", 400, 201), ("Ship", 201, 201)]
)
def test_blocked_customer_gets_no_document(bc: Client, blocked: str, invoice: int, memo: int) -> None:
    bc.patch(f"customers({ADATUM})", {"blocked": blocked})
    assert bc.post("salesInvoices", {"customerNumber": "10000"}).status == invoice
    assert bc.post("salesCreditMemos", {"customerNumber": "10000"}).status == memo


def test_customer_with_a_draft_is_not_deleted(bc: Client) -> None:
    made = draft(bc)["id"]
    assert bc.delete(f"customers({ADATUM})").error == (400, "Application_DialogException")
    bc.delete(f"salesInvoices({made})")
    assert bc.delete(f"customers({ADATUM})").status == 204


@pytest.mark.parametrize(("table", "lines"), KINDS)
def test_lines_are_read_below_a_document_only(bc: Client, table: str, lines: str) -> None:
    assert bc.get(lines).error == (400, "Application_DialogException")
    assert bc.get(f"{lines}?$filter=lineType eq 'Item'").status == 400
    made = bc.post(table, {"customerNumber": "10000", lines: [{"itemId": DESK, "quantity": 2}]}).json
    assert lines not in made
    (below,) = bc.get(f"{table}({made['id']})/{lines}").rows
    (by_filter,) = bc.get(f"{lines}?$filter=documentId eq {made['id']}").rows
    (by_id,) = bc.get(f"{lines}?$filter=id eq {below['id']}").rows
    assert below == by_filter == by_id
    assert bc.get(f"{lines}({below['id']})").json["documentId"] == made["id"]
    assert bc.get(f"{lines}({below['id']})?$expand=item").json["item"]["number"] == "1896-S"


@pytest.mark.parametrize(("table", "lines"), KINDS)
def test_line_is_filled_from_its_item(bc: Client, table: str, lines: str) -> None:
    made = bc.post(table, {"customerNumber": "10000"}).json["id"]
    line = bc.post(
        f"{table}({made})/{lines}", {"lineType": "Item", "lineObjectNumber": "1896-s", "quantity": 3}
    ).json
    assert (line["itemId"], line["description"], line["unitOfMeasureCode"]) == (DESK, "ATHENS Desk", "PCS")
    assert (
        line["sequence"],
        line["unitPrice"],
        line["amountExcludingTax"],
        line["netAmountIncludingTax"],
    ) == (10000, 100, 300, 300)
    second = bc.post(lines, {"documentId": made, "itemId": ADVICE, "description": "Anders"}).json
    assert (second["sequence"], second["description"], second["unitOfMeasureCode"]) == (
        20000,
        "Anders",
        "HOUR",
    )
    assert bc.get(f"{table}({made})").json["totalAmountExcludingTax"] == 300


def test_price_follows_the_unit(bc: Client) -> None:
    made = draft(bc, salesInvoiceLines=[{"itemId": DESK, "quantity": 2, "unitOfMeasureCode": "BOX"}])
    (line,) = made["salesInvoiceLines"]
    assert (line["unitPrice"], line["unitOfMeasureId"], made["totalAmountIncludingTax"]) == (400, BOX, 800)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"itemId": ADATUM}, "Application_DialogException"),
        ({"itemId": DESK, "accountId": ADATUM}, "Application_DialogException"),
        ({"accountId": ADATUM}, "Application_DialogException"),
        ({"itemId": DESK, "lineObjectNumber": "ADVICE"}, "Application_DialogException"),
        ({"lineType": "Item", "lineObjectNumber": "NOPE"}, "Internal_InvalidTableRelation"),
        ({"lineType": "Resource", "lineObjectNumber": "1896-S"}, "Internal_InvalidTableRelation"),
        ({"itemId": DESK, "unitOfMeasureCode": "HOUR"}, "Internal_InvalidTableRelation"),
        ({"itemId": DESK, "unitOfMeasureId": PCS, "unitOfMeasureCode": "BOX"}, "Application_DialogException"),
        ({"itemId": ADVICE, "itemVariantId": BLACK}, "Internal_InvalidTableRelation"),
        ({"itemId": DESK, "locationId": ADATUM}, "Internal_InvalidTableRelation"),
        ({"itemId": DESK, "discountPercent": 101}, "Application_FieldValidationException"),
        ({"description": "Text", "quantity": 1}, "Application_DialogException"),
        ({"itemId": DESK, "netAmount": 5}, "BadRequest_InvalidOperation"),
        ({"itemId": DESK, "sequence": 10000}, "Application_DialogException"),
        ({"itemId": DESK, "quantity": "3"}, "BadRequest"),
    ],
)
def test_line_that_does_not_fit_is_refused(bc: Client, sent: dict[str, Any], code: str) -> None:
    made = draft(bc)["id"]
    assert bc.post(f"salesInvoices({made})/salesInvoiceLines", sent).error == (400, code)


def test_resource_and_comment_lines(bc: Client) -> None:
    lines = [
        {"lineType": "Resource", "lineObjectNumber": "KATHERINE", "quantity": 2},
        {"description": "Danke für Ihren Auftrag"},
        {"itemId": DESK, "quantity": 1, "itemVariantId": BLACK, "locationId": BLUE},
    ]
    made = draft(bc, salesInvoiceLines=lines)
    assert [line["lineType"] for line in made["salesInvoiceLines"]] == ["Resource", "Comment", "Item"]
    assert made["totalAmountExcludingTax"] == 125


def test_blocked_item_is_not_sold(bc: Client) -> None:
    bc.patch(f"items({DESK})", {"blocked": True})
    reply = bc.post("salesInvoices", {"customerNumber": "10000", "salesInvoiceLines": [{"itemId": DESK}]})
    assert reply.error == (400, "Application_DialogException")
    assert bc.get("salesInvoices").rows == []


def test_discount_in_percent_and_amount_follow_each_other(bc: Client) -> None:
    made = draft(bc, salesInvoiceLines=[{"itemId": DESK, "quantity": 2, "discountPercent": 10}])
    (line,) = made["salesInvoiceLines"]
    assert (line["discountAmount"], line["netAmount"]) == (20, 180)
    changed = bc.patch(f"salesInvoiceLines({line['id']})", {"discountAmount": 50}).json
    assert (changed["discountPercent"], changed["netAmount"]) == (25, 150)


def test_discount_of_the_document_is_spread_over_its_lines(bc: Client) -> None:
    lines = [{"itemId": DESK, "quantity": 3}, {"itemId": ADVICE, "quantity": 2.5}]
    made = draft(bc, salesInvoiceLines=lines)
    row = bc.patch(f"salesInvoices({made['id']})?$expand=salesInvoiceLines", {"discountAmount": 40}).json
    assert (row["discountAmount"], row["totalAmountExcludingTax"], row["remainingAmount"]) == (40, 360, 360)
    assert [line["invoiceDiscountAllocation"] for line in row["salesInvoiceLines"]] == [30, 10]
    assert [line["netAmount"] for line in row["salesInvoiceLines"]] == [270, 90]


@pytest.mark.parametrize("sent", [{"documentId": ADATUM}, {"sequence": 5}, {"lineObjectNumber": "ADVICE"}])
def test_place_and_object_of_a_line_stay(bc: Client, sent: dict[str, Any]) -> None:
    (line,) = draft(bc)["salesInvoiceLines"]
    reply = bc.patch(f"salesInvoiceLines({line['id']})", sent)
    assert reply.error == (400, "Application_DialogException")
    assert "cannot be modified" in reply.json["error"]["message"]


def test_document_goes_with_its_lines_and_notifies_of_line_changes(bc: Client) -> None:
    made = draft(bc)
    (line,) = made["salesInvoiceLines"]
    body = {"notificationUrl": "https://t.test/h", "resource": f"companies({COMPANY})/salesInvoices"}
    assert bc.api("POST", "subscriptions", body).status == 201
    refused = {**body, "resource": f"companies({COMPANY})/salesInvoiceLines"}
    assert bc.api("POST", "subscriptions", refused).status == 400
    bc.patch(f"salesInvoiceLines({line['id']})", {"quantity": 5})
    bc.delete(f"salesInvoices({made['id']})")
    bc.clock.sleep(30)
    bc.bc.pump()
    assert [each["changeType"] for each in bc.receiver.notifications] == ["updated", "deleted"]
    assert bc.get(f"salesInvoiceLines({line['id']})").status == 404


def test_documents_have_no_deep_update(bc: Client) -> None:
    made = draft(bc)["id"]
    reply = bc.patch(f"salesInvoices({made})", {"salesInvoiceLines": [{"itemId": DESK}]})
    assert reply.error == (400, "BadRequest")
