"""Posting invoices and credit memos, paying them, and what of a posted one may still change."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.business_central import Permissions
from tests.simulators.business_central.client import ADATUM, COMPANY, ZERO, Client
from tests.simulators.business_central.shop import ADVICE, BLACK, BLUE, DESK, DISPUTE, draft, posted, shop

ACTION = "Microsoft.NAV."


@pytest.fixture
def bc() -> Client:
    return shop()


def act(
    bc: Client, row_id: str, action: str, table: str = "salesInvoices", **headers: str
) -> tuple[int, str]:
    reply = bc.post(f"{table}({row_id})/{ACTION}{action}", None, **headers)
    return (reply.status, "" if reply.status == 204 else reply.code)


def pay(bc: Client, row_id: str, **more: Any) -> None:
    assert bc.control("POST", "payments", {"company": "CRONUS", "invoice": row_id, **more}).status == 200


def test_posted_invoice_keeps_its_id_and_takes_another_number(bc: Client) -> None:
    made = draft(bc)
    assert (made["number"], made["status"]) == ("S-INV000001", "Draft")
    assert act(bc, made["id"], "post") == (204, "")
    row = bc.get(f"salesInvoices({made['id']})").json
    assert (row["number"], row["status"], row["remainingAmount"]) == ("PS-INV000001", "Open", 100)
    assert row["@odata.etag"] != made["@odata.etag"]


def test_action_takes_an_empty_body_and_any_case(bc: Client) -> None:
    made = draft(bc)["id"]
    assert bc.post(f"salesInvoices({made})/{ACTION}post", {"now": True}).error == (400, "BadRequest")
    assert bc.get(f"salesInvoices({made})/{ACTION}post").status == 405
    assert act(bc, made, "fly") == (501, "BadRequest_MethodNotImplemented")
    assert act(bc, ADATUM, "post") == (404, "Internal_RecordNotFound")
    assert act(bc, made, "POST") == (204, "")


def test_etag_of_an_action_is_checked_where_it_is_sent(bc: Client) -> None:
    made = draft(bc)
    bc.patch(f"salesInvoices({made['id']})", {"externalDocumentNumber": "X"})
    assert act(bc, made["id"], "post", if_match=made["@odata.etag"]) == (409, "Request_EntityChanged")
    now = bc.get(f"salesInvoices({made['id']})").json["@odata.etag"]
    assert act(bc, made["id"], "post", if_match=now) == (204, "")


@pytest.mark.parametrize("lines", [[], [{"description": "Only text"}], [{"itemId": DESK}]])
def test_invoice_without_lines_or_quantity_is_not_posted(bc: Client, lines: list[dict[str, Any]]) -> None:
    made = draft(bc, salesInvoiceLines=lines)
    assert act(bc, made["id"], "post") == (400, "Application_DialogException")
    assert bc.get(f"salesInvoices({made['id']})").json["status"] == "Draft"


def test_only_a_draft_is_posted(bc: Client) -> None:
    made = posted(bc)["id"]
    assert act(bc, made, "post") == (400, "Application_DialogException")


@pytest.mark.parametrize(
    "sent", [{"paymentTermsId": ZERO, "salesperson": "JO"}, {"shipToCity": "Rome"}, {"discountAmount": 5}]
)
def test_posted_invoice_can_be_modified_no_more(bc: Client, sent: dict[str, Any]) -> None:
    made = posted(bc)
    reply = bc.patch(f"salesInvoices({made['id']})", sent)
    assert reply.error == (400, "Application_DialogException")
    assert reply.json["error"]["message"].startswith(
        "The invoice has been posted and can no longer be modified."
    )
    assert bc.get(f"salesInvoices({made['id']})").json == made


def test_dates_of_payment_and_dispute_of_a_posted_invoice_may_change(bc: Client) -> None:
    made = posted(bc)["id"]
    sent = {"dueDate": "2027-06-01", "promisedPayDate": "2027-06-15", "disputeStatusId": DISPUTE}
    row = bc.patch(f"salesInvoices({made})", sent).json
    assert {name: row[name] for name in sent} == sent
    assert row["disputeStatus"] == "OPEN"


def test_lines_of_a_posted_invoice_stay(bc: Client) -> None:
    made = posted(bc)["id"]
    (line,) = bc.get(f"salesInvoices({made})/salesInvoiceLines").rows
    path = f"salesInvoiceLines({line['id']})"
    for reply in (
        bc.patch(path, {"quantity": 2}),
        bc.delete(path),
        bc.post(f"salesInvoices({made})/salesInvoiceLines", {"itemId": DESK}),
        bc.delete(f"salesInvoices({made})"),
    ):
        assert reply.error == (400, "Application_DialogException")
    assert bc.get(f"salesInvoices({made})/salesInvoiceLines").rows == [line]


def test_posting_takes_items_out_of_stock_by_base_unit(bc: Client) -> None:
    lines = [
        {
            "itemId": DESK,
            "quantity": 2,
            "unitOfMeasureCode": "BOX",
            "itemVariantId": BLACK,
            "locationId": BLUE,
        },
        {"itemId": ADVICE, "quantity": 1},
    ]
    made = posted(bc, salesInvoiceLines=lines)
    (entry,) = bc.get("itemLedgerEntries").rows
    assert (entry["quantity"], entry["entryType"], entry["documentNumber"]) == (-8, "Sale", made["number"])
    assert (entry["sourceNumber"], entry["sourceType"], entry["salesAmountActual"]) == (
        "10000",
        "Customer",
        800,
    )
    assert bc.get(f"items({DESK})").json["inventory"] == -8


def test_part_of_a_payment_moves_the_rest_without_a_stamp(bc: Client) -> None:
    before = posted(bc)
    bc.clock.sleep(60)
    pay(bc, before["id"], amount=40)
    after = bc.get(f"salesInvoices({before['id']})").json
    assert after == {**before, "remainingAmount": 60}


def test_last_payment_makes_the_invoice_paid_with_a_new_stamp(bc: Client) -> None:
    before = posted(bc)
    bc.clock.sleep(60)
    pay(bc, before["id"])
    after = bc.get(f"salesInvoices({before['id']})").json
    assert (after["status"], after["remainingAmount"]) == ("Paid", 0)
    assert after["lastModifiedDateTime"] > before["lastModifiedDateTime"]
    assert [row["id"] for row in bc.get("salesInvoices?$filter=status eq 'Paid'").rows] == [after["id"]]


def test_amounts_of_the_customer_come_from_what_is_open(bc: Client) -> None:
    first, _ = posted(bc, dueDate="2027-01-01"), posted(bc, dueDate="2027-12-31")
    draft(bc)
    row = bc.get(f"customerFinancialDetails({ADATUM})").json
    assert (row["balance"], row["totalSalesExcludingTax"], row["overdueAmount"]) == (200, 200, 100)
    assert bc.get(f"customers({ADATUM})").json["balanceDue"] == 100
    pay(bc, first["id"])
    row = bc.get(f"customerFinancialDetails({ADATUM})").json
    assert (row["balance"], row["totalSalesExcludingTax"], row["overdueAmount"]) == (100, 200, 0)


def test_cancelled_invoice_is_settled_by_a_corrective_credit_memo(bc: Client) -> None:
    made = posted(bc)
    assert act(bc, made["id"], "cancel") == (204, "")
    row = bc.get(f"salesInvoices({made['id']})").json
    assert (row["status"], row["remainingAmount"]) == ("Canceled", 0)
    (memo,) = bc.get("salesCreditMemos").rows
    assert (memo["status"], memo["invoiceNumber"], memo["totalAmountIncludingTax"]) == (
        "Corrective",
        made["number"],
        100,
    )
    assert bc.get(f"items({DESK})").json["inventory"] == 0
    assert act(bc, made["id"], "cancel") == (400, "Application_DialogException")


def test_draft_or_paid_invoice_is_not_cancelled(bc: Client) -> None:
    assert act(bc, draft(bc)["id"], "cancel") == (400, "Application_DialogException")
    made = posted(bc)["id"]
    pay(bc, made, amount=1)
    assert act(bc, made, "cancel") == (400, "Application_DialogException")
    assert act(bc, made, "makeCorrectiveCreditMemo") == (400, "Application_DialogException")


def test_corrective_credit_memo_begins_as_a_draft_of_the_invoice(bc: Client) -> None:
    made = posted(bc)
    assert act(bc, made["id"], "makeCorrectiveCreditMemo") == (204, "")
    memo = bc.get("salesCreditMemos?$expand=salesCreditMemoLines").rows[0]
    assert (memo["status"], memo["invoiceId"]) == ("Draft", made["id"])
    assert [line["lineObjectNumber"] for line in memo["salesCreditMemoLines"]] == ["1896-S"]
    assert act(bc, memo["id"], "post", "salesCreditMemos") == (204, "")
    assert bc.get(f"salesCreditMemos({memo['id']})").json["number"] == "PS-CR000001"


def test_posting_stays_where_sending_fails(bc: Client) -> None:
    made = draft(bc)["id"]
    assert act(bc, made, "postAndSend") == (400, "Application_DialogException")
    assert bc.get(f"salesInvoices({made})").json["status"] == "Open"
    bc.patch(f"customers({ADATUM})", {"email": "a@contoso.com"})
    assert act(bc, made, "send") == (204, "")


def test_posting_ends_the_transaction_of_a_snapshot_batch(bc: Client) -> None:
    made = draft(bc)["id"]
    root = f"companies({COMPANY})"
    parts = [
        {"method": "POST", "url": f"{root}/customers", "body": {"displayName": "Before"}},
        {"method": "POST", "url": f"{root}/salesInvoices({made})/{ACTION}post"},
        {"method": "POST", "url": f"{root}/customers", "body": {"displayName": "After"}},
        {"method": "POST", "url": f"{root}/customers", "body": {}},
    ]
    reply = bc.batch(*parts, isolation="snapshot")
    assert [part["status"] for part in reply.json["responses"]] == [201, 204, 201, 400]
    names = {row["displayName"] for row in bc.get("customers").rows}
    assert ("Before" in names, "After" in names) == (True, False)
    assert bc.get(f"salesInvoices({made})").json["status"] == "Open"


def test_writing_needs_the_right_to_write(bc: Client) -> None:
    made = draft(bc)["id"]
    bc.options.users = {"app": Permissions(write=frozenset())}
    assert act(bc, made, "post") == (403, "Authorization_RequestDenied")


def test_prices_and_balances_are_converted_by_the_rate_of_the_day(bc: Client) -> None:
    made = posted(bc, currencyCode="USD")
    assert made["totalAmountIncludingTax"] == 125
    assert bc.get(f"customerFinancialDetails({ADATUM})").json["balance"] == 100
