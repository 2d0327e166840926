"""Subscriptions and the notifications they bring."""

from __future__ import annotations

import pytest

from local.simulators.business_central.storage import Change
from tests.simulators.business_central.client import ADATUM, ADATUM_CONTACT, COMPANY, ROBERT, Client, Reply

URL = "https://tandem.test/hook"


def subscribe(bc: Client, table: str = "customers", **more: str) -> Reply:
    body = {
        "notificationUrl": URL,
        "resource": f"companies({COMPANY})/{table}",
        "clientState": "secret",
        **more,
    }
    return bc.api("POST", "subscriptions", body)


def test_subscription_is_created_after_the_handshake(bc: Client) -> None:
    reply = subscribe(bc)
    assert reply.status == 201
    assert len(reply.json["subscriptionId"]) == 32
    assert reply.json["resource"] == f"api/v2.0/companies({COMPANY})/customers"
    assert reply.json["expirationDateTime"] == "2027-01-18T08:00:00Z"


def test_receiver_that_does_not_echo_the_token_gets_no_subscription(bc: Client) -> None:
    bc.receiver.echoes = False
    assert subscribe(bc).status == 400
    assert bc.api("GET", "subscriptions").rows == []


@pytest.mark.parametrize("resource", ["taxAreas", "contactsInformation", "nope", "companies"])
def test_set_without_webhooks_is_refused(bc: Client, resource: str) -> None:
    assert subscribe(bc, resource).status == 400


def test_absolute_resource_is_understood(bc: Client) -> None:
    url = f"https://bc.test/v2.0/production/api/v2.0/companies({COMPANY})/customers"
    assert subscribe(bc, resource=url).json["resource"] == f"api/v2.0/companies({COMPANY})/customers"


def test_client_state_has_a_limit(bc: Client) -> None:
    assert subscribe(bc, clientState="x" * 2049).code == "Application_StringExceededLength"


def test_renewal_repeats_the_handshake_and_moves_the_expiry(bc: Client) -> None:
    made = subscribe(bc).json
    path = f"subscriptions('{made['subscriptionId']}')"
    bc.clock.sleep(86_400)
    assert bc.api("PATCH", path, {}).code == "BadRequest_InvalidToken"
    renewed = bc.api("PATCH", path, {}, if_match=made["@odata.etag"]).json
    assert renewed["expirationDateTime"] == "2027-01-19T08:00:00Z"
    assert bc.api("PATCH", path, {}, if_match=made["@odata.etag"]).status == 409
    bc.receiver.echoes = False
    assert bc.api("PATCH", path, {}, if_match="*").status == 400


def test_key_must_be_quoted(bc: Client) -> None:
    made = subscribe(bc).json["subscriptionId"]
    assert bc.api("DELETE", f"subscriptions({made})", if_match="*").status == 400
    assert bc.api("DELETE", f"subscriptions('{made}')", if_match="*").status == 204
    assert bc.api("GET", f"subscriptions('{made}')").status == 404


def test_subscription_ends_after_three_days(bc: Client) -> None:
    subscribe(bc)
    bc.clock.sleep(3 * 86_400)
    assert bc.api("GET", "subscriptions").rows == []


def test_number_of_subscriptions_is_limited() -> None:
    bc = Client(webhook_subscription_limit=2)
    assert [subscribe(bc).status for _ in range(3)] == [201, 201, 400]


def test_changes_go_out_together_after_thirty_seconds(bc: Client) -> None:
    subscribe(bc)
    subscribe(bc, "contacts")
    created = bc.customers(1)[0]
    bc.clock.sleep(29)
    assert not bc.bc.pump()
    bc.clock.sleep(1)
    assert bc.bc.pump()
    assert len(bc.receiver.calls) == 1
    first = bc.receiver.notifications[0]
    head, tail = (
        {"subscriptionId", "clientState", "expirationDateTime"},
        {"changeType", "lastModifiedDateTime"},
    )
    assert set(first) == head | {"resource"} | tail
    assert first["resource"] == f"api/v2.0/companies({COMPANY})/customers({created})"
    assert (first["changeType"], first["clientState"]) == ("created", "secret")
    assert bc.receiver.notifications[1]["resource"].split("/")[-1].startswith("contacts(")


