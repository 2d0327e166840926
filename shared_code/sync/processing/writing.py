"""What a round will write, and updating: conditional writes whose success proves what was not read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from shared_code.core.agreement import disagreement
from shared_code.core.base import confirm_base
from shared_code.core.journal import Entry, Reason
from shared_code.core.new_records import template_values
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.reconcile import (
    Create,
    Merge,
)
from shared_code.core.records import Deleted, Side, Value, Values
from shared_code.sync.processing import both_ways, committing, documents, journaling, problems
from shared_code.sync.processing.items import Confirmed, Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import (
    Change,
    Exists,
    Gone,
    Moved,
    NotDone,
    OutcomeUnknown,
    Refused,
    WriteResult,
    Written,
)


@dataclass(slots=True)
class PlannedUpdate:
    """Fields to write on one side of one record; ``sent`` are their neutral values, ``because`` tells what
    decided each; ``entry`` is the journal's, once it is on file, and ``is_joined`` says that another write
    was announced for the same version."""

    item: Item
    change: Change
    sent: Values
    because: Mapping[str, Reason] = field(default_factory=dict)
    entry: Entry | None = None
    is_joined: bool = False


@dataclass(slots=True)
class PlannedCreation:
    """A partner to create; ``sent`` are its neutral values.

    ``lines`` are the native values of the rows that belong to it, by the ids of the lines they are made of.
    ``instead`` settles a record that cannot be sent to Business Central now.  It is planned all the same,
    because it may have been sent before, or be a row that Tandem itself made: then it has its partner.
    ``again``: it was sent before, and that request may still be running.
    """

    item: Item
    native: Values
    sent: Values
    instead: Callable[[], None] | None = None
    lines: Sequence[tuple[str, Values]] = ()
    again: bool = False


@dataclass(slots=True)
class Plan:
    """The writes of one round, by side; ``removals`` are pairs whose record there is to be deleted."""

    updates: dict[Side, list[PlannedUpdate]] = field(default_factory=lambda: {side: [] for side in Side})
    creations: dict[Side, list[PlannedCreation]] = field(default_factory=lambda: {side: [] for side in Side})
    removals: dict[Side, list[Item]] = field(default_factory=lambda: {side: [] for side in Side})

    def create(self, work: Work, item: Item, decision: Create) -> None:
        """Plan a creation; a record that may have a partner or cannot be put whole is not created."""
        native, faults, sent = work.native(decision.side, decision.values)
        lines, unput = documents.lines_of(work, item, decision.side)
        faults += unput
        instead: Callable[[], None] | None = None
        if documents.is_being_edited(work, item):
            item.hand_on(work.soon_s)
            return
        if item.problem and item.problem.code == "possible_partner" and not work.rules.insists:
            instead = partial(problems.hold, work, item, "possible_partner")
        elif nobodys := _nobodys(work, faults):
            instead = partial(problems.leave_until_coupled, work, item, nobodys)
        elif faults:
            instead = partial(problems.unfit, work, item, faults)
        elif decision.side is Side.SALES and (why := _without_place(work, item)):
            instead = partial(problems.not_carried, work, item, "not_carried", why)
        if instead and (decision.side is Side.SALES or decision.restores):
            instead()
        else:
            native = {**_from_templates(work, item, decision.side), **native}
            self.creations[decision.side].append(PlannedCreation(item, native, sent, instead, lines))

    def deactivate(self, work: Work, item: Item, side: Side) -> None:
        """Plan to take a record out of use: then it is outside the filter, and its coupling ends."""
        version, record_id = item.version_on(side), item.id_on(side)
        if version and record_id:
            change = Change(record_id, version, dict(work.mapping.side(side).deactivate))
            self.updates[side].append(PlannedUpdate(item, change, {}))

    def merge(self, work: Work, item: Item, merge: Merge) -> None:
        """Plan the updates of one record; what cannot be put is left open, the rest is written."""
        faults: list[Missing | Unfit] = []
        planned: list[tuple[Side, PlannedUpdate]] = []
        if lacking := both_ways.lacking(work, item, merge):
            item.states = {side: state for side, state in item.states.items() if side not in lacking}
            return
        waits = both_ways.awaited(work, item) if merge.to_bc else ""
        for side in Side:
            if not merge.to(side) or (waits and side is Side.BC):
                continue
            native, unput, sent = work.native(side, merge.to(side), item.rows.get(side))
            whole = both_ways.planned(work, item, side, native, sent)
            native, sent = whole.native, whole.sent
            faults += [*unput, *whole.faults]
            version, record_id = item.version_on(side), item.id_on(side)
            if side is Side.SALES and native and documents.is_unread(work, item):
                item.states.pop(side)
                return
            if side is Side.SALES and documents.is_locked(work, item, native):
                native, sent = dict(work.mapping.sales.reopened_by), {}
            if native and version and record_id:
                because = {name: merge.because[name] for name in sent}
                planned.append((side, PlannedUpdate(item, Change(record_id, version, native), sent, because)))
        for side, update in planned:
            self.updates[side].append(update)
        if not planned and waits:
            both_ways.tell_awaited(work, item, waits)
        elif not planned:
            committing.settle(work, item, _open_groups(work, merge, faults), faults)


def _nobodys(work: Work, faults: Sequence[Missing | Unfit]) -> Missing | None:
    """What a record lacks that is nobody's without it."""
    quiet = {each.name for each in work.mapping.fields if each.quiet}
    return next((each for each in faults if isinstance(each, Missing) and each.field in quiet), None)


