"""Whatever dies, is lost or comes twice while orders go over, each is there once, with all its lines."""

from __future__ import annotations

import json

import pytest

from local.simulate import losses
from local.simulation.world import World
from local.simulators.business_central import control_edits
from local.simulators.wire import Request, Response
from shared_code.core.records import Side
from shared_code.sync.dispatch import handle
from shared_code.sync.messages import QUEUES
from shared_code.sync.tick import tick
from tests.sync import ordering, worlds
from tests.sync.density import places
from tests.sync.dying import died
from tests.sync.ordering import (
    ACTIVE,
    BICYCLE,
    DESK,
    EXTENSION,
    NAME,
    SUBMITTED,
    sold,
    submit,
    told,
    written_in,
)
from tests.sync.worlds import Operations

WITHOUT = ("orders",)
LINES = 4
"""Two products, one written in, and the freight."""


@pytest.fixture(params=[WITHOUT, EXTENSION], ids=["v2.0", "extension"])
def world(request: pytest.FixtureRequest) -> World:
    made = ordering.synchronised(request.param)
    for name, mapping in made.at.mappings.items():
        if name != NAME:
            made.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")
    return made


def begin(world: World) -> str:
    """A salesperson submits an order with everything in it; its id."""
    lines = sold(world, BICYCLE, 2, 99.99), sold(world, DESK, 1, 10), written_in("Assembly", 1, 5)
    return submit(world, *lines, freightamount=3, discountamount=2)


def assert_whole(world: World, orders: list[str]) -> None:
    """Each order is in Business Central once, with all lines and its discount, and is told so."""
    made = {each["id"]: each for each in ordering.in_bc(world)}
    pairs = [ordering.coupling(world, order) for order in orders]
    assert [pair and pair.bc_id in made for pair in pairs] == [True] * len(made)
    for each in made.values():
        assert len(each["salesOrderLines"]) == LINES
        assert (each["discountAmount"], each["totalAmountExcludingTax"]) == (2, 215.98)
    for order, pair in list(zip(orders, pairs, strict=True))[-3:]:
        found = told(world, order)
        assert pair is not None
        assert found["tandem_number"] == made[pair.bc_id]["number"]
        assert (found["tandem_transfer"], found["tandem_reason"]) == ("In Business Central", None)
    assert worlds.codes(world, NAME) == []


@pytest.mark.parametrize(("late", "lease_s"), [(False, 30.0), (True, 30.0), (True, 600.0)])
def test_a_process_may_die_at_any_operation(world: World, late: bool, lease_s: float) -> None:
    operations = Operations(world)
    orders: list[str] = []
    for number in places():
        orders.append(begin(world))
        operations.arm(number, late)
        has_died = died(world, lease_s)
        operations.disarm()
        died(world, lease_s)
        worlds.cycles(world, 2, 700)
        assert_whole(world, orders)
        if not has_died:
            break
    assert number > 50, "too few operations were counted"
    worlds.assert_quiet(world)


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_while_the_status_comes_back(world: World, late: bool) -> None:
    operations = Operations(world)
    order = begin(world)
    worlds.cycles(world, 3)
    for turn, number in enumerate(places()):
        ordering.handle(world, order, "reopen" if turn % 2 else "release")
        operations.arm(number, late)
        has_died = died(world)
        operations.disarm()
        worlds.cycles(world, 2)
        assert told(world, order)["tandem_status"] == ("Open" if turn % 2 else "Released")
        if not has_died:
            break
    assert number > 5


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_while_an_order_is_fulfilled(world: World, late: bool) -> None:
    operations = Operations(world)
    for number in places():
        order = begin(world)
        worlds.cycles(world, 3)
        ordering.handle(world, order, "ship")
        operations.arm(number, late)
        has_died = died(world)
        operations.disarm()
        worlds.cycles(world, 3)
        state = world.person_in_sales.call("GET", f"salesorders({order})")["statecode"]
        assert (state, told(world, order)["tandem_status"]) == (3, "Shipped")
        if not has_died:
            break
    assert number > 5
    assert worlds.codes(world, NAME) == []


def creates_order(request: Request) -> bool:
    return b"salesOrders" in request.body and b'"POST"' in request.body


def lose() -> None:
    raise worlds.ConnectionLost


@pytest.mark.conforms("139175.CreateSalesOrderInNAVWithJobQueueSunshine")
def test_a_lost_answer_makes_no_second_order(world: World) -> None:
    orders = [begin(world) for _ in range(3)]
    wire = worlds.tap(world, Side.BC)
    wire.after = worlds.once(lose, creates_order)
    worlds.cycles(world, 4, 90)
    assert_whole(world, orders)


