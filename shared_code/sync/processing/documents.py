"""Documents: records with lines, and rows of Sales that are read only but for their state."""

from __future__ import annotations

from collections.abc import Collection

from shared_code.core.lines import put_lines
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Side, Values
from shared_code.sync.processing import committing, problems
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work

PATIENCE_S = 900.0
"""How long a new document waits for what its lines refer to before it does without."""


def lines_of(work: Work, item: Item) -> tuple[list[tuple[str, Values]], list[Missing | Unfit]]:
    """The rows that belong to the record, as Sales takes them, and what cannot be put."""
    row = item.rows.get(Side.BC)
    if work.mapping.lines is None or row is None:
        return [], []
    return put_lines(work.mapping.lines, row.lines, work.links, waited=_has_waited(work, item))


def _has_waited(work: Work, item: Item) -> bool:
    problem = item.problem
    waits = problem is not None and problem.code == "waits_for_lookup"
    return waits and problem is not None and work.runtime.now() - problem.since_s >= PATIENCE_S


def is_unread(work: Work, item: Item) -> bool:
    """Whether only reading tells if the row can be written."""
    return bool(work.mapping.sales.reopened_by) and item.known(Side.SALES) is None


def is_locked(work: Work, item: Item, native: Values) -> bool:
    """Whether the row is read only, and more than its state is to be written: then it is reopened first.

    The next round writes the rest, its state among it.
    """
    reopened, row = dict(work.mapping.sales.reopened_by), item.rows.get(Side.SALES)
    if not reopened or row is None or native.keys() <= reopened.keys():
        return False
    state = next(iter(reopened))
    return row.values.get(state) != reopened[state]


def not_kept(work: Work, item: Item, sent: Values) -> Collection[str]:
    """The fields that Sales must store as sent and has stored otherwise."""
    known = item.known(Side.SALES)
    exact = [each.name for each in work.mapping.fields if each.exact and each.name in sent]
    return [name for name in exact if known and known.values.get(name) != sent[name]]


def tell_not_kept(work: Work, item: Item, names: Collection[str]) -> None:
    """The record failed: its values in Sales are not those of Business Central."""
    known = item.known(Side.SALES)
    held = known.values if known else {}
    what = ", ".join(
        f"{name} is {item.values_on(Side.BC).get(name)}, in Sales {held.get(name)}" for name in names
    )
    problems.fail(work, item, "not_kept", f"Sales computes other amounts: {what}.")
    if item.coupling:
        committing.keep_open(work, item)
