"""Telling the salesperson: what became of an order stands in the row beside it, with the reason.

It is told before the outcome is put on file.  A process that dies in between tells it once more, which
changes nothing.
"""

from __future__ import annotations

from shared_code.core.order_status import Transfer
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side, Value, Version
from shared_code.core.table_rules import Beside
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import AccessDenied, Change, Exists, Moved

LONGEST = 2_000
"""Of a reason, in characters: what the column holds."""
TRIES = 3
"""How often a row is told that somebody else wrote in the same moment; the next look tells it else."""
_ANY = Version("*", "")


def tell(work: Work) -> None:
    """Write what is new of the settled records of the batch; one request for all, none where nothing is."""
    rule = work.mapping.sales.beside
    if rule is None:
        return
    changes = [change for item in work.items if (change := _change(rule, item))]
    try:
        _send(work, changes)
    except AccessDenied as denied:
        # What became of the records is put on file all the same; it is told when the right is there.
        work.stand_still(denied)


def _send(work: Work, changes: list[Change]) -> None:
    """Whoever was overtaken by another one tells once more: of the two outcomes this is the newer."""
    for _ in range(TRIES):
        if not changes:
            return
        results = work.system(Side.SALES).update(work.table(Side.SALES), changes)
        changes = [c for c, r in zip(changes, results, strict=True) if isinstance(r, Moved | Exists)]


def _change(rule: Beside, item: Item) -> Change | None:
    sales_id = item.id_on(Side.SALES)
    if sales_id is None or item.outcome is None or item.told or not _concerns(item):
        return None
    item.told = True
    told = _told(item)
    row = item.rows.get(Side.SALES)
    held = {rule.transfer: told[0], rule.reason: told[1]}
    if row is None and item.coupling and item.problem is None and item.new_problem is None:
        return None  # Nothing is new: a row that nobody had to read is as it was told.
    if row is not None and all((row.values.get(name) or None) == value for name, value in held.items()):
        return None
    return Change(sales_id, _ANY, held)


def _concerns(item: Item) -> bool:
    """Whether the order is carried or was meant to be: one outside of the filter is nobody's."""
    return item.coupling is not None or item.new_problem is not None


def _told(item: Item) -> tuple[Value, Value]:
    problem = item.new_problem
    if problem is None:
        return Transfer.DONE.value, None
    reason = problem.message[:LONGEST] or None
    if problem.code == "partner_deleted":
        return Transfer.DELETED.value, reason
    if item.coupling is not None:
        return Transfer.DONE.value, reason
    waits = problem.outcome is Outcome.WAITING
    return (Transfer.WAITING if waits else Transfer.REFUSED).value, reason
