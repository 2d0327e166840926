"""Vendors and the contacts behind them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.business_central.client import ADATUM, COMPANY, NET_30, USD, ZERO, Client
from tests.simulators.business_central.shop import FABRIKAM, FABRIKAM_CONTACT, shop


@pytest.fixture
def bc() -> Client:
    return shop()


def test_vendor_needs_no_name_and_takes_its_number_from_the_series(bc: Client) -> None:
    assert [bc.post("vendors", {}).json["number"] for _ in range(2)] == ["V00010", "V00020"]


def test_number_of_a_vendor_may_be_chosen_only_if_the_series_allows(bc: Client) -> None:
    assert bc.post("vendors", {"number": "own"}).json["number"] == "OWN"
    assert bc.post("vendors", {"number": "V1"}).code == "Internal_EntityWithSameKeyExists"
    bc.control("POST", "company-settings", {"company": "CRONUS", "manual_vendors": False})
    assert bc.post("vendors", {"number": "V9"}).error == (400, "Application_DialogException")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"currencyCode": "QQQ"}, "Application_DialogException"),
        ({"currencyId": USD, "currencyCode": "DKK"}, "Application_DialogException"),
        ({"paymentTermsId": ADATUM}, "Application_DialogException"),
        ({"paymentMethodId": ADATUM}, "Application_DialogException"),
        ({"country": "QQ"}, "Internal_InvalidTableRelation"),
        ({"phoneNumber": "CALL ME"}, "Application_FieldValidationException"),
        ({"email": "nobody"}, "Application_DialogException"),
        ({"blocked": "Ship"}, "Unknown"),
        ({"balance": 1}, "BadRequest_InvalidOperation"),
        ({"salespersonCode": "JO"}, "BadRequest"),
    ],
)
def test_value_that_does_not_fit_is_refused(bc: Client, sent: dict[str, Any], code: str) -> None:
    assert bc.patch(f"vendors({FABRIKAM})", sent).error == (400, code)


def test_vendor_shows_the_local_currency_by_its_code(bc: Client) -> None:
    row = bc.get(f"vendors({FABRIKAM})").json
    assert (row["currencyCode"], row["currencyId"], row["blocked"]) == ("GBP", ZERO, "_x0020_")
    expanded = bc.patch(
        f"vendors({FABRIKAM})?$expand=currency,paymentTerm", {"currencyCode": "USD", "paymentTermsId": NET_30}
    )
    assert (expanded.json["currency"]["id"], expanded.json["paymentTerm"]["code"]) == (USD, "30 DAYS")


def test_template_fills_what_was_not_sent(bc: Client) -> None:
    bc.control(
        "POST", "company-settings", {"company": "CRONUS", "vendor_template": {"paymentTermsId": NET_30}}
    )
    assert bc.post("vendors", {}).json["paymentTermsId"] == NET_30
    assert bc.post("vendors", {"paymentTermsId": ZERO}).json["paymentTermsId"] == ZERO


def test_new_vendor_gets_its_contact(bc: Client) -> None:
    vendor = bc.post("vendors", {"displayName": "Żubr", "city": "Łódź"}).json["id"]
    found = bc.get(f"vendors({vendor})/contactsInformation").rows
    assert [(row["contactName"], row["relatedType"], row["relatedId"]) for row in found] == [
        ("Żubr", "Vendor", vendor)
    ]
    contact = bc.get(f"contacts({found[0]['contactId']})").json
    assert (contact["city"], contact["contactBusinessRelation"]) == ("Łódź", "Vendor")


def test_change_of_a_vendor_reaches_its_contact_and_back(bc: Client) -> None:
    bc.patch(f"vendors({FABRIKAM})", {"city": "Oslo"})
    assert bc.get(f"contacts({FABRIKAM_CONTACT})").json["city"] == "Oslo"
    bc.patch(f"contacts({FABRIKAM_CONTACT})", {"phoneNumber": "123"})
    assert bc.get(f"vendors({FABRIKAM})").json["phoneNumber"] == "123"


def test_information_leads_from_the_contact_to_its_vendor(bc: Client) -> None:
    row = bc.get(f"vendors({FABRIKAM})/contactsInformation?$expand=vendor").rows[0]
    assert (row["vendor"]["number"], row["contactNumber"]) == ("V1", "CT000009")
    everything = bc.get(
        f"contactsInformation?$filter=relatedType eq 'Vendor' and relatedId eq {FABRIKAM}"
    ).rows
    assert [each["contactNumber"] for each in everything] == ["CT000009"]


def test_deleted_vendor_leaves_its_contact_without_relation(bc: Client) -> None:
    assert bc.delete(f"vendors({FABRIKAM})").status == 204
    assert bc.get(f"contacts({FABRIKAM_CONTACT})").json["contactBusinessRelation"] == "None"


def test_change_of_a_vendor_notifies_of_vendor_and_contact(bc: Client) -> None:
    for table in ("vendors", "contacts"):
        body = {"notificationUrl": "https://t.test/h", "resource": f"companies({COMPANY})/{table}"}
        assert bc.api("POST", "subscriptions", body).status == 201
    bc.patch(f"vendors({FABRIKAM})", {"city": "Oslo"})
    bc.clock.sleep(30)
    bc.bc.pump()
    changed = {each["resource"].split("/")[-1] for each in bc.receiver.notifications}
    assert changed == {f"vendors({FABRIKAM})", f"contacts({FABRIKAM_CONTACT})"}
