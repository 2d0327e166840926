"""Orders and their lines: numbers, totals, states, what is read only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.dataverse.sales import IN_EUR, Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import Answer

ACTIONS = json.loads((Path(__file__).with_name("samples") / "sales-actions.json").read_text())
PUBLISHED_ID = "00000000-0000-0000-0000-0000000000a1"
SUBMITTED = {"statecode": 1, "statuscode": 3}
ACTIVE = {"statecode": 0, "statuscode": 1}
INVOICED = {"statecode": 4, "statuscode": 100003}


def post_order(catalogue: Catalogue, **more: Any) -> Answer:
    lookups = bind(
        customerid_account=f"accounts({catalogue.client.account()})",
        pricelevelid=f"pricelevels({catalogue.price_list})",
    )
    return catalogue.client.post("salesorders", {"name": "Bicycles", **lookups, **more})


def order(catalogue: Catalogue, **more: Any) -> str:
    return made(post_order(catalogue, **more))


def post_line(catalogue: Catalogue, order_id: str, product: str | None, **more: Any) -> Answer:
    lookups = bind(salesorderid=f"salesorders({order_id})")
    if product:
        lookups |= bind(productid=f"products({product})", uomid=f"uoms({catalogue.unit})")
    return catalogue.client.post("salesorderdetails", {"quantity": 1, **lookups, **more})


def read(catalogue: Catalogue, order_id: str) -> dict[str, Any]:
    return row_of(catalogue.client, f"salesorders({order_id})")


def change(catalogue: Catalogue, order_id: str, values: dict[str, Any]) -> Answer:
    return catalogue.client.patch(f"salesorders({order_id})", values)


def test_an_order_gets_a_number_and_begins_active(catalogue: Catalogue) -> None:
    row = read(catalogue, order(catalogue))
    assert row["ordernumber"].startswith("ORD-01000-")
    assert (row["statecode"], row["statuscode"], row["totalamount"]) == (0, 1, 0)


def test_number_and_currency_are_set_at_creation_only(catalogue: Catalogue) -> None:
    made_ = order(catalogue, ordernumber="SO-1")
    assert change(catalogue, made_, {"ordernumber": "SO-2"}).status == 400
    assert change(catalogue, made_, IN_EUR).status == 400
    assert post_order(catalogue, ordernumber="SO-1").code == "0x80040237"


def test_totals_follow_lines_discount_freight_and_tax(catalogue: Catalogue) -> None:
    product = catalogue.active()
    catalogue.price(product, 10)
    made_ = order(catalogue, discountpercentage=10, freightamount=5)
    assert post_line(catalogue, made_, product, quantity=3, manualdiscountamount=2, tax=4).status == 204
    row = read(catalogue, made_)
    assert (row["totallineitemamount"], row["totalamountlessfreight"], row["totaltax"]) == (28, 25.2, 4)
    assert row["totalamount"] == 34.2


def test_a_submitted_order_is_read_only_and_so_are_its_lines(catalogue: Catalogue) -> None:
    product = catalogue.active()
    catalogue.price(product, 10)
    made_ = order(catalogue)
    line = made(post_line(catalogue, made_, product))
    assert change(catalogue, made_, SUBMITTED).status == 204
    assert row_of(catalogue.client, f"salesorderdetails({line})")["salesorderstatecode"] == 1
    refused = [
        change(catalogue, made_, {"name": "Other"}),
        change(catalogue, made_, {"totalamount": 1}),
        post_line(catalogue, made_, product),
        catalogue.client.patch(f"salesorderdetails({line})", {"quantity": 2}),
        catalogue.client.delete(f"salesorderdetails({line})"),
    ]
    assert [each.code for each in refused] == ["0x80040230"] * len(refused)
    assert change(catalogue, made_, ACTIVE).status == 204
    assert change(catalogue, made_, {"name": "Other"}).status == 204


@pytest.mark.parametrize("state", [{"statecode": 3, "statuscode": 100001}, {"statecode": 2, "statuscode": 4}])
def test_fulfilled_and_canceled_need_their_actions(catalogue: Catalogue, state: dict[str, Any]) -> None:
    refused = change(catalogue, order(catalogue), state)
    assert refused.status == 400
    assert "SalesOrder message" in refused.message


def test_an_order_is_invoiced_by_an_update_and_becomes_active_again(catalogue: Catalogue) -> None:
    made_ = order(catalogue)
    for state in (SUBMITTED, INVOICED, ACTIVE):
        assert change(catalogue, made_, state).status == 204
    assert change(catalogue, made_, SUBMITTED | {"statuscode": 1}).code == "0x80048408"


def close(catalogue: Catalogue, action: str, order_id: str) -> Answer:
    """The published request, for this order."""
    told = json.dumps(ACTIONS[action]["request"]["body"]).replace(PUBLISHED_ID, order_id)
    path = ACTIONS[action]["request"]["path"].removeprefix("/api/data/v9.2/")
    return catalogue.client.post(path, json.loads(told))


@pytest.mark.parametrize(
    ("action", "state"), [("fulfillSalesOrder", (3, 100001)), ("cancelSalesOrder", (2, 4))]
)
def test_the_published_actions_close_an_order(
    catalogue: Catalogue, action: str, state: tuple[int, int]
) -> None:
    made_ = order(catalogue)
    assert change(catalogue, made_, SUBMITTED).status == 204
    assert close(catalogue, action, made_).status == 204
    row = read(catalogue, made_)
    assert (row["statecode"], row["statuscode"]) == state
    assert close(catalogue, action, made_).code == "0x80040233"


def test_an_order_close_must_tell_its_type(catalogue: Catalogue) -> None:
    body = {"Status": 4, "OrderClose": bind(salesorderid=f"salesorders({order(catalogue)})")}
    assert catalogue.client.post("CancelSalesOrder", body).status == 400


def test_lines_are_read_with_their_order(catalogue: Catalogue) -> None:
    product = catalogue.active()
    catalogue.price(product, 10)
    made_ = order(catalogue)
    for quantity in (1, 2):
        post_line(catalogue, made_, product, quantity=quantity)
    found = catalogue.client.get(
        "salesorders?$select=name&$expand=order_details($select=quantity,_productid_value)"
    ).rows
    assert [sorted(line["quantity"] for line in row["order_details"]) for row in found] == [[1, 2]]
    assert catalogue.client.delete(f"salesorders({made_})").status == 204
    assert catalogue.client.get("salesorderdetails").rows == []
