"""Loading companies and what the control routes do."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.simulators.business_central.loading import company_entry
from local.simulators.business_central.tables.relations import relation_of
from tests.simulators.business_central.client import ADATUM, ROBERT, USD, ZERO, Client

DATA = Path(__file__).parents[3] / "local" / "data" / "business_central"


def test_only_properties_of_the_api_are_loaded(bc: Client) -> None:
    assert "surplus" not in bc.get(f"customers({ADATUM})").json
    assert "isoCode" not in bc.get(f"currencies({USD})").json
    assert bc.get("salespeoplePurchasers").rows[0]["commisionPercent"] == 5
    assert bc.get(f"customers({ADATUM})").json["lastModifiedDateTime"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("name", ["CRONUS International Ltd.", "CRONUS USA, Inc."])
def test_demo_companies_load_and_their_relations_agree(bc: Client, name: str) -> None:
    entry = company_entry(DATA, name)
    company = bc.bc.load_company(name, DATA / entry["dataFolder"], entry)
    contacts = company.tables["contacts"].rows.values()
    assert contacts
    for row in contacts:
        assert relation_of(company, row.id, row.values) == row.values["contactBusinessRelation"]
    assert len(bc.api("GET", "companies").rows) == 2
    shown = bc.api("GET", f"companies({entry['id']})/customers").rows
    local = [row for row in shown if row["currencyCode"] == company.local_currency]
    assert local
    assert {row["currencyId"] for row in local} == {ZERO}


def test_companies_are_apart(bc: Client) -> None:
    other = bc.control("POST", "companies", {"name": "Other", "records": {"customers": []}}).json["id"]
    assert bc.api("POST", f"companies({other})/customers", {"displayName": "A"}).json["number"] == "C00010"
    assert bc.api("GET", f"companies({other})/customers({ADATUM})").status == 404
    assert len(bc.get("customers").rows) == 1


def test_exchange_rate_is_changed_as_a_person_does(bc: Client) -> None:
    body = {"company": "CRONUS", "currencyCode": "USD", "relationalExchangeRateAmount": 90}
    assert bc.control("POST", "exchange-rate", body).status == 200
    (rate,) = bc.get("currencyExchangeRates").rows
    assert (rate["relationalExchangeRateAmount"], rate["exchangeRateAmount"]) == (90, 100)
    assert rate["lastModifiedDateTime"] == "2027-01-15T08:00:00Z"
    bc.control("POST", "exchange-rate", {**body, "startingDate": "2027-01-01"})
    assert len(bc.get("currencyExchangeRates").rows) == 2
    assert bc.control("POST", "exchange-rate", {**body, "currencyCode": "QQQ"}).status == 400


def test_row_is_deleted_as_a_person_does(bc: Client) -> None:
    path = f"rows?company=CRONUS&table=contacts&id={ROBERT}"
    assert bc.control("DELETE", path).status == 200
    assert bc.get(f"contacts({ROBERT})").status == 404
    assert bc.control("DELETE", path).status == 400


def test_options_change_at_run_time(bc: Client) -> None:
    assert bc.control("POST", "options", {"replica_lag_s": 3}).json["replica_lag_s"] == 3
    assert bc.control("POST", "options", {"request_limit": 1}).status == 200
    assert [bc.api("GET", "companies").status for _ in range(2)] == [200, 429]
    for bad in ({"nope": 1}, {"tenant_id": "x"}, {"latency_s": "x"}):
        assert bc.control("POST", "options", bad).status == 400


def test_requests_are_counted_by_kind_user_and_status(bc: Client) -> None:
    bc.get("customers")
    bc.get(f"customers({ADATUM})/contactsInformation")
    bc.api("GET", "companies", token="reader")
    log = bc.control("GET", "requests").json
    assert log["requests"] == 3
    assert log["by_kind"] == {
        "GET companies": 1,
        "GET customers": 1,
        "GET customers({id})/contactsInformation": 1,
    }
    assert log["by_user"] == {"app": 2, "reader": 1}
    assert log["by_status"] == {"200": 3}
    bc.control("POST", "requests/reset")
    assert bc.control("GET", "requests").json["requests"] == 0


def test_counts_and_dump_show_the_present_state(bc: Client) -> None:
    assert bc.control("GET", "counts").json["CRONUS"]["customers"] == 1
    (row,) = bc.control("GET", "dump?company=CRONUS&table=customers").json["value"]
    assert row["id"] == ADATUM
    assert bc.control("GET", "dump?company=Nobody&table=customers").status == 400
    assert bc.control("GET", "nope").status == 404


def test_a_user_loses_a_right_and_gets_it_back_and_nobody_else_is_concerned(bc: Client) -> None:
    others = bc.api("GET", "companies", token="reader").status
    body = {"user": "app", "read": ["customers", "contacts"], "write": ["contacts"]}
    assert bc.control("POST", "users", body).json == {**body, "read": ["contacts", "customers"]}
    assert bc.get("customers").status == 200
    refused = bc.patch(f"customers({ADATUM})", {"city": "Rome"})
    assert (refused.status, refused.json["error"]["code"]) == (403, "Authorization_RequestDenied")
    assert bc.get("currencies").status == 403
    assert bc.api("GET", "companies", token="reader").status == others
    bc.control("POST", "users", {"user": "app"})
    assert bc.patch(f"customers({ADATUM})", {"city": "Rome"}).status == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"user": "app", "read": "customers"}, {"user": "app", "write": ["nope"]}, {"user": "app", "x": 1}],
)
def test_rights_that_cannot_be_understood_are_refused_and_change_nothing(
    bc: Client, body: dict[str, object]
) -> None:
    assert bc.control("POST", "users", body).status == 400
    assert bc.patch(f"customers({ADATUM})", {"city": "Rome"}).status == 200
