"""The records that a job was given, and how each is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from shared_code.core.coupling import Coupling
from shared_code.core.jobs import Batch, Job
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.store.couplings import CouplingStore
from shared_code.sync.parts import ConnectionParts


@dataclass(frozen=True, slots=True)
class GivenRecord:
    """A record of a job.  ``done``: its batch is; ``problem``: why it is not in step now, if it is not."""

    side: Side
    id: str
    done: bool
    problem: Problem | None


def records_of(at: ConnectionParts, job: Job, start: int, limit: int) -> tuple[list[GivenRecord], bool]:
    """Up to ``limit`` records from the one numbered ``start`` (from 0) on, and whether there are more.

    One that was handed on to another batch is told once, where it went to.
    """
    found = list(islice(_given(at, job), start, start + limit + 1))
    if job.mapping not in at.mappings:
        return [GivenRecord(batch.side, own, batch.done, None) for batch, own in found[:limit]], len(
            found
        ) > limit
    ids = {side: [own for batch, own in found if batch.side is side] for side in Side}
    problems = {side: _problems(at.couplings(job.mapping), side, ids[side]) for side in Side}
    shown = [
        GivenRecord(batch.side, own, batch.done, problems[batch.side].get(own))
        for batch, own in found[:limit]
    ]
    return shown, len(found) > limit


def _problems(store: CouplingStore, side: Side, ids: Sequence[str]) -> Mapping[str, Problem]:
    """By the id on this side; a pair's problem is kept under its record of Business Central."""
    own = store.problems(side, ids) if ids else {}
    others = [each for each in ids if each not in own]
    if side is Side.BC or not others:
        return own
    found = store.load(side, others, whole=False)
    pairs = {key: each for key, each in found.items() if isinstance(each, Coupling)}
    of_pairs = store.problems(Side.BC, [each.bc_id for each in pairs.values()]) if pairs else {}
    return own | {each: of_pairs[pair.bc_id] for each, pair in pairs.items() if pair.bc_id in of_pairs}


def _given(at: ConnectionParts, job: Job) -> Iterator[tuple[Batch, str]]:
    for batch in at.jobs.batches(job.id):
        handed_on = set(batch.rest)
        yield from ((batch, own) for own in batch.ids if own not in handed_on)