def _without_place(work: Work, item: Item) -> str:
    return disagreement(work.mapping, item.values_on(Side.BC), work.links)


def _from_templates(work: Work, item: Item, side: Side) -> dict[str, Value]:
    """What the mapping's templates give the new record, by what the record holds that it is made for."""
    source = item.rows.get(side.other)
    return template_values(work.mapping.side(side).new, source.values if source else {}, side.other)


def _open_groups(work: Work, merge: Merge, faults: list[Missing | Unfit]) -> frozenset[str]:
    contested = [name for each in merge.conflicts for name in each.fields]
    return work.groups_of([*contested, *(each.field for each in faults)])


def update(work: Work, plan: Plan) -> None:
    """Send the round's updates; what came of each is what the next round knows."""
    for side, planned in plan.updates.items():
        planned = [each for each in planned if not each.item.settled]
        if not planned:
            continue
        announced = journaling.announce(work, side, planned)
        results = work.system(side).update(work.table(side), [each.change for each in planned])
        work.links.load(side, [each.row for each in results if isinstance(each, Written)])
        done = {e.item.coupling.bc_id: r for e, r in zip(planned, results, strict=True) if e.item.coupling}
        for each, result in zip(planned, results, strict=True):
            take_result(work, each, side, result)
        journaling.withdraw(work, announced, done)


def take_result(work: Work, planned: PlannedUpdate, side: Side, result: WriteResult) -> None:
    """Take note of what became of one update."""
    item = planned.item
    match result:
        case Written():
            confirm(work, planned, side, result)
            if lost := documents.not_kept(work, item, planned.sent):
                documents.tell_not_kept(work, item, lost)
        case Moved() | OutcomeUnknown() | Exists():
            # Somebody else wrote, or nobody knows whether we did: what the record holds now decides.
            item.states.pop(side, None)
            if work.mapping.bc.moved_by:
                item.states.pop(Side.BC, None)  # It may have moved, too, and its version would not tell.
        case Gone() if side is Side.BC and work.mapping.bc.lives_on:
            item.states.pop(side, None)  # It may live on elsewhere, which reading tells.
        case Gone():
            item.states[side] = Deleted(planned.change.id)
        case Refused():
            problems.refused(work, item, side, result, planned.change.values)
            if item.coupling:
                committing.keep_open(work, item)
        case NotDone(retry_after_s, _):
            item.hand_on(retry_after_s)


def confirm(work: Work, planned: PlannedUpdate, side: Side, done: Written) -> None:
    """A write is confirmed: base, journal and what is known follow what the service now holds."""
    item = planned.item
    work.know(item, side, done.row)
    returned = made_of(done, planned.sent, item.values_on(side))
    lost = documents.not_kept(work, item, planned.sent)
    sent = {name: value for name, value in planned.sent.items() if name not in lost}
    item.base = confirm_base(item.base, side, sent, returned)
    item.modified, item.dirty = True, True
    item.confirmed.append(Confirmed(side, done.row.version, sent, returned))
    journaling.correct(planned, returned)
    journaling.keep_untouched(item, side, planned.change.version.stamp, done)


def made_of(done: Written, sent: Values, held: Values) -> Values:
    """What the service made of what was sent, out of what it holds; what was sent where nobody can tell that
    from an edit."""
    return {**held, **sent} if done.edited else held
