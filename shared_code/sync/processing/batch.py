"""The entry: process one batch of records and account for each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from shared_code.core.conversion import rate_of
from shared_code.core.coupling import Coupling, Intent
from shared_code.core.identity import digest
from shared_code.core.instructions import rules_under
from shared_code.core.jobs import Batch, Job, JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.policies import Rules
from shared_code.core.records import Side
from shared_code.store.schedules import Schedule
from shared_code.store.tables import Changed
from shared_code.store.waiters import Waiter
from shared_code.sync import rules, witnesses
from shared_code.sync.brakes import BrakeHolds, hold
from shared_code.sync.identity_check import is_trusted
from shared_code.sync.messages import Advance, BatchDue
from shared_code.sync.parts import ConnectionParts, Parts, UnknownName
from shared_code.sync.processing import committing, creating, naming, problems, telling
from shared_code.sync.processing.belonging import uncouple_what_belongs
from shared_code.sync.processing.going_along import uncouple_what_went_along
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.links import LinkTable
from shared_code.sync.processing.rates import queue_converted
from shared_code.sync.processing.rounds import prepare, run_rounds
from shared_code.sync.processing.work import Work
from shared_code.sync.retries import queue_records
from shared_code.sync.waiting import free_waiters
from shared_code.systems.interface import AccessDenied


def process_batch(parts: Parts, due: BatchDue, job: Job | None = None) -> None:
    """Process the batch a message names.  A batch that is done already only hands on its rest again.

    ``job``: the batch's, where it was read already.
    """
    at = parts.connection(due.connection)
    batch, job = at.jobs.batch(due.job, due.batch), job or at.jobs.get(due.job)
    if batch is None or job is None:
        raise UnknownName(f"there is no batch {due.batch} of job {due.job}")
    mapping, delay_s = at.mapping(batch.mapping), 0.0
    schedule = at.schedules.get(mapping.name, mapping.interval_s)
    if not rules.is_made_under(at, mapping.name, schedule.rules):
        parts.send(due, delay_s=rules.WAIT_S)  # A process of the rules in force does it.
        return
    if not batch.done and not rules.is_made_under(at, mapping.name, batch.rules):
        batch = _store(at, _planned_anew(batch))
    elif not batch.done:
        work = load(parts, at, job, batch, schedule)
        _run(work)
        wait_s = uncouple_what_belongs(parts, work)
        if wait_s is not None:
            parts.send(due, delay_s=wait_s)
            return
        seen = [pair for each in work.items if each.coupling for pair in each.states.items()]
        witnesses.remember(parts, at, mapping.name, seen)
        batch = _finish(parts, work)
        delay_s = max((each.hand_on_s or 0.0 for each in work.items), default=0.0)
    hand_on(parts, at, batch, delay_s)
    tell_full_sync(parts, at, job, batch)
    tell_undo(parts, at, job)


def _planned_anew(batch: Batch) -> Batch:
    """A batch of other rules does nothing: its records are handed on to one of the present rules, which
    knows nothing of what a scan saw under the old ones."""
    return replace(batch, done=True, rest=batch.ids, rest_id=_rest_id(batch, batch.ids))


def _rest_id(batch: Batch, rest: tuple[str, ...]) -> str:
    return f"{batch.id.rsplit('|', 1)[0]}|{digest((batch.id, *rest))}" if rest else ""


def load(parts: Parts, at: ConnectionParts, job: Job, batch: Batch, schedule: Schedule) -> Work:
    """A batch with all that is on file about its records."""
    mapping = at.mapping(batch.mapping)
    store = at.couplings(mapping.name)
    known = store.load(batch.side, batch.ids, ordered=batch.ordered)
    stamps = batch.stamps or ("",) * len(batch.ids)
    items = [_item(batch.side, i, stamp, known.get(i)) for i, stamp in zip(batch.ids, stamps, strict=True)]
    chosen = rules_under(job.instruction, rules_of(mapping, schedule))
    work = Work(
        at, parts.runtime, mapping, batch, job.kind, chosen, parts.settle_s, items,
        LinkTable(at, mapping, parts.runtime),
        is_trusted=lambda: is_trusted(parts, at), instruction=job.instruction, order=job.undo,
        era=parts.accepted.get(at.name, 0),
    )  # fmt: skip
    work.stored = {item.id: item.coupling for item in items if item.coupling}
    committing.note_coupled_before(work)
    work.rates = {record_id: rate_of(each.base) for record_id, each in work.stored.items()}
    for item in items:
        if not committing.is_coupled(item.coupling):
            item.coupling = None
    _load_problems(work)
    prepare(work)
    return work


def _load_problems(work: Work) -> None:
    """What is on file about the records: a pair's problem is kept under its BC id."""
    side, ordered = work.batch.side, work.batch.ordered
    own = work.store.problems(side, work.batch.ids, ordered=ordered)
    pairs = [] if side is Side.BC else [each.coupling.bc_id for each in work.items if each.coupling]
    of_pairs = work.store.problems(Side.BC, pairs, ordered=ordered) if pairs else {}
    for item in work.items:
        if item.coupling and side is Side.SALES:
            item.problem, item.old_problem = of_pairs.get(item.coupling.bc_id), own.get(item.id)
        else:
            item.problem = own.get(item.id)


def _item(side: Side, record_id: str, stamp: str, known: Coupling | Intent | None) -> Item:
    item = Item(record_id, side, stamp)
    if isinstance(known, Coupling):
        item.coupling = known
    else:
        item.intent = known
    return item


