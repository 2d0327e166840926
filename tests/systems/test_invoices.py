"""Invoices over the wire: read with their lines from Business Central, created with them in Sales."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Row, Side, Values
from shared_code.sync.parts import table_of
from shared_code.systems.interface import Creation, Exists, Refused, Table, Written
from tests.sync import invoicing
from tests.sync.invoicing import BICYCLE, DESK, NAME, sold


@pytest.fixture
def world() -> World:
    return invoicing.synchronised()


def table(world: World, side: Side) -> Table:
    return table_of(world.at.mapping(NAME), side)


def read(world: World, *ids: str) -> dict[str, Row]:
    return dict(world.at.systems[Side.BC].read(table(world, Side.BC), ids))


def test_an_invoice_is_read_with_its_lines_in_one_request(world: World) -> None:
    first = invoicing.invoice(world, sold(BICYCLE, 1), sold(DESK, 2, discountPercent=50))
    second = invoicing.invoice(world, sold(DESK, 1))
    world.reset_requests()
    rows = read(world, first, second)
    assert world.requests["bc"] == ["read"]
    assert [len(rows[each].lines) for each in (first, second)] == [2, 1]
    _, desk = sorted(rows[first].lines, key=lambda each: int(str(each["sequence"])))
    assert isinstance(desk["pricePerUnit"], Decimal)
    assert (desk["lineDiscount"], desk["quantity"]) == (desk["pricePerUnit"], 2)
    assert rows[first].values["paymentStatus"] == "Open"


def header(world: World) -> Values:
    """What an invoice of Sales needs."""
    made = invoicing.invoice(world, sold(DESK, 1))
    world.cycle()
    row = invoicing.row(world, made)
    return {
        "name": "I",
        "customerid": row["_customerid_value"],
        "pricelevelid": row["_pricelevelid_value"],
        "transactioncurrencyid": row["_transactioncurrencyid_value"],
    }


def creation(values: Values, *lines: Values) -> Creation:
    def new(each: Values) -> Creation:
        return Creation(each, str(uuid.uuid4()))

    return Creation(values, str(uuid.uuid4()), tuple(map(new, lines)))


WRITTEN: Values = {
    "isproductoverridden": True,
    "productdescription": "Freight",
    "quantity": 2,
    "priceperunit": Decimal("12.34"),
}


def lines_of(world: World, invoice: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.person_in_sales.call("GET", f"invoices({invoice})/invoice_details")[
        "value"
    ]
    return found


def test_an_invoice_is_created_with_its_lines_and_a_repeat_creates_nothing(world: World) -> None:
    new = [creation(header(world), WRITTEN, WRITTEN), creation(header(world), WRITTEN)]
    sales, of_sales = world.at.systems[Side.SALES], table(world, Side.SALES)
    results = sales.create(of_sales, new)
    assert [type(each) for each in results] == [Written, Written]
    rows = [each.row for each in results if isinstance(each, Written)]
    assert [each.values["totalamount"] for each in rows] == [Decimal("49.36"), Decimal("24.68")]
    assert {each["invoicedetailid"] for each in lines_of(world, new[0].id)} == {
        each.id for each in new[0].lines
    }
    assert [type(each) for each in sales.create(of_sales, new)] == [Exists, Exists]
    assert [len(lines_of(world, each.id)) for each in new] == [2, 1]


def test_a_line_that_is_refused_takes_its_invoice_along_and_no_other(world: World) -> None:
    bad = {**WRITTEN, "productdescription": None}
    new = [creation(header(world), WRITTEN, bad), creation(header(world), WRITTEN)]
    results = world.at.systems[Side.SALES].create(table(world, Side.SALES), new)
    assert [type(each) for each in results] == [Refused, Written]
    assert lines_of(world, new[1].id) != []
    assert new[0].id not in {each["invoiceid"] for each in invoicing.in_sales(world)}
