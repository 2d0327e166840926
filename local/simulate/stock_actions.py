"""Stock that moves: goods come in and go out in Business Central, which moves no stamp of the item.

Which seed has some is drawn from random numbers of their own among those with items.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from local.simulate.observing import Key
from local.simulate.people import People
from local.simulators.business_central.control_edits import post_stock
from local.simulators.business_central.environment import Environment
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Company
from local.simulators.business_central.tables.ledger import inventory_of

SHARE = 0.4
ITEMS = ("items", "item_units")


def draw_stock(seed: int, parts: Sequence[str]) -> bool:
    """Whether stock moves in a seed with these parts."""
    return random.Random(f"stock {seed}").random() < SHARE and any(each in ITEMS for each in parts)


def stock_of(env: Environment, company: Company, number: str) -> float:
    """What Business Central has of an item."""
    return float(inventory_of(Reader(company, float("inf"), env.types), number))


def move_stock(people: People) -> None:
    """Goods come in, or as many go out as there are at most."""
    found = [key for key in people.observer.present if key.table == "items"]
    if not found:
        return
    key = people.rng.choice(found)
    wanted = people.rng.randint(-9, 9)
    if people.in_client(key, lambda env, company: _move(env, company, people, key, wanted)):
        people.count("stock_moved")


def _move(env: Environment, company: Company, people: People, key: Key, wanted: int) -> None:
    number = str(people.observer.present[key]["number"])
    quantity = max(wanted, -int(stock_of(env, company, number))) or 1
    post_stock(env, company, {"item": number, "quantity": quantity})


STOCK: tuple[tuple[Callable[[People], None], float], ...] = ((move_stock, 30),)
