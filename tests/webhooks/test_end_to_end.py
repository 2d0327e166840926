"""Webhooks on the real host: nothing but notifications drives it, for the minute timer is off."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from local.environment import COMPANY, Environment
from local.environment.http import Talk
from local.load.stored import Stored
from tests.webhooks.conftest import await_true

pytestmark = [pytest.mark.host, pytest.mark.storage]

HANDSHAKE_S = 5.0
"""What Business Central allows."""


def subscriptions(environment: Environment) -> Talk:
    """Business Central's subscriptions, asked by a person."""
    talk = environment.people.bc.talk
    root = talk.url.partition("/companies(")[0]
    return Talk(f"{root}/subscriptions", talk._headers)


def subscribed(environment: Environment) -> dict[str, dict[str, Any]]:
    found = subscriptions(environment).json("GET", "")["value"]
    return {each["resource"].rpartition("/")[2]: each for each in found}


def post(environment: Environment, path: str, body: bytes = b"", **more: Any) -> requests.Response:
    return requests.post(f"{environment.host.url}/api/webhooks/{path}", data=body, timeout=20, **more)


def notification(environment: Environment, table: str, secret: str) -> bytes:
    company = environment.people.companies[COMPANY]
    resource = f"api/v2.0/companies({company})/{table}(11111111-2222-3333-4444-555555555555)"
    entry = {"clientState": secret, "resource": resource, "changeType": "updated", "subscriptionId": "1"}
    return json.dumps({"value": [entry]}).encode()


NOTIFIED_S = 1.5
"""Longer than a simulated system keeps a notification (``webhook_delay_s``), with its way to the queue."""


def at_rest(environment: Environment) -> None:
    """Nothing is asked of either system any more, and nothing is queued, not even a look put off."""
    stored = Stored(environment.addresses.storage)

    def asked() -> str:
        return f"{environment.bc_control.requests()} {environment.sales_control.requests()}"

    def quiet() -> bool:
        before = asked()
        time.sleep(NOTIFIED_S)  # what was written just now is notified within this time, and is queued then
        return not stored.queued() and asked() == before

    await_true(quiet, "rest")


def account_of(environment: Environment, number: str) -> dict[str, Any]:
    found = environment.people.sales.list(
        "accounts", filter=f"accountnumber eq '{number}'", select="accountid,emailaddress1,name"
    )
    return found[0]


def test_both_systems_know_the_address_after_one_tick(environment: Environment) -> None:
    found = subscribed(environment)
    assert {"customers", "contacts", "currencies", "currencyExchangeRates"} <= found.keys()
    url = f"{environment.host.url}/api/webhooks/business-central"
    assert {each["notificationUrl"] for each in found.values()} == {url}
    [endpoint] = environment.people.admin.list("serviceendpoints")
    assert endpoint["url"] == f"{environment.host.url}/api/webhooks/sales"
    steps = environment.people.admin.list("sdkmessageprocessingsteps")
    assert len(steps) >= 6
    assert {each["mode"] for each in steps} == {1}, "asynchronous only"
    assert environment.api.get("health")["status"] == "ok"


def test_the_handshake_is_answered_far_within_its_time(environment: Environment) -> None:
    longest_s = 0.0
    for number in range(30):
        began = time.monotonic()
        answer = post(environment, "business-central", params={"validationToken": f"token-{number}"})
        longest_s = max(longest_s, time.monotonic() - began)
        assert (answer.status_code, answer.text) == (200, f"token-{number}")
        assert answer.headers["Content-Type"].startswith("text/plain")
    print(f"longest handshake: {longest_s * 1000:.0f} ms")
    assert longest_s < HANDSHAKE_S / 5


def test_a_change_in_business_central_arrives_in_sales_without_the_timer(environment: Environment) -> None:
    customer = environment.people.bc.list("customers", filter="number eq '10000'")[0]
    environment.people.bc.patch("customers", customer["id"], {"email": "from-bc@example.com"})
    await_true(
        lambda: account_of(environment, "10000")["emailaddress1"] == "from-bc@example.com", "the address"
    )


def test_a_change_in_sales_arrives_in_business_central_without_the_timer(environment: Environment) -> None:
    account = account_of(environment, "20000")
    changed = {"emailaddress1": "from-sales@example.com"}
    environment.people.sales.patch("accounts", account["accountid"], changed)
    customer = environment.people.bc.list("customers", filter="number eq '20000'")[0]
    await_true(
        lambda: environment.people.bc.get("customers", customer["id"])["email"] == "from-sales@example.com",
        "the address",
    )


