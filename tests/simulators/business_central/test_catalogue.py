"""The tables of the catalogue: published samples and the simple rules they share."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.business_central.schema import entity_types
from local.simulators.business_central.tables import RULES
from tests.simulators.business_central.client import ADATUM, COMPANY, Client, sample
from tests.simulators.business_central.shop import DESK, FABRIKAM, draft, shop

CODED = [
    "unitsOfMeasure",
    "itemCategories",
    "taxGroups",
    "locations",
    "disputeStatus",
    "customerReturnReasons",
]
SAMPLES = [*CODED, "items", "itemVariants", "opportunities"]
DOCUMENTS = ["salesInvoices", "salesInvoiceLines", "salesCreditMemos", "salesCreditMemoLines"]
READ_ONLY = [
    "itemLedgerEntries",
    "generalLedgerEntries",
    "inventoryPostingGroups",
    "generalProductPostingGroups",
]
WRONG_IN_THE_DOCS = {"billingPostalAddress", "contactId"}


@pytest.fixture
def bc() -> Client:
    return shop()


def properties(row: dict[str, Any]) -> list[str]:
    return [name for name in row if not name.startswith("@")]


@pytest.mark.parametrize("table", [*SAMPLES, *DOCUMENTS, *READ_ONLY])
def test_published_entity_has_no_property_the_simulator_lacks(table: str) -> None:
    body = sample(f"{table}.get")["response"]["body"]
    shown = set(properties(body["value"][0] if "value" in body else body)) - WRONG_IN_THE_DOCS
    if table == "disputeStatus":
        shown.remove("lastModifiedDateTime")  # the page has none
    assert shown <= set(entity_types(26)[table].properties)


@pytest.mark.parametrize("table", SAMPLES)
def test_published_creation_and_update_are_accepted(bc: Client, table: str) -> None:
    types = entity_types(26)[table].properties
    body = {k: v for k, v in sample(f"{table}.create")["request"]["body"].items() if not types[k].read_only}
    for row in bc.get(table).rows if table not in ("items", "opportunities") else []:
        bc.delete(f"{table}({row['id']})")
    bc.post("countriesRegions", {"code": "GB"})
    bc.post("salespeoplePurchasers", {"code": "BC"})
    bc.post("contacts", {"number": "CT200116", "displayName": "David Oliver Lawrence", "type": "Person"})
    change = sample(f"{table}.update")["request"]["body"]
    for name, ours in _ours(bc).items():
        for sent in (body, change):
            sent |= {name: ours} if name in sent else {}
    created = bc.post(table, {**body, **({"number": "NEW1"} if table == "items" else {})})
    assert created.status == 201, created.raw
    reply = bc.patch(f"{table}({created.json['id']})", change)
    assert reply.status == 200, reply.raw
    shown = {name: reply.json[name] for name in change}
    assert shown == change


def _ours(bc: Client) -> dict[str, str]:
    """Ids of our records for those the samples name."""
    item, unit = bc.get("items").rows[0], bc.get("unitsOfMeasure").rows
    return {
        "itemId": item["id"],
        "itemNumber": item["number"],
        "itemCategoryId": next((row["id"] for row in bc.get("itemCategories").rows), ""),
        "taxGroupId": next((row["id"] for row in bc.get("taxGroups").rows), ""),
        "baseUnitOfMeasureId": next((row["id"] for row in unit if row["code"] == "PCS"), ""),
    }


@pytest.mark.parametrize("table", ["salesInvoices", "salesCreditMemos"])
def test_published_document_is_accepted(bc: Client, table: str) -> None:
    types = entity_types(26)[table].properties
    body = {k: v for k, v in sample(f"{table}.create")["request"]["body"].items() if not types[k].read_only}
    bc.post("salespeoplePurchasers", {"code": "PS"})
    terms = bc.post("paymentTerms", {"code": "NEW"}).json["id"]
    ours = {
        "customerId": ADATUM, "customerNumber": "10000", "billToCustomerId": ADATUM,
        "billToCustomerNumber": "10000", "paymentTermsId": terms, "currencyCode": "GBP",
    }  # fmt: skip
    body |= {name: value for name, value in ours.items() if name in body}
    reply = bc.post(table, body)
    assert reply.status == 201, reply.raw
    assert {name: reply.json[name] for name in body} == body


@pytest.mark.parametrize(
    ("table", "lines"), [("salesInvoices", "salesInvoiceLines"), ("salesCreditMemos", "salesCreditMemoLines")]
)
def test_published_line_is_accepted(bc: Client, table: str, lines: str) -> None:
    made = bc.post(table, {"customerNumber": "10000"}).json["id"]
    body = sample(f"{lines}.create")["request"]["body"] | {"itemId": DESK, "lineObjectNumber": "1896-S"}
    body["unitOfMeasureId"] = next(row["id"] for row in bc.get("unitsOfMeasure").rows if row["code"] == "PCS")
    reply = bc.post(f"{table}({made})/{lines}", body)
    assert reply.status == 201, reply.raw
    published = sample(f"{lines}.create")["response"]["body"]
    same = {
        "sequence",
        "quantity",
        "unitPrice",
        "amountExcludingTax",
        "netAmount",
        "invoiceDiscountAllocation",
    }
    assert {name: reply.json[name] for name in same} == {name: published[name] for name in same}
    change = sample(f"{lines}.update")["request"]["body"]
    assert bc.patch(f"{lines}({reply.json['id']})", change).status == 200


@pytest.mark.parametrize("table", CODED)
def test_code_is_needed_unique_and_in_capitals(bc: Client, table: str) -> None:
    for body in ({}, {"code": ""}, {"code": "  "}):
        assert bc.post(table, body).error == (400, "BadRequest_RequiredParamNotProvided")
    assert bc.post(table, {"code": " new "}).json["code"] == "NEW"
    assert bc.post(table, {"code": "NEW"}).error == (400, "Internal_EntityWithSameKeyExists")


@pytest.mark.parametrize("table", READ_ONLY)
def test_read_only_sets_refuse_writes(bc: Client, table: str) -> None:
    assert bc.post(table, {}).error == (405, "BadRequest_MethodNotAllowed")


def test_renamed_unit_is_renamed_in_items_and_their_units(bc: Client) -> None:
    unit = next(row["id"] for row in bc.get("unitsOfMeasure").rows if row["code"] == "PCS")
    bc.patch(f"unitsOfMeasure({unit})", {"code": "STK"})
    assert bc.get(f"items({DESK})").json["baseUnitOfMeasureCode"] == "STK"
    assert "STK" in {row["code"] for row in bc.extension("GET", "itemUnitsOfMeasure").rows}


@pytest.mark.parametrize(
    "table",
    [
        "vendors",
        "items",
        "itemVariants",
        "itemCategories",
        "unitsOfMeasure",
        "locations",
        "opportunities",
        "salesInvoices",
        "salesCreditMemos",
        "itemLedgerEntries",
        "generalLedgerEntries",
    ],
)
def test_set_that_publishes_changes_can_be_subscribed_to(bc: Client, table: str) -> None:
    body = {"notificationUrl": "https://t.test/h", "resource": f"companies({COMPANY})/{table}"}
    assert bc.api("POST", "subscriptions", body).status == 201


@pytest.mark.parametrize("table", ["taxGroups", "salesInvoiceLines", "salesCreditMemoLines"])
def test_set_over_a_temporary_table_cannot(bc: Client, table: str) -> None:
    body = {"notificationUrl": "https://t.test/h", "resource": f"companies({COMPANY})/{table}"}
    assert bc.api("POST", "subscriptions", body).status == 400


def test_every_type_has_rules() -> None:
    without = {name for name in entity_types(29) if name not in RULES}
    assert without == {"companies", "subscriptions"}


def test_older_server_lacks_what_came_later() -> None:
    assert "disputeStatus" not in entity_types(24)
    assert "displayName2" not in entity_types(22)["items"].properties
    bc = shop(version=22)
    assert "description2" not in draft(bc)["salesInvoiceLines"][0]
    assert bc.get("disputeStatus").status == 404


def test_text_in_any_script_comes_back_as_it_was_sent(bc: Client) -> None:
    name = "Стол «Афины» – τραπέζι 桌子 \N{GRINNING FACE}"
    assert bc.patch(f"items({DESK})", {"displayName": name}).json["displayName"] == name
    assert bc.patch(f"vendors({FABRIKAM})", {"displayName": name}).json["displayName"] == name
    assert bc.get("items?$filter=startswith(displayName,'Стол')").rows[0]["id"] == DESK
