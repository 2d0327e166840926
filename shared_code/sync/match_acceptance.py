"""Accepting a page of a matching report: its pairs are coupled, what has no partner is to get one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import batched

from shared_code.core.coupling import Origin, OriginKind
from shared_code.core.instructions import Instruction
from shared_code.core.jobs import MAX_BATCH, Job
from shared_code.core.match_report import Result
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.sync.coupling import NewPair, couple_pairs
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.waiting import free_waiters

ROWS = 10
"""Rows of lines that one step accepts: up to a thousand pairs."""

type Pieces = list[tuple[Side, list[str]]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Records of a page to be worked on, and those that are accounted for at once, by outcome."""

    chosen: Pieces = field(default_factory=list)
    done: Mapping[Outcome, Pieces] = field(default_factory=dict)


def accepted_page(
    parts: Parts, at: ConnectionParts, job: Job, lines: Mapping[str, object], start: str
) -> tuple[Accepted, str]:
    """Accept the lines from a row on, and where to go on.  A repeat finds its pairs coupled."""
    report, result, side = str(lines["report"]), Result(str(lines["result"])), Side(str(lines["side"]))
    found, following = at.match_reports.lines(report, result, ROWS, start)
    if job.instruction is Instruction.CREATE:
        return Accepted(_pieces(side, [each.id for each in found if each.side is side])), following
    pairs = [NewPair(each.id, each.candidates[0].id) for each in found]
    done = couple_pairs(at, job.mapping, pairs, Origin(OriginKind.BY_HAND, job.id, "", parts.runtime.now()))
    keys = {f"{Side.BC}|{bc_id}" for bc_id, _ in done} | {f"{Side.SALES}|{sales_id}" for _, sales_id in done}
    free_waiters(parts, at, job.mapping, keys)
    coupled = _pieces(Side.BC, [each.bc_id for each in pairs if each.ids in done])
    # A record that has another partner by now stays with it.
    overtaken = {Outcome.SKIPPED: _pieces(Side.BC, [each.bc_id for each in pairs if each.ids not in done])}
    if job.instruction is Instruction.NONE:
        return Accepted([], {Outcome.COUPLED: coupled, **overtaken}), following
    return Accepted(coupled, overtaken), following


def _pieces(side: Side, ids: list[str]) -> Pieces:
    return [(side, list(some)) for some in batched(ids, MAX_BATCH, strict=False)]