def test_a_forged_notification_is_answered_like_any_other_and_causes_no_look(
    environment: Environment,
) -> None:
    at_rest(environment)
    environment.bc_control.reset_requests()
    forged = notification(environment, "customers", "x" * 43)
    assert post(environment, "business-central", forged).status_code == 200
    genuine = notification(environment, "contacts", environment.settings["WEBHOOK_SECRET"])
    assert post(environment, "business-central", genuine).status_code == 200
    await_true(lambda: "GET contacts" in environment.bc_control.requests()["by_kind"], "the genuine look")
    at_rest(environment)
    assert "GET customers" not in environment.bc_control.requests()["by_kind"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"\xff\xfe\x00", b'{"value": [1, {}]}', b"[" * 200_000, b"x" * 20_000_000],
    ids=["empty", "cut off", "null", "no text", "odd entries", "deep", "huge"],
)
def test_rubbish_is_answered_with_200_too(environment: Environment, body: bytes) -> None:
    for content_type in ("application/json", "text/plain", "nonsense"):
        answer = post(environment, "business-central", body, headers={"Content-Type": content_type})
        assert answer.status_code == 200
    assert subscribed(environment), "Business Central has not removed them"


def test_the_receiver_of_sales_wants_the_code(environment: Environment) -> None:
    right = environment.settings["WEBHOOK_SECRET"]
    for code, status in ((None, 401), ("", 401), (right[:-1], 401), (right, 200)):
        given = {} if code is None else {"code": code}
        assert post(environment, "sales", b"{}", params=given).status_code == status


def test_a_table_nobody_asked_about_is_ignored(environment: Environment) -> None:
    at_rest(environment)
    environment.sales_control.reset_requests()
    secret = environment.settings["WEBHOOK_SECRET"]
    for table in ("lead", "", "x" * 5000):
        headers = {"x-ms-dynamics-entity-name": table}
        assert post(environment, "sales", b"{}", params={"code": secret}, headers=headers).status_code == 200
    at_rest(environment)
    assert environment.sales_control.requests()["requestsTotal"] == 0


def test_a_flood_of_notifications_is_a_handful_of_looks(environment: Environment) -> None:
    at_rest(environment)
    environment.sales_control.reset_requests()
    given = {"code": environment.settings["WEBHOOK_SECRET"]}
    headers = {"x-ms-dynamics-entity-name": "contact"}
    began = time.monotonic()

    def told(_: int) -> int:
        return post(environment, "sales", b"{}", params=given, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(told, range(400))) == {200}
    took_s = time.monotonic() - began
    at_rest(environment)
    assert 1 <= environment.sales_control.requests()["requestsTotal"] <= took_s / 3 + 3


def test_subscriptions_that_were_removed_are_made_again(environment: Environment) -> None:
    known = subscribed(environment)["customers"]
    headers = {"If-Match": known["@odata.etag"]}
    key = f"('{known['subscriptionId']}')"
    talk = subscriptions(environment)
    Talk(talk.url + key, talk._headers).send("DELETE", "", headers=headers)
    assert "customers" not in subscribed(environment)
    environment.host.run_timer("renew_webhooks")
    await_true(lambda: "customers" in subscribed(environment), "the subscription")


def test_the_secret_is_in_no_log(environment: Environment) -> None:
    logs = [path.read_text("utf-8") for path in Path(environment.processes.logs).glob("*host*.log")]
    assert any("webhook" in text for text in logs)
    for name in ("WEBHOOK_SECRET", "CLIENT_SECRET"):
        assert not any(environment.settings[name] in text for text in logs)


def test_without_storage_the_answer_is_still_200_and_in_time(environment: Environment) -> None:
    """The last of this file: storage does not come back."""
    environment.processes.stop_one("azurite")
    genuine = notification(environment, "customers", environment.settings["WEBHOOK_SECRET"])
    for _ in range(3):
        began = time.monotonic()
        assert post(environment, "business-central", genuine).status_code == 200
        assert time.monotonic() - began < HANDSHAKE_S
    handshake = post(environment, "business-central", params={"validationToken": "abc"})
    assert (handshake.status_code, handshake.text) == (200, "abc")