def rules_of(mapping: Mapping, schedule: Schedule) -> Rules:
    """What people and full synchronisations decided for the mapping."""
    create_in = frozenset(Side) if schedule.released else frozenset()
    return Rules(create_in, mapping.conflict, mapping.deletion)


def _run(work: Work) -> None:
    try:
        run_rounds(work)
    except AccessDenied as denied:
        # One mapping without a privilege is disabled alone; its records fail with the service's words.
        for item in work.open_items():
            problems.fail(work, item, "access_denied", str(denied))
        work.stand_still(denied)
    except BrakeHolds as brake:
        for item in work.open_items():
            problems.wait(work, item, "hidden", str(brake))
        hold(work.at, work.mapping, brake, work.runtime.now())
    naming.name_targets(work)
    naming.name_survivors(work)
    committing.commit(work)
    if work.batch.attempt >= MAX_ATTEMPTS:
        for item in work.items:
            if item.outcome is None:
                problems.wait(
                    work, item, "unsettled", "The record was handed on too often; it is tried later."
                )
        committing.commit(work)
    creating.withdraw(work)
    _note_waiters(work)


MAX_ATTEMPTS = 60
"""How often the rest of a batch is handed on before its records wait for their turn like failed ones."""


def _note_waiters(work: Work) -> None:
    work.at.waiters.add(each for item in work.items for each in _waiters(work, item))


def _waiters(work: Work, item: Item) -> list[Waiter]:
    targets = (*(item.new_problem.waits_for if item.new_problem else ()), *item.awaits)
    keys = (each.split("|", 1) for each in targets)
    return [Waiter(target, key, work.mapping.name, item.side, item.id) for target, key in keys]


def _free_late(parts: Parts, work: Work) -> None:
    """Free who waits unlisted for what was coupled before it was noted: time alone does not try it again."""
    keys: dict[str, set[str]] = {}
    for target, key in (each.split("|", 1) for item in work.items for each in item.awaits):
        keys.setdefault(target, set()).add(key)
    for target, wanted in keys.items():
        coupled = {key for key in wanted if _is_coupled(work, target, key)}
        free_waiters(parts, work.at, target, coupled)


def _is_coupled(work: Work, target: str, key: str) -> bool:
    side, record_id = key.split("|", 1)
    found = work.at.couplings(target).load(Side(side), [record_id]).get(record_id)
    return isinstance(found, Coupling) and committing.is_coupled(found)


def _finish(parts: Parts, work: Work) -> Batch:
    """Record the outcomes and what is handed on, before it is handed on."""
    free_waiters(parts, work.at, work.mapping.name, work.coupled_keys)
    _free_late(parts, work)
    _queue_survivors(parts, work)
    uncouple_what_went_along(parts, work)
    queue_converted(parts, work)
    rest = tuple(each.id for each in work.items if each.outcome is None)
    counts = Counter(each.outcome for each in work.items if each.outcome is not None)
    batch = replace(
        work.batch,
        done=True,
        counts=dict(counts),
        rest=rest,
        rest_id=_rest_id(work.batch, rest),
    )
    stored = _store(work.at, batch)
    if stored is batch:
        telling.of_batch(parts, work, batch)
    return stored


def _store(at: ConnectionParts, batch: Batch) -> Batch:
    try:
        at.jobs.finish(batch)
    except Changed:
        # The same batch was delivered twice and the other delivery finished first: its account stands.
        return at.jobs.batch(batch.job, batch.id) or batch
    return batch


def hand_on(parts: Parts, at: ConnectionParts, batch: Batch, delay_s: float) -> None:
    """Queue what was not done as a batch of its own, whose id follows from this one's."""
    if not batch.rest or _is_done(at, batch.job, batch.rest_id):
        # Whoever did the rest has handed on what was left of it, or is given its message again: following it
        # once more would let a message that came twice come twice at every step.
        return
    seen = dict(zip(batch.ids, batch.stamps, strict=False))
    stamps = tuple(seen.get(each, "") for each in batch.rest)
    rest = Batch(
        batch.rest_id, batch.job, batch.mapping, batch.side, batch.rest, stamps, batch.ordered,
        batch.attempt + 1, rules=at.digests[batch.mapping],
    )  # fmt: skip
    at.jobs.add_batches([rest])
    parts.send(BatchDue(at.name, batch.job, rest.id), delay_s=delay_s)


def _is_done(at: ConnectionParts, job: str, batch_id: str) -> bool:
    found = at.jobs.batch(job, batch_id)
    return found is not None and found.done


def _queue_survivors(parts: Parts, work: Work) -> None:
    """Queue the records whose deleted partners are restored from their own side; a repeat queues no more."""
    if work.survivors:
        job_id = f"{work.batch.job.partition('-')[0]}-{digest((work.batch.job, work.batch.id))}"
        side = work.batch.side.other
        queue_records(
            parts, work.at, work.mapping.name, side, work.survivors, job_id=job_id,
            instruction=work.instruction,
        )  # fmt: skip


def tell_undo(parts: Parts, at: ConnectionParts, job: Job) -> None:
    """The last batch of an undo's job lets it go on."""
    if job.kind is JobKind.UNDO and not at.jobs.has_open(job.id, Side.BC):
        parts.send(Advance(at.name, str(job.undo["undo"])))


def tell_full_sync(parts: Parts, at: ConnectionParts, job: Job, batch: Batch) -> None:
    """The last batch of a full synchronisation's job lets it go on."""
    if job.kind is JobKind.FULL and not at.jobs.has_open(job.id, batch.side, batch.id):
        parts.send(Advance(at.name, job.full_sync))
