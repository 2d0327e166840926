"""Rules of single tables: numbers, currency, contacts of customers, renames, deletions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.business_central.client import (
    ADATUM,
    ADATUM_CONTACT,
    DKK,
    NET_30,
    ROBERT,
    USD,
    ZERO,
    Client,
)


@pytest.mark.parametrize("table", ["customers", "contacts"])
def test_name_is_needed_and_may_not_be_blank(bc: Client, table: str) -> None:
    for body in ({}, {"displayName": ""}, {"displayName": "  "}):
        assert bc.post(table, body).error == (400, "Application_DialogException")
    row = bc.get(table).rows[0]["id"]
    assert bc.patch(f"{table}({row})", {"displayName": ""}).error == (400, "Application_DialogException")


@pytest.mark.parametrize("table", ["currencies", "paymentTerms", "shipmentMethods", "salespeoplePurchasers"])
def test_code_is_needed_and_unique(bc: Client, table: str) -> None:
    for body in ({}, {"code": ""}):
        assert bc.post(table, body).error == (400, "BadRequest_RequiredParamNotProvided")
    assert bc.post(table, {"code": "new"}).json["code"] == "NEW"
    assert bc.post(table, {"code": "NEW"}).error == (400, "Internal_EntityWithSameKeyExists")


@pytest.mark.parametrize(
    ("table", "first", "second"), [("customers", "C00010", "C00020"), ("contacts", "CT000003", "CT000004")]
)
def test_number_series_goes_on_after_the_last(bc: Client, table: str, first: str, second: str) -> None:
    numbers = [bc.post(table, {"displayName": "A"}).json["number"] for _ in range(2)]
    assert numbers == [first, second]


def test_number_may_be_chosen_where_the_series_allows_it(bc: Client) -> None:
    assert bc.post("customers", {"displayName": "A", "number": "X1"}).json["number"] == "X1"
    again = bc.post("customers", {"displayName": "A", "number": "x1"})
    assert again.error == (400, "Internal_EntityWithSameKeyExists")


def test_number_is_refused_where_the_series_does_not_allow_it(bc: Client) -> None:
    bc.control("POST", "company-settings", {"company": "CRONUS", "manual_customers": False})
    refused = bc.post("customers", {"displayName": "A", "number": "X1"})
    assert refused.error == (400, "Application_DialogException")
    assert bc.patch(f"customers({ADATUM})", {"number": "X1"}).error == (400, "Application_DialogException")
    assert bc.patch(f"customers({ADATUM})", {"number": "10000", "city": "x"}).status == 200
    assert bc.post("customers", {"displayName": "A"}).status == 201


def test_number_is_renamed_by_patch_and_must_be_free(bc: Client) -> None:
    other = bc.post("customers", {"displayName": "A"}).json
    assert bc.patch(f"customers({ADATUM})", {"number": "A1"}).json["number"] == "A1"
    taken = bc.patch(f"customers({other['id']})", {"number": "A1"})
    assert taken.error == (400, "Internal_EntityWithSameKeyExists")
    assert bc.post("customers", {"displayName": "B", "number": "10000"}).status == 201


def test_renamed_company_contact_takes_its_persons_along(bc: Client) -> None:
    bc.patch(f"contacts({ADATUM_CONTACT})", {"number": "NEW1"})
    assert bc.get(f"contacts({ROBERT})").json["companyNumber"] == "NEW1"
    assert bc.get(f"contacts({ADATUM_CONTACT})").json["companyNumber"] == "NEW1"


def test_renamed_currency_is_renamed_in_customers(bc: Client) -> None:
    bc.patch(f"customers({ADATUM})", {"currencyId": USD})
    before = bc.get(f"customers({ADATUM})").json["@odata.etag"]
    bc.patch(f"currencies({USD})", {"code": "US1"})
    row = bc.get(f"customers({ADATUM})").json
    assert (row["currencyCode"], row["currencyId"]) == ("US1", USD)
    assert row["@odata.etag"] != before


@pytest.mark.parametrize(
    ("sent", "code", "currency_id"),
    [
        ({}, "GBP", ZERO),
        ({"currencyCode": "GBP"}, "GBP", ZERO),
        ({"currencyCode": ""}, "GBP", ZERO),
        ({"currencyId": ZERO}, "GBP", ZERO),
        ({"currencyCode": "usd"}, "USD", USD),
        ({"currencyId": USD}, "USD", USD),
        ({"currencyId": USD, "currencyCode": "USD"}, "USD", USD),
        ({"currencyId": ZERO, "currencyCode": "DKK"}, "DKK", DKK),
    ],
)
def test_currency_id_and_code_go_together(
    bc: Client, sent: dict[str, Any], code: str, currency_id: str
) -> None:
    row = bc.post("customers", {"displayName": "A", **sent}).json
    assert (row["currencyCode"], row["currencyId"]) == (code, currency_id)


@pytest.mark.parametrize(
    "sent",
    [
        {"currencyCode": "QQQ"},
        {"currencyId": ADATUM},
        {"currencyId": USD, "currencyCode": "DKK"},
        {"currencyId": USD, "currencyCode": "GBP"},
    ],
)
def test_currency_that_does_not_match_is_refused(bc: Client, sent: dict[str, Any]) -> None:
    assert bc.post("customers", {"displayName": "A", **sent}).error == (400, "Application_DialogException")


@pytest.mark.parametrize("name", ["paymentTermsId", "shipmentMethodId", "paymentMethodId"])
def test_terms_must_exist(bc: Client, name: str) -> None:
    assert bc.patch(f"customers({ADATUM})", {name: ADATUM}).error == (400, "Application_DialogException")
    assert bc.patch(f"customers({ADATUM})", {"paymentTermsId": NET_30}).json["paymentTermsId"] == NET_30


def test_template_and_default_country_fill_what_was_not_sent(bc: Client) -> None:
    settings = {"default_country": "US", "customer_template": {"paymentTermsId": NET_30, "currencyId": USD}}
    bc.control("POST", "company-settings", {"company": "CRONUS", **settings})
    row = bc.post("customers", {"displayName": "A"}).json
    assert (row["country"], row["paymentTermsId"]) == ("US", NET_30)
    assert bc.post("customers", {"displayName": "A", "country": "DK"}).json["country"] == "DK"
    assert bc.post("contacts", {"displayName": "A"}).json["country"] == "US"


def test_tax_area_shows_its_name(bc: Client) -> None:
    area = bc.post("taxAreas", {"code": "ATL", "displayName": "Atlanta, GA"}).json["id"]
    row = bc.patch(f"customers({ADATUM})", {"taxAreaId": area}).json
    assert row["taxAreaDisplayName"] == "Atlanta, GA"
    refused = bc.patch(f"customers({ADATUM})", {"taxAreaId": ADATUM})
    assert refused.error == (400, "Internal_InvalidTableRelation")


def test_new_customer_gets_its_contact(bc: Client) -> None:
    customer = bc.post("customers", {"displayName": "New Ltd", "city": "Oslo"}).json["id"]
    found = bc.get(f"customers({customer})/contactsInformation").rows
    assert [(row["contactName"], row["relatedType"]) for row in found] == [("New Ltd", "Customer")]
    contact = bc.get(f"contacts({found[0]['contactId']})").json
    assert (contact["city"], contact["type"], contact["contactBusinessRelation"]) == (
        "Oslo",
        "Company",
        "Customer",
    )
    assert contact["companyNumber"] == contact["number"]


def test_change_of_a_customer_reaches_its_contact_and_back(bc: Client) -> None:
    bc.patch(f"customers({ADATUM})", {"displayName": "Adatum 2", "city": "Rome"})
    contact = bc.get(f"contacts({ADATUM_CONTACT})").json
    assert (contact["displayName"], contact["city"], contact["searchName"]) == (
        "Adatum 2",
        "Rome",
        "ADATUM 2",
    )
    assert bc.get(f"contacts({ROBERT})").json["companyName"] == "Adatum 2"
    bc.patch(f"contacts({ADATUM_CONTACT})", {"phoneNumber": "123"})
    assert bc.get(f"customers({ADATUM})").json["phoneNumber"] == "123"


def test_change_that_is_not_shared_leaves_the_contact_alone(bc: Client) -> None:
    before = bc.get(f"contacts({ADATUM_CONTACT})").json["@odata.etag"]
    bc.patch(f"customers({ADATUM})", {"creditLimit": 5})
    assert bc.get(f"contacts({ADATUM_CONTACT})").json["@odata.etag"] == before


def test_company_name_follows_company_number(bc: Client) -> None:
    person = {"displayName": "Ann", "type": "Person"}
    row = bc.post("contacts", {**person, "companyNumber": "ct000001"}).json
    assert (row["companyName"], row["contactBusinessRelation"]) == ("Adatum Corporation", "Customer")
    row = bc.patch(f"contacts({row['id']})", {"companyNumber": ""}).json
    assert (row["companyName"], row["contactBusinessRelation"]) == ("", "None")
    assert (
        bc.post("contacts", {**person, "companyName": "Adatum Corporation"}).json["companyNumber"]
        == "CT000001"
    )


@pytest.mark.parametrize(
    "sent", [{"companyNumber": "NOPE"}, {"companyNumber": "CT000002"}, {"companyName": "Nobody"}]
)
def test_company_of_a_person_must_be_a_company_contact(bc: Client, sent: dict[str, str]) -> None:
    reply = bc.post("contacts", {"displayName": "Ann", "type": "Person", **sent})
    assert reply.error == (400, "Internal_InvalidTableRelation")


def test_business_relation_is_computed_and_read_only(bc: Client) -> None:
    refused = bc.post("contacts", {"displayName": "A", "contactBusinessRelation": "Customer"})
    assert refused.error == (400, "BadRequest_InvalidOperation")
    assert bc.post("contacts", {"displayName": "A"}).json["contactBusinessRelation"] == "None"


def test_search_name_follows_until_somebody_chooses_one(bc: Client) -> None:
    contact = bc.post("contacts", {"displayName": "Ann"}).json["id"]
    assert bc.patch(f"contacts({contact})", {"displayName": "Bob"}).json["searchName"] == "BOB"
    bc.patch(f"contacts({contact})", {"searchName": "chosen"})
    assert bc.patch(f"contacts({contact})", {"displayName": "Cy"}).json["searchName"] == "CHOSEN"


def test_deleted_customer_leaves_its_contact_without_relation(bc: Client) -> None:
    bc.delete(f"customers({ADATUM})")
    for contact in (ADATUM_CONTACT, ROBERT):
        assert bc.get(f"contacts({contact})").json["contactBusinessRelation"] == "None"


def test_deleted_company_contact_takes_its_persons_along(bc: Client) -> None:
    bc.delete(f"contacts({ADATUM_CONTACT})")
    assert bc.get(f"contacts({ROBERT})").status == 404
    assert bc.get(f"customers({ADATUM})").status == 200


def test_setup_of_the_company_is_readable(bc: Client) -> None:
    assert bc.get("generalLedgerSetup").rows[0]["localCurrencyCode"] == "GBP"
    information = bc.get("companyInformation").rows[0]
    assert information["currencyCode"] == "GBP"
    assert bc.patch(f"companyInformation({information['id']})", {"city": "Oslo"}).json["city"] == "Oslo"
    assert bc.post("companyInformation", {}).status == 405
