"""Deliberate defects of orders: what a programmer forgets about lines, lost answers and what is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulate.defect import Defect, nothing, often
from local.simulate.ordering import ORDERING
from local.simulate.simulation import Simulation
from shared_code.core.orders import NOTHING, Price

ORDERS = tuple(ORDERING)


def _half_an_order(simulation: Simulation, original: Any) -> Any:
    """The last line of an order is left out."""

    def rows_of(order: Any, lines: Any) -> Any:
        return original(order, lines)[: max(1, len(lines) - 1)]

    return rows_of


def _never_found(simulation: Simulation, original: Any) -> Any:
    """Nobody looks whether an order with this number is there."""

    def find_made(work: Any, planned: Any) -> Any:
        found, alike = original(work, planned)
        if work.mapping.name != "SALESORDER-ORDER":
            return found, alike
        return {each: [] for each in found}, frozenset()

    return find_made


def _without_discount(simulation: Simulation, original: Any) -> Any:
    """The discount of a line is forgotten."""

    def price_of(quantity: Any, unit_price: Any, net: Any) -> Price:
        return Price(original(quantity, unit_price, net).per_unit, NOTHING)

    return price_of


ORDER_DEFECTS: Mapping[str, Defect] = {
    "half-an-order": Defect(
        "an order is carried without its last line", "shared_code.core.orders.rows_of", _half_an_order, ORDERS
    ),
    "second-order": Defect(
        "nobody looks for an order whose answer was lost",
        "shared_code.sync.processing.intents._find_made", _never_found,
        ORDERS, often("creation_answer_lost", from_the_start=True),
    ),
    "line-discount-forgotten": Defect(
        "the discount of an order's line is not carried",
        "shared_code.core.orders.price_of", _without_discount, ORDERS,
    ),
    "refusal-untold": Defect(
        "nobody tells the salesperson that an order is refused",
        "shared_code.sync.processing.beside_telling.tell", nothing, ORDERS,
    ),
    "invoiced-is-deleted": Defect(
        "an order that was invoiced counts as deleted",
        "shared_code.sync.processing.living_on.know", nothing, ORDERS,
    ),
}  # fmt: skip
