"""Jobs, their batches and the steps of their scans.

A job's row is inserted with its first batch, so a scheduled look that finds nothing leaves nothing.
Batches and steps share one partition per job::

    step|<side>|<n>             a scan's step: what it queued and where the next one goes on
    batch|<side>|<n>|<digest>   a batch: the ids it was given, and its outcomes once it is done

Sums are never counted up: they are added from the batches each time, so a repeated batch cannot
count twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared_code.core.instructions import Instruction
from shared_code.core.jobs import Account, Batch, Job, JobKind
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.json_values import dump, load
from shared_code.store.tables import AlreadyExists, Delete, Entity, Insert, Scalar, Tables, in_chunks

JOBS, BATCHES = "Jobs", "Batches"
RESTART = "restart"
"""Where a scan goes on whose page the service no longer serves: the next step begins anew."""
LOOKED_AT_FIRST = 20
"""Batches among which an open one is looked for before all of a job are read."""
_SEPARATOR = ","


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scan: where it goes on (empty: it is complete), the watermark that its page ended with,
    and the ids of the batches that it gives the job.  What else an attempt registered does not count.

    ``take`` is what it kept records under (``sorted_records``), ``counts`` how many of what.
    """

    next: str = ""
    watermark: str = ""
    batches: tuple[str, ...] = ()
    take: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


