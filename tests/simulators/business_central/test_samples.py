"""The published sample bodies: same properties, same shapes, and accepted where they are requests."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.business_central.schema import entity_types
from tests.simulators.business_central.client import ADATUM, COMPANY, NET_30, Client, sample


def properties(row: dict[str, Any]) -> list[str]:
    return [name for name in row if not name.startswith("@")]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("customers.get", "customers"),
        ("customers.update", "customers"),
        ("contacts.get", "contacts"),
        ("currencies.get", "currencies"),
        ("paymentTerms.get", "paymentTerms"),
    ],
)
def test_published_entity_has_no_property_the_simulator_lacks(bc: Client, name: str, path: str) -> None:
    assert set(properties(sample(name)["response"]["body"])) <= set(bc.get(path).rows[0])


def test_captured_customer_has_exactly_our_properties_in_our_order(bc: Client) -> None:
    captured = sample("real.customers.get")["response"]["body"]
    assert list(captured) == list(bc.get(f"customers({ADATUM})").json)
    page = sample("real.customers.list.page1")["response"]["body"]
    reply = bc.get("customers", prefer="odata.maxpagesize=1").json
    assert list(page["value"][0]) == list(reply["value"][0])


def test_captured_contact_creation_is_repeated_exactly(bc: Client) -> None:
    captured = sample("real.contacts.create")
    bc.control("POST", "company-settings", {"company": "CRONUS", "default_country": "US"})
    reply = bc.post("contacts", captured["request"]["body"])
    expected = captured["response"]["body"]
    assert list(reply.json) == list(expected)
    own = {"@odata.context", "@odata.etag", "id", "number", "lastModifiedDateTime"}
    assert {k: v for k, v in reply.json.items() if k not in own} == {
        k: v for k, v in expected.items() if k not in own
    }


def test_captured_companies_have_our_properties(bc: Client) -> None:
    captured = sample("real.companies.list")["response"]["body"]
    assert list(captured["value"][0]) == list(bc.api("GET", "companies").rows[0])


def test_documented_customer_creation_is_accepted(bc: Client) -> None:
    body = sample("customers.create")["request"]["body"]
    area = bc.post("taxAreas", {"code": "ATL", "displayName": "Atlanta, GA"}).json["id"]
    method = bc.post("paymentMethods", {"code": "CASH"}).json["id"]
    body |= {"taxAreaId": area, "paymentTermsId": NET_30, "paymentMethodId": method}
    reply = bc.post("customers", body)
    assert reply.status == 201
    shown = {name: reply.json[name] for name in body}
    assert shown == body | {"blocked": "_x0020_", "currencyId": reply.json["currencyId"]}


@pytest.mark.parametrize("name", ["currencies", "paymentTerms"])
def test_documented_creation_and_update_are_accepted(bc: Client, name: str) -> None:
    types = entity_types(26)[name].properties
    writable = {
        k: v for k, v in sample(f"{name}.create")["request"]["body"].items() if not types[k].read_only
    }
    created = bc.post(name, writable | {"code": "NEW"})
    assert created.status == 201, created.raw
    change = {k: v for k, v in sample(f"{name}.update")["request"]["body"].items() if not types[k].read_only}
    assert bc.patch(f"{name}({created.json['id']})", change).status == 200


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("error.unknownEntitySet", "contact"),
        (
            "error.unknownProperty.filter",
            "contactsInformation?$filter=lastModifiedDateTime gt 2025-01-01T00:00:00Z",
        ),
    ],
)
def test_captured_error_has_our_code_and_form(bc: Client, name: str, path: str) -> None:
    captured = sample(name)["response"]
    reply = bc.get(path)
    assert reply.error == (captured["status"], captured["body"]["error"]["code"])
    ours, theirs = (body["error"]["message"] for body in (reply.json, captured["body"]))
    assert ours.split("  ")[1] == theirs.split("  ")[1] == "CorrelationId:"
    assert len(ours.split("  ")[2]) == len(theirs.split("  ")[2])


def test_captured_batch_reply_has_our_shape(bc: Client) -> None:
    captured = sample("real.batch.salesOrderLines.create")["response"]["body"]["responses"][0]
    part = {
        "id": "r1",
        "method": "POST",
        "url": f"companies({COMPANY})/customers",
        "body": {"displayName": "A"},
    }
    ours = bc.batch(part).json["responses"][0]
    assert list(ours) == list(captured)
    assert set(captured["headers"]) <= set(ours["headers"])
    assert captured["headers"]["content-type"] == ours["headers"]["content-type"]
    assert list(ours["body"])[:3] == list(captured["body"])[:3]


def test_captured_subscription_and_notification_have_our_shape(bc: Client) -> None:
    captured = sample("real.subscriptions.create")["response"]["body"]
    body = {
        "notificationUrl": "https://t.test/h",
        "resource": f"companies({COMPANY})/customers",
        "clientState": "s",
    }
    ours = bc.api("POST", "subscriptions", body).json
    assert set(ours) == set(captured)
    bc.customers(1)
    bc.clock.sleep(30)
    bc.bc.pump()
    expected = sample("real.notifications.updated")["request"]["body"]["value"][0]
    assert list(bc.receiver.notifications[0]) == list(expected)


def test_documented_contacts_information_has_our_properties(bc: Client) -> None:
    captured = sample("contactsInformation.get")["response"]["body"]["value"][0]
    ours = bc.get(f"customers({ADATUM})/contactsInformation").rows[0]
    assert properties(ours) == list(captured)
