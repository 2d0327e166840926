"""Why a record holds what it holds: both sides are read, the journal tells, the planner says what is next.

Nothing is written.  A pair without an entry is explained, too: by its base and how it was coupled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.jobs import Batch, Job, JobKind
from shared_code.core.journal import Entry
from shared_code.core.mapping import FieldMapping
from shared_code.core.outcome import Problem
from shared_code.core.reconcile import Decision
from shared_code.core.records import Side, Values
from shared_code.core.why import Held, Known, held, next_step
from shared_code.runtime import Runtime
from shared_code.sync.brakes import BrakeHolds
from shared_code.sync.conflicts.editors import Edited, edited
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.processing.batch import load
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.rounds import decide, read_missing
from shared_code.sync.processing.work import Work

NO_JOB = "why"
"""Names work that is never on file."""


@dataclass(frozen=True, slots=True)
class FieldWhy:
    """One field: both sides, and what would happen next."""

    field: FieldMapping
    bc: Held
    sales: Held
    next: str


@dataclass(frozen=True, slots=True)
class RecordWhy:
    """A record: its pair if it has one, its problem if it has one, its fields, who changed it last.

    ``rows`` are the native values of the sides that were read.
    """

    name: str
    coupling: Coupling | None
    problem: Problem | None
    fields: tuple[FieldWhy, ...] = ()
    edited: dict[Side, Edited] = field(default_factory=dict)
    unread: tuple[Side, ...] = ()
    rows: dict[Side, Values] = field(default_factory=dict)


def explain(
    parts: Parts, at: ConnectionParts, mapping: str, side: Side | None, record_id: str
) -> RecordWhy | None:
    """Why a record holds what it holds; ``None`` where nothing is known of it.

    Without a side both are tried.  Raises what the systems raise.
    """
    for tried in (side,) if side else tuple(Side):
        work, item = _loaded(parts, at, mapping, tried, record_id)
        if item.coupling or item.problem:
            return _explain(work, item)
    return None


def _loaded(parts: Parts, at: ConnectionParts, mapping: str, side: Side, record_id: str) -> tuple[Work, Item]:
    job = Job(NO_JOB, mapping, JobKind.RETRY, parts.runtime.now())
    batch = Batch(NO_JOB, NO_JOB, mapping, side, (record_id,), rules=at.digests[mapping])
    schedule = at.schedules.get(mapping, at.mapping(mapping).interval_s)
    work = load(parts, at, job, batch, schedule)
    return work, work.items[0]


def _explain(work: Work, item: Item) -> RecordWhy:
    decision = _read_and_decide(work, item)
    pair = item.coupling
    if pair is None:
        return RecordWhy(work.label(item), None, item.problem)
    known = Known(
        entries_of(work.runtime, work.at, work.mapping.name, pair), item.base, pair.origin, decision
    )
    fields = tuple(_field(each, item, known) for each in work.mapping.fields)
    last = {Side.BC: _edited_in_bc(item), Side.SALES: _edited_in_sales(work, pair)}
    unread = tuple(side for side in Side if item.known(side) is None)
    rows = {side: row.values for side, row in item.rows.items()}
    return RecordWhy(work.label(item), pair, item.problem, fields, last, unread, rows)


def _read_and_decide(work: Work, item: Item) -> Decision | None:
    """What the next look would do, from what both sides hold now."""
    item.states.clear()
    try:
        read_missing(work)
    except BrakeHolds:
        return None
    return None if len(item.states) < len(Side) else decide(work, item)


def _field(each: FieldMapping, item: Item, known: Known) -> FieldWhy:
    values = {side: item.values_on(side).get(each.name) for side in Side}
    bc, sales = (held(each.name, side, values[side], known) for side in (Side.BC, Side.SALES))
    return FieldWhy(each, bc, sales, next_step(each.name, bc.value, sales.value, known))


def _edited_in_bc(item: Item) -> Edited:
    """Business Central stamps a version with its time, and tells no user."""
    row = item.rows.get(Side.BC)
    return Edited(row.version.stamp if row else "")


def _edited_in_sales(work: Work, pair: Coupling) -> Edited:
    return edited(work.at, work.mapping, Side.SALES, [pair.sales_id]).get(pair.sales_id, Edited())


def entries_of(runtime: Runtime, at: ConnectionParts, mapping: str, pair: Coupling) -> Sequence[Entry]:
    """Everything that was written on a pair, the newest first, its creation included.

    Each month is a request; several are asked at a time, because a person waits.
    """
    months = at.journal.months(runtime.now())
    calls = [partial(at.journal.of_record_in, mapping, pair.bc_id, each) for each in months]
    found = list(chain.from_iterable(runtime.run_all([*calls, partial(_made, at, mapping, pair)], AT_ONCE)))
    return sorted(found, key=lambda each: -each.at_s)


AT_ONCE = 16
"""Requests to storage: as many as there are months where no setting says otherwise, and a few more."""


def _made(at: ConnectionParts, mapping: str, pair: Coupling) -> list[Entry]:
    """The creation of a pair, where Tandem created it."""
    if not (pair.origin and pair.origin.batch):
        return []
    made = at.journal.made_by(mapping, pair.origin.batch, pair.origin.at_s)
    return [each for each in made if each.bc_id == pair.bc_id]


def coupling_of(at: ConnectionParts, mapping: str, side: Side | None, record_id: str) -> Coupling | None:
    """The pair of a record, also one that ended."""
    for tried in (side,) if side else tuple(Side):
        found = at.couplings(mapping).load(tried, [record_id]).get(record_id)
        if isinstance(found, Coupling):
            return found
    return None


def is_living(pair: Coupling) -> bool:
    return pair.state is CouplingState.COUPLED
