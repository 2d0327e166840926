"""Rows that an earlier attempt made in Sales and never coupled, of records that would get none any more.

A process may die, or storage be away, between a creation and its coupling.  A record that is planned again
finds its row by the derived id.  One that left the filter meanwhile, or whose creation is held back, is not
planned again: its row would stay in Sales for good as it was then, an invoice that was cancelled, say.  What
was announced tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared_code.core.records import Side
from shared_code.sync.processing.adopting import couple_found
from shared_code.sync.processing.creating import derived_id
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work


def couple(work: Work, items: Iterable[Item]) -> frozenset[str]:
    """Couple those of these BC records without a partner for which a row was made; their ids.

    One reading for all of them: a service's budget counts requests.
    """
    made_for = {derived_id(work, each): each for each in items if _may_have_one(each)}
    made_for = {own: each for own, each in made_for.items() if work.announced_before.get(own) == each.id}
    if not made_for:
        return frozenset()
    rows = work.system(Side.SALES).read(work.table(Side.SALES), sorted(made_for))
    work.links.load(Side.SALES, rows.values())
    for sales_id, row in rows.items():
        couple_found(work, made_for[sales_id], Side.SALES, row)
    return frozenset(made_for[each].id for each in rows)


def _may_have_one(item: Item) -> bool:
    """Whether it is a BC record that nobody is creating a partner for, and that has none."""
    return item.side is Side.BC and item.coupling is None and item.intent is None
