"""Journaling: what a batch writes is on file before it goes out, and corrected by what came of it.

A process may die between a write and what follows it.  An entry that is there first is never missing; one
whose write surely did not happen is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shared_code.core.coupling import Origin, OriginKind
from shared_code.core.journal import Entry, Reason
from shared_code.core.records import Row, Side, Values
from shared_code.store.journal import Announced
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import Gone, Moved, NotDone, Refused, WriteResult, Written

if TYPE_CHECKING:
    from shared_code.sync.processing.writing import PlannedUpdate

NOT_WRITTEN = (Gone, Moved, NotDone, Refused)
"""Results that say that nothing was written."""


def announce(work: Work, side: Side, planned: Sequence[PlannedUpdate]) -> list[Announced]:
    """Put the updates on file before they go out."""
    for each in planned:
        each.entry = _update_entry(work, side, each)
    entries = [each.entry for each in planned if each.entry]
    announced = work.at.journal.announce(work.mapping.name, entries) if entries else []
    joined = {each.entry.bc_id for each in announced if each.before is not None}
    for each in planned:
        each.is_joined = each.entry is not None and each.entry.bc_id in joined
    return announced


def withdraw(work: Work, announced: Sequence[Announced], done: Mapping[str, WriteResult]) -> None:
    """Take back those of the announced entries whose writes surely did not happen, by their BC ids."""
    vain = [each for each in announced if isinstance(done.get(each.entry.bc_id), NOT_WRITTEN)]
    if vain:
        work.at.journal.withdraw(work.mapping.name, vain)


def _update_entry(work: Work, side: Side, planned: PlannedUpdate) -> Entry | None:
    item = planned.item
    if item.coupling is None or not planned.sent:
        return None
    held = item.values_on(side)
    old = {name: held.get(name) for name in planned.sent}
    entry = new_entry(work, item.coupling.bc_id, side, planned.change.version.stamp, old, planned.sent)
    by = item.decided_by if Reason.DECIDED in planned.because.values() else ""
    return replace(entry, because=planned.because, overruled=_overruled(item, side, old), by=by)


def _overruled(item: Item, side: Side, old: Values) -> tuple[str, ...]:
    """The fields in which a person's value gives way: by a rule, a decision, or in a one-way field."""
    if item.known(side) is None:
        return ()
    common = item.base.on(side) if item.base else {}
    return tuple(name for name, value in old.items() if value not in (None, common.get(name)))


def new_entry(
    work: Work,
    bc_id: str,
    side: Side,
    version: str,
    old: Values,
    new: Values,
    because: Mapping[str, Reason] | None = None,
) -> Entry:
    """An entry of this batch, made now."""
    name = work.mapping.name
    return Entry(
        name, bc_id, side, version, work.runtime.now(), work.batch.job, work.batch.id, old, new,
        because or {}, rules=work.at.digests[name], era=work.era,
    )  # fmt: skip


def correct(planned: PlannedUpdate, returned: Values) -> None:
    """A confirmed write: the entry tells what the service holds, which may be in another form than what was
    sent, and nothing of a write for the same version that did not happen then.  What was sent stays beside
    it: whoever meets the record before its base is stored knows by it what is ours (``recalling.py``)."""
    entry = planned.entry
    stored = {name: returned.get(name) for name in entry.new} if entry else {}
    if entry and (planned.is_joined or stored != entry.new):
        sent = {name: value for name, value in entry.new.items() if stored[name] != value}
        planned.item.journal.append(replace(entry, new=stored, sent=sent))


def note_made(work: Work, item: Item, side: Side, sent: Values, row: Row) -> None:
    """Tandem made the record of ``side``, whose pair is about to be committed."""
    assert item.coupling is not None
    origin, untouched = made(work, item, side, item.coupling.bc_id, sent, row)
    item.coupling = replace(item.coupling, origin=origin, untouched=untouched)


def made(work: Work, item: Item, side: Side, bc_id: str, sent: Values, row: Row) -> tuple[Origin, str]:
    """How a pair came to be whose record of ``side`` Tandem made; the journal is told with the next commit.

    Nobody else has written the record as long as it holds just what was sent: at the version that is told.
    """
    new = {n: v for n, v in sent.items() if v is not None}
    because = dict.fromkeys(new, Reason.CREATED)
    entry = item.made = new_entry(work, bc_id, side, row.version.stamp, {}, new, because)
    origin = Origin(OriginKind.CREATED, work.batch.job, work.batch.id, entry.at_s, side)
    held = item.values_on(side)
    return origin, row.version.stamp if all(held.get(n) == v for n, v in new.items()) else ""


def keep_untouched(item: Item, side: Side, from_stamp: str, done: Written) -> None:
    """A write of ours was confirmed: the record stays untouched by others if it was until then."""
    pair = item.coupling
    if pair and pair.untouched and pair.origin and pair.origin.side is side:
        is_ours = from_stamp == pair.untouched and not done.edited
        moved = done.row.version.stamp if is_ours else ""
        item.coupling = replace(pair, untouched=moved)


def store(work: Work) -> None:
    """Put on file what the services have confirmed, before the couplings that follow from it."""
    name = work.mapping.name
    work.at.journal.add(name, [entry for each in work.items for entry in each.journal])
    work.at.journal.add_made(name, [each.made for each in work.items if each.made])
