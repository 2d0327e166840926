"""A preview of orders: what would be created with how many lines, what is refused, and nothing is written."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.store.previews import Kind
from shared_code.sync.full_sync import Request
from tests.sync import ordering, worlds
from tests.sync.ordering import BICYCLE, DESK, NAME, sold, submit
from tests.sync.previewing.paper_worlds import planned, previewed

ONLY = Request((NAME,))
BOTH_WAYS = (*ordering.EXTENSION, "orders_both_ways")


@pytest.fixture(params=[("orders",), ordering.EXTENSION, BOTH_WAYS], ids=["v2.0", "extension", "both ways"])
def world(request: pytest.FixtureRequest) -> World:
    return ordering.synchronised(request.param)


def test_a_preview_shows_the_order_that_would_be_made_and_makes_none(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 2, 1000), sold(world, DESK, 1, 99.99), freightamount=5)
    wires = {side: worlds.tap(world, side) for side in Side}
    writes = planned(world, previewed(world, ONLY))
    (made,) = [each for each in writes if each.kind is Kind.CREATE]
    assert (made.mapping, made.side) == (NAME, Side.BC)
    assert [r.target for wire in wires.values() for r in wire.seen if worlds.is_write(r)] == []
    assert ordering.in_bc(world) == []
    worlds.cycles(world, 3)
    assert ordering.of(world, order)["totalAmountExcludingTax"] == 2104.99


def test_a_preview_does_not_show_an_order_that_would_be_refused(world: World) -> None:
    submit(world)
    writes = planned(world, previewed(world, ONLY))
    assert [each for each in writes if each.kind is Kind.CREATE] == []


def test_a_preview_shows_what_sales_would_be_told(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 10))
    ordering.of_after(world, order)
    ordering.handle(world, order, "ship")
    (write,) = planned(world, previewed(world, ONLY))
    assert (write.side, write.kind, write.record_id) == (Side.SALES, Kind.UPDATE, order)
    assert write.new["tandem_status"] == "Shipped"
    assert write.new["statecode"] == 3


def test_an_order_that_is_in_step_is_not_planned(world: World) -> None:
    ordering.of_after(world, submit(world, sold(world, BICYCLE, 1, 10)))
    assert planned(world, previewed(world, ONLY)) == []


def test_a_preview_shows_what_would_be_changed_of_an_order_and_changes_nothing() -> None:
    world = ordering.synchronised(BOTH_WAYS)
    order = submit(world, sold(world, BICYCLE, 2, 1000), sold(world, DESK, 1, 99.99))
    made = ordering.of_after(world, order)
    ordering.set_state(world, order, ordering.ACTIVE)
    rows = world.person_in_sales.call("GET", "salesorderdetails")["value"]
    (line,) = [each for each in rows if each["quantity"] == 2]
    world.person_in_sales.edit(f"salesorderdetails({line['salesorderdetailid']})", quantity=5)
    ordering.set_state(world, order, ordering.SUBMITTED)
    (write,) = planned(world, previewed(world, ONLY))
    assert (write.side, write.kind, write.record_id) == (Side.BC, Kind.UPDATE, made["id"])
    assert '"quantity":5' in str(write.new["orderLines"])
    assert ordering.of(world, order)["salesOrderLines"][0]["quantity"] == 2
    assert worlds.codes(world, NAME) == []


@pytest.mark.parametrize("side", list(Side))
def test_a_preview_shows_another_freight_or_discount_and_changes_nothing(side: Side) -> None:
    world = ordering.synchronised(BOTH_WAYS)
    order = submit(world, sold(world, BICYCLE, 2, 1000), freightamount=5)
    made = ordering.of_after(world, order)
    if side is Side.BC:
        ordering.set_state(world, order, ordering.ACTIVE)
        world.person_in_sales.edit(f"salesorders({order})", freightamount=8, discountamount=30)
        ordering.set_state(world, order, ordering.SUBMITTED)
        wanted = {"orderLines": '"unitPrice":8', "invoiceDiscountAmount": "30"}
    else:
        (line,) = [each for each in made["salesOrderLines"] if each["lineType"] == "Account"]
        world.person_in_bc().edit(f"salesOrderLines({line['id']})", unitPrice=8)
        world.person_in_bc().edit(f"salesOrders({made['id']})", discountAmount=30)
        wanted = {"freightamount": "8", "discountamount": "30"}
    writes = [each for each in planned(world, previewed(world, ONLY)) if each.new.keys() & wanted.keys()]
    (write,) = writes
    assert (write.side, write.kind) == (side, Kind.UPDATE)
    assert all(text in str(write.new[name]) for name, text in wanted.items())
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == []
    assert ordering.of(world, order)["totalAmountExcludingTax"] == 1978
