"""Walks: what a person wants done with everything on file, page by page on the queue.

A walk goes over the couplings or the problems of a mapping.  A step reads one page, queues its records as
batches, and is taken create-only before it sends the next: a step that is delivered twice neither forks the
walk nor gives a record twice, and a walk of any length holds one page.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from typing import Any

from shared_code.core.causes import cause_of
from shared_code.core.coupling import Coupling, Intent, OriginKind
from shared_code.core.instructions import Instruction
from shared_code.core.jobs import MAX_BATCH, Batch, Job, JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.match_report import Report, Result
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.records import Side, Version
from shared_code.store.couplings import problem_row
from shared_code.store.jobs import Step, step_key
from shared_code.store.journal import month, month_after
from shared_code.sync import match_acceptance
from shared_code.sync.detect import new_batch
from shared_code.sync.messages import Advance, BatchDue, WalkStep
from shared_code.sync.parts import ConnectionParts, Parts, UnknownName
from shared_code.sync.setting_aside import resume, set_aside
from shared_code.systems.interface import Sighting

PAGE = 2000
"""Rows that one step reads."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a walk is over: all couplings, or the problems of a code and cause (blank: any).

    ``aside``: the problems are set aside instead of tried again.  ``undo``: the job whose writes are taken
    back.  ``accepted``: the lines of a matching report.
    """

    over: str
    code: str = ""
    cause: str = ""
    aside: bool = False
    undo: dict[str, Any] | None = None
    accepted: dict[str, Any] | None = None

    @classmethod
    def of(cls, job: Job) -> Order:
        """The order of a walk's job."""
        given: dict[str, Any] = dict(job.order or {})
        return cls(**given)

    def as_document(self) -> dict[str, Any]:
        shown = {"over": self.over, "code": self.code, "cause": self.cause, "aside": self.aside}
        further = {"undo": self.undo, "accepted": self.accepted}
        return shown | {name: each for name, each in further.items() if each}


COUPLINGS, PROBLEMS, JOURNAL, LINES = "couplings", "problems", "journal", "lines"


def begin(
    parts: Parts,
    at: ConnectionParts,
    mapping: str,
    kind: JobKind,
    order: Order,
    instruction: Instruction = Instruction.NONE,
    job_id: str = "",
) -> str:
    """Put a walk on file as a job and let it begin; the job's id."""
    job = Job(
        job_id or parts.new_job_id(), mapping, kind, parts.runtime.now(), instruction=instruction,
        order=order.as_document(),
    )  # fmt: skip
    at.jobs.add(job)
    parts.send(WalkStep(at.name, mapping, job.id))
    return job.id


def take_step(parts: Parts, step: WalkStep) -> None:
    """Take one step of a walk and send the next.  A repeat does nothing that was done."""
    at = parts.connection(step.connection)
    job = at.jobs.get(step.job)
    if job is None or job.order is None:
        raise UnknownName(f"there is no walk {step.job}")
    at.mapping(job.mapping)
    taken = at.jobs.step(job.id, _key(step.number)) or _take(parts, at, job, step.number)
    for batch_id in taken.batches:
        found = at.jobs.batch(job.id, batch_id)
        if found and not found.done:
            parts.send(BatchDue(at.name, job.id, batch_id))
    if taken.next:
        parts.send(WalkStep(step.connection, step.mapping, step.job, step.number + 1))
    elif job.kind is JobKind.UNDO:
        parts.send(Advance(step.connection, str(job.undo["undo"])))


def _key(number: int) -> str:
    return f"walk|{number:05d}"


def _take(parts: Parts, at: ConnectionParts, job: Job, number: int) -> Step:
    before = at.jobs.step(job.id, _key(number - 1)) if number else None
    order = Order.of(job)
    start = before.next if before else ""
    done: MappingOf[Outcome, _Chosen] = {}
    if order.over == COUPLINGS:
        chosen, following = _couplings(at, job.mapping, start)
    elif order.over == JOURNAL:
        chosen, following = _written(parts, at, job.mapping, order.undo or {}, start)
    elif order.over == LINES:
        accepted, following = match_acceptance.accepted_page(parts, at, job, order.accepted or {}, start)
        chosen, done = accepted.chosen, accepted.done
    else:
        chosen, following = _problems(at, job.mapping, order, start)
    batches = _batches(at, job, number, chosen)
    batches += [
        replace(batch, done=True, counts={outcome: len(batch.ids)})
        for outcome, pieces in done.items()
        for batch in _batches(at, job, number, pieces)
    ]
    at.jobs.add_batches(batches)
    own = Step(following, "", tuple(each.id for each in batches))
    return _named(at, job, number, at.jobs.take_step(job.id, _key(number), own))


def _named(at: ConnectionParts, job: Job, number: int, taken: Step) -> Step:
    """The step as it was taken.  Another attempt met other records: what it does not name is not given."""
    for side in Side:
        found = at.jobs.batches_of_step(job.id, step_key(side, number))
        at.jobs.withdraw([each for each in found if each.id not in taken.batches and not each.attempt])
    return taken


