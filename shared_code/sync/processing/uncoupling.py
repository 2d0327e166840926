"""Uncoupling: a person ends pairs, and neither record gets a partner by itself from then on.

The Sales row's mark of the company goes first, so that it belongs to nobody any more.  Where several
companies share the organisation it stays: another one would take a row without a mark for a new one and make
it a partner.  What becomes of the two records is on file before their pair ends: a process that dies in
between leaves a pair that is uncoupled again by the repeat, never a record that would look like a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_code.core.instructions import Instruction
from shared_code.core.outcome import NEVER_S, PROBLEMS, Outcome, Problem
from shared_code.core.policies import PARTED
from shared_code.core.records import Side
from shared_code.store.tables import in_chunks
from shared_code.sync.processing import committing
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import Change, Moved, NotDone, OutcomeUnknown, WriteResult

CODE = "uncoupled"
MESSAGE = "A person uncoupled it; it gets no partner by itself."


def uncouple(work: Work) -> None:
    """One round: end the pairs of the open records whose Sales rows could be given free."""
    for item in work.open_items():
        if item.coupling is None:
            item.outcome, item.new_problem = _outcome_before(work, item), item.problem
    part(work, work.open_items(), MESSAGE if work.instruction is Instruction.UNCOUPLE else "")
    committing.commit(work)


def _outcome_before(work: Work, item: Item) -> Outcome:
    """What becomes of a record without a pair: an earlier delivery of this batch may have ended it."""
    stored = work.stored.get(item.id)
    return Outcome.UNCOUPLED if stored and stored.batch == work.batch.id else Outcome.UNCHANGED


def part(work: Work, items: Sequence[Item], message: str) -> None:
    """End the pairs of these records whose Sales rows could be given free; the others are handed on.

    With a ``message`` both records are set aside, so that neither gets a partner by itself.
    """
    _give_free(work, items)
    ending = [each for each in items if not each.settled]
    if message:
        _mark_sales(work, ending, message)
    for item in ending:
        mark = _mark(work, item, Side.BC, message)
        item.dirty = True
        committing.end(work, item, ())
        item.new_problem = mark if message else item.new_problem


def _give_free(work: Work, items: Sequence[Item]) -> None:
    """Take the company's mark off the Sales rows.  A row that is gone or refuses the change is left as it is:
    the pair ends all the same."""
    column = work.mapping.sales.company_column
    if column is None or not items or not work.at.alone:
        return
    by_row = {str(each.id_on(Side.SALES)): each for each in items}
    rows = work.system(Side.SALES).read(work.table(Side.SALES), sorted(by_row))
    company = work.at.connection.company_id
    ours = [row for row in rows.values() if str(row.values.get(column) or "").lower() == company.lower()]
    if not ours:
        return
    results = work.system(Side.SALES).update(
        work.table(Side.SALES), [Change(row.id, row.version, {column: None}) for row in ours]
    )
    for row, result in zip(ours, results, strict=True):
        _take_result(work, by_row[row.id], result)


def _take_result(work: Work, item: Item, result: WriteResult) -> None:
    match result:
        case NotDone(retry_after_s, _):
            item.hand_on(retry_after_s)
        case Moved() | OutcomeUnknown():
            item.hand_on(work.soon_s)


def _mark_sales(work: Work, items: Sequence[Item], message: str) -> None:
    marks = [_mark(work, item, Side.SALES, message) for item in items]
    for chunk in in_chunks([work.store.problem_operation(each) for each in marks]):
        work.store.transact(chunk)


def _mark(work: Work, item: Item, side: Side, message: str) -> Problem:
    assert item.coupling is not None
    now = work.runtime.now()
    details: dict[str, object] = {"was_with": item.coupling.id_on(side.other)}
    name = (item.problem.details.get("name") if item.problem else None) or label(work, item)
    return Problem(
        side,
        item.coupling.id_on(side),
        Outcome.SKIPPED,
        CODE,
        message,
        details={"name": name, **details},
        next_attempt_at_s=NEVER_S,
        since_s=now,
        set_aside=True,
    )


def part_by_rule(work: Work, item: Item, gone: Side) -> None:
    """The mapping's rule ends a pair of which one was deleted: the one that is left is on file as uncoupled.

    Otherwise the next look at everything would take it for a new record, and what somebody deleted on purpose
    would come back.
    """
    mark = replace(_mark(work, item, gone.other, PROBLEMS[PARTED].meaning), code=PARTED)
    if gone.other is Side.SALES:
        work.store.transact([work.store.problem_operation(mark)])
    committing.end(work, item, (gone,))
    if gone.other is Side.BC:
        item.new_problem = mark


def label(work: Work, item: Item) -> str:
    """What the pair is called, from its base where no row was read."""
    held = item.base.bc if item.base else {}
    texts = (str(held.get(name) or "") for name in ("number", "code", "name"))
    return " ".join(each for each in texts if each) or item.id
