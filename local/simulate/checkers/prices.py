"""I16: the price that Sales holds for a list and a product is the one that Business Central has.

In most seeds people keep at most one line for an item in a list, without dates; in some an item has several,
with dates (``dates`` has the rule).  What an ended line leaves behind shows on the next day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from local.simulate import dates
from local.simulate.evidence import Evidence
from local.simulate.further import PRICES, Prices
from local.simulate.observing import Key

NAME = "I16 prices in force"

type Place = tuple[str, str]


def check(evidence: Evidence) -> list[str]:
    parts = evidence.simulation.incidents.plan.parts
    return [line for name in parts if name in PRICES for line in _differences(evidence, PRICES[name])]


def _differences(evidence: Evidence, prices: Prices) -> list[str]:
    if any(list(at.couplings(prices.mapping).all_problems(1)) for at in evidence.connections):
        return []  # Which line a problem is about only its place tells; the others are judged in other seeds.
    wanted, found = _in_bc(evidence, prices), dict(_in_sales(evidence))
    for place in [each for each in wanted.keys() - found.keys() if _lost_its_product(evidence, each)]:
        del wanted[place]
    return [
        f"{prices.mapping} {place}: {wanted.get(place)} in BC, {found.get(place)} in Sales"
        for place in sorted(wanted.keys() | found.keys())
        if wanted.get(place) != found.get(place)
    ]


def _lost_its_product(evidence: Evidence, place: Place) -> bool:
    """Whether somebody deleted the product, with which Sales deletes its prices, and its item is listed."""
    present = evidence.observer.present.items()
    items = [key for key, values in present if key.table == "items" and values["number"] == place[1]]
    return any(each.code == "partner_deleted" for each in evidence.problems_of(*items))


def _in_bc(evidence: Evidence, prices: Prices) -> dict[Place, float]:
    """The price of each place that has a line in force today, by the clock of Business Central."""
    lines: dict[Place, list[Mapping[str, Any]]] = defaultdict(list)
    for key, values in evidence.observer.present.items():
        if key.table == prices.table:
            lines[str(values[prices.list]), str(values[prices.item])].append(values)
    today = dates.day_of(evidence.simulation.surroundings.bc.env.clock.time())
    found = ((place, dates.price_on(each, today)) for place, each in lines.items())
    return {place: price for place, price in found if price is not None}


def _in_sales(evidence: Evidence) -> Iterator[tuple[Place, float]]:
    present = evidence.observer.present
    for key, values in present.items():
        if key.table == "productpricelevel":
            named = present.get(Key("sales", "", "pricelevel", str(values["_pricelevelid_value"]))) or {}
            yield (str(named.get("name")), str(values["productnumber"])), float(values["amount"])
