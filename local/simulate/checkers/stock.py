"""I23: the product of an item shows what Business Central has of it, to whoever looks at the product.

What there is, is asked of the simulated service itself.
"""

from __future__ import annotations

from local.simulate.evidence import Evidence, Linked
from local.simulate.further_pairs import ITEM
from local.simulate.stock_actions import stock_of

NAME = "I23 stock"


def check(evidence: Evidence) -> list[str]:
    return [
        line
        for link in evidence.links
        if link.pair.mapping == ITEM.mapping and (line := _wrong_stock(evidence, link))
    ]


def _wrong_stock(evidence: Evidence, link: Linked) -> str | None:
    item, product = evidence.values(link.bc), evidence.values(link.sales)
    if item is None or product is None or evidence.problems_of(link.bc) or evidence.was_undone(link.bc.id):
        return None
    if not all(evidence.is_inside(link.pair, each) for each in (link.bc, link.sales)):
        return None
    env = evidence.simulation.surroundings.bc.env
    held = stock_of(env, env.companies[link.bc.company], str(item["number"]))
    shown = product.get("quantityonhand")
    if round(max(held, 0.0), 2) == round(float(shown or 0), 2):
        return None
    return f"{item['number']}: {held:g} are there, and its product shows {shown}"
