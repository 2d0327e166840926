"""Round by round: read what must be known, decide, write, until every record is settled.

Each round decides every open record anew from what is then known, so a moved version, a lost answer or
a value that a service filled in needs no path of its own: the next round sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Concatenate

from shared_code.core import filters
from shared_code.core.choices import choices_of
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.instructions import UNCOUPLING, UNDOING, Instruction
from shared_code.core.outcome import PROBLEMS, Outcome
from shared_code.core.reconcile import (
    LEFT_BEHIND,
    OTHER_COMPANY,
    OUTSIDE_FILTER,
    Create,
    Deactivate,
    Decision,
    EndCoupling,
    Hold,
    Leave,
    Merge,
    MergedAway,
    PartnerDeleted,
    ReadFirst,
    Remove,
    reconcile,
)
from shared_code.core.records import Absent, Side, Unread, Version
from shared_code.store.tables import StoreError
from shared_code.sync import rules
from shared_code.sync.processing import (
    adopting,
    both_ways,
    committing,
    creating,
    documents,
    elsewhere,
    intents,
    left_behind,
    naming,
    problems,
    relinking,
    removing,
    uncoupling,
    undoing,
    writing,
)
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.reading import read_missing as read_missing
from shared_code.sync.processing.work import MAX_ROUNDS, Work
from shared_code.systems.interface import SystemFault, SystemUnavailable, Throttled


def run_rounds(work: Work) -> None:
    """Settle every item of the batch.  Whatever a service could not serve now is handed on."""
    for _ in range(MAX_ROUNDS):
        if not work.open_items():
            return
        if not work.is_trusted():
            # The batch took so long that a system may have been put back meanwhile: it is asked first.
            _hand_on_rest(work, 0.0)
            return
        try:
            _round(work)
        except Throttled as throttled:
            _hand_on_rest(work, throttled.retry_after_s)
        except SystemUnavailable:
            _hand_on_rest(work, work.soon_s)
    for item in work.open_items():
        # Both sides keep changing under our hands: what is confirmed is committed, the rest tried later.
        problems.wait(work, item, "unsettled", "Both sides kept changing; the record is tried again.")


def _round(work: Work) -> None:
    if work.instruction in UNCOUPLING:
        uncoupling.uncouple(work)
        return
    if work.instruction in UNDOING:
        undoing.undo(work)
        return
    read_missing(work)
    plan = writing.Plan()
    decisions: dict[str, Decision] = {}
    for item in work.open_items():
        decision = _alone(work, item, decide, item)
        if decision is not None:
            decisions[item.id] = decision
    unplanned = (each for each in work.open_items() if _is_unplanned(work, each, decisions[each.id]))
    found = left_behind.couple(work, unplanned)
    for item in work.open_items():
        if item.id not in found:
            _alone(work, item, _act, item, decisions[item.id], plan)
    naming.name_targets(work)
    naming.name_survivors(work)
    committing.commit(work)
    relinking.relink(work, plan)
    elsewhere.keep_single(work, plan)
    adopting.adopt_existing(work, plan)
    creating.create(work, plan)
    writing.update(work, plan)
    removing.remove(work, plan)


def _alone[**P, T](
    work: Work, item: Item, step: Callable[Concatenate[Work, P], T], *args: P.args, **named: P.kwargs
) -> T | None:
    """A step of one record.  Whatever goes wrong with it fails that record alone.

    A service's or storage's fault is none of it: the batch goes on later.
    """
    try:
        return step(work, *args, **named)
    except (SystemFault, StoreError):
        raise
    except Exception as fault:
        problems.fail(work, item, "internal", f"{type(fault).__name__} while deciding; nothing was written.")
        return None


def _is_unplanned(work: Work, item: Item, decision: Decision) -> bool:
    """Whether nothing will be made for the record, so that only here a row is found that was."""
    return isinstance(decision, Hold | Leave) or _is_left_aside(work, item, decision)


def _hand_on_rest(work: Work, delay_s: float) -> None:
    for item in work.open_items():
        item.hand_on(delay_s)
    committing.commit(work)


def decide(work: Work, item: Item) -> Decision:
    """What ``reconcile`` says about the record as it is now known."""
    bc, sales = item.states[Side.BC], item.states[Side.SALES]
    choices = choices_of(item.problem)
    item.decided_by = next((each.by for each in choices.values() if each.by), "")
    decided = replace(work.rules, choices=choices) if choices else work.rules
    return reconcile(work.mapping, item.base, bc, sales, decided, ours=work.made(item))


def _act(work: Work, item: Item, decision: Decision, plan: writing.Plan) -> None:
    match decision:
        case _ if _is_left_aside(work, item, decision):
            _leave_aside(work, item)
        case Merge():
            _merge(work, item, decision, plan)
        case Create(restores=True):
            _restore(work, item, decision, plan)
        case Create():
            plan.create(work, item, decision)
        case ReadFirst(sides):
            item.states = {side: state for side, state in item.states.items() if side not in sides}
        case Leave(reason):
            _leave(work, item, reason)
        case Hold():
            _hold(work, item)
        case PartnerDeleted() | MergedAway():
            _without_partner(work, item, decision)
        case EndCoupling():
            _end(work, item, decision)
        case Remove(side):
            plan.removals[side].append(item)
        case Deactivate(side):
            plan.deactivate(work, item, side)


def _is_left_aside(work: Work, item: Item, decision: Decision) -> bool:
    """Whether a person left the record out and something would be done about it.  What a person wants done
    with it now counts more."""
    if item.problem is None or not item.problem.set_aside or work.instruction is not Instruction.NONE:
        return False
    match decision:
        case Merge(to_bc, to_sales, conflicts):
            return bool(to_bc or to_sales or conflicts)
        case Create() | Hold() | Remove() | Deactivate() | PartnerDeleted() | MergedAway():
            return True
        case _:
            return False


def _leave_aside(work: Work, item: Item) -> None:
    if _owes_nothing(work, item):
        problems.leave_aside(item)
    if item.coupling:
        committing.keep_open(work, item)


def _hold(work: Work, item: Item) -> None:
    """Creating waits for a person.  What an earlier attempt made is coupled; an intent that stayed would hold
    back every record of its name, and the matching too."""
    if not _owes_nothing(work, item):
        return
    is_candidate = item.problem is not None and item.problem.code == "possible_partner"
    problems.hold(work, item, "possible_partner" if is_candidate else "couple_first")


def _owes_nothing(work: Work, item: Item) -> bool:
    """Whether no creation is under way for the record, or no longer; else it is settled or decided anew."""
    if item.intent:
        intents.settle_intent(work, item)
    return item.intent is None and not item.settled


def _merge(work: Work, item: Item, merge: Merge, plan: writing.Plan) -> None:
    is_over = both_ways.is_over(work, item)
    too_late = merge.to_bc if is_over else {}
    if is_over:
        merge = replace(merge, to_bc={})
    item.conflicts = merge.conflicts
    if work.mapping.order_lines and documents.is_being_edited(work, item):
        item.hand_on(work.soon_s)
        return
    if not (merge.to_bc or merge.to_sales):
        if both_ways.tells_too_late(work, item, too_late):
            return
        if not merge.conflicts and documents.tells_other_totals(work, item):
            return
        committing.settle(work, item, work.groups_of(f for c in merge.conflicts for f in c.fields))
        return
    plan.merge(work, item, merge)


def _end(work: Work, item: Item, ending: EndCoupling) -> None:
    if ending.parted:
        (gone,) = ending.deleted
        uncoupling.part_by_rule(work, item, gone)
    else:
        committing.end(work, item, ending.deleted)


def _restore(work: Work, item: Item, create: Create, plan: writing.Plan) -> None:
    """The partner was deleted and is created again; the coupling with the old one ends before.

    Where the deletion itself was seen, the survivor is handed to its own side, which then does this.
    """
    if item.side is create.side:
        work.survivors.append(str(item.id_on(create.side.other)))
        item.outcome = Outcome.UNCOUPLED
        problems.forget(item)
        committing.keep_open(work, item)
        return
    plan.create(work, item, create)
    if not item.settled:
        committing.release(work, item)
        item.states[create.side] = Absent()


def _without_partner(work: Work, item: Item, decision: PartnerDeleted | MergedAway) -> None:
    if isinstance(decision, PartnerDeleted):
        _partner_deleted(work, item, decision.side)
        return
    problems.merged_away(work, item, decision.survivor)
    committing.keep_open(work, item)


def _partner_deleted(work: Work, item: Item, side: Side) -> None:
    problems.partner_deleted(work, item, side)
    committing.keep_open(work, item)


def _leave(work: Work, item: Item, reason: str) -> None:
    """Nothing is to be written.  A pair outside the filter keeps its base and is read whole next time."""
    if reason == OTHER_COMPANY and work.mapping.shared and item.coupling:
        committing.settle(work, item, frozenset())
        # Whose row it is tells only the row: it is read every time.
        committing.keep_open(work, item)
        return
    if item.coupling and item.coupling.state is CouplingState.COUPLED:
        if reason == OUTSIDE_FILTER and elsewhere.was_taken_over(work, item.coupling):
            committing.end(work, item, ())
            return
        committing.leave(work, item)
        if reason == LEFT_BEHIND:
            problems.not_carried(work, item, LEFT_BEHIND, PROBLEMS[LEFT_BEHIND].meaning)
        return
    if not _owes_nothing(work, item):
        return
    item.outcome = Outcome.UNCHANGED
    problems.forget(item)
    row = item.rows.get(item.side)
    if row and reason == OUTSIDE_FILTER and (why := filters.told(work.mapping, item.side, row.values)):
        problems.not_carried(work, item, "not_carried", why)


def prepare(work: Work) -> None:
    """Set each item's starting states from its coupling: what is in step need not be read.

    What was in step under other rules says nothing about these: both sides are read, and fields that mean
    something else now have no base.
    """
    for item in work.items:
        coupling = item.coupling
        if coupling is None or coupling.state is not CouplingState.COUPLED:
            item.states = {item.side.other: Absent()}
            continue
        item.coupled = coupling.batch == work.batch.job and coupling.outcome is Outcome.COUPLED
        item.base = rules.base_under(work.at, work.mapping, coupling)
        if not rules.is_made_under(work.at, work.mapping.name, coupling.rules):
            continue
        other = coupling.version_on(item.side.other)
        if work.instruction is not Instruction.NONE:
            continue  # A person wants it done by what both sides hold now.
        # A pair with a problem is read whole: what it is about need not be on the side it is filed under.
        if coupling.in_step and other is not None and item.problem is None:
            item.states = {item.side.other: Unread(coupling.id_on(item.side.other), other)}
        if _known_version(coupling, item) and item.side.other in item.states:
            item.states[item.side] = Unread(item.id, _version(coupling, item.side))


def _known_version(coupling: Coupling, item: Item) -> bool:
    """Whether the scan saw just the version that is in step: then there is nothing to read.

    Only Sales numbers its versions.  Business Central stamps them with the time, which two writes can share.
    """
    if item.side is Side.BC:
        return False
    seen = coupling.version_on(item.side)
    return seen is not None and bool(item.stamp) and seen.stamp == item.stamp


def _version(coupling: Coupling, side: Side) -> Version:
    version = coupling.version_on(side)
    assert version is not None
    return version
