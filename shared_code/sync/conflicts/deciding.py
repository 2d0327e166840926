"""Deciding conflicts: a person says whose value counts, for one field, one record, or all of a mapping.

A decision is kept with the conflict and carried out by the next look at the record, which is queued at once.
It holds for the values that were on file: where somebody edits them before, the conflict is asked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared_code.core.choices import CONFLICT, decide, version_of
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.store.couplings import CouplingStore, problem_row
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.retries import queue_records

PAGE = 500
"""Problems read at a time."""

MAX_LOOKED_AT = 5_000
"""Problems that one listing looks through for conflicts."""

MAX_DECIDED = 5_000
"""Conflicts that one request decides; asked again it goes on with the rest."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: whose value counts, for which records and which fields (none: all).

    ``records`` are BC ids with the version of the conflict that was seen (blank: any); none at all means
    every conflict of the mapping.
    """

    winner: Side
    records: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """How many field groups of how many records were decided, the job that carries it out, and which records
    were not: their conflict is another one by now, or there is none."""

    groups: int
    records: tuple[str, ...]
    changed: tuple[str, ...]
    not_found: tuple[str, ...]
    job: str
    more: bool


def conflicts_from(store: CouplingStore, start: str = "") -> Iterator[tuple[Problem, bool]]:
    """The mapping's problems in the order of their rows from one on, each with whether it is a conflict."""
    while True:
        page = store.all_problems(PAGE + 1, start)
        for each in page[:PAGE]:
            yield each, each.code == CONFLICT
        if len(page) <= PAGE:
            return
        start = problem_row(page[PAGE].side, page[PAGE].record_id)


def decide_conflicts(parts: Parts, at: ConnectionParts, mapping: str, decision: Decision) -> Decided:
    """Keep the decision with each conflict and have the records looked at.  A repeat decides the same."""
    store = at.couplings(mapping)
    found, more = _wanted(store, decision)
    now_s = parts.runtime.now()
    fitting = {i: p for i, p in found.items() if decision.records.get(i, "") in ("", version_of(p))}
    decided = {i: decide(p, decision.winner, decision.fields, decision.by, now_s) for i, p in fitting.items()}
    to_store = {i: problem for i, (problem, groups) in decided.items() if groups}
    overtaken = set(store.replace_problems(list(to_store.values())))
    done = tuple(i for i in to_store if i not in overtaken)
    return Decided(
        groups=sum(decided[i][1] for i in done),
        records=done,
        changed=tuple(i for i in found if i not in fitting or i in overtaken),
        not_found=tuple(i for i in decision.records if i not in found),
        job=queue_records(parts, at, mapping, Side.BC, done) if done else "",
        more=more,
    )


def _wanted(store: CouplingStore, decision: Decision) -> tuple[dict[str, Problem], bool]:
    """The conflicts that are meant, by BC id, and whether there are more."""
    if decision.records:
        return _conflicts(store.problems(Side.BC, list(decision.records)).values()), False
    found: list[Problem] = []
    for each, is_conflict in conflicts_from(store):
        if is_conflict and _is_open(each, decision):
            if len(found) == MAX_DECIDED:
                return _conflicts(found), True
            found.append(each)
    return _conflicts(found), False


def _is_open(problem: Problem, decision: Decision) -> bool:
    """Whether the decision says anything new about it: what is decided already is carried out soon."""
    decided, _ = decide(problem, decision.winner, decision.fields, decision.by, 0.0)
    return _winners(decided) != _winners(problem)


def _winners(problem: Problem) -> dict[str, object]:
    decided = problem.details.get("decided")
    return {group: each["winner"] for group, each in decided.items()} if isinstance(decided, dict) else {}


def _conflicts(problems: Iterable[Problem]) -> dict[str, Problem]:
    return {each.record_id: each for each in problems if each.code == CONFLICT}


def page_of_conflicts(
    at: ConnectionParts, names: Sequence[str], limit: int, start: tuple[str, str] | None
) -> tuple[list[tuple[str, Problem]], tuple[str, str] | None]:
    """Up to ``limit`` conflicts by mapping, and the mapping and row to go on from, if any."""
    found: list[tuple[str, Problem]] = []
    looked_at = 0
    for name in names[names.index(start[0]) if start else 0 :]:
        row = start[1] if start and name == start[0] else ""
        for each, is_conflict in conflicts_from(at.couplings(name), row):
            if len(found) == limit or looked_at == MAX_LOOKED_AT:
                return found, (name, problem_row(each.side, each.record_id))
            looked_at += 1
            if is_conflict:
                found.append((name, each))
    return found, None
