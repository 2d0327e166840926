"""Tables that only Tandem's own API shows: addresses, prices, posted invoices."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.business_central.client import ADATUM, ROBERT, Client
from tests.simulators.business_central.shop import DESK, FABRIKAM, KATHERINE, patch_extension, posted, shop


@pytest.fixture
def bc() -> Client:
    return shop()


def test_pages_do_not_delete(bc: Client) -> None:
    for path in (f"customers({ADATUM})", f"items({DESK})", f"resources({KATHERINE})"):
        assert bc.extension("DELETE", path, if_match="*").error == (405, "BadRequest_MethodNotAllowed")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"code": "X"}, "BadRequest_RequiredParamNotProvided"),
        ({"customerNumber": "10000"}, "BadRequest_RequiredParamNotProvided"),
        ({"customerNumber": "NOPE", "code": "X"}, "Internal_InvalidTableRelation"),
        ({"customerNumber": "10000", "code": "DUDLEY"}, "Internal_EntityWithSameKeyExists"),
        ({"customerNumber": "10000", "code": "X", "country": "QQ"}, "Internal_InvalidTableRelation"),
        (
            {"customerNumber": "10000", "code": "X", "shippingAgentCode": "QQ"},
            "Internal_InvalidTableRelation",
        ),
    ],
)
def test_ship_to_address_that_does_not_fit_is_refused(bc: Client, sent: dict[str, Any], code: str) -> None:
    assert bc.extension("POST", "shipToAddresses", sent).error == (400, code)


def test_ship_to_address_is_written_and_follows_its_customer(bc: Client) -> None:
    sent = {"customerNumber": "10000", "code": "x", "city": "Köln", "shippingAgentCode": "DHL"}
    made = bc.extension("POST", "shipToAddresses", sent).json
    assert made["code"] == "X"
    assert patch_extension(bc, f"shipToAddresses({made['id']})", {"city": "Bonn"}).json["city"] == "Bonn"
    for fixed in ({"code": "Y"}, {"customerNumber": ""}):
        refused = patch_extension(bc, f"shipToAddresses({made['id']})", fixed)
        assert refused.code in ("Application_FieldValidationException", "BadRequest_RequiredParamNotProvided")
    bc.patch(f"customers({ADATUM})", {"number": "20000"})
    assert {row["customerNumber"] for row in bc.extension("GET", "shipToAddresses").rows} == {"20000"}


def test_price_lists_are_read_only_and_show_the_local_currency_as_blank(bc: Client) -> None:
    lines = bc.extension("GET", "priceListLines?$filter=priceListCode eq 'S001'").rows
    assert {(row["assetNumber"], row["currencyCode"]) for row in lines} == {("1896-S", ""), ("ADVICE", "USD")}
    assert sorted(row["lineNumber"] for row in lines) == [10000, 20000]
    assert bc.extension("POST", "priceListLines", {}).status == 405
    header = bc.extension("GET", "priceListHeaders").rows[0]
    assert (header["priceType"], header["amountType"], header["status"]) == ("Sale", "Price", "Draft")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (
            "priceListLines",
            {"priceListCode": "S001", "lineNumber": 30000, "assetNumber": "1896-S", "unitPrice": 80},
        ),
        ("salesPrices", {"itemNumber": "1896-S", "salesCode": "RETAIL", "unitPrice": 85}),
        ("customerPriceGroups", {"code": "LARGE"}),
        ("unitGroups", {"sourceNumber": "1896-S", "sourceId": DESK}),
    ],
)
def test_people_keep_prices_and_groups_in_the_client(bc: Client, table: str, values: dict[str, Any]) -> None:
    row = {"company": "CRONUS", "table": f"tandem/{table}", "values": values}
    made = bc.control("POST", "rows", row)
    assert made.status == 200, made.raw
    path = f"{table}({made.json['id']})"
    before = bc.extension("GET", path).json
    assert {name: before[name] for name in values} == values
    change = {"unitPrice": 70} if "unitPrice" in values else {}
    assert bc.control("POST", "rows", {**row, "id": made.json["id"], "values": change}).status == 200
    assert bc.extension("GET", path).json["rowVersion"] > before["rowVersion"]
    assert (
        bc.control("DELETE", f"rows?company=CRONUS&table=tandem/{table}&id={made.json['id']}").status == 200
    )
    assert bc.extension("GET", path).status == 404
    assert bc.extension("GET", "deletions").rows[-1]["recordId"] == made.json["id"]


def test_people_cannot_break_the_rules_of_a_table(bc: Client) -> None:
    row = {"company": "CRONUS", "table": "tandem/priceListLines"}
    taken = {"priceListCode": "S001", "lineNumber": 10000}
    assert bc.control("POST", "rows", {**row, "values": taken}).status == 400
    assert bc.control("POST", "rows", {**row, "values": {"nope": 1}}).status == 400
    assert bc.control("POST", "rows", {**row, "values": {"unitPrice": "7"}}).status == 400


def test_only_posted_invoices_are_shown_under_ids_of_their_own(bc: Client) -> None:
    assert bc.extension("GET", "postedSalesInvoices").rows == []
    made = posted(bc)
    (row,) = bc.extension("GET", "postedSalesInvoices").rows
    assert (row["draftInvoiceId"], row["number"], row["amount"]) == (made["id"], made["number"], 100)
    assert row["id"] != made["id"]
    assert (row["remainingAmount"], row["closed"], row["cancelled"]) == (100, False, False)
    (line,) = bc.extension(
        "GET", f"postedSalesInvoiceLines?$filter=documentNumber eq '{made['number']}'"
    ).rows
    assert (line["number"], line["lineType"], line["amountIncludingTax"]) == ("1896-S", "Item", 100)


def test_payment_and_due_date_reach_the_posted_invoice(bc: Client) -> None:
    made = posted(bc)["id"]
    (before,) = bc.extension("GET", "postedSalesInvoices").rows
    bc.control("POST", "payments", {"company": "CRONUS", "invoice": made})
    (paid,) = bc.extension("GET", "postedSalesInvoices").rows
    assert (paid["closed"], paid["rowVersion"]) == (True, before["rowVersion"])
    bc.patch(f"salesInvoices({made})", {"dueDate": "2027-09-09"})
    (moved,) = bc.extension("GET", "postedSalesInvoices").rows
    assert moved["dueDate"] == "2027-09-09"
    assert moved["rowVersion"] > before["rowVersion"]


def test_renamed_code_is_renamed_in_fields_that_only_the_extension_shows(bc: Client) -> None:
    sent = {"shippingAgentCode": "DHL", "customerPriceGroup": "RETAIL", "primaryContactNumber": "CT000002"}
    patch_extension(bc, f"customers({ADATUM})", sent)
    before = bc.extension("GET", f"customers({ADATUM})").json["rowVersion"]
    bc.patch(f"contacts({ROBERT})", {"number": "CT777777"})
    for table, code in (("shippingAgents", "DPD"), ("customerPriceGroups", "SHOPS")):
        (row,) = bc.extension("GET", table).rows
        change = {"company": "CRONUS", "table": f"tandem/{table}", "id": row["id"], "values": {"code": code}}
        assert bc.control("POST", "rows", change).status == 200
    after = bc.extension("GET", f"customers({ADATUM})").json
    assert {name: after[name] for name in sent} == {
        "shippingAgentCode": "DPD",
        "customerPriceGroup": "SHOPS",
        "primaryContactNumber": "CT777777",
    }
    assert after["rowVersion"] > before
    bc.patch(f"vendors({FABRIKAM})", {"number": "V9"})
    assert bc.extension("GET", f"items({DESK})").json["vendorNumber"] == "V9"
