"""Posted credit memos are invoices below zero in Sales: equal to Business Central's to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.simulation.world import World
from shared_code.systems import business_central_invoices as computing
from shared_code.systems.business_central_invoices import OF_RECORD
from tests.sync import invoicing, worlds
from tests.sync.copies import copied
from tests.sync.density import places
from tests.sync.invoicing import BICYCLE, CHAIR, CUSTOMER, sold

NAME, INVOICES = "POSTEDSALESCRMEMO-INV", "POSTEDSALESINV-INV"
BILLED, PAID, CANCELED = (0, 4), (2, 100001), (3, 100003)


@pytest.fixture
@copied
def world() -> World:
    made = invoicing.new_world(features=("invoices", "credit_memos"), mappings=(INVOICES, NAME))
    worlds.full(made, release=list(made.at.mappings))
    made.settle(2)
    return made


def memo(world: World, *lines: dict[str, object], **header: object) -> str:
    """A posted credit memo with these lines; its id."""
    person = world.person_in_bc()
    made = str(person.call("POST", "salesCreditMemos", {"customerNumber": CUSTOMER, **header})["id"])
    for each in lines:
        person.call("POST", f"salesCreditMemos({made})/salesCreditMemoLines", each)
    person.call("POST", f"salesCreditMemos({made})/Microsoft.NAV.post")
    return made


def in_bc(world: World, memo_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.person_in_bc().call("GET", f"salesCreditMemos({memo_id})", **worlds.PRIMARY)
    return found


def row(world: World, memo_id: str) -> dict[str, Any]:
    """The Sales row of a credit memo, with its lines in their order as ``lines``."""
    pair = invoicing.coupling(world, memo_id, NAME)
    assert pair is not None, worlds.problems(world, NAME)
    found: dict[str, Any] = world.person_in_sales.call("GET", f"invoices({pair.sales_id})")
    lines = world.person_in_sales.call("GET", f"invoices({pair.sales_id})/invoice_details")["value"]
    return {**found, "lines": sorted(lines, key=lambda each: each["sequencenumber"])}


def state(world: World, memo_id: str) -> tuple[int, int]:
    found = row(world, memo_id)
    return found["statecode"], found["statuscode"]


def test_a_credit_memo_is_an_invoice_below_zero_with_its_lines(world: World) -> None:
    lines = (sold(BICYCLE, 2), sold(CHAIR, 1), {"lineType": "Comment", "description": "Damaged"})
    made = memo(world, *lines, invoiceNumber="103001")
    worlds.cycles(world, 2)
    found, of_bc = row(world, made), in_bc(world, made)
    assert found["totalamount"] == -of_bc["totalAmountIncludingTax"] < 0
    assert found["name"] == f"Credit memo {of_bc['number']}"
    assert (found["invoicenumber"], found["tandem_documenttype"]) == (of_bc["number"], "Credit memo")
    assert found["description"] == "Corrects invoice 103001"
    assert [each["quantity"] for each in found["lines"]] == [-2, -1, 0]
    assert all(each["priceperunit"] >= 0 for each in found["lines"])
    assert found["lines"][0]["_productid_value"]
    assert worlds.codes(world, NAME) == []
    worlds.assert_quiet(world)


def test_sums_over_invoices_are_what_was_sold(world: World) -> None:
    """Also where an invoice was canceled: its credit memo is not there a second time."""
    invoicing.invoice(world, sold(BICYCLE, 3))
    canceled = invoicing.invoice(world, sold(CHAIR, 1))
    memo(world, sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    invoicing.cancel(world, canceled)
    worlds.cycles(world, 3)
    rows = [each for each in invoicing.in_sales(world) if each["statecode"] != CANCELED[0]]
    price = next(
        each["unitPrice"]
        for each in world.person_in_bc().call("GET", "items")["value"]
        if each["number"] == BICYCLE
    )
    assert sum(each["totalamount"] for each in rows) == pytest.approx(2 * price)
    assert invoicing.state(world, canceled) == CANCELED
    assert len(invoicing.in_sales(world)) == 3
    assert worlds.codes(world, NAME) == []


def test_one_that_is_settled_is_paid(world: World) -> None:
    made = memo(world, sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    assert state(world, made) == BILLED
    company = world.bc.env.companies[world.at.connection.company_id]
    with world.bc.env.transaction(person=True) as unit:
        world.bc.env.session(company, unit).change("salesCreditMemos", made, {"status": "Paid"})
    worlds.cycles(world, 2)
    assert state(world, made) == PAID
    worlds.assert_quiet(world)


def test_a_draft_is_not_carried(world: World) -> None:
    world.person_in_bc().call("POST", "salesCreditMemos", {"customerNumber": CUSTOMER})
    worlds.cycles(world, 2)
    assert invoicing.in_sales(world) == []


def test_a_full_synchronisation_takes_neither_for_the_other(world: World) -> None:
    """Both are rows of one table; nothing is doubled, and nothing waits to be matched."""
    invoicing.invoice(world, sold(BICYCLE, 1))
    memo(world, sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    for _ in range(2):
        ended = worlds.full(world)
        assert all(each["jobQueueEntryStatus"] == "Finished" for each in ended.values()), ended
    assert len(invoicing.in_sales(world)) == 2
    assert worlds.codes(world, NAME) == worlds.codes(world, INVOICES) == []
    worlds.assert_quiet(world)


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_at_any_operation(world: World, late: bool) -> None:
    for name, mapping in world.at.mappings.items():
        if name != NAME:
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")
    operations = worlds.Operations(world)
    for number, at in enumerate(places(), 1):
        made = memo(world, sold(BICYCLE, 1))
        operations.arm(at, late)
        died = worlds.one_minute(world)
        operations.disarm()
        worlds.cycles(world, 3, 700)
        assert len(invoicing.in_sales(world)) == number
        assert row(world, made)["totalamount"] == -in_bc(world, made)["totalAmountIncludingTax"]
        if not died:
            break
    assert at > 10, "too few operations were counted"
    worlds.assert_quiet(world)


cents = st.integers(0, 10_000_000).map(lambda each: Decimal(each) / 100)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    quantity=st.integers(1, 500_000).map(lambda each: Decimal(each) / 100),
    price=st.integers(0, 10**8).map(lambda each: Decimal(each) / 10**5),
    net=cents,
    tax_percent=st.sampled_from([Decimal(0), Decimal(19), Decimal(25)]),
    includes=st.booleans(),
)
def test_sales_computes_a_lines_amount_from_price_and_discount(
    quantity: Decimal, price: Decimal, net: Decimal, tax_percent: Decimal, includes: bool
) -> None:
    """Whatever the line says, price times quantity less the discount is its net amount below zero."""
    line = {
        "quantity": quantity, "unitPrice": price, "netAmount": net, "taxPercent": tax_percent,
        "invoiceDiscountAllocation": Decimal(1), OF_RECORD: {"pricesIncludeTax": includes},
    }  # fmt: skip
    columns = computing.COMPUTED["salesCreditMemoLines"]
    found = {name: columns[name].of(line) for name in ("quantityBack", "pricePerUnit", "lineDiscount")}
    assert all(isinstance(each, Decimal) for each in found.values())
    back, unit, discount = (Decimal(str(each)) for each in found.values())
    assert back == -quantity
    assert discount >= 0
    assert (back * unit).quantize(Decimal("0.01")) - discount == pytest.approx(-net, abs=Decimal("0.01"))
