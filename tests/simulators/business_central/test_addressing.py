"""URLs, tenants, companies, tokens and permissions."""

from __future__ import annotations

import pytest

from local.simulators.business_central import Permissions
from tests.simulators.business_central.client import ADATUM, COMPANY, TENANT, Client

ROOT = f"/v2.0/{TENANT}/production/api/v2.0"


def test_tenant_segment_may_be_left_out(bc: Client) -> None:
    assert bc.send("GET", "/v2.0/production/api/v2.0/companies").rows[0]["id"] == COMPANY


def test_companies_are_rows_without_etag(bc: Client) -> None:
    row = bc.api("GET", "companies").rows[0]
    assert row["name"] == "CRONUS"
    assert "@odata.etag" not in row


def test_company_can_be_found_by_name(bc: Client) -> None:
    assert [row["id"] for row in bc.api("GET", "companies?$filter=name eq 'CRONUS'").rows] == [COMPANY]


def test_company_scope_by_query_option_takes_id_or_name(bc: Client) -> None:
    for company in (COMPANY, "CRONUS"):
        assert bc.api("GET", f"customers?company={company}").rows[0]["id"] == ADATUM


def test_unknown_company_name_is_refused(bc: Client) -> None:
    assert bc.api("GET", "customers?company=Nobody").error == (400, "Unknown")


def test_second_question_mark_spoils_the_company_name(bc: Client) -> None:
    assert bc.send("GET", f"{ROOT}/customers?company=CRONUS?$top=1").error == (400, "Unknown")


def test_unknown_company_id_is_404(bc: Client) -> None:
    assert bc.api("GET", f"companies({TENANT})/customers").error == (404, "Internal_CompanyNotFound")


def test_set_without_company_is_refused(bc: Client) -> None:
    assert bc.api("GET", "customers").error == (400, "Internal_CompanyNotFound")


def test_unknown_set_is_404_with_the_segment_in_the_text(bc: Client) -> None:
    reply = bc.get("contact")
    assert reply.error == (404, "BadRequest_ResourceNotFound")
    assert "'contact'" in reply.json["error"]["message"]


def test_unknown_row_is_404(bc: Client) -> None:
    assert bc.get(f"customers({TENANT})").error == (404, "Internal_RecordNotFound")


@pytest.mark.parametrize("key", ["10000", "'10000'", "id", ""])
def test_key_that_is_no_id_is_refused(bc: Client, key: str) -> None:
    assert bc.get(f"customers({key})").status == 400


def test_unknown_environment_is_answered_in_xml_by_the_gateway(bc: Client) -> None:
    reply = bc.send("GET", f"/v2.0/{TENANT}/sandbox/api/v2.0/companies")
    assert reply.status == 404
    assert b"<code>NoEnvironment</code>" in reply.raw.body


@pytest.mark.parametrize("token", [None, "nobody", "stranger"])
def test_bad_token_is_401_with_code(bc: Client, token: str | None) -> None:
    reply = bc.api("GET", "companies", token=token)
    assert reply.error == (401, "Authentication_InvalidCredentials")
    assert "WWW-Authenticate" in reply.raw.headers


def test_application_not_registered_in_the_environment_is_401() -> None:
    bc = Client(users={"reader": Permissions()})
    assert bc.api("GET", "companies", token="app").status == 401
    assert bc.api("GET", "companies", token="reader").status == 200


def test_missing_right_is_403_with_an_authorization_code() -> None:
    bc = Client(users={"reader": Permissions(read={"customers"}, write=set())})
    path = f"companies({COMPANY})"
    assert bc.api("GET", f"{path}/customers", token="reader").status == 200
    assert bc.api("GET", f"{path}/contacts", token="reader").status == 403
    refused = bc.api("POST", f"{path}/customers", {"displayName": "X"}, token="reader")
    assert refused.status == 403
    assert refused.code.startswith("Authorization_")


def test_error_text_ends_in_a_correlation_id(bc: Client) -> None:
    message = bc.get("nope").json["error"]["message"]
    assert message[-56:-37] == ".  CorrelationId:  "
    assert message.endswith(".")


def test_error_text_follows_the_language_and_the_code_does_not(bc: Client) -> None:
    english, danish = bc.get("nope"), bc.get("nope", accept_language="da-DK")
    assert english.code == danish.code
    assert english.json["error"]["message"][:10] != danish.json["error"]["message"][:10]


def test_newer_sets_are_unknown_to_older_versions() -> None:
    assert Client(version=25).get("salespeoplePurchasers").status == 404
    assert Client(version=26).get("salespeoplePurchasers").status == 200


def test_url_that_is_too_long_is_414(bc: Client) -> None:
    assert bc.get("customers?$filter=city eq '" + "x" * 9_000 + "'").status == 414


def test_control_routes_are_absent_unless_enabled() -> None:
    assert Client(control=False).control("GET", "requests").status == 404