def test_an_order_that_is_invoiced_before_anybody_knows_of_it_is_found_in_its_invoice(world: World) -> None:
    order = begin(world)
    wire = worlds.tap(world, Side.BC)
    wire.after = worlds.once(lose, creates_order)
    died(world)
    (made,) = ordering.in_bc(world)
    company = world.bc.env.companies[world.at.connection.company_id]
    for act in ("ship", "invoice"):
        control_edits.handle_order(world.bc.env, company, {"order": made["id"], "act": act})
    worlds.cycles(world, 5, 1300)
    assert ordering.in_bc(world) == [], "it is not made again"
    found = told(world, order)
    assert (found["tandem_transfer"], found["tandem_status"]) == ("In Business Central", "Invoiced")
    assert found["tandem_number"] == made["number"]
    assert world.person_in_sales.call("GET", f"salesorders({order})")["statecode"] == 4
    assert worlds.codes(world, NAME) == []
    worlds.cycles(world, 3, 3700)
    assert (ordering.in_bc(world), worlds.codes(world, NAME)) == ([], [])


def test_a_lost_request_is_sent_again(world: World) -> None:
    orders = [begin(world)]
    wire = worlds.tap(world, Side.BC)
    wire.before = worlds.once(lose, creates_order)
    worlds.cycles(world, 4, 700)
    assert_whole(world, orders)


def test_a_request_that_the_network_repeats_makes_one_order_with_the_extension() -> None:
    world = ordering.synchronised(EXTENSION)
    order = begin(world)
    wire = worlds.tap(world, Side.BC)
    again: list[Request] = []

    def repeat(request: Request) -> None:
        if creates_order(request) and not again:
            again.append(request)
            wire.service.handle(request)

    wire.before = repeat
    worlds.cycles(world, 4, 90)
    assert len(again) == 1
    assert_whole(world, [order])


def test_batches_that_come_twice_make_one_order(world: World) -> None:
    orders = [begin(world) for _ in range(3)]
    world.clock.now += 60
    tick(world.parts)
    handled = 0
    while received := [(name, m) for name in QUEUES for m in world.queue.receive(name, 1, 30.0)]:
        for name, message in received:
            for _ in range(2):
                handle(world.parts, name, message.body)
                handled += 1
            world.queue.delete(name, message)
        assert handled < 2000
    worlds.cycles(world, 3, 700)
    assert_whole(world, orders)


def test_what_tandem_keeps_may_be_lost(world: World) -> None:
    """The couplings and intents are gone; the order is found by its key or number, and not made again."""
    order = begin(world)
    worlds.cycles(world, 3)
    made = ordering.of(world, order)
    for table in ("Couplings", "Pairs"):
        losses.lose(world.tables, table, lambda each: NAME in each.partition)
    assert ordering.coupling(world, order) is None
    ordering.set_state(world, order, ACTIVE)
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 4, 700)
    assert [each["id"] for each in ordering.in_bc(world)] == [made["id"]]
    assert_whole(world, [order])


def test_under_its_key_an_order_is_not_made_again_although_its_number_is_gone_from_it() -> None:
    """Everything is lost, and a person wrote another reference: the key alone knows the order."""
    world = ordering.synchronised(EXTENSION)
    order = begin(world)
    worlds.cycles(world, 3)
    made = ordering.of(world, order)
    company = world.bc.env.companies[world.at.connection.company_id]
    company.tables["salesOrders"].rows[made["id"]].extra["yourReference"] = "Mine"
    for table in ("Couplings", "Pairs"):
        losses.lose(world.tables, table, lambda each: NAME in each.partition)
    ordering.set_state(world, order, ACTIVE)
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 4, 700)
    assert [each["id"] for each in ordering.in_bc(world)] == [made["id"]]
    pair = ordering.coupling(world, order)
    assert pair is not None
    assert pair.bc_id == made["id"]


def test_what_tandem_keeps_of_one_order_may_be_lost(world: World) -> None:
    other, order = begin(world), begin(world)
    worlds.cycles(world, 3)
    made = ordering.of(world, order)
    names = (order, made["id"])
    for table in ("Couplings", "Pairs"):
        losses.lose(world.tables, table, lambda each: any(name in each.row for name in names))
    assert ordering.coupling(world, order) is None
    ordering.set_state(world, order, ACTIVE)
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 4, 700)
    assert len(ordering.in_bc(world)) == 2
    assert_whole(world, [other, order])


@pytest.mark.parametrize("answer_is_lost", [False, True])
def test_an_order_whose_lines_were_not_all_stored_is_removed_and_made_whole(answer_is_lost: bool) -> None:
    """A service that keeps the header and some lines of a creation that failed half-way."""
    world = ordering.synchronised(WITHOUT)
    order = begin(world)
    wire = worlds.tap(world, Side.BC)
    cut: list[int] = []
    service = wire.service

    class Lax:
        def handle(self, request: Request) -> Response:
            if creates_order(request) and not cut:
                body = json.loads(request.body)
                lines = body["requests"][0]["body"]["salesOrderLines"]
                cut.append(len(lines))
                del lines[1:]
                headers = {k: v for k, v in request.headers.items() if k.lower() != "content-length"}
                request = Request(request.method, request.target, headers, json.dumps(body).encode())
                if answer_is_lost:
                    service.handle(request)
                    raise worlds.ConnectionLost
            return service.handle(request)

    wire.service = Lax()
    worlds.cycles(world, 1)
    assert cut == [LINES]
    assert len(ordering.in_bc(world)) == answer_is_lost
    worlds.cycles(world, 4, 700 if answer_is_lost else 120)
    assert_whole(world, [order])
