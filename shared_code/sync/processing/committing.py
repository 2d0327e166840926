"""Committing: couplings, bases, problems and journal, after the services have confirmed.

A base is saved only after the write it describes is confirmed.  A process that dies in between leaves
an old base and equal values; the next look sees that they are equal and only moves the base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_code.core.base import settle_base
from shared_code.core.choices import CONFLICT
from shared_code.core.coupling import Coupling, CouplingState, Intent, Origin, OriginKind
from shared_code.core.frozen import changed, frozen
from shared_code.core.outcome import Outcome
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Side
from shared_code.core.references import reference_key
from shared_code.store.tables import AlreadyExists, Changed, Operation, Unstorable
from shared_code.store.tables import Missing as NotThere
from shared_code.sync import rules
from shared_code.sync.processing import attaching, beside_telling, journaling, overtaken, pairing, problems
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work

OVERTAKEN = (AlreadyExists, Changed, NotThere)
"""What a conditional write answers when somebody else was there first."""

MAX_ENTITIES = 99
"""Entities of one transaction: whole records only, and a record takes up to six."""


def settle(
    work: Work, item: Item, open_groups: frozenset[str], faults: Sequence[Missing | Unfit] = ()
) -> None:
    """The pair is in step but for ``open_groups``; decides the outcome and prepares what is stored."""
    bc, sales = item.values_on(Side.BC), item.values_on(Side.SALES)
    item.base = settle_base(work.mapping, item.base, bc, sales, open_groups)
    item.dirty = True
    _settle_outcome(work, item, list(faults))
    _update_coupling(work, item, in_step=not open_groups)


def _settle_outcome(work: Work, item: Item, faults: list[Missing | Unfit]) -> None:
    if any(isinstance(each, Unfit) for each in faults):
        problems.unfit(work, item, faults)
    elif item.conflicts:
        problems.conflict(work, item, item.conflicts)
    elif faults:
        problems.unfit(work, item, faults)
    else:
        item.outcome = item.success(_repeated(work, item))
        problems.forget(item)


def _repeated(work: Work, item: Item) -> Outcome | None:
    """What an earlier delivery of this batch did with the record."""
    coupling = item.coupling
    return coupling.outcome if coupling and coupling.batch == work.batch.id else None


def leave(work: Work, item: Item) -> None:
    """Outside the filter: nothing more is written, the base stays, and both sides are read next time."""
    item.outcome = item.success(_repeated(work, item))
    problems.forget(item)
    keep_open(work, item)


def keep_open(work: Work, item: Item) -> None:
    """The base does not describe both sides: remember the versions seen, and to read both next time."""
    item.dirty = True
    _update_coupling(work, item, in_step=False)


def end(work: Work, item: Item, deleted: tuple[Side, ...]) -> None:
    """The coupling ends; its generation is raised so that a late creation cannot come back."""
    release(work, item)
    item.outcome = Outcome.DELETED if item.removed else Outcome.UNCOUPLED
    problems.forget(item)


def release(work: Work, item: Item) -> None:
    """The coupling ends and the record goes on without one: its partner is created anew."""
    assert item.coupling is not None
    item.coupling = replace(
        item.coupling,
        state=CouplingState.ENDED,
        generation=item.coupling.generation + 1,
        base=None,
        bc_version=None,
        sales_version=None,
        in_step=False,
        reference="",
        batch=work.batch.id,
        outcome=Outcome.UNCOUPLED,
    )
    item.base, item.dirty = None, True


def _update_coupling(work: Work, item: Item, in_step: bool) -> None:
    before = item.coupling
    if before is None:
        return
    done = item.outcome if item.outcome in (Outcome.INSERTED, Outcome.MODIFIED, Outcome.COUPLED) else None
    mid_way = Outcome.INSERTED if item.inserted else Outcome.MODIFIED if item.modified else None
    wrote = done or mid_way
    item.coupling = changed(
        before,
        base=item.base,
        bc_version=item.version_on(Side.BC) or before.bc_version,
        sales_version=item.version_on(Side.SALES) or before.sales_version,
        in_step=in_step,
        reference=reference_of(work, item) or before.reference,
        rules=work.at.digests[work.mapping.name],
        batch=work.batch.id if wrote else before.batch,
        outcome=wrote or before.outcome,
    )


def reference_of(work: Work, item: Item) -> str:
    """What other BC records will point to this one with."""
    row = item.rows.get(Side.BC)
    return (reference_key(map(row.values.get, work.mapping.bc.reference)) if row else None) or ""


def commit(work: Work) -> None:
    """Store everything that is confirmed: one transaction per about a hundred entities.

    A record whose coupling somebody else changed meanwhile is handed on and decided anew.
    """
    for item in work.items:
        if item.dirty and item.coupling and item.coupling.base is not item.base:
            # A write is confirmed and more are to come: store how far the record is before they go out.
            _update_coupling(work, item, in_step=False)
    beside_telling.tell(work)
    journaling.store(work)
    if any(each.dirty for each in work.items):
        rules.note(work.at, work.mapping)
    pairing.announce(work, work.items)
    _read_problems_of_found(work)
    concerned = (_pending(work, each) for each in work.items if each.dirty or each.outcome is not None)
    for group in _groups([each for each in concerned if each.operations]):
        _transact(work, group)


def _read_problems_of_found(work: Work) -> None:
    """A partner that was found may be listed with a problem of its own: it ends with the coupling."""
    found = {each.found: each for each in work.items if each.found}
    listed = work.store.problems(work.batch.side.other, sorted(found)) if found else {}
    for record_id, item in found.items():
        item.old_problem, item.found = listed.get(record_id), ""


@frozen
class _Pending:
    """What is stored for one record; ``of_coupling`` are the first so many of its operations."""

    item: Item
    operations: list[Operation]
    of_coupling: int


def _pending(work: Work, item: Item) -> _Pending:
    """What is stored for one record; nothing where nothing changed."""
    coupling = _coupling_operations(work, item)
    return _Pending(item, coupling + _problem_operations(work, item), len(coupling))


def _groups(pending: Sequence[_Pending]) -> list[list[_Pending]]:
    groups: list[list[_Pending]] = [[]]
    size = 0
    for each in pending:
        if size + len(each.operations) > MAX_ENTITIES:
            groups.append([])
            size = 0
        groups[-1].append(each)
        size += len(each.operations)
    return [group for group in groups if group]


def _coupling_operations(work: Work, item: Item) -> list[Operation]:
    before, after = work.stored.get(item.id), item.coupling
    if not item.dirty or after is None or after == before:
        return []
    if before is None or before.state is not CouplingState.COUPLED:
        if after.state is CouplingState.ENDED:
            # What was made is found and its end known in one go.
            return work.store.ended_operations(after, item.intent)
        return work.store.insert_operations(after, item.intent)
    if after.state is CouplingState.ENDED:
        return work.store.end_operations(after) + attaching.parting(work, after)
    return work.store.update_operations(after, before)


def _problem_operations(work: Work, item: Item) -> list[Operation]:
    """The problem as it is now: written under its place, removed where it was or is no more.

    A conflict must be as it was read: a person may have decided it since, and that would be lost.
    """
    if not item.settled or item.outcome is None:
        return []
    stored = [each for each in (item.problem, item.old_problem) if each is not None]
    present = item.new_problem
    if present in stored and len(stored) == 1:
        return []
    place = (present.side, present.record_id) if present else None
    gone = [each for each in stored if (each.side, each.record_id) != place]
    over = [each for each in stored if (each.side, each.record_id) == place and each.code == CONFLICT]
    kept = [work.store.problem_operation(present, *over)] if present else []
    return kept + [work.store.solved_operation(each) for each in gone]


def _transact(work: Work, group: list[_Pending]) -> None:
    operations = [operation for each in group for operation in each.operations]
    try:
        etags = work.store.transact(operations)
    except OVERTAKEN:
        _transact_apart(work, group)
        return
    except Unstorable:
        if len(group) == 1:
            raise
        for each in group:  # Long texts: together they are more than one transaction may hold.
            _transact(work, [each])
        return
    position = 0
    for each in group:
        _stored(work, each, etags[position] if each.of_coupling else None)
        position += len(each.operations)


def _transact_apart(work: Work, group: list[_Pending]) -> None:
    """One of the group was overtaken: each on its own, so that only that one is handed on."""
    if len(group) > 1:
        for each in group:
            _transact(work, [each])
        return
    item = group[0].item
    if item.intent is not None and item.dirty:
        # Somebody may have given the intent up because nothing had been made yet: what was made since is
        # coupled all the same, unless one of the two has another partner by now.
        item.intent = None
        _transact(work, [_pending(work, item)])
        return
    if item.dirty and item.coupling and item.coupling.state is CouplingState.COUPLED:
        pairing.overtaken(work, item, item.coupling)
        if not is_coupled(work.stored.get(item.id)):
            # The pair never came to be: whatever is said of the record now is filed under its own id.
            item.coupling = None
    overtaken.keep_written(work, item)
    item.confirmed.clear()
    item.outcome, item.dirty = None, False
    item.hand_on(work.soon_s)


def _stored(work: Work, pending: _Pending, etag: str | None) -> None:
    """Take note of what was stored; ``etag`` is the coupling's new one, where it is part of it."""
    item = pending.item
    item.journal.clear()
    item.confirmed.clear()
    item.made = None
    if etag is not None and item.coupling is not None:
        item.coupling = changed(item.coupling, etag=etag)
        _note_coupled(work, item)
        work.stored[item.id] = item.coupling
        item.intent, item.announced = None, False
        if item.coupling.state is CouplingState.ENDED:
            pairing.ended(work, item.coupling)
            item.coupling = None
    item.dirty = False
    if item.settled:
        item.problem, item.old_problem = item.new_problem, None


