"""The matching report: what a match would couple, before anything is coupled, and why."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared_code.core.mapping import MatchKey
from shared_code.core.matching import MAX_CANDIDATES
from shared_code.core.records import Side


class Result(StrEnum):
    """What the match says of a record.

    ``exact``: one record of each side holds the value of a key.  ``possible``: one candidate, and the two
    name only each other, by a key that suggests.  ``several``: more than that.  ``none``: no candidate.
    """

    EXACT = "exact"
    POSSIBLE = "possible"
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of the other side that may be the same, and the number of the key that says so."""

    id: str
    name: str
    key: int


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One line: a record of ``side`` with its partner or candidates.  An exact or possible pair has one line,
    on the BC side."""

    result: Result
    side: Side
    id: str
    name: str
    candidates: tuple[Candidate, ...] = ()


class Phase(StrEnum):
    """Where the making of a report stands."""

    SCAN = "scan"
    SPREAD = "spread"
    JOIN = "join"
    LINES = "lines"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A report and how far it is.

    ``keys`` are the criteria in the order in which they count.  ``step`` is the number of steps taken;
    ``side``, ``key`` and ``place`` say where the phase is, ``cursor`` where a scan goes on.  ``leaves`` are
    the pieces in which the records of a side were scanned.  ``counts`` are lines by result and side.
    """

    id: str
    mapping: str
    created_at_s: float
    keys: tuple[MatchKey, ...]
    phase: Phase = Phase.SCAN
    step: int = 0
    side: Side = Side.BC
    key: int = 0
    place: int = 0
    cursor: str = ""
    leaves: MappingOf[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    records: MappingOf[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    buckets: int = 1
    counts: MappingOf[str, int] = field(default_factory=dict)
    message: str = ""
    finished_at_s: float = 0.0
    etag: str = ""

    @property
    def percent(self) -> int:
        """How far the report is, roughly: scanning is half of it."""
        if self.phase in (Phase.READY, Phase.FAILED):
            return 100
        if self.phase is Phase.SCAN:
            return 0 if self.side is Side.BC else 25
        if self.phase is Phase.LINES:
            return 90 if self.side is Side.BC else 95
        return 50 + 40 * self.key // max(1, len(self.keys))

    def counted(self, lines: Sequence[MatchLine]) -> Report:
        """With these lines added to the counts."""
        counts = dict(self.counts)
        for each in lines:
            name = count_name(each.result, each.side)
            counts[name] = counts.get(name, 0) + 1
        return replace(self, counts=counts)


def count_name(result: Result, side: Side) -> str:
    """How a count of lines is called: pairs have no side."""
    is_pair = result in (Result.EXACT, Result.POSSIBLE)
    return result.value if is_pair else f"{result}|{side}"


def after_scan(report: Report) -> Report:
    """Both sides are scanned: the first key is joined, or where there is nothing to join all is listed."""
    if not report.keys or not all(report.records.values()):
        return replace(report, phase=Phase.LINES, side=Side.BC, place=0)
    return replace(report, phase=Phase.SPREAD, side=Side.BC, key=0, place=0)


def after_spread(report: Report, place: int) -> Report:
    """Leaves up to ``place`` of a side are spread."""
    if place < report.leaves[report.side]:
        return replace(report, place=place)
    if report.side is Side.BC:
        return replace(report, side=Side.SALES, place=0)
    return replace(report, phase=Phase.JOIN, side=Side.BC, place=0)


def after_join(report: Report, place: int) -> Report:
    """Buckets up to ``place`` are joined."""
    if place < report.buckets:
        return replace(report, place=place)
    if report.key + 1 < len(report.keys):
        return replace(report, phase=Phase.SPREAD, side=Side.BC, key=report.key + 1, place=0)
    return replace(report, phase=Phase.LINES, side=Side.BC, place=0)


def after_lines(report: Report, place: int, now_s: float) -> Report:
    """Leaves up to ``place`` of a side are listed."""
    if place < report.leaves[report.side]:
        return replace(report, place=place)
    if report.side is Side.BC:
        return replace(report, side=Side.SALES, place=0)
    return replace(report, phase=Phase.READY, finished_at_s=now_s)


def candidates_of(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Each candidate once, by the first key that named it; a few are enough for a person."""
    first: dict[str, Candidate] = {}
    for each in sorted(found, key=lambda each: (each.key, each.name, each.id)):
        first.setdefault(each.id, each)
    return tuple(first.values())[:MAX_CANDIDATES]