class JobStore:
    """The jobs of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._connection = connection

    def add(self, job: Job) -> None:
        """Put a job on file; fine if it is there."""
        values: dict[str, Scalar] = {
            "mapping": job.mapping,
            "kind": job.kind.value,
            "created_at_s": job.created_at_s,
            "full_sync": job.full_sync,
        }
        if job.instruction:
            values["instruction"] = job.instruction.value
        if job.order is not None:
            values["order"] = dump(job.order)
        self._tables.upsert(JOBS, Entity(escape_key(self._connection), job.id, values))

    def get(self, job_id: str) -> Job | None:
        entity = self._tables.get(JOBS, escape_key(self._connection), job_id)
        return _job(entity) if entity else None

    def newest(self, limit: int) -> list[Job]:
        """The newest jobs first: a job's id begins with its inverted time."""
        return [_job(each) for each in self._tables.query(JOBS, escape_key(self._connection), limit=limit)]

    def older_than(self, job_id: str, limit: int) -> list[Job]:
        """Jobs older than an id stands for (ids begin with their inverted time), the newest of them first."""
        found = self._tables.query(JOBS, escape_key(self._connection), first=job_id, limit=limit)
        return [_job(each) for each in found]

    def remove(self, job_id: str) -> int:
        """Remove a job with its batches and steps; how many rows.  Its own row goes last, so that a removal
        that is cut short is found again."""
        partition = self._partition(job_id)
        rows = [each.row for each in self._tables.query(BATCHES, partition, select=("done",))]
        for chunk in in_chunks([Delete(partition, row) for row in rows]):
            self._tables.transact(BATCHES, chunk)
        self._tables.delete(JOBS, escape_key(self._connection), job_id)
        return len(rows) + 1

    def add_batches(self, batches: Sequence[Batch]) -> None:
        """Register batches; those registered already stay as they are."""
        for chunk in in_chunks(batches):
            try:
                self._tables.transact(BATCHES, [Insert(self._entity(each)) for each in chunk])
            except AlreadyExists:
                for each in chunk:
                    self._add_batch(each)

    def _add_batch(self, batch: Batch) -> None:
        try:
            self._tables.insert(BATCHES, self._entity(batch))
        except AlreadyExists:
            return  # The same content was registered by an earlier attempt; its outcomes must stay.

    def batch(self, job_id: str, batch_id: str) -> Batch | None:
        entity = self._tables.get(BATCHES, self._partition(job_id), "batch|" + batch_id)
        return _batch(job_id, entity) if entity else None

    def batches(self, job_id: str) -> Iterator[Batch]:
        """All batches of a job."""
        found = self._tables.query_prefix(BATCHES, self._partition(job_id), "batch|")
        return (_batch(job_id, each) for each in found)

    def accounts(self, job_id: str) -> Iterator[Account]:
        """What all batches of a job count, their records left out."""
        found = self._tables.query_prefix(BATCHES, self._partition(job_id), "batch|", select=_COUNTED)
        return (self._account(job_id, each) for each in found)

    def _account(self, job_id: str, entity: Entity) -> Account:
        values, size = entity.values, entity.values.get("size")
        if size is None:  # A release before stored it.
            batch = self.batch(job_id, entity.row.removeprefix("batch|"))
            size = len(batch.ids) if batch else 0
        return Account(
            id=entity.row.removeprefix("batch|"),
            side=Side(str(values["side"])),
            size=int(size),
            counts=_counts(values),
            done=bool(values["done"]),
            rest=len(_split(values["rest"])),
            rest_id=str(values["rest_id"]),
        )

    def batches_of_step(self, job_id: str, step_key: str) -> list[Batch]:
        """The batches a step registered, by this attempt or an earlier one."""
        found = self._tables.query_prefix(BATCHES, self._partition(job_id), f"batch|{step_key}|")
        return [_batch(job_id, each) for each in found]

    def has_open(self, job_id: str, side: Side, beside: str = "") -> bool:
        """Whether a batch of this side is open, or was handed on and its rest is not on file yet.

        ``beside``: the batch that asks.  Some others are looked at before all are: a large job has thousands,
        each of which asks.
        """
        return bool(beside and self._some_open(job_id, side, beside)) or bool(
            self._open(job_id, f"batch|{side}|")
        )

    def _some_open(self, job_id: str, side: Side, beside: str) -> bool:
        first, last = f"batch|{beside}", f"batch|{side}}}"
        rows = self._tables.query(
            BATCHES, self._partition(job_id), first=first, last=last, limit=LOOKED_AT_FIRST, select=("done",)
        )
        return any(not each.values["done"] for each in rows)

    def open_batches(self, job_id: str, side: Side | None = None) -> list[str]:
        """The ids of the batches (of a side) that are open, or were handed on with their rest not on file
        yet."""
        return self._open(job_id, f"batch|{side}|" if side else "batch|")

    def _open(self, job_id: str, prefix: str) -> list[str]:
        found = self._tables.query_prefix(
            BATCHES, self._partition(job_id), prefix, select=("done", "rest_id")
        )
        rows = {each.row.removeprefix("batch|"): each.values for each in found}
        return [
            name for name, v in rows.items() if not v["done"] or (v["rest_id"] and v["rest_id"] not in rows)
        ]

    def finish(self, batch: Batch) -> None:
        """Record what became of a batch.  Raises ``Changed`` where another delivery was first."""
        self._tables.replace(BATCHES, self._entity(batch))

    def step(self, job_id: str, step_key: str) -> Step | None:
        """A step that was taken, ``None`` if it was not."""
        entity = self._tables.get(BATCHES, self._partition(job_id), "step|" + step_key)
        return None if entity is None else _step(entity)

    def steps(self, job_id: str, side: Side) -> list[Step]:
        """The steps of this side's scan that are on file, in order."""
        found = self._tables.query_prefix(BATCHES, self._partition(job_id), f"step|{side}|")
        return [_step(each) for each in found]

    def steps_complete(self, job_id: str, side: Side) -> bool:
        """Whether the job's scan of this side reached its end."""
        steps = self._tables.query_prefix(BATCHES, self._partition(job_id), f"step|{side}|")
        return any(each.values["next"] == "" for each in steps)

    def steps_taken(self, job_id: str, side: Side) -> int:
        """How many steps of this side's scan are on file."""
        return sum(1 for _ in self._tables.query_prefix(BATCHES, self._partition(job_id), f"step|{side}|"))

    def walk_complete(self, job_id: str) -> bool:
        """Whether the job's walk reached its end."""
        steps = self._tables.query_prefix(BATCHES, self._partition(job_id), "step|walk|")
        return any(each.values["next"] == "" for each in steps)

    def walk_steps_taken(self, job_id: str) -> int:
        """How many steps of the job's walk are on file."""
        return sum(1 for _ in self._tables.query_prefix(BATCHES, self._partition(job_id), "step|walk|"))

    def take_step(self, job_id: str, step_key: str, step: Step) -> Step:
        """Record a step create-only; returns the one on file, which the first taker decided."""
        values: dict[str, Scalar] = {
            "next": step.next, "watermark": step.watermark, "batches": _SEPARATOR.join(step.batches)
        }  # fmt: skip
        if step.take:
            values |= {"take": step.take, "counts": dump(step.counts)}
        try:
            self._tables.insert(BATCHES, Entity(self._partition(job_id), "step|" + step_key, values))
            return step
        except AlreadyExists:
            return self.step(job_id, step_key) or step

    def withdraw(self, batches: Sequence[Batch]) -> None:
        """Remove batches that their step does not name: another attempt at it decided what it gives."""
        for each in batches:
            self._tables.delete(BATCHES, self._partition(each.job), "batch|" + each.id)

    def _partition(self, job_id: str) -> str:
        return escape_key(f"{self._connection}|{job_id}")

    def _entity(self, batch: Batch) -> Entity:
        values: dict[str, Scalar] = {
            "mapping": batch.mapping,
            "side": batch.side.value,
            "ids": _SEPARATOR.join(batch.ids),
            "size": len(batch.ids),
            "stamps": _SEPARATOR.join(batch.stamps),
            "ordered": batch.ordered,
            "attempt": batch.attempt,
            "done": batch.done,
            "counts": dump({outcome.value: number for outcome, number in batch.counts.items() if number}),
            "rest": _SEPARATOR.join(batch.rest),
            "rest_id": batch.rest_id,
            "rules": batch.rules,
        }
        return Entity(self._partition(batch.job), "batch|" + batch.id, values, batch.etag)


