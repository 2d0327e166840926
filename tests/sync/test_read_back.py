"""A process that sleeps between a write and the reading of what it wrote: what people change meanwhile is
theirs, and not what was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from local.simulation.world import World
from local.simulators.wire import Request, Response, Service
from shared_code.core.records import Side
from tests.sync import ordering, worlds
from tests.sync import test_opportunities as opportunities
from tests.sync.history import test_undos
from tests.sync.ordering import BICYCLE, DESK, FREIGHT_ACCOUNT, sold, submit
from tests.sync.test_orders_both_ways import BOTH_WAYS, freight, in_bc, in_sales

SLEEP_S = 300.0


@dataclass
class WithoutLines:
    """A service whose answers to creations lack the lines, so that they are read by a further request."""

    service: Service

    def handle(self, request: Request) -> Response:
        answer = self.service.handle(request)
        if not creates_order(request):
            return answer
        body = json.loads(answer.body)
        for part in body["responses"]:
            part["body"].pop("salesOrderLines", None)
        return replace(answer, body=json.dumps(body).encode())


def creates_order(request: Request) -> bool:
    return b"/salesOrders" in request.body and b'"POST"' in request.body


def sleep_after(
    world: World, act: Callable[[], object], when: Callable[[Request], bool], *, is_lost: bool = False
) -> worlds.Wire:
    """The process that gets the answer to the first such request sleeps, and meanwhile people act."""

    def meanwhile() -> None:
        act()
        world.clock.now += SLEEP_S
        if is_lost:
            raise worlds.ConnectionLost

    wire = worlds.tap(world, Side.BC)
    wire.after = worlds.once(meanwhile, when)
    return wire


def edit_what_was_made(world: World) -> None:
    """A bookkeeper changes the quantity of the desks, the freight, and the day the order is wanted on."""
    person = world.person_in_bc()
    (order,) = ordering.in_bc(world)
    lines = {each["lineObjectNumber"]: each["id"] for each in order["salesOrderLines"]}
    person.edit(f"salesOrderLines({lines[DESK]})", quantity=4)
    person.edit(f"salesOrderLines({lines[FREIGHT_ACCOUNT]})", unitPrice=63)
    person.edit(f"salesOrders({order['id']})", requestedDeliveryDate="2027-03-01")


@pytest.mark.parametrize("answer", ["whole", "without lines", "lost"])
def test_what_is_changed_on_an_order_before_it_is_read_for_the_first_time_is_carried(answer: str) -> None:
    world = ordering.synchronised(BOTH_WAYS)
    order = submit(world, sold(world, BICYCLE, 2, 1000), sold(world, DESK, 3, 99.99), freightamount=7.0)
    wire = sleep_after(world, lambda: edit_what_was_made(world), creates_order, is_lost=answer == "lost")
    if answer == "without lines":
        wire.service = WithoutLines(wire.service)
    worlds.cycles(world, 6)
    assert {each[:3] for each in in_bc(world, order)} == {
        (BICYCLE, 2, 1000), (DESK, 4, 99.99), (FREIGHT_ACCOUNT, 1, 63),
    }  # fmt: skip
    assert [each[1:3] for each in in_sales(world, order)] == [(2, 1000), (4, 99.99)]
    assert freight(world, order) == (63, [63])
    own = world.person_in_sales.call("GET", f"salesorders({order})")
    assert own["requestdeliveryby"][:10] == "2027-03-01"
    is_told_apart = (own["shipto_name"], own["paymenttermscode"]) == (None, None)
    assert is_told_apart == (answer == "whole"), "the customer's own, where that is known"
    assert worlds.codes(world, ordering.NAME) == []
    worlds.assert_quiet(world)


@pytest.mark.parametrize("answer", ["whole", "without lines"])
def test_the_first_reading_of_an_order_costs_a_request_only_where_the_answer_lacks_its_lines(
    answer: str,
) -> None:
    world = ordering.synchronised(BOTH_WAYS)
    submit(world, sold(world, BICYCLE, 2, 1000))
    wire = worlds.tap(world, Side.BC)
    if answer == "without lines":
        wire.service = WithoutLines(wire.service)
    worlds.cycle(world)
    (at,) = [place for place, each in enumerate(wire.seen) if creates_order(each)]
    read = [each for each in wire.seen[at + 1 :] if b"salesOrderLines" in each.body]
    assert len(read) == (answer == "without lines")


@pytest.fixture
def office() -> World:
    """A company without the extension: a further request tells of the contacts of its opportunities."""
    return opportunities.synchronised()


def enter(office: World) -> str:
    """A salesperson enters an opportunity; its id in Sales."""
    contact = opportunities.of_bc(office)[opportunities.PERSONAL]["contactNumber"]
    return opportunities.enter_in_sales(office, "Ten lamps", contact, opportunities.users(office)["OF"])


def rename_after(office: World, name: str) -> None:
    """Who works in Business Central renames an opportunity as soon as Tandem has written its name there."""

    def rename() -> None:
        found = opportunities.of_bc(office).items()
        (number,) = [each for each, row in found if row["description"] == name]
        opportunities.edit_in_bc(office, number, description="Seventy lamps")

    sleep_after(office, rename, lambda request: name.encode() in request.body and worlds.is_write(request))


def assert_renamed(office: World, opportunity: str) -> None:
    assert opportunities.of_sales(office)[opportunity]["name"] == "Seventy lamps"
    assert "Seventy lamps" in {each["description"] for each in opportunities.of_bc(office).values()}
    assert worlds.codes(office, opportunities.NAME) == []
    worlds.assert_quiet(office)


def untouched(office: World, opportunity: str) -> str:
    pairs = opportunities.couplings(office).values()
    return next(each.untouched for each in pairs if each.sales_id == opportunity)


def test_what_is_renamed_between_its_creation_and_its_reading_keeps_the_new_name(office: World) -> None:
    made = enter(office)
    rename_after(office, "Ten lamps")
    worlds.cycles(office, 4)
    assert_renamed(office, made)
    assert untouched(office, made) == ""


def test_what_is_renamed_between_an_update_and_its_reading_keeps_the_new_name(office: World) -> None:
    made = enter(office)
    worlds.cycles(office, 3)
    assert untouched(office, made)
    office.person_in_sales.edit(f"opportunities({made})", name="Twenty lamps")
    rename_after(office, "Twenty lamps")
    worlds.cycles(office, 4)
    assert_renamed(office, made)
    assert untouched(office, made) == "", "who undoes the creation must not delete what somebody edited"


def test_what_is_renamed_between_an_undo_and_its_reading_keeps_the_new_name(office: World) -> None:
    made = enter(office)
    worlds.cycles(office, 3)
    office.person_in_sales.edit(f"opportunities({made})", name="Twenty lamps")
    worlds.cycle(office)
    undo = test_undos.begin(office, job=office.at.jobs.newest(1)[0].id)
    rename_after(office, "Ten lamps")
    test_undos.run(office, undo)
    worlds.cycles(office, 4)
    assert_renamed(office, made)
