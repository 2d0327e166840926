"""Whatever dies or is lost while invoices go to Sales, none and none of their lines is there twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from tests.sync import invoicing, worlds
from tests.sync.density import places
from tests.sync.dying import died
from tests.sync.invoicing import BICYCLE, DESK, NAME, invoice, row, sold, state
from tests.sync.worlds import Operations

BILLED, PAID = (0, 4), (2, 100001)
LINES = (sold(BICYCLE, 1), sold(DESK, 2), {"lineType": "Comment", "description": "Thank you"})


@pytest.fixture
def world() -> World:
    made = invoicing.synchronised()
    for name, mapping in made.at.mappings.items():
        if name != NAME:
            made.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")
    return made


def details(world: World) -> list[str]:
    found = world.person_in_sales.call("GET", "invoicedetails")["value"]
    return [each["_invoiceid_value"] for each in found]


def begin(world: World, number: int) -> Callable[[], None]:
    """A new invoice, and the payment of the one before; the check of what must come of it."""
    made = invoice(world, *LINES)

    def check() -> None:
        rows = invoicing.in_sales(world)
        assert len(rows) == number
        assert len(details(world)) == number * len(LINES)
        assert {details(world).count(each["invoiceid"]) for each in rows} == {len(LINES)}
        assert row(world, made)["totalamount"] == invoicing.in_bc(world, made)["totalAmountIncludingTax"]
        assert state(world, made) == BILLED
        assert worlds.codes(world, NAME) == []

    return check


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("lease_s", [30.0, 600.0])
def test_a_process_may_die_at_any_operation(world: World, late: bool, lease_s: float) -> None:
    operations = Operations(world)
    for number, at in enumerate(places(), 1):
        check = begin(world, number)
        operations.arm(at, late)
        has_died = died(world, lease_s)
        operations.disarm()
        for _ in range(3):
            died(world, lease_s)
        worlds.cycles(world, 2, 700)
        check()
        if not has_died:
            break
    assert at > 10, "too few operations were counted"
    worlds.assert_quiet(world)


def test_a_process_may_die_while_a_payment_goes_over(world: World) -> None:
    operations = Operations(world)
    made = invoice(world, *LINES)
    worlds.cycles(world, 2)
    for number in places():
        invoicing.pay(world, made)
        operations.arm(number, late=True)
        has_died = died(world)
        operations.disarm()
        worlds.cycles(world, 3)
        assert state(world, made) == PAID
        if not has_died:
            break
        invoicing.unapply(world, made)
        worlds.cycles(world, 2)
        assert state(world, made) == BILLED
    assert number > 5


def test_a_lost_answer_makes_no_second_invoice(world: World) -> None:
    made = invoice(world, *LINES)
    wire = worlds.tap(world, Side.SALES)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire.after = worlds.once(lose, lambda request: b"invoice_details" in request.body)
    worlds.cycles(world, 2)
    assert len(invoicing.in_sales(world)) == 1
    assert (len(details(world)), state(world, made)) == (len(LINES), BILLED)
    assert worlds.codes(world, NAME) == []


def test_many_invoices_are_read_and_made_with_few_requests(world: World) -> None:
    count = 45
    for _ in range(count):
        invoice(world, *LINES)
    world.reset_requests()
    worlds.cycle(world)
    assert len(invoicing.in_sales(world)) == count
    writes = [each for each in world.requests["sales"] if each == "create"]
    reads = [each for each in world.requests["bc"] if each == "read"]
    assert (len(writes), len(reads)) == (3, 1)


def test_a_number_that_is_taken_in_sales_is_a_problem_that_says_so(world: World) -> None:
    """A salesperson numbered an invoice by hand, just as Business Central numbers the next one."""
    made = invoicing.draft(world)
    invoicing.add_line(world, made, **LINES[0])
    first = invoice(world, *LINES)
    worlds.cycles(world, 1)
    number = invoicing.in_bc(world, first)["number"]
    following = f"{number[:-6]}{int(number[-6:]) + 1:06}"
    there = row(world, first)
    targets = {
        "customerid_account": f"/accounts({there['_customerid_value']})",
        "pricelevelid": f"/pricelevels({there['_pricelevelid_value']})",
        "transactioncurrencyid": f"/transactioncurrencies({there['_transactioncurrencyid_value']})",
    }
    body = {f"{name}@odata.bind": target for name, target in targets.items()}
    world.person_in_sales.call("POST", "invoices", {"name": "by hand", "invoicenumber": following, **body})
    invoicing.post(world, made)
    worlds.cycles(world, 2)
    (problem,) = worlds.problems(world, NAME)
    assert problem["code"] == "refused"
    assert "number" in problem["message"]
