"""Changes of orders through the extension: one transaction, for the header and the lines that were read."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.simulators.business_central.client import ADATUM, Client, Reply
from tests.simulators.business_central.shop import ADVICE, DESK, shop

EXPAND = "?$expand=salesOrderLines"
MOVED = "The order was changed by somebody else since it was read."


@pytest.fixture
def bc() -> Client:
    return shop()


def made(bc: Client, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    """An order with two lines, as the extension shows it."""
    line = {"lineType": "Item", "itemId": DESK, "quantity": 2, "unitPrice": 100}
    content = {"customerId": ADATUM, "lines": list(lines) or [line, {**line, "quantity": 5}], **header}
    body = {"tandemKey": str(uuid4()), "content": json.dumps(content)}
    reply = bc.extension("POST", "salesOrders", body)
    assert reply.status == 201, reply.raw
    return read(bc, reply.json["id"])


def read(bc: Client, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = bc.extension("GET", f"salesOrders({order_id}){EXPAND}").json
    found["salesOrderLines"].sort(key=lambda line: line["sequence"])
    return found


def change(bc: Client, order: dict[str, Any], *lines: dict[str, Any], **header: Any) -> Reply:
    """A change for the order as it was read."""
    content = {"linesVersion": order["linesVersion"], "lines": list(lines), **header}
    path = f"salesOrders({order['id']}){EXPAND}"
    return bc.extension("PATCH", path, {"content": json.dumps(content)}, if_match=order["@odata.etag"])


def amounts(order: dict[str, Any]) -> list[tuple[float, float]]:
    return [(line["quantity"], line["unitPrice"]) for line in order["salesOrderLines"]]


def handle(bc: Client, order_id: str, act: str) -> None:
    assert bc.control("POST", "orders", {"company": "CRONUS", "order": order_id, "act": act}).status == 200


def test_header_and_lines_change_in_one_request_which_tells_the_result(bc: Client) -> None:
    order = made(bc)
    first, second = order["salesOrderLines"]
    new = {"id": str(uuid4()), "lineType": "Item", "itemId": DESK, "quantity": 1, "unitPrice": 7}
    reply = change(
        bc, order, {"id": first["id"], "quantity": 9, "unitPrice": 90, "discountAmount": 10},
        {"id": second["id"], "deleted": True}, new, yourReference="New",
    )  # fmt: skip
    assert reply.status == 200, reply.raw
    assert (reply.json["yourReference"], reply.json["amount"]) == ("New", 807)
    found = read(bc, order["id"])
    assert amounts(found) == [(9, 90), (1, 7)]
    assert found["salesOrderLines"][1]["id"] == new["id"]
    assert found["linesVersion"] == reply.json["linesVersion"] != order["linesVersion"]


def test_a_line_moves_the_version_of_the_lines_and_not_that_of_the_header(bc: Client) -> None:
    order = made(bc)
    (first, _) = order["salesOrderLines"]
    changed = bc.extension("GET", "salesOrderChanges").rows
    assert bc.patch(f"salesOrderLines({first['id']})", {"quantity": 3}).status == 200
    found = read(bc, order["id"])
    names = ("@odata.etag", "lastModifiedDateTime", "rowVersion")
    assert [found[name] for name in names] == [order[name] for name in names]
    assert (found["amount"], found["linesVersion"] != order["linesVersion"]) == (800, True)
    assert bc.extension("GET", "salesOrderChanges").rows == changed
    assert bc.get(f"salesOrders({order['id']})").json["totalAmountExcludingTax"] == 800
    newest = max(bc.extension("GET", "salesOrderLineChanges").rows, key=lambda row: row["rowVersion"])
    assert (newest["id"], newest["documentNumber"]) == (first["id"], order["number"])


def test_a_deleted_line_is_among_the_deletions_with_the_number_of_its_order(bc: Client) -> None:
    order = made(bc)
    (first, _) = order["salesOrderLines"]
    assert bc.delete(f"salesOrderLines({first['id']})").status == 204
    (gone,) = bc.extension("GET", "deletions?$filter=tableNumber eq 37").rows
    assert (gone["recordId"], gone["recordKey"]) == (first["id"], f"{order['number']}/10000")
    assert read(bc, order["id"])["linesVersion"].startswith("1/")


@pytest.mark.parametrize("what", ["edited", "deleted", "added"])
def test_lines_that_are_not_those_that_were_read_refuse_the_change(bc: Client, what: str) -> None:
    order = made(bc)
    first, second = order["salesOrderLines"]
    path = f"salesOrderLines({second['id']})"
    if what == "edited":
        bc.patch(path, {"quantity": 6})
    elif what == "deleted":
        bc.delete(path)
    else:
        bc.post(f"salesOrders({order['id']})/salesOrderLines", {"itemId": DESK, "quantity": 1})
    refused = change(bc, order, {"id": first["id"], "quantity": 9, "unitPrice": 1})
    assert refused.status == 400
    assert MOVED in refused.json["error"]["message"]
    assert read(bc, order["id"])["salesOrderLines"][0]["quantity"] == 2


def test_a_header_that_moved_refuses_the_change(bc: Client) -> None:
    order = made(bc)
    assert bc.patch(f"salesOrders({order['id']})", {"externalDocumentNumber": "X"}).status == 200
    assert change(bc, order, yourReference="New").status == 409


def test_a_released_order_is_released_again(bc: Client) -> None:
    order = made(bc)
    handle(bc, order["id"], "release")
    released = read(bc, order["id"])
    (first, _) = released["salesOrderLines"]
    reply = change(
        bc, released, {"id": first["id"], "quantity": 9, "unitPrice": 1}, requestedDeliveryDate="2027-01-02"
    )
    assert (reply.status, reply.json["status"]) == (200, "Released")
    assert reply.json["requestedDeliveryDate"] == "2027-01-02"


def test_what_cannot_be_released_again_leaves_everything_as_it_was(bc: Client) -> None:
    order = made(bc)
    handle(bc, order["id"], "release")
    released = read(bc, order["id"])
    gone = [{"id": line["id"], "deleted": True} for line in released["salesOrderLines"]]
    refused = change(bc, released, *gone)
    assert refused.status == 400
    assert "nothing to release" in refused.json["error"]["message"]
    assert read(bc, order["id"]) == released


def test_a_line_can_sell_something_else_until_it_is_shipped(bc: Client) -> None:
    order = made(bc)
    first, second = order["salesOrderLines"]
    other = {"lineType": "Item", "itemId": ADVICE, "quantity": 1, "unitPrice": 50}
    reply = change(bc, order, {"id": first["id"], **other})
    assert reply.status == 200, reply.raw
    found = read(bc, order["id"])
    assert (found["salesOrderLines"][0]["itemId"], found["salesOrderLines"][0]["sequence"]) == (ADVICE, 10000)
    handle(bc, order["id"], "ship")
    shipped = read(bc, order["id"])
    refused = change(bc, shipped, {"id": second["id"], **other, "quantity": 5})
    assert (refused.status, read(bc, order["id"])) == (400, shipped)


@pytest.mark.parametrize(
    "line",
    [{"deleted": True}, {"quantity": 1, "unitPrice": 100}],
    ids=["deleted", "less"],
)
def test_what_was_shipped_is_neither_deleted_nor_made_less(bc: Client, line: dict[str, Any]) -> None:
    order = made(bc)
    handle(bc, order["id"], "ship")
    shipped = read(bc, order["id"])
    (first, _) = shipped["salesOrderLines"]
    assert change(bc, shipped, {"id": first["id"], **line}).status == 400
    assert read(bc, order["id"]) == shipped


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"lines": []}', '{"linesVersion": "2/1"}'])
def test_a_change_names_the_version_of_the_lines(bc: Client, content: str) -> None:
    order = made(bc)
    path = f"salesOrders({order['id']})"
    refused = bc.extension("PATCH", path, {"content": content}, if_match=order["@odata.etag"])
    assert refused.status == (200 if not content else 400)


def test_lines_of_another_order_are_not_changed(bc: Client) -> None:
    order, other = made(bc), made(bc)
    (first, _) = other["salesOrderLines"]
    refused = change(bc, order, {"id": first["id"], "quantity": 9, "unitPrice": 1})
    assert (refused.status, read(bc, other["id"])) == (400, other)


def test_an_id_that_is_taken_makes_no_order(bc: Client) -> None:
    (first, _) = made(bc)["salesOrderLines"]
    line = {"id": first["id"], "lineType": "Item", "itemId": DESK, "quantity": 2}
    content = json.dumps({"customerId": ADATUM, "lines": [line]})
    body = {"tandemKey": str(uuid4()), "content": content}
    assert bc.extension("POST", "salesOrders", body).status == 400
    assert len(bc.get("salesOrders").rows) == 1