def _note_coupled(work: Work, item: Item) -> None:
    """Others may wait for this record: remember the keys it is found by from now on."""
    before, after = work.stored.get(item.id), item.coupling
    if after is None or after.state is not CouplingState.COUPLED:
        return
    if before is None or before.state is not CouplingState.COUPLED or before.reference != after.reference:
        work.coupled_keys.update(_keys_of(after))
    attaching.note(work, item, before, after)


def note_coupled_before(work: Work) -> None:
    """An earlier delivery of this very batch, or a person's request, may have coupled records and died before
    it freed who waits for them, or looked whom they belong to."""
    for record_id, each in work.stored.items():
        if is_coupled(each) and (each.batch == work.batch.id or each.base is None):
            work.coupled_keys.update(_keys_of(each))
            work.attached.add(record_id)


def _keys_of(coupling: Coupling) -> tuple[str, ...]:
    """The keys that others find the record by."""
    keys = (f"bc|{coupling.bc_id}", f"sales|{coupling.sales_id}")
    return (*keys, f"bc|{coupling.reference}") if coupling.reference else keys


def is_coupled(known: Coupling | Intent | None) -> bool:
    """Whether a record has a living coupling."""
    return isinstance(known, Coupling) and known.state is CouplingState.COUPLED


def couple(
    work: Work, item: Item, bc_id: str, sales_id: str, created: tuple[Origin, str] | None = None
) -> None:
    """Begin a coupling for the record; stored with the next commit, create-only in both directions.

    It takes the place of one of the same BC record that ended: a BC record that was there before may have
    one on file, of which only its own side has heard; one that Tandem ``created`` just now has none.  Of that
    one the version is told, too, as long as nobody else wrote it.
    """
    ended = work.stored.get(item.id) or (None if created else _ended(work, item, bc_id))
    if created is None:
        created = Origin(OriginKind.FOUND, work.batch.job, work.batch.id, work.runtime.now()), ""
    origin, untouched = created
    item.coupling = Coupling(
        bc_id=bc_id,
        sales_id=sales_id,
        generation=ended.generation if ended else 0,
        base=item.base,
        etag=ended.etag if ended and ended.bc_id == bc_id else "",
        # From the first moment: what names no rules counts as made under the present ones, whichever.
        rules=work.at.digests[work.mapping.name],
        batch=work.batch.id,
        origin=origin,
        untouched=untouched,
    )
    item.dirty = True


def _ended(work: Work, item: Item, bc_id: str) -> Coupling | None:
    """The coupling that a BC record had before, where it is met from the Sales side."""
    known = work.store.load(Side.BC, [bc_id]).get(bc_id) if item.side is Side.SALES else None
    if isinstance(known, Coupling) and known.state is CouplingState.ENDED:
        return known
    return None
