"""Orders that go both ways: header and lines merge, and each write is all or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central import control_edits
from shared_code.core.mapping import ConflictRule
from shared_code.core.order_lines import MOST_LINES
from shared_code.core.records import Side
from shared_code.sync.conflicts.deciding import Decision, decide_conflicts
from tests.sync import ordering, worlds
from tests.sync.ordering import (
    ACTIVE,
    BICYCLE,
    CHAIR,
    DESK,
    EXTENSION,
    FREIGHT_ACCOUNT,
    NAME,
    SUBMITTED,
    bind,
    sold,
    submit,
    told,
)

BOTH_WAYS = (*EXTENSION, "orders_both_ways")


@pytest.fixture
def world() -> World:
    return ordering.synchronised(BOTH_WAYS)


def begin(world: World, **header: Any) -> str:
    """An order with two lines that is in Business Central; its id in Sales."""
    order = submit(world, sold(world, BICYCLE, 2, 1000), sold(world, DESK, 3, 99.99), **header)
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == []
    return order


def lines_in_sales(world: World, order: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.person_in_sales.call("GET", "salesorderdetails")["value"]
    own = [each for each in rows if each["_salesorderid_value"] == order]
    return sorted(own, key=lambda each: each["sequencenumber"] or 0)


def edit_in_sales(world: World, order: str, line: int, **values: Any) -> None:
    """A salesperson makes the order Active, edits a line, and submits it again."""
    ordering.set_state(world, order, ACTIVE)
    row = lines_in_sales(world, order)[line]
    world.person_in_sales.edit(f"salesorderdetails({row['salesorderdetailid']})", **values)
    ordering.set_state(world, order, SUBMITTED)


def edit_in_bc(world: World, order: str, line: int, **values: Any) -> None:
    """A bookkeeper edits a line of the order, which is open."""
    row = ordering.of(world, order)["salesOrderLines"][line]
    world.person_in_bc().edit(f"salesOrderLines({row['id']})", **values)


def in_bc(world: World, order: str) -> list[tuple[Any, ...]]:
    names = ("lineObjectNumber", "quantity", "unitPrice", "discountAmount")
    lines = ordering.of(world, order)["salesOrderLines"]
    return [tuple(each[name] for name in names) for each in lines]


def in_sales(world: World, order: str) -> list[tuple[Any, ...]]:
    names = ("salesorderdetailname", "quantity", "priceperunit", "manualdiscountamount")
    return [tuple(each.get(name) or 0 for name in names) for each in lines_in_sales(world, order)]


def assert_in_step(world: World, order: str) -> None:
    """Both sides come to the same, nothing is listed, and nothing more is written."""
    assert worlds.codes(world, NAME) == []
    made, own = ordering.of(world, order), world.person_in_sales.call("GET", f"salesorders({order})")
    assert made["totalAmountExcludingTax"] == own["totalamountlessfreight"]
    assert own["statecode"] == 1
    assert len(made["salesOrderLines"]) == len(lines_in_sales(world, order))
    worlds.assert_quiet(world)


def test_an_order_that_nobody_changed_is_not_written(world: World) -> None:
    order = begin(world)
    before = world.person_in_sales.call("GET", f"salesorders({order})")
    worlds.cycles(world, 3)
    assert world.person_in_sales.call("GET", f"salesorders({order})") == before
    assert_in_step(world, order)


def test_a_quantity_that_the_salesperson_corrects_goes_over(world: World) -> None:
    order = begin(world)
    edit_in_sales(world, order, 0, quantity=5)
    worlds.cycles(world, 3)
    assert in_bc(world, order) == [(BICYCLE, 5, 1000, 0), (DESK, 3, 99.99, 0)]
    assert_in_step(world, order)


def test_a_quantity_that_the_bookkeeper_corrects_comes_back(world: World) -> None:
    order = begin(world)
    edit_in_bc(world, order, 1, quantity=7)
    worlds.cycles(world, 3)
    assert [each[1] for each in in_sales(world, order)] == [2, 7]
    assert_in_step(world, order)


def test_a_quantity_here_and_a_price_there_meet(world: World) -> None:
    order = begin(world)
    edit_in_sales(world, order, 0, quantity=5)
    edit_in_bc(world, order, 0, unitPrice=900)
    worlds.cycles(world, 3)
    assert in_bc(world, order)[0] == (BICYCLE, 5, 900, 0)
    assert in_sales(world, order)[0][1:3] == (5, 900)
    assert_in_step(world, order)


def test_a_line_that_the_salesperson_adds_is_added(world: World) -> None:
    order = begin(world)
    ordering.set_state(world, order, ACTIVE)
    line = {**sold(world, CHAIR, 4, 12.5), "lineitemnumber": 3, "sequencenumber": 3}
    world.person_in_sales.call(
        "POST", "salesorderdetails", {**line, **bind("salesorderid", "salesorders", order)}
    )
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 3)
    assert in_bc(world, order)[2] == (CHAIR, 4, 12.5, 0)
    assert_in_step(world, order)


def test_a_line_that_the_bookkeeper_adds_is_added(world: World) -> None:
    order = begin(world)
    made = ordering.of(world, order)
    (chair,) = [
        each for each in world.person_in_bc().call("GET", "items")["value"] if each["number"] == CHAIR
    ]
    line = {"itemId": chair["id"], "quantity": 2, "unitPrice": 20, "discountAmount": 4}
    world.person_in_bc().call("POST", f"salesOrders({made['id']})/salesOrderLines", line)
    worlds.cycles(world, 3)
    assert in_sales(world, order)[2][1:] == (2, 20, 4)
    assert (
        lines_in_sales(world, order)[2]["_productid_value"] == ordering.product_of(world, CHAIR)["productid"]
    )
    assert_in_step(world, order)


def test_a_line_that_the_salesperson_deletes_is_deleted(world: World) -> None:
    order = begin(world)
    ordering.set_state(world, order, ACTIVE)
    row = lines_in_sales(world, order)[0]
    world.person_in_sales.call("DELETE", f"salesorderdetails({row['salesorderdetailid']})")
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 3)
    assert in_bc(world, order) == [(DESK, 3, 99.99, 0)]
    assert_in_step(world, order)


def test_a_line_that_the_bookkeeper_deletes_is_deleted(world: World) -> None:
    order = begin(world)
    row = ordering.of(world, order)["salesOrderLines"][0]
    world.person_in_bc().call("DELETE", f"salesOrderLines({row['id']})", if_match="*")
    worlds.cycles(world, 3)
    assert [each[1] for each in in_sales(world, order)] == [3]
    assert_in_step(world, order)


def test_a_released_order_is_released_again_after_the_change(world: World) -> None:
    order = begin(world)
    ordering.handle(world, order, "release")
    worlds.cycles(world, 2)
    edit_in_sales(world, order, 0, quantity=1)
    worlds.cycles(world, 3)
    assert in_bc(world, order)[0] == (BICYCLE, 1, 1000, 0)
    assert (ordering.of(world, order)["status"], told(world, order)["tandem_status"]) == ("Open", "Released")
    assert_in_step(world, order)


def test_header_fields_go_both_ways(world: World) -> None:
    order = begin(world, shipto_name="Warehouse", shipto_line1="Main Street 1", shipto_city="Oslo")
    made = ordering.of(world, order)
    world.person_in_bc().edit(f"salesOrders({made['id']})", requestedDeliveryDate="2027-05-01")
    ordering.set_state(world, order, ACTIVE)
    world.person_in_sales.edit(f"salesorders({order})", shipto_line1="Side Street 2")
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 3)
    assert ordering.of(world, order)["shipToAddressLine1"] == "Side Street 2"
    assert ordering.of(world, order)["shipToCity"] == "Oslo"
    own = world.person_in_sales.call("GET", f"salesorders({order})")
    assert own["requestdeliveryby"].startswith("2027-05-01")
    assert_in_step(world, order)


def test_two_quantities_of_one_line_are_a_conflict_and_hold_up_no_other_line(world: World) -> None:
    order = begin(world)
    edit_in_sales(world, order, 0, quantity=5)
    edit_in_sales(world, order, 1, quantity=9)
    edit_in_bc(world, order, 0, quantity=6)
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["conflict"]
    assert [each[1] for each in in_bc(world, order)] == [6, 9]
    assert [each[1] for each in in_sales(world, order)] == [5, 9]


@pytest.mark.conforms("139175.SyncFromCRMReopensOrderWhenPrepaymentOutstanding")
@pytest.mark.parametrize(
    ("status", "what"), [("In_x0020_Review", "approval"), ("Pending_x0020_Prepayment", "prepayment")]
)
def test_an_order_that_waits_for_approval_or_prepayment_waits_and_says_so(
    world: World, status: str, what: str
) -> None:
    order = begin(world)
    set_status(world, order, status)
    worlds.cycles(world, 2)
    assert told(world, order)["tandem_status"] == f"Waiting for {what}"
    edit_in_sales(world, order, 0, quantity=5)
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["waits_for_approval"]
    assert in_bc(world, order)[0] == (BICYCLE, 2, 1000, 0)
    set_status(world, order, "Open")
    worlds.cycles(world, 3, 400)
    assert in_bc(world, order)[0] == (BICYCLE, 5, 1000, 0)
    assert_in_step(world, order)


@pytest.mark.conforms("139175.BidirectionalSalesOrderCreatesArchive")
def test_a_version_of_the_order_is_archived_before_each_change(world: World) -> None:
    order = begin(world)
    for quantity in (5, 6):
        edit_in_sales(world, order, 0, quantity=quantity)
        worlds.cycles(world, 2)
    pair = ordering.coupling(world, order)
    assert pair is not None
    company = world.bc.env.companies[world.at.connection.company_id]
    assert company.tables["salesOrders"].rows[pair.bc_id].extra["archivedVersions"] == 2


def set_status(world: World, order: str, status: str) -> None:
    """An approval workflow of Business Central."""
    pair = ordering.coupling(world, order)
    assert pair is not None
    with_company = world.bc.env.companies[world.at.connection.company_id]
    control_edits.set_order_status(world.bc.env, with_company, pair.bc_id, status)


def test_what_was_shipped_is_not_deleted_and_does_not_become_less(world: World) -> None:
    order = begin(world)
    ship_one_line(world, order)
    worlds.cycles(world, 2)
    edit_in_sales(world, order, 0, quantity=1)
    edit_in_sales(world, order, 1, quantity=4)
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["order_shipped"]
    assert "2 of it were shipped" in told(world, order)["tandem_reason"]
    assert [each[1] for each in in_bc(world, order)] == [2, 4]
    edit_in_sales(world, order, 0, quantity=2)
    worlds.cycles(world, 3, 400)
    assert_in_step(world, order)


def ship_one_line(world: World, order: str) -> None:
    """The first line is shipped, the second is not."""
    row = ordering.of(world, order)["salesOrderLines"][1]
    world.person_in_bc().edit(f"salesOrderLines({row['id']})", shipQuantity=0)
    ordering.handle(world, order, "ship")


@pytest.mark.parametrize("together", [False, True], ids=["alone", "with-others"])
def test_an_edit_after_the_order_was_invoiced_is_listed(world: World, together: bool) -> None:
    order = begin(world)
    ordering.handle(world, order, "ship")
    if together:
        ordering.invoice_together(world, order)
    else:
        ordering.handle(world, order, "invoice")
    worlds.cycles(world, 3)
    assert told(world, order)["tandem_status"] == "Invoiced"
    assert worlds.codes(world, NAME) == []
    ordering.set_state(world, order, ACTIVE)
    row = lines_in_sales(world, order)[0]
    world.person_in_sales.edit(f"salesorderdetails({row['salesorderdetailid']})", quantity=9)
    ordering.set_state(world, order, {"statecode": 4, "statuscode": 100003})
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["order_done"]


def test_what_changes_in_business_central_after_the_order_is_fulfilled_in_sales_is_listed(
    world: World,
) -> None:
    order = begin(world)
    ordering.fulfill(world, order)
    edit_in_bc(world, order, 0, quantity=3)
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["order_done"]
    assert [each[1] for each in in_sales(world, order)] == [2, 3]


def test_an_order_that_is_edited_at_the_moment_is_left_alone_until_it_is_submitted(world: World) -> None:
    order = begin(world)
    ordering.set_state(world, order, ACTIVE)
    edit_in_bc(world, order, 0, quantity=3)
    worlds.cycles(world, 3)
    assert [each[1] for each in in_sales(world, order)] == [2, 3]
    ordering.set_state(world, order, SUBMITTED)
    worlds.cycles(world, 3)
    assert [each[1] for each in in_sales(world, order)] == [3, 3]
    assert_in_step(world, order)


def test_the_freight_is_no_line_of_sales(world: World) -> None:
    order = begin(world, freightamount=7.5)
    edit_in_bc(world, order, 1, quantity=1)
    worlds.cycles(world, 3)
    assert [each[1] for each in in_sales(world, order)] == [2, 1]
    assert freight(world, order) == (7.5, [7.5])
    assert worlds.codes(world, NAME) == []
    worlds.assert_quiet(world)


def freight(world: World, order: str) -> tuple[float, list[float]]:
    """The freight in Sales, and the lines of freight in Business Central by their amounts."""
    own = world.person_in_sales.call("GET", f"salesorders({order})?$select=freightamount")
    lines = ordering.of(world, order)["salesOrderLines"]
    there = [each["netAmount"] for each in lines if each["lineObjectNumber"] == FREIGHT_ACCOUNT]
    return own["freightamount"] or 0, there


def set_freight(world: World, order: str, amount: float) -> None:
    """A salesperson makes the order Active, enters another freight, and submits it again."""
    ordering.set_state(world, order, ACTIVE)
    world.person_in_sales.edit(f"salesorders({order})", freightamount=amount)
    ordering.set_state(world, order, SUBMITTED)


def assert_freight(world: World, order: str, *lines: float) -> None:
    assert freight(world, order) == (sum(lines), list(lines))
    assert worlds.codes(world, NAME) == []
    made, own = ordering.of(world, order), world.person_in_sales.call("GET", f"salesorders({order})")
    assert made["totalAmountExcludingTax"] == own["totalamount"]
    worlds.assert_quiet(world)


@pytest.mark.parametrize(("before", "after"), [(7.5, 12.25), (7.5, 0), (0, 9.99)])
def test_a_freight_that_the_salesperson_changes_goes_over(world: World, before: float, after: float) -> None:
    order = begin(world, freightamount=before)
    set_freight(world, order, after)
    worlds.cycles(world, 3)
    assert_freight(world, order, *([after] if after else []))


def test_a_freight_that_comes_and_goes_is_one_line(world: World) -> None:
    order = begin(world)
    for amount in (5, 0, 6, 7):
        set_freight(world, order, amount)
        worlds.cycles(world, 3)
    assert_freight(world, order, 7)


def test_a_freight_that_the_bookkeeper_changes_comes_back(world: World) -> None:
    order = begin(world, freightamount=7.5)
    edit_in_bc(world, order, 2, unitPrice=10)
    worlds.cycles(world, 3)
    assert_freight(world, order, 10)


def test_a_freight_that_the_bookkeeper_adds_or_deletes_comes_back(world: World) -> None:
    order = begin(world)
    person, made = world.person_in_bc(), ordering.of(world, order)
    line = {"lineType": "Account", "lineObjectNumber": FREIGHT_ACCOUNT, "quantity": 2, "unitPrice": 4}
    first = person.call("POST", f"salesOrders({made['id']})/salesOrderLines", line)
    worlds.cycles(world, 3)
    assert_freight(world, order, 8)
    person.call("POST", f"salesOrders({made['id']})/salesOrderLines", {**line, "quantity": 1})
    worlds.cycles(world, 3)
    assert_freight(world, order, 8, 4)
    set_freight(world, order, 10)
    worlds.cycles(world, 3)
    assert_freight(world, order, 6, 4)
    person.call("DELETE", f"salesOrderLines({first['id']})", if_match="*")
    worlds.cycles(world, 3)
    assert_freight(world, order, 4)


@pytest.mark.parametrize("winner", list(Side))
def test_two_freights_are_a_conflict_that_a_person_decides(world: World, winner: Side) -> None:
    order = begin(world, freightamount=7.5)
    set_freight(world, order, 8)
    edit_in_bc(world, order, 2, unitPrice=9)
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["conflict"]
    decide(world, order, winner)
    assert_freight(world, order, 9 if winner is Side.BC else 8)


def test_a_freight_without_an_account_is_listed_and_the_rest_goes_on() -> None:
    world = ordering.synchronised(BOTH_WAYS, order_accounts="")
    order = begin(world)
    set_freight(world, order, 5)
    edit_in_sales(world, order, 0, quantity=7)
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["account_missing"]
    assert "no account is set for freight" in told(world, order)["tandem_reason"]
    assert [each[1] for each in in_bc(world, order)] == [7, 3]


def test_a_freight_that_was_shipped_is_not_taken_back(world: World) -> None:
    order = begin(world, freightamount=7.5)
    ordering.handle(world, order, "ship")
    set_freight(world, order, 0)
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["order_shipped"]
    assert freight(world, order) == (0, [7.5])


def test_what_is_written_in_keeps_text_and_account(world: World) -> None:
    order = submit(world, ordering.written_in("Assembly", 1, 25))
    worlds.cycles(world, 3)
    edit_in_bc(world, order, 0, description="Assembly on site")
    worlds.cycles(world, 2)
    assert lines_in_sales(world, order)[0]["productdescription"] == "Assembly on site"
    edit_in_sales(world, order, 0, priceperunit=30)
    worlds.cycles(world, 3)
    assert ordering.of(world, order)["salesOrderLines"][0]["unitPrice"] == 30
    assert_in_step(world, order)


@pytest.mark.parametrize("winner", list(Side))
def test_a_person_decides_a_conflict_of_a_line(world: World, winner: Side) -> None:
    order = begin(world)
    edit_in_sales(world, order, 0, quantity=5)
    edit_in_bc(world, order, 0, quantity=6)
    worlds.cycles(world, 2)
    decide(world, order, winner)
    wanted = 6 if winner is Side.BC else 5
    assert (in_bc(world, order)[0][1], in_sales(world, order)[0][1]) == (wanted, wanted)
    assert_in_step(world, order)


@pytest.mark.parametrize("winner", list(Side))
def test_a_person_decides_about_a_line_that_one_deleted_and_the_other_edited(
    world: World, winner: Side
) -> None:
    order = begin(world)
    edit_in_sales(world, order, 0, quantity=5)
    row = ordering.of(world, order)["salesOrderLines"][0]
    world.person_in_bc().call("DELETE", f"salesOrderLines({row['id']})", if_match="*")
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["conflict"]
    decide(world, order, winner)
    quantities = [3] if winner is Side.BC else [3, 5]
    assert sorted(each[1] for each in in_bc(world, order)) == quantities
    assert sorted(each[1] for each in in_sales(world, order)) == quantities
    assert_in_step(world, order)


def decide(world: World, order: str, winner: Side) -> None:
    pair = ordering.coupling(world, order)
    assert pair is not None
    decide_conflicts(world.parts, world.at, NAME, Decision(winner, {pair.bc_id: ""}, by="Chris"))
    worlds.cycles(world, 3)


def test_the_built_in_rule_of_the_mapping_decides_lines_too() -> None:
    world = ordering.synchronised(BOTH_WAYS)
    mapping = world.at.mappings[NAME]
    world.at.mappings[NAME] = replace(mapping, conflict=ConflictRule.SALES_WINS)
    order = begin(world)
    edit_in_sales(world, order, 0, quantity=5)
    edit_in_bc(world, order, 0, quantity=6)
    worlds.cycles(world, 3)
    assert (in_bc(world, order)[0][1], in_sales(world, order)[0][1]) == (5, 5)
    assert_in_step(world, order)


def test_an_order_with_hundreds_of_lines_goes_both_ways(world: World) -> None:
    order = submit(world, *[sold(world, BICYCLE, 1, 10 + at) for at in range(MOST_LINES)])
    worlds.cycles(world, 3)
    edit_in_sales(world, order, 7, quantity=5)
    edit_in_bc(world, order, MOST_LINES - 1, unitPrice=3)
    worlds.cycles(world, 3)
    assert (in_bc(world, order)[7][1], in_sales(world, order)[-1][2]) == (5, 3)
    assert_in_step(world, order)


def test_the_lines_of_an_order_that_has_more_are_carried_once(world: World) -> None:
    lines = [ordering.written_in("Assembly", 1, 5)] * (MOST_LINES + 1)
    order = submit(world, *lines, requestdeliveryby="2027-03-01T00:00:00Z")
    worlds.cycles(world, 3)
    edit_in_sales(world, order, 0, quantity=5)
    made = ordering.of(world, order)
    world.person_in_bc().edit(f"salesOrders({made['id']})", requestedDeliveryDate="2027-05-01")
    worlds.cycles(world, 3)
    assert ordering.of(world, order)["salesOrderLines"][0]["quantity"] == 1
    own = world.person_in_sales.call("GET", f"salesorders({order})")
    assert own["requestdeliveryby"].startswith("2027-05-01")
    assert worlds.codes(world, NAME) == ["totals_differ"]


def discounts(world: World, order: str) -> tuple[float, float]:
    """What is taken off the order as a whole in Sales, and in Business Central."""
    own = world.person_in_sales.call("GET", f"salesorders({order})")
    return own["totaldiscountamount"], ordering.of(world, order)["discountAmount"]


def set_header(world: World, order: str, **values: Any) -> None:
    """A salesperson makes the order Active, edits it, and submits it again."""
    ordering.set_state(world, order, ACTIVE)
    world.person_in_sales.edit(f"salesorders({order})", **values)
    ordering.set_state(world, order, SUBMITTED)


@pytest.mark.parametrize("before", [{}, {"discountamount": 100}, {"discountpercentage": 10}])
@pytest.mark.parametrize(
    ("after", "amount"),
    [
        ({"discountamount": 50, "discountpercentage": None}, 50),
        ({"discountamount": None, "discountpercentage": 20}, 459.99),
        ({"discountamount": None, "discountpercentage": None}, 0),
    ],
)
def test_a_discount_on_the_order_that_the_salesperson_changes_goes_over(
    world: World, before: dict[str, float], after: dict[str, float | None], amount: float
) -> None:
    order = begin(world, **before)
    set_header(world, order, **after)
    worlds.cycles(world, 3)
    assert discounts(world, order) == (amount, amount)
    assert_in_step(world, order)


@pytest.mark.parametrize("before", [{}, {"discountamount": 100}, {"discountpercentage": 10}])
@pytest.mark.parametrize("amount", [0, 12.34])
def test_a_discount_on_the_order_that_the_bookkeeper_changes_comes_back(
    world: World, before: dict[str, float], amount: float
) -> None:
    order = begin(world, **before)
    world.person_in_bc().edit(f"salesOrders({ordering.of(world, order)['id']})", discountAmount=amount)
    worlds.cycles(world, 3)
    assert discounts(world, order) == (amount, amount)
    assert_in_step(world, order)


@pytest.mark.parametrize("side", list(Side))
def test_a_percentage_of_sales_follows_the_lines_whoever_changes_them(world: World, side: Side) -> None:
    order = begin(world, discountpercentage=10)
    edit = edit_in_bc if side is Side.BC else edit_in_sales
    edit(world, order, 0, quantity=4)
    worlds.cycles(world, 4)
    assert discounts(world, order) == (430, 430)
    assert_in_step(world, order)


def test_two_discounts_on_the_order_are_a_conflict(world: World) -> None:
    order = begin(world, discountamount=100)
    set_header(world, order, discountamount=90)
    world.person_in_bc().edit(f"salesOrders({ordering.of(world, order)['id']})", discountAmount=80)
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["conflict"]
    decide(world, order, Side.BC)
    assert discounts(world, order) == (80, 80)
    assert_in_step(world, order)


def days(world: World, order: str) -> list[tuple[str, str]]:
    """On which day each line is wanted, in Sales and in Business Central."""
    there = {each["id"]: each["requestedDeliveryDate"] for each in _extended_lines(world)}
    here = [str(each["requestdeliveryby"] or "")[:10] for each in lines_in_sales(world, order)]
    ids = [each["id"] for each in ordering.of(world, order)["salesOrderLines"]]
    return list(zip(here, (there[each] for each in ids), strict=True))


def _extended_lines(world: World) -> list[dict[str, Any]]:
    plain = world.person_in_bc()
    person = replace(plain, root=plain.root.replace("/api/v2.0/", "/api/tandem/sync/v1.0/"))
    found: list[dict[str, Any]] = person.call("GET", "salesOrderLines", **worlds.PRIMARY)["value"]
    return found


def at(day: str) -> str:
    """A day as Sales' editor stores it for somebody in London."""
    return f"{day}T00:00:00Z"