def step_key(side: Side, number: int) -> str:
    """How the ``number``-th step of a scan is called."""
    return f"{side}|{number:05d}"


def _step(entity: Entity) -> Step:
    values = entity.values
    counts = load(str(values.get("counts", "")))
    named = _split(values["batches"])
    return Step(str(values["next"]), str(values["watermark"]), named, str(values.get("take", "")), counts)


def _job(entity: Entity) -> Job:
    values = entity.values
    return Job(
        entity.row,
        str(values["mapping"]),
        JobKind(str(values["kind"])),
        float(values["created_at_s"]),
        str(values["full_sync"]),
        Instruction(str(values.get("instruction", ""))),
        load(str(values["order"])) if "order" in values else None,
    )


def _batch(job_id: str, entity: Entity) -> Batch:
    values = entity.values
    return Batch(
        id=entity.row.removeprefix("batch|"),
        job=job_id,
        mapping=str(values["mapping"]),
        side=Side(str(values["side"])),
        ids=_split(values["ids"]),
        stamps=_split(values["stamps"]),
        ordered=bool(values["ordered"]),
        attempt=int(values["attempt"]),
        done=bool(values["done"]),
        counts=_counts(values),
        rest=_split(values["rest"]),
        rest_id=str(values["rest_id"]),
        rules=str(values.get("rules", "")),
        etag=entity.etag,
    )


def _counts(values: Mapping[str, Scalar]) -> dict[Outcome, int]:
    return {Outcome(name): int(number) for name, number in load(str(values["counts"])).items()}


_COUNTED = ("side", "size", "counts", "done", "rest", "rest_id")


def _split(text: Scalar) -> tuple[str, ...]:
    return tuple(str(text).split(_SEPARATOR)) if text else ()
