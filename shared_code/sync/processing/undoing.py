"""Undoing: what a job wrote to the records of a batch is taken back, or only told.

Values go back with the same conditional writes as everywhere.  The base is moved before the write: a process
that dies in between leaves nothing that the next look would carry to the other side.  The versions on file
stay, so that the next look reads the records and sees what else people changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared_code.core.instructions import Instruction
from shared_code.core.journal import Entry, Reason
from shared_code.core.outcome import NEVER_S, Outcome, Problem
from shared_code.core.records import Side
from shared_code.core.undo import (
    REMAINS,
    WITHDRAWN,
    WORDS,
    Left,
    Otherwise,
    Why,
    offers,
    undone_base,
)
from shared_code.store.undos import UndoneRecord
from shared_code.sync.processing import committing, journaling, removing, uncoupling
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.reading import read_missing
from shared_code.sync.processing.uncoupling import CODE, label
from shared_code.sync.processing.undo_planning import Undone, hold_referred, phase, planned, undos
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import PlannedUpdate, made_of
from shared_code.systems.interface import (
    Change,
    Gone,
    NotDone,
    Refused,
    Removal,
    Removed,
    WriteResult,
    Written,
)


def undo(work: Work) -> None:
    """One round: read both records, plan, and unless only the plan is wanted, write; then tell."""
    order = work.order
    items = _coupled(work)
    for item in items:
        item.states.clear()
    read_missing(work)
    open_items = [each for each in items if not each.settled]
    undone = planned(work, open_items, str(order["job"]), float(str(order["since_s"])))
    hold_referred(work, undone)
    if work.instruction is Instruction.UNDO:
        _carry_out(work, undone, Otherwise(str(order["otherwise"])))
    else:
        _foresee(undone)
    for each in undone:
        if not each.item.settled:
            _settle(each)
    _tell(work, str(order["undo"]), [each for each in undone if each.item.outcome])
    committing.commit(work)


def _coupled(work: Work) -> list[Item]:
    for item in work.open_items():
        if item.coupling is None:
            item.outcome, item.new_problem = Outcome.UNCHANGED, item.problem
    return work.open_items()


def _foresee(undone: Sequence[Undone]) -> None:
    for each in undone:
        each.put_back = {side: sorted(values) for side, values in each.plan.back.items()}
        each.removed = each.plan.remove or ""
        each.left += each.remains if each.removed else ()


def _carry_out(work: Work, undone: Sequence[Undone], otherwise: Otherwise) -> None:
    for each in undone:
        if each.gone is not None:
            # A process died after the removal: the pair is still to end.
            each.left.clear()
            _take_removed(work, each.gone, each, Removed())
    _move_bases(work, undone)
    for side in Side:
        _put_back(work, side, [e for e in undone if e.plan.back.get(side) and not e.item.settled])
    for side in Side:
        _remove(work, side, [e for e in undone if e.plan.remove is side and not e.item.settled])
    for side in Side:
        kept = [e for e in undone if _is_kept(e, side) and not e.item.settled]
        if otherwise is Otherwise.WITHDRAW:
            _withdraw(work, side, kept)
        elif otherwise is Otherwise.UNCOUPLE:
            _uncouple(work, kept)


def _is_kept(each: Undone, side: Side) -> bool:
    """Whether it is a record that the job created and that could not be removed."""
    origin = each.item.coupling.origin if each.item.coupling else None
    stays = any(not left.fields and left.why not in REMAINS for left in each.left)
    return stays and not each.removed and origin is not None and origin.side is side


def _move_bases(work: Work, undone: Sequence[Undone]) -> None:
    """Before the writes: the bases as they will be, with the versions that are on file."""
    for each in undone:
        item = each.item
        for side, values in each.plan.back.items():
            assert item.base is not None
            item.base = undone_base(item.base, side, values)
        _repair(each)
        if item.coupling and item.coupling.base is not item.base:
            item.coupling = replace(item.coupling, base=item.base, in_step=False)
            item.dirty = True
    committing.commit(work)


def _repair(each: Undone) -> None:
    """What an earlier attempt put back and a look in between took for an edit is the base again."""
    item = each.item
    for side, names in each.repeated.items():
        known = item.known(side)
        if known and item.base and not each.plan.back.get(side):
            item.base = undone_base(item.base, side, {name: known.values.get(name) for name in names})


def _put_back(work: Work, side: Side, undone: Sequence[Undone]) -> None:
    work.links.load_neutral(each.plan.back[side] for each in undone)
    planned = [(each, update) for each in undone if (update := _update(work, side, each))]
    if not planned:
        return
    updates = [update for _, update in planned]
    announced = journaling.announce(work, side, updates)
    results = work.system(side).update(work.table(side), [each.change for each in updates])
    work.links.load(side, [each.row for each in results if isinstance(each, Written)])
    done = {e.item.coupling.bc_id: r for e, r in zip(updates, results, strict=True) if e.item.coupling}
    for (each, update), result in zip(planned, results, strict=True):
        _take_written(work, side, each, update, result)
    journaling.withdraw(work, announced, done)


def _update(work: Work, side: Side, each: Undone) -> PlannedUpdate | None:
    item, values = each.item, each.plan.back[side]
    native, _, sent = work.native(side, values, item.rows.get(side))
    if unwritten := tuple(sorted(values.keys() - sent.keys())):
        each.left.append(Left(side, unwritten, Why.REFUSED, "its earlier value cannot be written"))
    if not native:
        return None
    version, record_id = item.version_on(side), item.id_on(side)
    assert version is not None
    assert record_id is not None
    return PlannedUpdate(item, Change(record_id, version, native), sent, dict.fromkeys(sent, Reason.UNDONE))


def _take_written(work: Work, side: Side, each: Undone, update: PlannedUpdate, result: WriteResult) -> None:
    item = each.item
    match result:
        case Written(row):
            work.know(item, side, row)
            made = made_of(result, update.sent, item.values_on(side))
            held = {name: made.get(name) for name in update.sent}
            journaling.correct(update, made)
            journaling.keep_untouched(item, side, update.change.version.stamp, result)
            assert item.base is not None
            item.base = undone_base(item.base, side, held)
            assert item.coupling is not None
            item.coupling = replace(item.coupling, base=item.base, in_step=False)
            item.dirty = True
            each.put_back[side] = sorted(update.sent)
        case Refused(_, message):
            each.left.append(Left(side, tuple(sorted(update.sent)), Why.REFUSED, message))
        case _:
            _not_now(work, item, result)


def _not_now(work: Work, item: Item, result: WriteResult) -> None:
    """Somebody else wrote, or nobody knows: the record goes back on the queue and is planned anew."""
    item.hand_on(result.retry_after_s if isinstance(result, NotDone) else work.soon_s)


def _remove(work: Work, side: Side, undone: Sequence[Undone]) -> None:
    """Delete what Tandem created and nobody else has written, as long as it still is that version."""
    if not undone:
        return
    entries = [_removal_entry(work, each.item, side) for each in undone]
    announced = work.at.journal.announce(work.mapping.name, entries)
    removals = [_removal(each.item, side) for each in undone]
    results = removing.delete(work, side, removals)
    for each, result in zip(undone, results, strict=True):
        _take_removed(work, side, each, result)
    done = {entry.bc_id: result for entry, result in zip(entries, results, strict=True)}
    journaling.withdraw(work, announced, {i: r for i, r in done.items() if not isinstance(r, Gone)})


def _removal(item: Item, side: Side) -> Removal:
    version, record_id = item.version_on(side), item.id_on(side)
    assert version is not None
    assert record_id is not None
    return Removal(record_id, version)


def _removal_entry(work: Work, item: Item, side: Side) -> Entry:
    version, held = item.version_on(side), dict(item.values_on(side))
    assert version is not None
    assert item.coupling is not None
    entry = journaling.new_entry(work, item.coupling.bc_id, side, version.stamp, held, dict.fromkeys(held))
    return replace(entry, because=dict.fromkeys(held, Reason.UNDONE))


def _take_removed(work: Work, side: Side, each: Undone, result: WriteResult) -> None:
    match result:
        case Removed() | Gone():
            each.removed = side
            each.left += each.remains
            if side is Side.SALES:
                work.removed_rows.add(str(each.item.id_on(Side.BC)))
            _end(work, each, side, "An undo removed its partner; it gets no partner by itself.")
        case Refused(_, message):
            each.left.append(Left(side, (), Why.REFUSED, f"{side.system_name} answered: {message}"))
        case _:
            _not_now(work, each.item, result)


def _end(work: Work, each: Undone, side: Side, message: str) -> None:
    """End the pair; the record that stays is set aside, so that it gets no partner by itself."""
    item, stays = each.item, side.other
    assert item.coupling is not None
    mark = Problem(
        stays, item.coupling.id_on(stays), Outcome.SKIPPED, CODE, message,
        details={"name": label(work, item), "was_with": item.coupling.id_on(side)},
        next_attempt_at_s=NEVER_S, since_s=work.runtime.now(), set_aside=True,
    )  # fmt: skip
    item.removed = bool(each.removed)
    item.dirty = True
    committing.end(work, item, (side,))
    item.new_problem = mark


def _withdraw(work: Work, side: Side, undone: Sequence[Undone]) -> None:
    """Block or retire what cannot be removed, so that nobody uses it by mistake."""
    native = WITHDRAWN.get((side, work.mapping.side(side).table))
    present = [each for each in undone if each.item.known(side)] if native else []
    if not present or native is None:
        return
    removals = [_removal(each.item, side) for each in present]
    changes = [Change(each.id, each.version, native) for each in removals]
    for each, result in zip(present, work.system(side).update(work.table(side), changes), strict=True):
        match result:
            case Written():
                each.withdrawn = side
            case Refused(_, message):
                each.left.append(Left(side, (), Why.REFUSED, f"{side.system_name} answered: {message}"))
            case _:
                _not_now(work, each.item, result)


def _uncouple(work: Work, undone: Sequence[Undone]) -> None:
    """End the pairs of what cannot be removed: both records stay, and neither gets a partner by itself."""
    uncoupling.part(work, [each.item for each in undone], UNCOUPLED)
    for each in undone:
        each.withdrawn = "uncoupled" if each.item.outcome else ""


UNCOUPLED = "An undo uncoupled it; it gets no partner by itself."


def _settle(each: Undone) -> None:
    item = each.item
    if each.removed:
        item.outcome = Outcome.DELETED
    elif each.put_back or each.withdrawn or each.repeated:
        item.outcome = Outcome.MODIFIED
    elif any(left.why is Why.REFUSED for left in each.left):
        item.outcome = Outcome.FAILED
    else:
        item.outcome = Outcome.SKIPPED if each.left else Outcome.UNCHANGED
    item.new_problem = item.problem


def _tell(work: Work, undo_id: str, undone: Sequence[Undone]) -> None:
    undos(work).note(undo_id, phase(work), [_record(work, each) for each in undone])


def _record(work: Work, each: Undone) -> UndoneRecord:
    item = each.item
    assert item.outcome is not None
    bc_id = str(item.id_on(Side.BC))
    fields = {side.value: names for side, names in each.put_back.items()}
    left = [_left(work, one) for one in each.left]
    name = work.label(item)
    return UndoneRecord(
        work.mapping.name, bc_id, name, item.outcome, each.removed, each.withdrawn, fields, left
    )


def _left(work: Work, left: Left) -> dict[str, Any]:
    """What stays, why, and what is offered instead."""
    table = work.mapping.side(left.side).table
    text = f"{WORDS[left.why]}: {left.text}" if left.text else WORDS[left.why]
    return {"side": left.side.value, "fields": list(left.fields), "why": left.why.value, "text": text,
            "offers": [each.value for each in offers(table, left)]}  # fmt: skip
