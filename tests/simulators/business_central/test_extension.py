"""Tandem's own API: its root, its pages over tables of API v2.0, and creations that cannot be doubled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.simulators.business_central import Permissions
from local.simulators.business_central.schema import EXTENSION, entity_types
from local.simulators.business_central.table_numbers import TABLE_NUMBERS
from local.simulators.business_central.tables import RULES
from tests.simulators.business_central.client import (
    ADATUM,
    ADATUM_CONTACT,
    COMPANY,
    EXTENSION_ROOT,
    NET_30,
    ROBERT,
    USD,
    ZERO,
    Client,
    Reply,
)
from tests.simulators.business_central.shop import (
    DESK,
    FABRIKAM,
    KATHERINE,
    STARTED,
    posted,
    shop,
)

DESCRIPTION = Path(__file__).parents[3] / "business_central_extension" / "api.json"
KINDS = {
    "guid": "Edm.Guid", "decimal": "Edm.Decimal", "boolean": "Edm.Boolean", "date": "Edm.Date",
    "datetime": "Edm.DateTimeOffset", "enum": "enum", "text": "Edm.String", "code": "Edm.String",
}  # fmt: skip


@pytest.fixture
def bc() -> Client:
    return shop()


def patch(bc: Client, path: str, body: Any, if_match: str = "*") -> Reply:
    return bc.extension("PATCH", path, body, if_match=if_match)


def create(bc: Client, table: str, **sent: Any) -> Reply:
    return bc.extension("POST", table, {"tandemKey": str(uuid4()), "displayName": "New", **sent})


def test_every_set_has_the_fields_that_the_extension_describes() -> None:
    described = json.loads(DESCRIPTION.read_text("utf-8"))["entitySets"]
    ours = {name: each for name, each in entity_types(26).items() if name.startswith(EXTENSION)}
    assert set(described) == {each.set_name for each in ours.values()}
    for entity in ours.values():
        theirs = described[entity.set_name]
        rules = RULES.get(entity.name)
        source = rules.source if rules and not rules.answer else ""
        assert TABLE_NUMBERS.get(source, theirs["tableNumber"]) == theirs["tableNumber"], entity.name
        assert (entity.entity, entity.table) == (theirs["entity"], theirs["table"])
        assert sorted(entity.operations) == sorted(theirs["operations"])
        assert entity.primary == (theirs.get("dataAccessIntent") == "ReadWrite"), entity.name
        assert entity.webhooks == (theirs["object"] == "page" and not theirs.get("temporary", False)), (
            entity.name
        )
        for field, prop in zip(theirs["fields"], entity.properties.values(), strict=True):
            where = f"{entity.name}.{prop.name}"
            assert prop.name == field["name"], where
            assert KINDS.get(prop.kind, field["type"]) == field["type"], where
            assert prop.max_length == field.get("maxLength"), where
            assert (prop.kind == "code") == field.get("code", False), where
            assert prop.read_only != field["writable"], where
            assert prop.filterable != field.get("variable", False), where
            assert list(prop.enum) == field.get("values", []), where


def test_without_the_extension_its_root_is_not_found() -> None:
    bc = shop(extension=False)
    assert bc.extension("GET", "customers").error == (404, "BadRequest_ResourceNotFound")
    bc.control("POST", "options", {"extension": True})
    assert bc.extension("GET", "customers").status == 200


def test_each_root_has_its_own_sets(bc: Client) -> None:
    assert bc.get("resources").error == (404, "BadRequest_ResourceNotFound")
    assert bc.extension("GET", "paymentTerms").error == (404, "BadRequest_ResourceNotFound")
    assert bc.extension("GET", "salesOrders").status == 404
    assert bc.send("GET", f"{EXTENSION_ROOT}/companies").rows[0]["id"] == COMPANY


def test_links_and_contexts_stay_below_the_root(bc: Client) -> None:
    reply = bc.extension("GET", "contacts", prefer="odata.maxpagesize=1").json
    root = f"https://bc.test{EXTENSION_ROOT}"
    assert reply["@odata.context"] == f"{root}/$metadata#companies({COMPANY})/contacts"
    assert reply["@odata.nextLink"].startswith(f"{root}/companies({COMPANY})/contacts?")
    following = bc.send("GET", reply["@odata.nextLink"].removeprefix("https://bc.test"))
    assert following.rows[0]["id"] != reply["value"][0]["id"]
    made = create(bc, "customers")
    location = made.raw.headers["Location"]
    assert location == f"{root}/companies({COMPANY})/customers({made.json['id']})"


def test_batch_has_a_root_too(bc: Client) -> None:
    parts = [
        {"method": "GET", "url": f"companies({COMPANY})/resources({KATHERINE})"},
        {
            "method": "PATCH",
            "url": f"companies({COMPANY})/customers({ADATUM})",
            "headers": {"If-Match": "*"},
            "body": {"faxNumber": "1"},
        },
    ]
    reply = bc.send("POST", f"{EXTENSION_ROOT}/$batch", {"requests": parts}, {"accept": "application/json"})
    assert [part["status"] for part in reply.json["responses"]] == [200, 200]


def test_rights_are_those_of_the_type(bc: Client) -> None:
    bc.options.users = {"app": Permissions(read={"customers", "tandem/resources"})}
    assert bc.extension("GET", "resources").status == 200
    assert bc.extension("GET", "customers").error == (403, "Authorization_RequestDenied")


def test_customer_shows_codes_where_the_other_api_has_ids(bc: Client) -> None:
    bc.patch(f"customers({ADATUM})", {"paymentTermsId": NET_30, "currencyId": USD, "email": "a@contoso.com"})
    standard = bc.get(f"customers({ADATUM})").json
    row = bc.extension("GET", f"customers({ADATUM})").json
    assert (row["paymentTermsCode"], row["currencyCode"], row["email"]) == ("30 DAYS", "USD", "a@contoso.com")
    same = ("id", "@odata.etag", "lastModifiedDateTime")
    assert {name: row[name] for name in same} == {name: standard[name] for name in same}
    bc.patch(f"customers({ADATUM})", {"currencyId": ZERO})
    assert bc.extension("GET", f"customers({ADATUM})").json["currencyCode"] == ""
    assert bc.get(f"customers({ADATUM})").json["currencyCode"] == "GBP"


def test_fields_that_the_other_api_lacks_are_kept_beside(bc: Client) -> None:
    sent = {
        "faxNumber": "12 34",
        "shippingAgentCode": "DHL",
        "primaryContactNumber": "CT000002",
        "customerPriceGroup": "RETAIL",
    }
    before = bc.get(f"customers({ADATUM})").json
    row = patch(bc, f"customers({ADATUM})", {**sent, "paymentTermsCode": "30 DAYS"}).json
    assert {name: row[name] for name in sent} == sent
    after = bc.get(f"customers({ADATUM})").json
    assert (after["paymentTermsId"], "faxNumber" in after) == (NET_30, False)
    assert after["@odata.etag"] != before["@odata.etag"]
    bc.patch(f"customers({ADATUM})", {"city": "Rome"})
    assert bc.extension("GET", f"customers({ADATUM})").json["faxNumber"] == "12 34"


@pytest.mark.parametrize(
    ("path", "sent", "code"),
    [
        (f"customers({ADATUM})", {"paymentTermsCode": "NOPE"}, "Internal_InvalidTableRelation"),
        (f"customers({ADATUM})", {"shippingAgentCode": "NOPE"}, "Internal_InvalidTableRelation"),
        (f"customers({ADATUM})", {"faxNumber": "x" * 31}, "Application_StringExceededLength"),
        (f"customers({ADATUM})", {"number": "NEW"}, "Application_FieldValidationException"),
        (f"customers({ADATUM})", {"templateCode": "X"}, "Application_DialogException"),
        (f"customers({ADATUM})", {"tandemKey": ADATUM}, "Application_DialogException"),
        (f"customers({ADATUM})", {"paymentTermsId": NET_30}, "BadRequest"),
        (f"customers({ADATUM})", {"rowVersion": 1}, "BadRequest_InvalidOperation"),
        (f"customers({ADATUM})", {"displayName": ""}, "Application_DialogException"),
        (f"customers({ADATUM})", {"primaryContactNumber": "CT000009"}, "Application_DialogException"),
        (f"vendors({FABRIKAM})", {"primaryContactNumber": "CT000002"}, "Application_DialogException"),
        (f"vendors({FABRIKAM})", {"purchaserCode": "NOPE"}, "Internal_InvalidTableRelation"),
        (f"contacts({ROBERT})", {"currencyCode": "QQQ"}, "Internal_InvalidTableRelation"),
        (f"items({DESK})", {"vendorNumber": "NOPE"}, "Internal_InvalidTableRelation"),
        (f"items({DESK})", {"inventory": 4}, "BadRequest_InvalidOperation"),
        (f"items({DESK})", {"salesUnitOfMeasureCode": "HOUR"}, "Internal_InvalidTableRelation"),
        (f"resources({KATHERINE})", {"number": "X"}, "BadRequest_InvalidOperation"),
        (f"resources({KATHERINE})", {"unitPrice": -1}, "Application_FieldValidationException"),
        (f"resources({KATHERINE})", {"baseUnitOfMeasureCode": "NOPE"}, "Internal_InvalidTableRelation"),
    ],
)
def test_change_that_does_not_fit_is_refused(bc: Client, path: str, sent: dict[str, Any], code: str) -> None:
    before = bc.extension("GET", path).json
    assert patch(bc, path, sent).error == (400, code)
    assert bc.extension("GET", path).json == before


def test_names_and_codes_that_may_not_be_filtered_are_refused(bc: Client) -> None:
    assert bc.extension("GET", f"customers?$filter=tandemKey eq {ADATUM}").error == (400, "BadRequest")
    assert bc.extension("GET", "customers?$filter=paymentTermsCode eq ''").rows[0]["number"] == "10000"


def test_stale_etag_of_either_api_is_refused(bc: Client) -> None:
    old = bc.extension("GET", f"customers({ADATUM})").json["@odata.etag"]
    bc.patch(f"customers({ADATUM})", {"city": "Rome"})
    assert patch(bc, f"customers({ADATUM})", {"city": "Oslo"}, old).error == (409, "Request_EntityChanged")


def test_change_reaches_the_contact_of_the_customer(bc: Client) -> None:
    patch(bc, f"customers({ADATUM})", {"phoneNumber": "123", "faxNumber": "9"})
    assert bc.get(f"contacts({ADATUM_CONTACT})").json["phoneNumber"] == "123"


def test_parts_of_a_name_make_the_name(bc: Client) -> None:
    row = patch(bc, f"contacts({ROBERT})", {"middleName": "van der", "surname": "Berg"}).json
    assert (row["displayName"], row["firstName"]) == ("Robert van der Berg", "Robert")
    made = create(
        bc,
        "contacts",
        type="Person",
        firstName="Ann",
        surname="Lee",
        companyNumber="CT000001",
        displayName="Ann Lee",
    )
    assert (made.json["surname"], made.json["companyName"]) == ("Lee", "Adatum Corporation")
    assert bc.get(f"contacts({made.json['id']})").json["displayName"] == "Ann Lee"


def test_item_shows_what_the_other_api_lacks(bc: Client) -> None:
    row = bc.extension("GET", f"items({DESK})").json
    assert (row["grossWeight"], row["vendorNumber"], row["inventory"]) == (2.5, "V1", 0)
    bc.control("POST", "stock", {"company": "CRONUS", "item": "1896-S", "quantity": 7})
    assert bc.extension("GET", f"items({DESK})").json["inventory"] == 7


def test_opportunity_shows_its_company_and_probability(bc: Client) -> None:
    row = bc.extension("GET", f"opportunities({STARTED})").json
    assert (row["contactCompanyNumber"], row["probabilityPercent"], row["status"]) == (
        "CT000001",
        30,
        "In_x0020_Progress",
    )
    assert patch(bc, f"opportunities({STARTED})", {}).status == 405


@pytest.mark.parametrize("table", ["customers", "vendors", "contacts", "items"])
def test_creation_stores_its_key(bc: Client, table: str) -> None:
    made = create(bc, table)
    assert made.status == 201, made.raw
    assert bc.get(f"{table}({made.json['id']})").json["displayName"] == "New"
    (key,) = bc.extension("GET", f"recordKeys?$filter=tandemKey eq {made.json['tandemKey']}").rows
    assert key["recordId"] == made.json["id"]
    assert key["tableNumber"] == {"customers": 18, "vendors": 23, "contacts": 5050, "items": 27}[table]


def test_creation_needs_a_key_and_a_name(bc: Client) -> None:
    for body in ({"displayName": "A"}, {"displayName": "A", "tandemKey": ZERO}, {"tandemKey": ADATUM}):
        assert bc.extension("POST", "customers", body).error == (400, "Application_DialogException")
    assert len(bc.get("customers").rows) == 1
    assert bc.extension("GET", "recordKeys").rows == []


def test_repeated_creation_is_refused_and_names_the_first(bc: Client) -> None:
    body = {"tandemKey": str(uuid4()), "displayName": "A"}
    made = bc.extension("POST", "customers", body).json["id"]
    repeat = bc.extension("POST", "customers", body)
    assert repeat.error == (400, "Application_DialogException")
    assert made in repeat.json["error"]["message"]
    assert len(bc.get("customers").rows) == 2
    assert bc.extension("POST", "vendors", body).status == 201


def test_key_outlives_its_record(bc: Client) -> None:
    body = {"tandemKey": str(uuid4()), "displayName": "A"}
    made = bc.extension("POST", "customers", body).json["id"]
    bc.delete(f"customers({made})")
    assert bc.extension("POST", "customers", body).error == (400, "Application_DialogException")


def test_failed_creation_leaves_its_key_unused(bc: Client) -> None:
    body = {"tandemKey": str(uuid4()), "displayName": "A"}
    assert bc.extension("POST", "customers", {**body, "country": "QQ"}).status == 400
    assert bc.extension("POST", "customers", body).status == 201


def test_primary_contact_is_set_once_the_record_is_there(bc: Client) -> None:
    refused = create(bc, "customers", primaryContactNumber="CT000002")
    assert refused.error == (400, "Application_DialogException")
    row = patch(bc, f"customers({ADATUM})", {"primaryContactNumber": "CT000001"}).json
    assert row["primaryContactNumber"] == "CT000001"


def test_key_of_a_record_can_only_be_repeated(bc: Client) -> None:
    made = create(bc, "customers").json
    path = f"customers({made['id']})"
    assert patch(bc, path, {"tandemKey": made["tandemKey"]}).status == 200
    assert patch(bc, path, {"tandemKey": ZERO}).error == (400, "Application_DialogException")


def test_customer_shows_what_is_open(bc: Client) -> None:
    posted(bc, dueDate="2027-12-31")
    row = bc.extension("GET", f"customers({ADATUM})").json
    assert (row["balance"], row["balanceDue"], row["outstandingOrders"]) == (100, 0, 0)


def test_template_fills_what_is_blank(bc: Client) -> None:
    templates = {"customers": {"EU": {"paymentTermsCode": "30 DAYS", "city": "Rome", "faxNumber": "9"}}}
    bc.control("POST", "company-settings", {"company": "CRONUS", "templates": templates})
    row = create(bc, "customers", templateCode="EU", city="Oslo").json
    assert (row["paymentTermsCode"], row["city"], row["faxNumber"], row["templateCode"]) == (
        "30 DAYS",
        "Oslo",
        "9",
        "",
    )
    assert create(bc, "customers", templateCode="NOPE").error == (400, "Internal_RecordNotFound")


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
    assert patch(bc, f"shipToAddresses({made['id']})", {"city": "Bonn"}).json["city"] == "Bonn"
    for fixed in ({"code": "Y"}, {"customerNumber": ""}):
        refused = patch(bc, f"shipToAddresses({made['id']})", fixed)
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


def test_subscriptions_of_the_own_api_are_made_at_its_root(bc: Client) -> None:
    body = {"notificationUrl": "https://t.test/h", "resource": f"companies({COMPANY})/resources"}
    assert bc.api("POST", "subscriptions", body).status == 400
    made = bc.send("POST", f"{EXTENSION_ROOT}/subscriptions", body)
    assert made.json["resource"] == f"api/tandem/sync/v1.0/companies({COMPANY})/resources"
    for table in ("itemAvailability", "itemInventories"):
        refused = {**body, "resource": f"companies({COMPANY})/{table}"}
        assert bc.send("POST", f"{EXTENSION_ROOT}/subscriptions", refused).status == 400
    patch(bc, f"resources({KATHERINE})", {"unitPrice": 13})
    bc.clock.sleep(30)
    bc.bc.pump()
    assert bc.receiver.notifications[0]["resource"] == f"{made.json['resource']}({KATHERINE})"
