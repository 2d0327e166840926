"""A server of one's own: the instance in the address, keys instead of tokens, APIs that may be off."""

from __future__ import annotations

import base64

import pytest

from tests.simulators.business_central.client import COMPANY, EXTENSION_ROOT, TENANT, Client, Reply

KEY = "d3b0/7N+kXo="
ROOT = "/BC/api/v2.0"


@pytest.fixture
def own() -> Client:
    return Client(instance="BC", web_service_keys={"TANDEM": KEY}, extension=True)


def basic(name: str, key: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()


def call(bc: Client, target: str, authorization: str | None = basic("TANDEM", KEY)) -> Reply:
    headers = {} if authorization is None else {"authorization": authorization}
    return bc.send("GET", target, headers=headers, token=None)


def test_a_user_and_the_key_open_the_apis_below_the_instance(own: Client) -> None:
    assert call(own, f"{ROOT}/companies").rows[0]["id"] == COMPANY
    assert call(own, f"/bc/api/v2.0/companies({COMPANY})/customers").status == 200
    assert call(own, f"/BC/api/tandem/sync/v1.0/companies({COMPANY})/itemLedgerEntries").status == 200
    assert call(own, f"{ROOT}/companies", basic("tandem", KEY)).status == 200, "names know no case"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer app",
        basic("TANDEM", KEY.swapcase()),
        basic("TANDEM", ""),
        basic("", ""),
        basic("NOBODY", KEY),
        "Basic",
        "Basic ÄÄÄ",
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Basic " + base64.b64encode(b"TANDEM").decode(),
    ],
)
def test_anything_else_is_refused_with_what_is_wanted(own: Client, authorization: str | None) -> None:
    refused = call(own, f"{ROOT}/companies", authorization)
    assert refused.error == (401, "Authentication_InvalidCredentials")
    assert refused.raw.headers["WWW-Authenticate"] == 'Basic realm=""'


def test_addresses_of_business_central_online_lead_nowhere(own: Client) -> None:
    for target in (
        f"/v2.0/{TENANT}/production/api/v2.0/companies",
        "/BC2/api/v2.0/companies",
        f"{EXTENSION_ROOT}/x",
    ):
        assert call(own, target).status == 404


def test_business_central_online_takes_no_key() -> None:
    online = Client(web_service_keys={"TANDEM": KEY})
    root = f"/v2.0/{TENANT}/production/api/v2.0"
    assert call(online, f"{root}/companies").error == (401, "Authentication_InvalidCredentials")
    assert call(online, f"{ROOT}/companies").status == 404


def test_where_apis_are_off_every_call_is_405(own: Client) -> None:
    own.options.api_services = False
    for target in (f"{ROOT}/companies", f"{ROOT}/$metadata", "/BC/api/tandem/sync/v1.0/x", "/anything"):
        assert call(own, target).status == 405


def test_links_stay_on_the_server(own: Client) -> None:
    page = own.send(
        "GET", f"{ROOT}/companies({COMPANY})/contacts", headers={"authorization": basic("TANDEM", KEY),
        "prefer": "odata.maxpagesize=1"}, token=None,
    )  # fmt: skip
    assert page.json["@odata.nextLink"].startswith("https://bc.test/BC/api/v2.0/")
