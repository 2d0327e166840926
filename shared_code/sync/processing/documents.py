"""Documents: records with lines, and rows of Sales that are read only but for their state."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from shared_code.core import orders
from shared_code.core.lines import put_in_bc, put_lines
from shared_code.core.mapping import FieldMapping
from shared_code.core.order_line_values import ORDER_LINES
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Row, Side, Unread, Values
from shared_code.sync.processing import committing, problems
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work

PATIENCE_S = 900.0
"""How long a new document waits for what its lines refer to before it does without."""

type Faults = list[Missing | Unfit]


def lines_of(work: Work, item: Item, side: Side) -> tuple[list[tuple[str, Values]], Faults]:
    """The rows that belong to the record, as the side takes them where it is created, and what cannot be."""
    row, lines = item.rows.get(side.other), work.mapping.lines
    if lines is None or row is None or not lines.direction.flows_to(side):
        return [], []
    if side is Side.SALES:
        return put_lines(lines, row.lines, work.links, waited=_has_waited(work, item))
    if refused := orders.refusals(row.lines, _called(work)):
        return [], [Unfit("lines", "order_content", " ".join(refused))]
    return put_in_bc(lines, orders.rows_of(row.values, row.lines), work.links)


def is_being_edited(work: Work, item: Item) -> bool:
    """Whether lines and header of an order were read at different times, because somebody edits it."""
    row, lines = item.rows.get(Side.SALES), work.mapping.lines
    flows = lines is not None and lines.direction.flows_to(Side.BC)
    return flows and row is not None and not orders.is_whole(row.values, row.lines)


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


def tells_other_totals(work: Work, item: Item) -> bool:
    """Whether both sides come to other amounts for what was just created, or was edited in Sales since, or
    was just written; or whether that is still to be read.

    The pair stays as it is, and the problem holds until the amounts agree.
    """
    compared = work.mapping.compared
    if not compared or not _is_to_compare(item, both_ways=work.mapping.order_lines is not None):
        return False
    unread = [side for side in Side if isinstance(item.states.get(side), Unread)]
    for side in unread:
        item.states.pop(side)  # The next round reads it and comes here again.
    if unread:
        return True
    bc, sales = item.rows.get(Side.BC), item.rows.get(Side.SALES)
    if bc is None or sales is None:
        return False  # The order is invoiced: what it came to is history.
    if bc.values.get(ORDER_LINES) or sales.values.get(ORDER_LINES):
        return False  # On paper no service has added the lines up.
    told = [text for each in compared if (text := _difference(_called(work), each, bc, sales))]
    if not told:
        return False
    problems.fail(work, item, "totals_differ", " ".join(told))
    committing.keep_open(work, item)
    return True


def _is_to_compare(item: Item, *, both_ways: bool) -> bool:
    problem, row = item.problem, item.rows.get(Side.SALES)
    is_listed = problem is not None and problem.code == "totals_differ"
    stored = item.coupling.version_on(Side.SALES) if item.coupling else None
    is_edited = row is not None and stored is not None and row.version.stamp != stored.stamp
    return item.inserted or is_listed or is_edited or (item.modified and both_ways)


def _called(work: Work) -> str:
    """What a salesperson calls a record of the mapping."""
    return "quote" if work.mapping.sales.table == "quotes" else "order"


def _difference(what: str, each: FieldMapping, bc: Row, sales: Row) -> str:
    here, there = (
        value if isinstance(value, int | Decimal) else Decimal(0)
        for value in (bc.values.get(each.bc or ""), sales.values.get(each.compared_with))
    )
    if orders.cents(Decimal(here)) == orders.cents(Decimal(there)):
        return ""
    discount = next((v for name in _DISCOUNTS if isinstance(v := bc.values.get(name), int | Decimal)), 0)
    return (
        f"Before tax the {what} comes to other amounts. "
        f"Sales: {orders.breakdown(sales.values, sales.lines)}. "
        f"Business Central: lines and freight {here + discount}, less {discount}: {here}."
    )


_DISCOUNTS = ("discountAmount", "invoiceDiscountAmount")
"""What API v2.0 and the extension call an order's discount."""
