"""Webhooks: which writes are told, what the call looks like, when it is repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.simulators.dataverse import Options
from local.simulators.wire import ManualClock
from tests.simulators.dataverse.batches import Op, send
from tests.simulators.dataverse.support import Client, make

SAMPLE = json.loads((Path(__file__).with_name("samples") / "webhook-contact-update.json").read_text())


class Receiver:
    """Remembers calls and answers with the statuses given, then with 200."""

    def __init__(self, *statuses: int | Exception) -> None:
        self.calls: list[tuple[str, Mapping[str, str], Any]] = []
        self.statuses = list(statuses)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.calls.append((url, headers, json.loads(body)))
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(status, Exception):
            raise status
        return status


def hooked(receiver: Receiver, clock: ManualClock | None = None, **options: Any) -> Client:
    return Client(make(Options(**options), deliver=receiver, clock=clock))


def register(client: Client, message: str, table: str = "contact", **more: Any) -> None:
    endpoint = {"name": "hook", "url": "http://localhost/api/hook?x=1", "contract": 8, "authtype": 4,
                "authvalue": "se cret", "connectionmode": 1, "messageformat": 2}  # fmt: skip
    endpoint_id = client.post("serviceendpoints", endpoint).new_id
    message_id = client.filter("sdkmessages", f"name eq '{message}'").rows[0]["sdkmessageid"]
    expression = f"sdkmessageid/name eq '{message}' and primaryobjecttypecode eq '{table}'"
    found = client.filter("sdkmessagefilters", expression, "sdkmessagefilterid").rows[0]
    step = {
        "name": "step", "mode": 1, "rank": 1, "stage": 40, "supporteddeployment": 0, "asyncautodelete": True,
        "sdkmessageid@odata.bind": f"/sdkmessages({message_id})",
        "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({found['sdkmessagefilterid']})",
        "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({endpoint_id})",
    }  # fmt: skip
    answer = client.post("sdkmessageprocessingsteps", step | more)
    assert answer.status == 204, answer.raw


def test_an_update_is_told_in_the_published_shape() -> None:
    receiver = Receiver()
    client = hooked(receiver)
    register(client, "Update")
    contact = client.contact()
    client.patch(f"contacts({contact})", {"firstname": "James", "creditlimit": 5, "customertypecode": 1})
    client.service.pump()
    [(url, headers, body)] = receiver.calls
    assert url == "http://localhost/api/hook?x=1&code=se%20cret"
    assert SAMPLE["headers"].keys() <= headers.keys()
    assert headers["x-ms-dynamics-entity-name"] == "contact"
    assert body.keys() == SAMPLE["body"].keys()
    target, published = body["InputParameters"][0]["value"], SAMPLE["body"]["InputParameters"][0]["value"]
    assert target.keys() == published.keys()
    attributes = {item["key"]: item["value"] for item in target["Attributes"]}
    assert attributes["firstname"] == "James"
    assert attributes["creditlimit"]["Value"] == 5
    assert attributes["modifiedby"].keys() == {
        "__type", "Id", "KeyAttributes", "LogicalName", "Name", "RowVersion"}  # fmt: skip
    assert "lastname" not in attributes
    assert body["InitiatingUserId"] == client.get("WhoAmI").json["UserId"]


def test_the_secret_cannot_be_read_back() -> None:
    client = hooked(Receiver())
    register(client, "Update")
    assert "authvalue" not in client.get("serviceendpoints").rows[0]
    assert client.get("serviceendpoints?$select=authvalue").status == 400


def test_create_and_delete_are_told_only_where_registered() -> None:
    receiver = Receiver()
    client = hooked(receiver)
    register(client, "Delete")
    contact = client.contact()
    client.delete(f"contacts({contact})")
    client.delete(f"accounts({client.account()})")
    client.service.pump()
    [(_, _, body)] = receiver.calls
    assert (body["MessageName"], body["PrimaryEntityId"]) == ("Delete", contact)
    assert body["InputParameters"][0]["value"]["LogicalName"] == "contact"


def test_filtering_attributes_hold_for_updates() -> None:
    receiver = Receiver()
    client = hooked(receiver)
    register(client, "Update", filteringattributes="firstname, parentcustomerid")
    contact, account = client.contact(), client.account()
    client.patch(f"contacts({contact})", {"telephone1": "1"})
    client.patch(f"contacts({contact})", {"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    client.service.pump()
    assert len(receiver.calls) == 1


def test_what_is_rolled_back_is_not_told() -> None:
    receiver = Receiver()
    client = hooked(receiver)
    register(client, "Create", "account")
    long = {"name": "x" * 161}
    send(
        client,
        [
            [
                Op("POST", "accounts", {"name": "a"}, content_id="1"),
                Op("POST", "accounts", long, content_id="2"),
            ]
        ],
    )
    client.account("b")
    client.service.pump()
    assert len(receiver.calls) == 1


def test_the_tag_of_a_request_travels_as_shared_variable() -> None:
    receiver = Receiver()
    client = hooked(receiver)
    register(client, "Create", "account")
    client.post("accounts?tag=tandem", {"name": "x"})
    client.service.pump()
    assert receiver.calls[0][2]["SharedVariables"] == [{"key": "tag", "value": "tandem"}]


@pytest.mark.parametrize(
    ("statuses", "calls", "failed"),
    [
        ((200,), 1, 0),
        ((503, 200), 2, 0),
        ((502, 504), 2, 1),
        ((500,), 1, 1),
        ((404,), 1, 1),
        ((TimeoutError(),), 1, 1),
    ],
)
def test_only_gateway_failures_are_tried_once_more(
    statuses: tuple[Any, ...], calls: int, failed: int
) -> None:
    receiver = Receiver(*statuses)
    client = hooked(receiver)
    register(client, "Create", "account")
    client.account()
    client.service.pump()
    assert (len(receiver.calls), client.control("GET", "stats")["webhooks"]["failed"]) == (calls, failed)


def test_synchronous_steps_are_flagged_and_not_sent() -> None:
    receiver = Receiver()
    client = hooked(receiver)
    register(client, "Create", "account", mode=0)
    client.account()
    client.service.pump()
    assert receiver.calls == []
    assert client.control("GET", "stats")["synchronousSteps"] == 1


def test_a_call_waits_for_its_time(clock: ManualClock) -> None:
    receiver = Receiver()
    client = hooked(receiver, clock, webhook_delay_s=10)
    register(client, "Create", "account")
    client.account()
    client.service.pump()
    assert receiver.calls == []
    clock.now += 10
    client.service.pump()
    assert len(receiver.calls) == 1


def test_a_body_over_256_kb_is_sent_without_its_parameters() -> None:
    receiver = Receiver()
    client = hooked(receiver, columns=[
        {"table": "account", "logical_name": "big", "type": "Memo", "max_length": 1_000_000}])  # fmt: skip
    register(client, "Create", "account")
    client.account(big="x" * 300_000)
    client.service.pump()
    [(_, headers, body)] = receiver.calls
    assert "x-ms-dynamics-msg-size-exceeded" in headers
    assert "InputParameters" not in body
