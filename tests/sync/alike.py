"""Whether a world comes out the same where account and contact take no bulk messages.

What was made with bulk messages and what was made without them goes on alike if all that is stored is alike.
So a test that begins with such a world has to run without them only if it sends some itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from unittest.mock import patch

from local.simulation.left_open import BULK, LeftOpen, by_default
from local.simulation.world import World
from shared_code.store.table_list import TABLES

_OF_BULK = "sdkmessagefilter"
"""The rows that say whether there are any."""


def made_and_depends[T](make: Callable[[], T], known: bool | None = None) -> tuple[T, bool]:
    """What is made, and whether it is another thing without bulk messages, unless that is known."""
    with noticing():
        made = make()
        used = LeftOpen.depended
    if known is not None or not (used and by_default()):
        return made, bool(known)
    with noticing(), patch.dict("os.environ", {BULK: "0"}):
        return made, traits(make()) != traits(made)


@contextmanager
def noticing() -> Iterator[None]:
    """What was noticed before counts again afterwards."""
    before, LeftOpen.depended = LeftOpen.depended, False
    try:
        yield
    finally:
        LeftOpen.depended = before


def traits(made: object) -> object:
    """All by which two things that were made can differ for a test."""
    if isinstance(made, World):
        return of_world(made)
    if is_dataclass(made):
        return [traits(getattr(made, each.name)) for each in fields(made)]
    if isinstance(made, tuple | list):
        return [traits(each) for each in made]
    return repr(made)


def of_world(world: World) -> list[object]:
    """What the product has stored, what waits, and what both systems hold."""
    stored = {table: [*world.tables.scan(table, limit=1_000_000)] for table in TABLES}
    sales = {name: data.rows for name, data in world.sales.org.store.tables.items() if name != _OF_BULK}
    companies = world.bc.env.companies.values()
    bc = {each.name: {name: table.rows for name, table in each.tables.items()} for each in companies}
    return [world.clock.now, stored, world.queue._queues, sales, world.sales.org.store.version, bc]