SOON, LATER, LATEST = "2026-12-01", "2026-12-24", "2027-01-15"


def test_the_day_a_line_is_wanted_on_is_carried_with_the_order(world: World) -> None:
    lines = (sold(world, BICYCLE, 2, 1000, requestdeliveryby=at(LATER)), sold(world, DESK, 3, 99.99))
    order = submit(world, *lines, requestdeliveryby=at(SOON))
    worlds.cycles(world, 3)
    assert days(world, order) == [(LATER, LATER), ("", SOON)]
    assert_in_step(world, order)


@pytest.mark.parametrize("before", ["", LATER])
@pytest.mark.parametrize("after", ["", LATEST])
def test_the_day_of_a_line_goes_both_ways(world: World, before: str, after: str) -> None:
    first = sold(world, BICYCLE, 2, 1000, **({"requestdeliveryby": at(before)} if before else {}))
    order = submit(world, first, sold(world, DESK, 3, 99.99), requestdeliveryby=at(SOON))
    worlds.cycles(world, 3)
    edit_in_sales(world, order, 0, requestdeliveryby=at(after) if after else None)
    set_day_in_bc(world, order, 1, LATER)
    worlds.cycles(world, 3)
    assert days(world, order) == [(after, after or SOON), (LATER, LATER)]
    set_day_in_bc(world, order, 1, SOON)
    worlds.cycles(world, 3)
    assert days(world, order) == [(after, after or SOON), ("", SOON)]
    assert_in_step(world, order)


