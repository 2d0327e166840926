"""Orders that go both ways: their lines as each side takes them, and when an order is left as it is.

A write to one side is all or nothing: the system is given the whole change, with the version that it is for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from shared_code.core.merging import Merge
from shared_code.core.order_line_values import Put, put_to_bc, put_to_sales
from shared_code.core.order_lines import LINES, changes_of, text_of
from shared_code.core.order_status import OrderStatus
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Side, Value, Values
from shared_code.sync.processing import committing, problems
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems import odata
from shared_code.systems.interface import ORDER_LINES

STATE, SUBMITTED = "statecode", 1
_FIELDS_OF_STATE = frozenset({STATE, "statuscode"})
_DONE = {3: "fulfilled", 4: "invoiced"}


@dataclass(slots=True)
class Planned:
    """What one side is sent, in its own values and in neutral ones, and what of it cannot be."""

    native: dict[str, Value]
    sent: dict[str, Value]
    faults: list[Missing | Unfit] = field(default_factory=list)


def lacking(work: Work, item: Item, merge: Merge) -> tuple[Side, ...]:
    """The sides that must be read before an order is written, because only reading tells lines and state."""
    if work.mapping.order_lines is None:
        return ()
    needs = {*Side} if LINES in {*merge.to_bc, *merge.to_sales} else set()
    needs |= {Side.SALES} if merge.to_sales.keys() & _header(work) else set()
    return tuple(side for side in Side if side in needs and item.known(side) is None)


def _header(work: Work) -> set[str]:
    """The fields of a header that go both ways."""
    return {
        each.name
        for each in work.mapping.fields
        if each.direction.flows_to(Side.SALES) and each.direction.flows_to(Side.BC)
    }


def planned(work: Work, item: Item, side: Side, native: dict[str, Value], sent: dict[str, Value]) -> Planned:
    """The update with the lines that belong to it; what is read only or done is left out, and told."""
    plan = Planned(native, sent)
    if work.mapping.order_lines is None:
        return plan
    if side is Side.SALES and (why := _why_done(item)):
        return _without_edits(work, plan, why)
    if LINES in sent:
        _add_lines(work, item, side, plan)
    if side is Side.SALES and plan.native.keys() - _not_edits(work):
        _leave_for_later(work, plan, _edits(plan, work) if _is_untold(work, item, plan) else _not_edits(work))
    return plan


def _add_lines(work: Work, item: Item, side: Side, plan: Planned) -> None:
    rules, changes = work.mapping.lines, changes_of(plan.sent.pop(LINES))
    assert rules is not None, "the mapping's lines go both ways"
    put_to = put_to_bc if side is Side.BC else put_to_sales
    put: Put = put_to(rules, changes, item.rows[Side.BC], item.rows[Side.SALES], work.links)
    plan.faults += [replace(each, field=LINES) for each in put.faults]
    if put.sent:
        plan.sent[LINES] = text_of(put.sent)
        plan.native |= {ORDER_LINES: odata.dumps(put.rows), **put.header}


def _why_done(item: Item) -> str:
    """Why an order of Sales is not written any more."""
    row = item.rows.get(Side.SALES)
    state = row.values.get(STATE) if row else SUBMITTED
    return _DONE.get(state, "") if isinstance(state, int) else ""


def _without_edits(work: Work, plan: Planned, why: str) -> Planned:
    edits = [name for name in plan.sent if name in _header(work)]
    text = f"The order is {why} in Sales, so what was changed in Business Central stays there."
    faults: list[Missing | Unfit] = [Unfit(name, "order_done", text) for name in edits[:1]]
    faults += [Unfit(name, "order_done", "") for name in edits[1:]]
    columns = {n for each in work.mapping.fields if each.name in edits for n in each.sales}
    kept = {name: value for name, value in plan.native.items() if name not in columns}
    return Planned(kept, {n: v for n, v in plan.sent.items() if n not in edits}, faults)


def _not_edits(work: Work) -> set[str]:
    beside = {name for each in work.mapping.fields if each.beside for name in each.sales}
    return beside | _FIELDS_OF_STATE


def _edits(plan: Planned, work: Work) -> set[str]:
    beside = {name for each in work.mapping.fields if each.beside for name in each.sales}
    return plan.native.keys() - beside


def _is_untold(work: Work, item: Item, plan: Planned) -> bool:
    """Whether the row beside was never told what the order is in Business Central: that goes first, because
    an order that is invoiced soon is found again by its number alone."""
    known = item.base.sales if item.base else {}
    return any(
        each.beside and each.name in plan.sent and each.name not in known for each in work.mapping.fields
    )


def _leave_for_later(work: Work, plan: Planned, columns: set[str]) -> None:
    """An order is edited by itself; its state and the row beside follow in the next round."""
    for each in work.mapping.fields:
        if {*each.sales} & columns:
            plan.sent.pop(each.name, None)
    for name in columns:
        plan.native.pop(name, None)


_WAITS = {OrderStatus.PENDING_APPROVAL: "approval", OrderStatus.PENDING_PREPAYMENT: "prepayment"}


def awaited(work: Work, item: Item) -> str:
    """What the order waits for in Business Central: until then it is not touched there."""
    held = _status(work, item)
    return next((what for waits, what in _WAITS.items() if waits == held), "")


def is_over(work: Work, item: Item) -> bool:
    """Whether nothing goes to Business Central any more: the order is gone, or is there with all of it
    invoiced."""
    return item.lives_on or _status(work, item) == OrderStatus.INVOICED


def _status(work: Work, item: Item) -> Value:
    """How far an order that goes both ways is in Business Central; blank for other records."""
    if work.mapping.order_lines is None:
        return ""
    name = next((each.name for each in work.mapping.fields if each.bc == "orderStatus"), "")
    return item.values_on(Side.BC).get(name)


def tell_awaited(work: Work, item: Item, what: str) -> None:
    """The order waits, and says so."""
    text = f"Business Central waits for the order's {what}. What was changed in Sales goes over after that."
    problems.wait(work, item, "waits_for_approval", text)
    committing.keep_open(work, item)


def tells_too_late(work: Work, item: Item, edits: Values) -> bool:
    """Whether an order that was invoiced was edited in Sales since, which nothing carries any more."""
    if work.mapping.order_lines is None or not edits:
        return False
    what = _names(edits)
    text = f"The order was invoiced in Business Central. What was changed in Sales since stays there: {what}."
    problems.not_carried(work, item, "order_done", text)
    committing.keep_open(work, item)
    return True


def _names(values: Values) -> str:
    return ", ".join(name.replace("_", " ") for name in values)
