"""Whatever dies, is lost or is overtaken while orders go both ways, no edit is lost, no line doubled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from local.simulation.world import World
from local.simulators.wire import Request
from shared_code.core.records import Side
from tests.sync import ordering, worlds
from tests.sync.density import places
from tests.sync.dying import died
from tests.sync.ordering import ACTIVE, BICYCLE, CHAIR, DESK, NAME, SUBMITTED, bind, sold
from tests.sync.test_orders_both_ways import (
    BOTH_WAYS,
    assert_freight,
    begin,
    edit_in_bc,
    edit_in_sales,
    in_bc,
    in_sales,
    lines_in_sales,
    set_freight,
)
from tests.sync.worlds import Operations


@pytest.fixture
def world() -> World:
    made = ordering.synchronised(BOTH_WAYS)
    for name, mapping in made.at.mappings.items():
        if name != NAME:
            made.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")
    return made


def change_in_sales(world: World, order: str) -> None:
    """One quantity is changed, one line deleted and another added."""
    ordering.set_state(world, order, ACTIVE)
    rows = lines_in_sales(world, order)
    person = world.person_in_sales
    person.edit(f"salesorderdetails({rows[0]['salesorderdetailid']})", quantity=5)
    person.call("DELETE", f"salesorderdetails({rows[1]['salesorderdetailid']})")
    line = {**sold(world, CHAIR, 4, 12.5), "lineitemnumber": 3, "sequencenumber": 3}
    person.call("POST", "salesorderdetails", {**line, **bind("salesorderid", "salesorders", order)})
    ordering.set_state(world, order, SUBMITTED)


def change_in_bc(world: World, order: str) -> None:
    """The same in Business Central, whose order is released before and after."""
    lines = ordering.of(world, order)["salesOrderLines"]
    person = world.person_in_bc()
    person.edit(f"salesOrderLines({lines[0]['id']})", quantity=5)
    person.call("DELETE", f"salesOrderLines({lines[1]['id']})", if_match="*")
    (chair,) = [each for each in person.call("GET", "items")["value"] if each["number"] == CHAIR]
    line = {"itemId": chair["id"], "quantity": 4, "unitPrice": 12.5}
    person.call("POST", f"salesOrders({lines[0]['documentId']})/salesOrderLines", line)


def change_on_both_sides(world: World, order: str) -> None:
    """Each side does a part of it, at the same time."""
    edit_in_bc(world, order, 0, quantity=5)
    ordering.set_state(world, order, ACTIVE)
    rows = lines_in_sales(world, order)
    person = world.person_in_sales
    person.call("DELETE", f"salesorderdetails({rows[1]['salesorderdetailid']})")
    line = {**sold(world, CHAIR, 4, 12.5), "lineitemnumber": 3, "sequencenumber": 3}
    person.call("POST", "salesorderdetails", {**line, **bind("salesorderid", "salesorders", order)})
    ordering.set_state(world, order, SUBMITTED)


def assert_changed(world: World, order: str) -> None:
    """Both sides hold what was written, once."""
    assert in_bc(world, order) == [(BICYCLE, 5, 1000, 0), (CHAIR, 4, 12.5, 0)]
    assert [each[1:3] for each in in_sales(world, order)] == [(5, 1000), (4, 12.5)]
    own = world.person_in_sales.call("GET", f"salesorders({order})")
    assert own["statecode"] == 1
    assert own["totalamountlessfreight"] == ordering.of(world, order)["totalAmountExcludingTax"] == 5050
    assert worlds.codes(world, NAME) == []


CHANGES = [change_in_sales, change_in_bc, change_on_both_sides]
of_each_change = pytest.mark.parametrize("change", CHANGES)


@pytest.mark.parametrize("late", [False, True])
@of_each_change
def test_a_process_may_die_at_any_operation(
    world: World, change: Callable[[World, str], None], late: bool
) -> None:
    operations = Operations(world)
    for number in places():
        order = begin(world)
        change(world, order)
        operations.arm(number, late)
        has_died = died(world)
        operations.disarm()
        died(world)
        worlds.cycles(world, 2)
        assert_changed(world, order)
        if not has_died:
            break
    assert number > 15, "too few operations were counted"
    worlds.assert_quiet(world)


def changes_order(request: Request) -> bool:
    return b"salesOrders(" in request.body and b'"PATCH"' in request.body


def changes_sales_order(request: Request) -> bool:
    return b"changeset_" in request.body


@dataclass(frozen=True)
class Write:
    """A change by a person, and the request that carries it to the other side."""

    change: Callable[[World, str], None]
    side: Side
    is_it: Callable[[Request], bool]


WRITES = [
    Write(change_in_sales, Side.BC, changes_order),
    Write(change_in_bc, Side.SALES, changes_sales_order),
]
of_each_write = pytest.mark.parametrize("write", WRITES, ids=["to-bc", "to-sales"])
before_and_after = pytest.mark.parametrize("when", ["before", "after"])


def lose() -> None:
    raise worlds.ConnectionLost


@before_and_after
@of_each_write
def test_a_lost_request_or_answer_changes_nothing_twice(world: World, write: Write, when: str) -> None:
    order = begin(world)
    write.change(world, order)
    wire = worlds.tap(world, write.side)
    setattr(wire, when, worlds.once(lose, write.is_it))
    worlds.cycles(world, 4)
    assert_changed(world, order)
    worlds.assert_quiet(world)


@before_and_after
def test_a_freight_whose_answer_is_lost_is_one_line(world: World, when: str) -> None:
    order = begin(world)
    set_freight(world, order, 7.5)
    setattr(worlds.tap(world, Side.BC), when, worlds.once(lose, changes_order))
    worlds.cycles(world, 4)
    assert_freight(world, order, 7.5)


def edits_first_line(world: World, order: str, write: Write, when: str, **values: object) -> list[bool]:
    """Somebody edits it once, on the side that is written, right before or after that; whether that was."""
    edit = {Side.BC: edit_in_bc, Side.SALES: edit_in_sales}[write.side]
    seen: list[bool] = []

    def meanwhile(request: Request) -> None:
        if write.is_it(request) and not seen:
            seen.append(True)
            edit(world, order, 0, **values)

    setattr(worlds.tap(world, write.side), when, meanwhile)
    return seen


@before_and_after
@of_each_write
def test_who_edits_a_line_at_the_moment_of_the_write_loses_nothing(
    world: World, write: Write, when: str
) -> None:
    """The price of the first line, on the side that is written, right before or after that."""
    order = begin(world)
    write.change(world, order)
    price = {Side.BC: "unitPrice", Side.SALES: "priceperunit"}[write.side]
    edited = edits_first_line(world, order, write, when, **{price: 900})
    worlds.cycle(world)
    assert (edited, worlds.codes(world, NAME)) == ([True], []), "it is no refusal"
    worlds.cycles(world, 5)
    assert in_bc(world, order) == [(BICYCLE, 5, 900, 0), (CHAIR, 4, 12.5, 0)]
    assert [each[1:3] for each in in_sales(world, order)] == [(5, 900), (4, 12.5)]
    assert worlds.codes(world, NAME) == []
    worlds.assert_quiet(world)


@of_each_write
def test_who_corrects_at_once_what_was_just_written_is_heard(world: World, write: Write) -> None:
    """What the service holds when it is read back is not taken for its own form of what was written.

    Sales tells lines by a further request only: then nobody knows which of the two wrote what, and both
    quantities are a conflict.
    """
    order = begin(world)
    write.change(world, order)
    edited = edits_first_line(world, order, write, "after", quantity=9)
    worlds.cycles(world, 5)
    assert edited == [True]
    held = {side_: in_bc(world, order) if side_ is Side.BC else in_sales(world, order) for side_ in Side}
    quantities = [held[each][0][1] for each in (write.side, write.side.other)]
    told = (quantities, worlds.codes(world, NAME))
    assert told == (([9, 9], []) if write.side is Side.BC else ([9, 5], ["conflict"]))


@of_each_change
def test_an_order_is_changed_by_one_request_to_each_side(
    world: World, change: Callable[[World, str], None]
) -> None:
    order = begin(world)
    seen: dict[Side, list[bytes]] = {side: [] for side in Side}
    for side, writes in ((Side.BC, changes_order), (Side.SALES, changes_sales_order)):
        wire = worlds.tap(world, side)

        def note(request: Request, side: Side = side, writes: Callable[[Request], bool] = writes) -> None:
            if writes(request):
                seen[side].append(request.body)

        wire.before = note
    change(world, order)
    worlds.cycles(world, 3)
    assert_changed(world, order)
    expected = dict(zip(CHANGES, [(1, 0), (0, 1), (1, 1)], strict=True))
    assert (len(seen[Side.BC]), len(seen[Side.SALES])) == expected[change]


def test_a_change_that_business_central_refuses_leaves_the_whole_order_as_it_was(world: World) -> None:
    order = begin(world)
    (desk,) = [e for e in world.person_in_bc().call("GET", "items")["value"] if e["number"] == DESK]
    world.person_in_bc().edit(f"items({desk['id']})", blocked=True)
    ordering.handle(world, order, "release")
    ordering.set_state(world, order, ACTIVE)
    rows = lines_in_sales(world, order)
    world.person_in_sales.edit(f"salesorderdetails({rows[0]['salesorderdetailid']})", quantity=5)
    line = {**sold(world, DESK, 1, 1), "lineitemnumber": 3, "sequencenumber": 3}
    world.person_in_sales.call(
        "POST", "salesorderdetails", {**line, **bind("salesorderid", "salesorders", order)}
    )
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["refused"]
    assert "Blocked" in ordering.told(world, order)["tandem_reason"]
    assert in_bc(world, order) == [(BICYCLE, 2, 1000, 0), (DESK, 3, 99.99, 0)]
    assert ordering.of(world, order)["status"] == "Open", "API v2.0 calls a released order so"