def set_day_in_bc(world: World, order: str, line: int, day: str) -> None:
    row = ordering.of(world, order)["salesOrderLines"][line]
    company = world.bc.env.companies[world.at.connection.company_id]
    control_edits.set_line_day(world.bc.env, company, row["id"], day)


def test_another_day_of_the_order_leaves_lines_with_a_day_of_their_own(world: World) -> None:
    lines = (sold(world, BICYCLE, 2, 1000, requestdeliveryby=at(LATER)), sold(world, DESK, 3, 99.99))
    order = submit(world, *lines, requestdeliveryby=at(SOON))
    worlds.cycles(world, 3)
    set_header(world, order, requestdeliveryby=at(LATEST))
    worlds.cycles(world, 3)
    assert days(world, order) == [(LATER, LATER), ("", LATEST)]
    assert_in_step(world, order)


def test_a_bookkeeper_who_changes_the_day_of_the_order_changes_that_of_all_lines(world: World) -> None:
    order = submit(
        world, sold(world, BICYCLE, 2, 1000, requestdeliveryby=at(LATER)), requestdeliveryby=at(SOON)
    )
    worlds.cycles(world, 3)
    world.person_in_bc().edit(f"salesOrders({ordering.of(world, order)['id']})", requestedDeliveryDate=LATEST)
    worlds.cycles(world, 3)
    own = world.person_in_sales.call("GET", f"salesorders({order})")["requestdeliveryby"]
    assert (str(own)[:10], days(world, order)) == (LATEST, [("", LATEST)])
    assert_in_step(world, order)


def test_another_product_here_and_another_day_there_meet(world: World) -> None:
    order = begin(world, requestdeliveryby=at(SOON))
    chair = ordering.product_of(world, CHAIR)
    edit_in_sales(world, order, 0, **bind("productid", "products", chair["productid"]),
                  **bind("uomid", "uoms", chair["_defaultuomid_value"]))  # fmt: skip
    set_day_in_bc(world, order, 0, LATER)
    worlds.cycles(world, 3)
    assert in_bc(world, order)[0][0] == CHAIR
    assert days(world, order)[0] == (LATER, LATER)
    assert_in_step(world, order)
