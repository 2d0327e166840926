"""Filters, order, pages, selection, expansion, parents."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from local.simulators.business_central.values import sql_order
from tests.simulators.business_central.client import ADATUM, COMPANY, ROBERT, USD, ZERO, Client


@pytest.fixture
def cities(bc: Client) -> Client:
    for name, city in [("Alpha", "Rome"), ("Beta", "Oslo"), ("Gamma", "rome")]:
        bc.clock.sleep(1)
        assert (
            bc.post("customers", {"displayName": name, "city": city, "creditLimit": len(name)}).status == 201
        )
    return bc


def names(bc: Client, query: str, **headers: str) -> set[str]:
    return {row["displayName"] for row in bc.get(f"customers?{query}", **headers).rows}


EVERYBODY = {"Adatum Corporation", "Alpha", "Beta", "Gamma"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("city eq 'Rome'", {"Alpha"}),
        ("city ne 'Rome'", EVERYBODY - {"Alpha"}),
        ("creditLimit gt 4 and creditLimit le 5", {"Alpha", "Gamma"}),
        ("city eq 'Rome' or city eq 'Oslo'", {"Alpha", "Beta"}),
        ("tolower(city) eq 'rome'", {"Alpha", "Gamma"}),
        ("toupper(city) eq 'rome'", {"Alpha", "Gamma"}),
        ("startswith(displayName,'A')", {"Adatum Corporation", "Alpha"}),
        ("endswith(displayName,'ta')", {"Beta"}),
        ("contains(displayName,'mm')", {"Gamma"}),
        ("substring(displayName,1,2) eq 'et'", {"Beta"}),
        ("(creditLimit eq 4) and (city eq 'Oslo' or city eq 'Rome')", {"Beta"}),
        ("type eq 'Company' and blocked eq '_x0020_'", EVERYBODY),
        ("number eq 'c00010'", {"Alpha"}),
        ("taxLiable eq false", EVERYBODY),
        (f"paymentTermsId eq {ZERO}", EVERYBODY),
        ("displayName eq 'O''Neil'", set()),
        ("lastModifiedDateTime gt 2027-01-15T08:00:01Z", {"Beta", "Gamma"}),
        ("lastModifiedDateTime ge 2027-01-15T10:00:02+02:00", {"Beta", "Gamma"}),
    ],
)
def test_filter_finds(cities: Client, condition: str, expected: set[str]) -> None:
    assert names(cities, f"$filter={quote(condition)}") == expected


@pytest.mark.parametrize(
    "condition", ["city in ('Rome','Oslo')", "contactsInformation/any(c: c/contactName eq 'x')"]
)
def test_in_and_lambda_are_silently_ignored(cities: Client, condition: str) -> None:
    assert names(cities, f"$filter={condition}") == EVERYBODY


def test_in_works_with_schema_version_2_1(cities: Client) -> None:
    assert names(cities, "$filter=city in ('Rome','Oslo')&$schemaversion=2.1") == {"Alpha", "Beta"}


def test_or_across_fields_is_an_error(cities: Client) -> None:
    reply = cities.get("customers?$filter=city eq 'Rome' or displayName eq 'Beta'")
    assert reply.error == (501, "BadRequest_MethodNotImplemented")


@pytest.mark.parametrize(
    "condition",
    [
        "nothing eq 1",
        "currencyCode eq 'USD'",
        "taxRegistrationNumber eq '1'",
        f"id eq '{ADATUM}'",
        "creditLimit eq '1'",
        "city eq Rome",
        "city",
        "city eq",
        "city like 'x'",
        "(city eq 'x'",
        "city eq 'x')",
        "not city eq 'x'",
        "tolower(toupper(city)) eq 'x'",
        "type eq 'Robot'",
        "lastModifiedDateTime gt 2027-13-45T08:00:00Z",
        "lastModifiedDateTime gt '2027-01-01'",
        "city eq 'x' and",
        "§",
        "((((" * 30,
    ],
)
def test_filter_the_service_cannot_apply_is_400(bc: Client, condition: str) -> None:
    assert bc.get(f"customers?$filter={quote(condition)}").status == 400


def test_set_without_stamp_says_so(bc: Client) -> None:
    reply = bc.get("customerContacts?$filter=lastModifiedDateTime gt 2027-01-01T00:00:00Z")
    assert reply.error == (400, "BadRequest")
    assert "'lastModifiedDateTime'" in reply.json["error"]["message"]


@pytest.mark.parametrize(
    "query", ["$orderby=currencyCode", "$select=nope", "$expand=nope", "$search=x", "$top=-1"]
)
def test_bad_query_option_is_400(bc: Client, query: str) -> None:
    assert bc.get(f"customers?{query}").status == 400


def test_default_order_is_that_of_sql_server(bc: Client) -> None:
    bc.customers(5)
    ids = [row["id"] for row in bc.get("customers").rows]
    assert ids == sorted(ids, key=sql_order)
    assert ids != sorted(ids)


def test_order_by_fields(cities: Client) -> None:
    rows = cities.get("customers?$orderby=creditLimit desc,displayName&$select=displayName").rows
    assert [row["displayName"] for row in rows] == ["Alpha", "Gamma", "Beta", "Adatum Corporation"]


@pytest.mark.parametrize(
    "order", ["", "lastModifiedDateTime", "displayName desc", "city,displayName", "creditLimit"]
)
@pytest.mark.parametrize("condition", ["", "lastModifiedDateTime ge 2026-01-01T00:00:00Z"])
def test_pages_join_to_the_whole_set(bc: Client, order: str, condition: str) -> None:
    for index in range(7):
        bc.clock.sleep(index % 2)
        bc.post("customers", {"displayName": f"N{index}", "city": "xy"[index % 2], "creditLimit": index % 3})
    parts = [f"$orderby={order}" if order else "", f"$filter={condition}" if condition else "", "$select=id"]
    query = "&".join(filter(None, parts))
    whole = [row["id"] for row in bc.get(f"customers?{query}").rows]
    reply, found = bc.get(f"customers?{query}", prefer="odata.maxpagesize=3"), []
    while True:
        assert len(reply.rows) <= 3
        found += [row["id"] for row in reply.rows]
        link = reply.json.get("@odata.nextLink")
        if link is None:
            break
        assert link.startswith(
            "https://bc.test/v2.0/11111111-1111-1111-1111-111111111111/production/api/v2.0/"
        )
        assert "aid=FIN&$skiptoken=" in link
        reply = bc.send(
            "GET", link.removeprefix("https://bc.test"), headers={"prefer": "odata.maxpagesize=3"}
        )
    assert found == whole
    assert len(set(found)) == 8


def test_skip_token_is_the_last_id_and_survives_its_deletion(bc: Client) -> None:
    bc.customers(3)
    ids = [row["id"] for row in bc.get("customers?$select=id").rows]
    link = bc.get("customers?$select=id", prefer="odata.maxpagesize=2").json["@odata.nextLink"]
    assert link.endswith(f"?$select=id&aid=FIN&$skiptoken={ids[1]}")
    bc.delete(f"customers({ids[1]})")
    assert [row["id"] for row in bc.send("GET", link.removeprefix("https://bc.test")).rows] == ids[2:]


def test_plain_next_link_has_the_captured_form(bc: Client) -> None:
    bc.customers(1)
    link = bc.get("customers", prefer="odata.maxpagesize=1").json["@odata.nextLink"]
    assert f"/api/v2.0/companies({COMPANY})/customers?aid=FIN&$skiptoken=" in link


def test_page_above_the_maximum_is_413(bc: Client) -> None:
    assert bc.get("customers", prefer="odata.maxpagesize=20001").status == 413
    assert bc.get("customers", prefer="odata.maxpagesize=20000").status == 200
    assert bc.get("customers", prefer="odata.maxpagesize=x").status == 400


def test_top_yields_no_next_link(bc: Client) -> None:
    bc.customers(3)
    reply = bc.get("customers?$top=2", prefer="odata.maxpagesize=2")
    assert len(reply.rows) == 2
    assert "@odata.nextLink" not in reply.json


def test_skip_and_count(bc: Client) -> None:
    bc.customers(4)
    reply = bc.get("customers?$count=true&$skip=3&$filter=city eq ''")
    assert reply.json["@odata.count"] == 4
    assert len(reply.rows) == 1
    assert bc.get("customers/$count").raw.body == b"5"


def test_bad_skip_token_is_400(bc: Client) -> None:
    assert bc.get("customers?$skiptoken=x").status == 400
    token = quote(json.dumps(7), safe="") + "," + ADATUM
    assert bc.get(f"customers?$orderby=city&$skiptoken={token}").status == 400


def test_expand_follows_single_and_many(bc: Client) -> None:
    bc.patch(f"customers({ADATUM})", {"currencyCode": "USD"})
    query = (
        "$expand=currency($select=code),paymentTerm,customerFinancialDetail,contactsInformation&$select=id"
    )
    row = bc.get(f"customers({ADATUM})?{query}").json
    assert row["currency"]["code"] == "USD"
    assert set(row["currency"]) == {"@odata.etag", "code"}
    assert row["paymentTerm"] is None
    assert row["customerFinancialDetail"]["balance"] == 0
    assert {c["contactName"] for c in row["contactsInformation"]} == {"Adatum Corporation", "Robert Townes"}


def test_plural_navigation_of_the_documentation_does_not_exist(bc: Client) -> None:
    assert bc.get("customers?$expand=customerFinancialDetails").error == (400, "BadRequest")


def test_navigation_path_reads_below_one_row(bc: Client) -> None:
    bc.patch(f"customers({ADATUM})", {"currencyId": USD})
    assert bc.get(f"customers({ADATUM})/currency").json["code"] == "USD"
    assert len(bc.get(f"customers({ADATUM})/contactsInformation").rows) == 2
    assert bc.get(f"customers({ADATUM})/paymentTerm").status == 404


def test_contacts_information_needs_a_parent(bc: Client) -> None:
    assert bc.get("contactsInformation").error == (400, "Application_DialogException")
    condition = f"relatedId eq {ADATUM} and relatedType eq 'Customer'"
    assert len(bc.get(f"contactsInformation?$filter={condition}").rows) == 2


def test_filter_by_ids_keeps_order_and_tests(bc: Client) -> None:
    ids = bc.customers(3)
    condition = " or ".join(f"id eq {row_id}" for row_id in [*reversed(ids), ZERO])
    assert [row["id"] for row in bc.get(f"customers?$filter={condition}").rows] == ids
    assert bc.get(f"customers?$filter=({condition}) and city eq 'x'").rows == []
    rows = bc.get(f"customers?$filter={condition}&$orderby=lastModifiedDateTime").rows
    assert len(rows) == 3


def test_customer_contacts_are_persons_of_customers(bc: Client) -> None:
    row = bc.get("customerContacts").rows[0]
    assert (row["id"], row["firstName"], row["lastName"], row["customerId"]) == (
        ROBERT,
        "Robert",
        "Townes",
        ADATUM,
    )
    changed = bc.patch(f"customerContacts({ROBERT})", {"lastName": "Small", "email": "r@x.com"}).json
    assert changed["lastName"] == "Small"
    contact = bc.get(f"contacts({ROBERT})").json
    assert (contact["displayName"], contact["email"]) == ("Robert Small", "r@x.com")