def test_updates_merge_only_with_an_update_before(bc: Client) -> None:
    subscribe(bc)
    for city in "abc":
        bc.patch(f"customers({ADATUM})", {"city": city})
    bc.delete(f"customers({ADATUM})")
    bc.clock.sleep(30)
    bc.bc.pump()
    assert [entry["changeType"] for entry in bc.receiver.notifications] == ["updated", "deleted"]


@pytest.mark.parametrize("deleting", [False, True])
def test_mass_change_becomes_one_collection_entry(deleting: bool) -> None:
    bc = Client(webhook_collection_threshold=3)
    subscribe(bc)
    bc.customers(4)
    if deleting:
        bc.delete(f"customers({ADATUM})")
    bc.clock.sleep(30)
    bc.bc.pump()
    (entry,) = bc.receiver.notifications
    assert entry["changeType"] == "collection"
    resource = f"api/v2.0/companies({COMPANY})/customers"
    narrowed = f"{resource}?$filter=lastModifiedDateTime%20gt%202027-01-15T07:59:59.95Z"
    assert entry["resource"] == (resource if deleting else narrowed)


def test_nothing_is_notified_of_what_was_rolled_back(bc: Client) -> None:
    subscribe(bc)
    url = f"companies({COMPANY})/customers"
    good, bad = ({"method": "POST", "url": url, "body": {"displayName": name}} for name in ("A", ""))
    bc.batch(good, bad, isolation="snapshot")
    bc.clock.sleep(30)
    assert not bc.bc.pump()


@pytest.mark.parametrize("status", [408, 429, 500, 503, None])
def test_silence_and_server_errors_are_retried_five_times_then_all_ends(
    bc: Client, status: int | None
) -> None:
    subscribe(bc)
    bc.receiver.status = status
    bc.customers(1)
    for wait_s in (30, 60, 60, 600, 6_000, 60_000):
        bc.clock.sleep(wait_s - 1)
        assert not bc.bc.pump()
        bc.clock.sleep(1)
        assert bc.bc.pump()
    assert len(bc.receiver.calls) == 6
    assert bc.api("GET", "subscriptions").rows == []


def test_delivery_after_a_retry_brings_everything_once(bc: Client) -> None:
    subscribe(bc)
    bc.receiver.status = 503
    bc.customers(1)
    bc.clock.sleep(30)
    bc.bc.pump()
    bc.receiver.status = 200
    bc.customers(1)
    bc.clock.sleep(60)
    bc.bc.pump()
    assert [len(body["value"]) for _, body in bc.receiver.calls] == [1, 2]
    bc.clock.sleep(100_000)
    assert not bc.bc.pump()


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_any_other_answer_deletes_every_subscription_of_the_url(bc: Client, status: int) -> None:
    subscribe(bc)
    subscribe(bc, "contacts")
    subscribe(bc, notificationUrl="https://other.test/hook")
    bc.receiver.status = status
    bc.patch(f"customers({ADATUM})", {"creditLimit": 1})
    bc.bc.env.notifications._queues.pop("https://other.test/hook")
    bc.clock.sleep(30)
    bc.bc.pump()
    assert [row["notificationUrl"] for row in bc.api("GET", "subscriptions").rows] == [
        "https://other.test/hook"
    ]


def test_other_company_is_not_notified(bc: Client) -> None:
    subscribe(bc)
    bc.bc.env.notifications.record([Change("other", "customers", ADATUM, "updated")])
    bc.clock.sleep(30)
    assert not bc.bc.pump()


def test_set_that_does_not_show_a_row_does_not_tell_of_it(bc: Client) -> None:
    subscribe(bc, "customerContacts")
    bc.patch(f"contacts({ADATUM_CONTACT})", {"jobTitle": "none"})
    bc.patch(f"contacts({ROBERT})", {"jobTitle": "Buyer"})
    bc.clock.sleep(30)
    bc.bc.pump()
    changed = [each["resource"].split("/")[-1] for each in bc.receiver.notifications]
    assert changed == [f"customerContacts({ROBERT})"]


def test_collection_of_a_set_without_stamps_has_no_filter() -> None:
    bc = Client(webhook_collection_threshold=1)
    subscribe(bc, "disputeStatus")
    for code in ("A", "B"):
        assert bc.post("disputeStatus", {"code": code}).status == 201
    bc.clock.sleep(30)
    bc.bc.pump()
    (sent,) = bc.receiver.notifications
    assert (sent["changeType"], sent["resource"].split("/")[-1]) == ("collection", "disputeStatus")
