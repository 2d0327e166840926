"""Several orders and one invoice: each is told as invoiced, though the invoice names none of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.simulation.world import World
from tests.sync import ordering, worlds
from tests.sync.ordering import BICYCLE, DESK, EXTENSION, NAME, sold, submit

WITHOUT = ("orders",)
INVOICED = ("Invoiced", (4, 100003))
HOUR_S = 3700
"""After so many seconds all orders have been looked at."""


@pytest.fixture(params=[WITHOUT, EXTENSION], ids=["v2.0", "extension"])
def world(request: pytest.FixtureRequest) -> World:
    return ordering.synchronised(request.param)


@pytest.fixture
def extended() -> World:
    return ordering.synchronised(EXTENSION)


def shipped(world: World, *orders: str) -> None:
    """What these orders became is shipped, and Sales was told so."""
    worlds.cycles(world, 3)
    for order in orders:
        ordering.handle(world, order, "ship")
    worlds.cycles(world, 2)


def seen(world: World, order: str) -> tuple[str, tuple[int, int]]:
    """What Sales is told of an order: the status beside it, and its own state."""
    row = world.person_in_sales.call("GET", f"salesorders({order})?$select=statecode,statuscode")
    return ordering.told(world, order)["tandem_status"], (row["statecode"], row["statuscode"])


@pytest.mark.conforms("139175.CRMSalesOrdersStateInvoicedAfterFullyInvoicedNAVOrdersByOneInvoice")
def test_all_orders_that_one_invoice_takes_whole_are_invoiced(world: World) -> None:
    orders = [submit(world, sold(world, BICYCLE, each, 10)) for each in (1, 2, 3)]
    shipped(world, *orders)
    invoice = ordering.take_shipments(world, *orders)
    worlds.cycles(world, 2)
    assert {seen(world, each) for each in orders} == {("Shipped", (3, 100001))}, "a draft invoices nothing"
    world.person_in_bc().call("POST", f"salesInvoices({invoice})/Microsoft.NAV.post")
    worlds.cycles(world, 2, HOUR_S)
    assert {seen(world, each) for each in orders} == {INVOICED}
    assert len(ordering.in_bc(world)) == 3
    worlds.assert_quiet(world)
    assert worlds.problems(world, NAME) == []


def test_with_the_extension_it_shows_within_a_minute(extended: World) -> None:
    order = submit(extended, sold(extended, BICYCLE, 1, 10))
    shipped(extended, order)
    ordering.invoice_together(extended, order)
    worlds.cycles(extended, 2)
    assert seen(extended, order) == INVOICED


def test_an_order_of_which_something_is_left_is_not_invoiced(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 4, 10), sold(world, DESK, 1, 20))
    first = ordering.of_after(world, order)["salesOrderLines"][0]["id"]
    world.person_in_bc().edit(f"salesOrderLines({first})", shipQuantity=1)
    ordering.handle(world, order, "ship")
    ordering.invoice_together(world, order)
    worlds.cycles(world, 2, HOUR_S)
    assert seen(world, order) == ("Partly shipped", (1, 3))


def test_an_invoiced_order_that_is_taken_away_stays_invoiced(world: World) -> None:
    orders = [submit(world, sold(world, BICYCLE, each, 10)) for each in (1, 2)]
    shipped(world, *orders)
    ordering.invoice_together(world, *orders)
    worlds.cycles(world, 2, HOUR_S)
    ordering.delete_invoiced(world)
    worlds.cycles(world, 3, HOUR_S)
    assert ordering.in_bc(world) == []
    assert {seen(world, each) for each in orders} == {INVOICED}
    assert {ordering.told(world, each)["tandem_transfer"] for each in orders} == {"In Business Central"}
    assert worlds.problems(world, NAME) == []
    worlds.assert_quiet(world)


def test_with_the_extension_one_that_goes_before_anybody_looked_is_invoiced_too(extended: World) -> None:
    orders = [submit(extended, sold(extended, BICYCLE, each, 10)) for each in (1, 2)]
    shipped(extended, *orders)
    ordering.invoice_together(extended, *orders)
    ordering.delete_invoiced(extended)
    worlds.cycles(extended, 3)
    assert {seen(extended, each) for each in orders} == {INVOICED}
    assert worlds.problems(extended, NAME) == []


@pytest.mark.parametrize(("features", "further"), [(WITHOUT, 1), (EXTENSION, 0)], ids=["v2.0", "extension"])
def test_looking_at_shipped_orders_costs_one_request_an_hour_for_all_of_them(
    features: tuple[str, ...], further: int
) -> None:
    world = ordering.synchronised(features)
    orders = [submit(world, sold(world, BICYCLE, 1, 10)) for _ in range(30)]
    worlds.cycles(world, 3)
    before = hourly_requests(world)
    shipped(world, *orders)
    assert hourly_requests(world) - before == further
    assert worlds.problems(world, NAME) == []


def hourly_requests(world: World) -> int:
    """The requests to Business Central of a cycle in which all orders are looked at."""
    worlds.cycles(world, 2)
    world.reset_requests()
    worlds.cycle(world, HOUR_S)
    return len(world.requests["bc"])


@pytest.fixture(params=[WITHOUT, EXTENSION], ids=["v2.0", "extension"])
def invoicing(request: pytest.FixtureRequest) -> World:
    features = (*request.param, "invoices")
    return ordering.synchronised(features, mappings=(NAME, "CUSTOMER", "POSTEDSALESINV-INV"))


def invoices_in_sales(world: World) -> list[str | None]:
    """The orders that the invoices of Sales name."""
    rows = world.person_in_sales.call("GET", "invoices?$orderby=invoicenumber")["value"]
    return [row["_salesorderid_value"] for row in rows]


def test_an_invoice_in_sales_names_its_order(invoicing: World) -> None:
    order = submit(invoicing, sold(invoicing, BICYCLE, 2, 10))
    shipped(invoicing, order)
    ordering.handle(invoicing, order, "invoice")
    worlds.cycles(invoicing, 2)
    assert invoices_in_sales(invoicing) == [order]
    assert worlds.problems(invoicing) == []
    worlds.cycles(invoicing, 2, HOUR_S)
    worlds.assert_quiet(invoicing)


def test_each_invoice_of_a_part_names_the_order(invoicing: World) -> None:
    order = submit(invoicing, sold(invoicing, BICYCLE, 4, 10))
    line = ordering.of_after(invoicing, order)["salesOrderLines"][0]["id"]
    for quantity in (1, 3):
        invoicing.person_in_bc().edit(f"salesOrderLines({line})", shipQuantity=quantity)
        for act in ("ship", "invoice", *(["reopen"] if quantity == 1 else [])):
            ordering.handle(invoicing, order, act)
        worlds.cycles(invoicing, 2)
    assert invoices_in_sales(invoicing) == [order, order]


def test_an_invoice_of_several_orders_names_none_and_is_there_with_all_its_lines(invoicing: World) -> None:
    orders = [submit(invoicing, sold(invoicing, BICYCLE, each, 10)) for each in (1, 2)]
    shipped(invoicing, *orders)
    ordering.invoice_together(invoicing, *orders)
    worlds.cycles(invoicing, 3)
    assert invoices_in_sales(invoicing) == [None]
    (invoice,) = invoicing.person_in_sales.call("GET", "invoices")["value"]
    assert invoice["totalamount"] == 30
    assert worlds.problems(invoicing) == []


def test_an_invoice_of_an_order_that_began_in_business_central_names_none(invoicing: World) -> None:
    person = invoicing.person_in_bc()
    (item,) = [each["id"] for each in person.call("GET", "items")["value"] if each["number"] == BICYCLE]
    body = {"customerNumber": ordering.CUSTOMER, "salesOrderLines": [{"itemId": item, "quantity": 1}]}
    made = person.call("POST", "salesOrders", body)
    person.call("POST", f"salesOrders({made['id']})/Microsoft.NAV.shipAndInvoice")
    worlds.cycles(invoicing, 3)
    assert invoices_in_sales(invoicing) == [None]
    assert worlds.problems(invoicing) == []


def test_an_order_that_was_coupled_and_invoiced_before_anybody_read_it_is_invoiced(world: World) -> None:
    """A person or a match couples it; nothing is on file yet of what either side holds."""
    order = submit(world, sold(world, BICYCLE, 1, 10))
    ordering.of_after(world, order)
    forget(world, order)
    ordering.handle(world, order, "ship")
    ordering.handle(world, order, "invoice")
    worlds.cycles(world, 3, HOUR_S)
    assert seen(world, order) == INVOICED
    assert worlds.problems(world, NAME) == []


def forget(world: World, order: str) -> None:
    """Leave of the pair only that it is one."""
    store = world.at.couplings(NAME)
    pair = ordering.coupling(world, order)
    assert pair is not None, "it is in Business Central"
    bare = replace(pair, base=None, bc_version=None, sales_version=None, in_step=False)
    store.transact(store.update_operations(bare, pair))
