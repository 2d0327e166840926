"""The chapters of the second act: from the stock that a salesperson sees to the payment."""

from __future__ import annotations

from local.demo import lead_to_cash as deal
from local.demo.dealings import ITEM
from local.demo.teller import Teller


def an_order(teller: Teller) -> None:
    """Written with availability shown, carried once; another one refused, corrected and carried."""
    teller.step(
        "A salesperson's order",
        "Goods come in at the warehouse. A salesperson writes an order with three lines, chairs, bicycles "
        "and hours of a fitter, sees at each item what can be had, and submits it. In a second order one "
        "line has a delivery address of its own.",
    )
    stage = teller.stage
    deal.stock_comes_in(stage)
    teller.proved(deal.availability(stage))
    order = deal.write(stage, "Chairs and bicycles", deal.QUANTITIES)
    other = deal.write(stage, "Chairs for Bristol", {ITEM: 2}, **deal.ELSEWHERE)
    teller.look()
    teller.proved(deal.arrived(stage, order))
    teller.proved(deal.is_refused(stage, other))
    teller.told.orders = [order, other]


def cash(teller: Teller) -> None:
    """Shipped, invoiced and paid in Business Central, seen in Sales."""
    teller.step(
        "Shipped, invoiced, paid",
        "The warehouse ships the order, the bookkeeper posts its invoice, the customer pays; the salesperson "
        "corrects the second order meanwhile. After each of these Tandem looks.",
    )
    stage, (order, other) = teller.stage, teller.told.orders
    shipped = deal.ship(stage, order)
    deal.correct(stage, other)
    teller.look()
    teller.proved(deal.is_shipped(stage, order))
    teller.proved(deal.went_through(stage, other))
    posted = deal.invoice(stage, shipped)
    teller.look()
    teller.proved(deal.is_invoiced(stage, order, posted))
    deal.pay(stage, posted)
    teller.look()
    teller.proved(deal.is_paid(stage, posted))
