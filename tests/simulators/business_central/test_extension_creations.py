"""Creations in Tandem's own API: they cannot be doubled, and templates fill what is blank."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.simulators.business_central.client import ADATUM, ZERO, Client
from tests.simulators.business_central.shop import create, patch_extension, shop


@pytest.fixture
def bc() -> Client:
    return shop()


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
    row = patch_extension(bc, f"customers({ADATUM})", {"primaryContactNumber": "CT000001"}).json
    assert row["primaryContactNumber"] == "CT000001"


def test_key_of_a_record_can_only_be_repeated(bc: Client) -> None:
    made = create(bc, "customers").json
    path = f"customers({made['id']})"
    assert patch_extension(bc, path, {"tandemKey": made["tandemKey"]}).status == 200
    assert patch_extension(bc, path, {"tandemKey": ZERO}).error == (400, "Application_DialogException")


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


@pytest.mark.parametrize("table", ["customers", "vendors"])
def test_contact_person_cannot_be_named_at_creation(bc: Client, table: str) -> None:
    assert create(bc, table, contact="Ann Lee").error == (400, "Internal_RecordNotFound")
    assert create(bc, table, contact="").status == 201


def test_first_name_of_a_contact_person_creates_the_person(bc: Client) -> None:
    made = create(bc, "customers", city="Oslo").json
    path = f"customers({made['id']})"
    row = patch_extension(bc, path, {"contact": "Ann Lee"}).json
    (person,) = bc.get("contacts?$filter=displayName eq 'Ann Lee'").rows
    assert (row["primaryContactNumber"], row["contact"]) == (person["number"], "Ann Lee")
    assert (person["type"], person["companyName"], person["city"]) == ("Person", "New", "Oslo")
    assert person["contactBusinessRelation"] == "Customer"
    patch_extension(bc, path, {"contact": "Ann Berg"})
    assert bc.get("contacts?$filter=displayName eq 'Ann Berg'").rows == []


def test_name_follows_the_primary_contact(bc: Client) -> None:
    path = f"customers({ADATUM})"
    assert patch_extension(bc, path, {"primaryContactNumber": "CT000002"}).json["contact"] == "Robert Townes"
    assert patch_extension(bc, path, {"primaryContactNumber": ""}).json["contact"] == ""
