"""What a customer owes shows on its account, although it moves no stamp of the customer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central import control_edits
from tests.sync import extended_worlds as extended
from tests.sync import invoicing, worlds
from tests.sync.copies import copied
from tests.sync.invoicing import invoice, sold

DAY_S = 86_400
FEATURE = "account_statistics"
SHOWN = ("tandem_balance", "tandem_balancedue", "tandem_outstandingorders", "tandem_shippednotinvoiced")


@pytest.fixture
@copied
def world() -> World:
    made = invoicing.new_world(
        features=("extension", FEATURE), mappings=("CUSTOMER",), bc_options={"extension": True}
    )
    worlds.full(made, release=list(made.at.mappings))
    made.settle(3)
    return made


def figures(world: World, number: str = invoicing.CUSTOMER) -> dict[str, Any]:
    account = worlds.account_of(world, worlds.pair(world, number))
    return {name: account[name] for name in SHOWN}


def owed(world: World) -> tuple[float, ...]:
    return tuple(float(each or 0) for each in figures(world).values())


def order(world: World, quantity: int) -> str:
    """A salesperson of Business Central enters an order of so many chairs; its id."""
    person = world.person_in_bc()
    made = str(person.call("POST", "salesOrders", {"customerNumber": invoicing.CUSTOMER})["id"])
    person.call(
        "POST", f"salesOrders({made})/salesOrderLines", sold(invoicing.CHAIR, quantity, unitPrice=100)
    )
    return made


def handle(world: World, order_id: str, act: str) -> None:
    company = world.bc.env.companies[world.at.connection.company_id]
    control_edits.handle_order(world.bc.env, company, {"order": order_id, "act": act})


def looks(world: World) -> int:
    world.reset_requests()
    world.cycle()
    return len([kind for kind in world.requests["bc"] if kind not in ("identity", "deletions")])


@pytest.mark.conforms(
    "139179.AccountStatisticsCalculatesFlowFields", "139179.AccountStatisticsUpdatesFlowFields"
)
def test_an_invoice_and_its_payment_show_in_the_next_cycle(world: World) -> None:
    assert owed(world) == (0, 0, 0, 0)
    later = invoice(world, sold(invoicing.CHAIR, 2, unitPrice=100), dueDate="2099-01-01")
    world.cycle()
    assert owed(world) == (200, 0, 0, 0)
    due = invoice(world, sold(invoicing.CHAIR, 1, unitPrice=100), dueDate="2020-01-01")
    world.cycle()
    assert owed(world) == (300, 100, 0, 0)
    invoicing.pay(world, later, amount=150)
    invoicing.pay(world, due)
    world.cycle()
    assert owed(world) == (50, 0, 0, 0)
    worlds.assert_quiet(world)


def test_what_is_in_another_currency_counts_in_the_company_s_own(world: World) -> None:
    made = invoice(world, sold(invoicing.CHAIR, 1, unitPrice=100), currencyCode="EUR")
    world.cycle()
    shown = invoicing.in_bc(world, made)
    assert shown["currencyCode"] == "EUR"
    assert owed(world)[0] == float(
        extended.customer(world, worlds.pair(world, invoicing.CUSTOMER).bc_id)["balance"]
    )
    assert owed(world)[0] != 100


def test_orders_show_with_the_next_entry_of_the_customer(world: World) -> None:
    entered = order(world, 3)
    world.cycle()
    assert owed(world) == (0, 0, 0, 0), "an order leaves no entry"
    handle(world, entered, "ship")
    invoice(world, sold(invoicing.CHAIR, 1, unitPrice=50), dueDate="2099-01-01")
    order(world, 2)
    world.cycle()
    assert owed(world) == (50, 0, 200, 300)


def test_orders_show_with_the_next_full_synchronisation(world: World) -> None:
    order(world, 3)
    worlds.full(world)
    assert owed(world) == (0, 0, 300, 0)


def test_what_falls_due_by_the_passing_of_days_shows_within_a_day(world: World) -> None:
    due = datetime.fromtimestamp(world.clock.now + 5 * DAY_S, UTC).date().isoformat()
    invoice(world, sold(invoicing.CHAIR, 1, unitPrice=100), dueDate=due)
    world.cycle()
    assert owed(world) == (100, 0, 0, 0)
    for _ in range(6 * 24):
        world.cycle(3600.0)
    assert owed(world) == (100, 100, 0, 0)
    worlds.assert_quiet(world)


@pytest.mark.conforms("139189.T122_ActiveCRMStatsJobBecomesInactiveIfNoChangesToStats")
def test_a_cycle_without_an_entry_costs_one_request_and_writes_nothing(world: World) -> None:
    for name, mapping in world.at.mappings.items():
        if name != "CUSTOMER":
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at")
    world.cycle()
    assert looks(world) == 1
    invoice(world, sold(invoicing.CHAIR, 1, unitPrice=100))
    assert looks(world) == 3, "the entries, the customer's figures, the customer"
    world.cycle()
    assert looks(world) == 1, "though the entry lies within the look-back"
    assert worlds.writes_of_a_cycle(world) == []


@pytest.mark.conforms(
    "139179.AccountStatisticsCreationDoesNotChangeCRMAccountSynchStatus",
    "139179.AccountStatisticsCreationDoesNotChangeCRMAccountSynchStatusIfModified",
)
@pytest.mark.parametrize("edited", [False, True])
def test_figures_do_not_hide_an_edit_in_sales_and_cause_none(world: World, edited: bool) -> None:
    pair = worlds.pair(world, invoicing.CUSTOMER)
    invoice(world, sold(invoicing.CHAIR, 1, unitPrice=100))
    if edited:
        worlds.edit_sales(world, pair, telephone1="+44 7")
    world.cycle()
    world.cycle()
    assert owed(world)[0] == 100
    assert worlds.customer_of(world, pair)["phoneNumber"] == ("+44 7" if edited else pair_phone(world))
    worlds.assert_quiet(world)


def pair_phone(world: World) -> str:
    return str(worlds.account_of(world, worlds.pair(world, invoicing.CUSTOMER))["telephone1"] or "")


@pytest.mark.conforms("139179.AccountStatisticsJobFailsOnDeletedCustomerCRMAccount")
def test_a_deleted_account_is_told_and_holds_nobody_else_up(world: World) -> None:
    gone = worlds.pair(world, invoicing.CUSTOMER)
    world.person_in_sales.call("DELETE", f"accounts({gone.sales_id})")
    invoice(world, sold(invoicing.CHAIR, 1, unitPrice=100))
    invoice(world, sold(invoicing.CHAIR, 2, unitPrice=100), customer="20000")
    worlds.cycles(world, 2)
    assert worlds.codes(world) == ["partner_deleted"]
    other = worlds.account_of(world, worlds.pair(world, "20000"))
    assert float(other["tandem_balance"]) == 200