def _batches(at: ConnectionParts, job: Job, number: int, chosen: _Chosen) -> list[Batch]:
    return [
        new_batch(
            job.id, job.mapping, side, step_key(side, number), [Sighting(i, Version("", "")) for i in ids],
            at.digests[job.mapping], ordered=True,
        )
        for side, ids in chosen
    ]  # fmt: skip


type _Chosen = list[tuple[Side, list[str]]]


def _couplings(at: ConnectionParts, mapping: str, start: str) -> tuple[_Chosen, str]:
    ids, following = at.couplings(mapping).coupled_page(PAGE, start)
    return _pieces({Side.BC: ids}), following


def _written(
    parts: Parts, at: ConnectionParts, mapping: str, undo: dict[str, Any], start: str
) -> tuple[_Chosen, str]:
    """Records that the job wrote, from a month and row on; one that it created is given with its creation."""
    if undo["record"]:
        return _pieces({Side.BC: [str(undo["record"])]}), ""
    of_month, _, row = (start or f"{month(float(undo['since_s']))}|").partition("|")
    page = at.journal.records_of_job(mapping, of_month, str(undo["job"]), row, PAGE)
    known = at.couplings(mapping).load(Side.BC, page.updated, ordered=True) if page.updated else {}
    updated = [i for i in page.updated if not _is_created_by(known.get(i), str(undo["job"]))]
    following = f"{of_month}|{page.going_on}" if page.going_on else _next_month(parts, of_month)
    return _pieces({Side.BC: sorted({*updated, *page.created})}), following


def _is_created_by(known: Coupling | Intent | None, job: str) -> bool:
    origin = known.origin if isinstance(known, Coupling) else None
    return origin is not None and origin.kind is OriginKind.CREATED and origin.job == job


def _next_month(parts: Parts, of_month: str) -> str:
    """Where a walk over the journal goes on after a month; blank after the present one."""
    following = month_after(of_month)
    return f"{following}|" if following <= month(parts.runtime.now()) else ""


def _problems(at: ConnectionParts, mapping: str, order: Order, start: str) -> tuple[_Chosen, str]:
    store = at.couplings(mapping)
    found = store.all_problems(PAGE + 1, start)
    page, rest = found[:PAGE], found[PAGE:]
    wanted = [each for each in page if _is_meant(each, order)]
    following = problem_row(rest[0].side, rest[0].record_id) if rest else ""
    if order.aside:
        set_aside(store, wanted)
        return [], following
    resume(store, wanted)
    by_side = {side: [each.record_id for each in wanted if each.side is side] for side in Side}
    return _pieces(by_side), following


def _is_meant(each: Problem, order: Order) -> bool:
    of_code = order.code in ("", each.code) and order.cause in ("", cause_of(each))
    # What a person set aside is taken up again only where it is meant by name.
    return of_code and not (each.set_aside and order.code == "")


def _pieces(by_side: dict[Side, list[str]]) -> _Chosen:
    return [
        (side, list(ids[start : start + MAX_BATCH]))
        for side, ids in by_side.items()
        for start in range(0, len(ids), MAX_BATCH)
    ]


def go_on(parts: Parts, at: ConnectionParts, job: Job) -> None:
    """A walk whose message was lost hours ago goes on; one with an instruction ends where it stands, because
    what it comes to now may be meant otherwise."""
    number = at.jobs.walk_steps_taken(job.id)
    if job.instruction:
        at.jobs.take_step(job.id, _key(number), Step())
    else:
        parts.send(WalkStep(at.name, job.mapping, job.id, number))


def is_complete(at: ConnectionParts, job: Job) -> bool:
    """Whether a job's walk reached its end; a job without one has."""
    return job.order is None or at.jobs.walk_complete(job.id)


def uncouple_all(parts: Parts, at: ConnectionParts, mapping: Mapping) -> str:
    """End every pair of a mapping; the job's id.  Its creations are released no more: both sides are full of
    uncoupled records, which are matched first."""
    at.schedules.change(mapping.name, mapping.interval_s, released=False)
    return begin(parts, at, mapping.name, JobKind.UNCOUPLING, Order(COUPLINGS), Instruction.UNCOUPLE_ALL)


def accept(
    parts: Parts, at: ConnectionParts, report: Report, result: Result, side: Side, then: Instruction
) -> str:
    """Accept all lines of a matching report with a result; the job's id.

    Pairs are coupled and then treated as ``then`` says.  With ``CREATE`` the lines are records of a side
    without a candidate, which get partners.
    """
    kind = JobKind.ON_DEMAND if then is Instruction.CREATE else JobKind.COUPLING
    lines = {"report": report.id, "result": result.value, "side": side.value}
    return begin(parts, at, report.mapping, kind, Order(LINES, accepted=lines), then)
