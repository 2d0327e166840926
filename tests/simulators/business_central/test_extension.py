"""Tandem's own API: its root, and its pages over tables of API v2.0."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
)
from tests.simulators.business_central.shop import (
    DESK,
    FABRIKAM,
    KATHERINE,
    STARTED,
    create,
    patch_extension,
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
    assert bc.get("salesOrders").status == 200
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
    row = patch_extension(bc, f"customers({ADATUM})", {**sent, "paymentTermsCode": "30 DAYS"}).json
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
        (f"customers({ADATUM})", {"paymentMethodId": NET_30}, "BadRequest"),
        (f"customers({ADATUM})", {"companyContactNumber": "CT000002"}, "BadRequest_InvalidOperation"),
        (f"customers({ADATUM})", {"billToCustomerNumber": "NOPE"}, "Internal_InvalidTableRelation"),
        (f"customers({ADATUM})", {"taxAreaCode": "NOPE"}, "Internal_InvalidTableRelation"),
        (f"customers({ADATUM})", {"rowVersion": 1}, "BadRequest_InvalidOperation"),
        (f"customers({ADATUM})", {"displayName": ""}, "Application_DialogException"),
        (f"customers({ADATUM})", {"primaryContactNumber": "CT000009"}, "Application_DialogException"),
        (f"vendors({FABRIKAM})", {"primaryContactNumber": "CT000002"}, "Application_DialogException"),
        (f"customers({ADATUM})", {"currencyCode": "GBP"}, "Internal_InvalidTableRelation"),
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
    assert patch_extension(bc, path, sent).error == (400, code)
    assert bc.extension("GET", path).json == before


def test_names_and_codes_that_may_not_be_filtered_are_refused(bc: Client) -> None:
    assert bc.extension("GET", f"customers?$filter=tandemKey eq {ADATUM}").error == (400, "BadRequest")
    assert bc.extension("GET", "customers?$filter=paymentTermsCode eq ''").rows[0]["number"] == "10000"


def test_stale_etag_of_either_api_is_refused(bc: Client) -> None:
    old = bc.extension("GET", f"customers({ADATUM})").json["@odata.etag"]
    bc.patch(f"customers({ADATUM})", {"city": "Rome"})
    assert patch_extension(bc, f"customers({ADATUM})", {"city": "Oslo"}, old).error == (
        409,
        "Request_EntityChanged",
    )


def test_change_reaches_the_contact_of_the_customer(bc: Client) -> None:
    patch_extension(bc, f"customers({ADATUM})", {"phoneNumber": "123", "faxNumber": "9"})
    assert bc.get(f"contacts({ADATUM_CONTACT})").json["phoneNumber"] == "123"


def test_customers_and_vendors_tell_their_contact(bc: Client) -> None:
    contact = bc.get(f"contacts({ADATUM_CONTACT})").json["number"]
    assert bc.extension("GET", f"customers({ADATUM})").json["companyContactNumber"] == contact
    made = create(bc, "vendors").json
    (own,) = [each for each in bc.get("contacts").rows if each["displayName"] == made["displayName"]]
    assert made["companyContactNumber"] == own["number"]


def test_ids_and_codes_of_terms_agree(bc: Client) -> None:
    row = patch_extension(bc, f"customers({ADATUM})", {"paymentTermsId": NET_30}).json
    assert (row["paymentTermsId"], row["paymentTermsCode"]) == (NET_30, "30 DAYS")


def test_parts_of_a_name_make_the_name(bc: Client) -> None:
    row = patch_extension(bc, f"contacts({ROBERT})", {"middleName": "van der", "surname": "Berg"}).json
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
    assert patch_extension(bc, f"opportunities({STARTED})", {}).status == 405


def test_customer_shows_what_is_open(bc: Client) -> None:
    posted(bc, dueDate="2027-12-31")
    row = bc.extension("GET", f"customers({ADATUM})").json
    assert (row["balance"], row["balanceDue"], row["outstandingOrders"]) == (100, 0, 0)


def test_subscriptions_of_the_own_api_are_made_at_its_root(bc: Client) -> None:
    body = {"notificationUrl": "https://t.test/h", "resource": f"companies({COMPANY})/resources"}
    assert bc.api("POST", "subscriptions", body).status == 400
    made = bc.send("POST", f"{EXTENSION_ROOT}/subscriptions", body)
    assert made.json["resource"] == f"api/tandem/sync/v1.0/companies({COMPANY})/resources"
    for table in ("itemAvailability", "itemInventories"):
        refused = {**body, "resource": f"companies({COMPANY})/{table}"}
        assert bc.send("POST", f"{EXTENSION_ROOT}/subscriptions", refused).status == 400
    patch_extension(bc, f"resources({KATHERINE})", {"unitPrice": 13})
    bc.clock.sleep(30)
    bc.bc.pump()
    assert bc.receiver.notifications[0]["resource"] == f"{made.json['resource']}({KATHERINE})"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ann Early", ("Ann", "", "Early")),
        ("Ann Bea Early", ("Ann", "Bea", "Early")),
        ("Ann Bea Cora Early", ("Ann Bea", "Cora", "Early")),
        ("Early", ("", "", "Early")),
    ],
)
def test_a_whole_name_is_broken_down_and_no_part_of_the_old_one_stays(
    bc: Client, name: str, parts: tuple[str, str, str]
) -> None:
    patch_extension(bc, f"contacts({ROBERT})", {"firstName": "X", "middleName": "Y", "surname": "Z"})
    bc.patch(f"contacts({ROBERT})", {"displayName": name})
    row = bc.extension("GET", f"contacts({ROBERT})").json
    assert (row["firstName"], row["middleName"], row["surname"]) == parts
