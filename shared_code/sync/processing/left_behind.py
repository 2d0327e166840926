"""Rows that an earlier attempt made in Sales and never coupled, of records that would get none any more.

A process may die, or storage be away, between a creation and its coupling.  A record that is planned again
finds its row by the derived id.  One that left the filter meanwhile, or whose creation is held back, is not
planned again: its row would stay in Sales for good as it was then, an invoice that was cancelled, say.  What
was announced tells of it.
"""

from __future__ import annotations

from shared_code.core.records import Side
from shared_code.sync.processing.adopting import couple_found
from shared_code.sync.processing.creating import derived_id
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work


def couple(work: Work, item: Item) -> bool:
    """Couple a BC record that has no partner with the row that was made for it; whether there was one."""
    if item.side is not Side.BC or item.coupling is not None:
        return False
    sales_id = derived_id(work, item)
    if work.announced_before.get(sales_id) != item.id:
        return False
    row = work.system(Side.SALES).read(work.table(Side.SALES), [sales_id]).get(sales_id)
    if row is None:
        return False
    work.links.load(Side.SALES, [row])
    couple_found(work, item, Side.SALES, row)
    return True
