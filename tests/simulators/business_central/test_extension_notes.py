"""Notes of orders through the extension: under a key, on an order, gone with it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.simulators.business_central.client import Client, Reply
from tests.simulators.business_central.shop import patch_extension, shop
from tests.simulators.business_central.test_orders import handle, order


@pytest.fixture
def bc() -> Client:
    return shop()


def post(bc: Client, **body: Any) -> Reply:
    return bc.extension("POST", "orderNotes", {"tandemKey": str(uuid4()), **body})


def test_a_note_stands_on_its_order_and_names_it(bc: Client) -> None:
    made = order(bc)
    reply = post(bc, orderId=made["id"], text="Call first")
    assert reply.status == 201, reply.raw
    note = reply.json
    assert (note["orderId"], note["orderNumber"], note["text"]) == (made["id"], made["number"], "Call first")
    assert patch_extension(bc, f"orderNotes({note['id']})", {"text": "Call later"}).status == 200
    (found,) = bc.extension("GET", "orderNotes").json["value"]
    assert found["text"] == "Call later"


def test_a_key_is_needed_and_lets_one_note_through(bc: Client) -> None:
    made, key = order(bc), str(uuid4())
    body = {"orderId": made["id"], "text": "Once"}
    assert bc.extension("POST", "orderNotes", body).status == 400
    assert bc.extension("POST", "orderNotes", {**body, "tandemKey": key}).status == 201
    again = bc.extension("POST", "orderNotes", {**body, "tandemKey": key})
    (note,) = bc.extension("GET", "orderNotes").json["value"]
    assert note["id"] in again.json["error"]["message"]
    keys = bc.extension("GET", f"recordKeys?$filter=tableNumber eq 2000000068 and tandemKey eq {key}")
    assert [each["recordId"] for each in keys.json["value"]] == [note["id"]]


def test_what_is_no_order_or_no_text_is_refused(bc: Client) -> None:
    made = order(bc)
    assert post(bc, orderId=str(uuid4()), text="Hi").status == 400
    assert post(bc, orderId=made["id"], text=" ").status == 400
    note = post(bc, orderId=made["id"], text="Hi").json
    assert patch_extension(bc, f"orderNotes({note['id']})", {"orderId": order(bc)["id"]}).status == 400


def test_notes_go_with_their_order_without_a_word(bc: Client) -> None:
    made = order(bc)
    post(bc, orderId=made["id"], text="Hi")
    handle(bc, made["id"], "ship")
    handle(bc, made["id"], "invoice")
    assert bc.extension("GET", "orderNotes").json["value"] == []
    tombstones = bc.extension("GET", "deletions").json["value"]
    assert 2_000_000_068 not in {each["tableNumber"] for each in tombstones}
