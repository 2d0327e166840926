"""The state of every mapping in one look, from what is on file: no system is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from shared_code.core.brakes import Brake
from shared_code.core.jobs import Job
from shared_code.core.outcome import PROBLEMS, Outcome, Problem
from shared_code.core.records import Side
from shared_code.store.compares import Line
from shared_code.store.schedules import Schedule
from shared_code.sync import faults
from shared_code.sync.brakes import held
from shared_code.sync.comparing.comparing import store_of
from shared_code.sync.parts import ConnectionParts, Parts

MAX_COUNTED = 100
"""Problems of a mapping that are counted: more are told as “more”, and counted by cause elsewhere."""
JOBS = 200
"""The newest jobs among which each mapping's last one is looked for."""
AT_ONCE = 16


class State(StrEnum):
    """How a mapping is, in one word; the first that applies."""

    OFF = "off"
    BRAKE = "brake"
    RETRYING = "retrying"
    NOT_STARTED = "not_started"
    ATTENTION = "attention"
    HEALING = "healing"
    ON_TRACK = "on_track"


@dataclass(frozen=True, slots=True)
class Counts:
    """Problems of a mapping by kind, each counted once; ``more``: there are more."""

    conflicts: int = 0
    failed: int = 0
    waiting: int = 0
    set_aside: int = 0
    more: bool = False

    @property
    def total(self) -> int:
        return self.conflicts + self.failed + self.waiting + self.set_aside


@dataclass(frozen=True, slots=True)
class MappingState:
    """One mapping: its word and why, its problems, its newest job, its line of the newest compare."""

    mapping: str
    title: str
    direction: str
    state: State
    because: str
    counts: Counts
    next_look_at_s: float = 0.0
    newest: Job | None = None
    compared: Line | None = None
    brake: Brake | None = None

    @property
    def records(self) -> dict[Side, int]:
        """Records of each side when they were compared last; none where they were not."""
        return dict(self.compared.seen) if self.compared else {}


@dataclass(frozen=True, slots=True)
class Overview:
    """A connection: why nothing of it is synchronised (blank: it is), its mappings, when it was compared."""

    stopped_because: str
    mappings: Sequence[MappingState] = field(default_factory=list)
    compared_at_s: float = 0.0


def overview(parts: Parts, at: ConnectionParts, only: str = "") -> Overview:
    """The state of every mapping of a connection, or of one, in the order of their names."""
    names = [each for each in sorted(at.mappings) if only in ("", each)]
    on_file = OnFile()
    calls: list[Callable[[], object]] = [partial(each, parts, at, on_file) for each in _READ]
    calls += [partial(_count, at, name, on_file) for name in names]
    parts.runtime.run_all(calls, AT_ONCE)
    found = [_state(at, name, on_file) for name in names]
    return Overview(on_file.why_not, found, on_file.compared_at_s)


@dataclass(slots=True)
class OnFile:
    """What is read for an overview, each part by a call of its own: they are read at the same time."""

    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    newest: Mapping[str, Job] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)
    counted: dict[str, tuple[Counts, bool]] = field(default_factory=dict)
    compared_at_s: float = 0.0
    why_not: str = ""
    started: frozenset[str] = frozenset()


def _read_started(parts: Parts, at: ConnectionParts, on_file: OnFile) -> None:
    on_file.started = at.watermarks.started(at.mappings)


def _read_schedules(parts: Parts, at: ConnectionParts, on_file: OnFile) -> None:
    on_file.schedules = at.schedules.all()


def _read_jobs(parts: Parts, at: ConnectionParts, on_file: OnFile) -> None:
    on_file.newest = _newest(at.jobs.newest(JOBS))


def _read_compare(parts: Parts, at: ConnectionParts, on_file: OnFile) -> None:
    newest = store_of(at).newest(1)
    if newest:
        on_file.compared_at_s = newest[0][1]
        on_file.lines = {each.mapping: each for each in store_of(at).lines(newest[0][0])}


def _read_faults(parts: Parts, at: ConnectionParts, on_file: OnFile) -> None:
    on_file.why_not = faults.why_not(parts, at)


def _count(at: ConnectionParts, name: str, on_file: OnFile) -> None:
    on_file.counted[name] = _counts(at, name)


_READ = (_read_faults, _read_compare, _read_schedules, _read_jobs, _read_started)
"""The longest first."""


def _newest(jobs: Iterable[Job]) -> dict[str, Job]:
    found: dict[str, Job] = {}
    for each in jobs:
        found.setdefault(each.mapping, each)
    return found


def _counts(at: ConnectionParts, name: str) -> tuple[Counts, bool]:
    """The counts, and whether all of them heal by themselves."""
    problems = at.couplings(name).all_problems(MAX_COUNTED + 1)
    listed = problems[:MAX_COUNTED]
    counts = Counts(
        conflicts=sum(_kind(each) is Outcome.CONFLICT for each in listed),
        failed=sum(_kind(each) is Outcome.FAILED for each in listed),
        waiting=sum(_kind(each) is Outcome.WAITING for each in listed),
        set_aside=sum(each.set_aside for each in listed),
        more=len(problems) > MAX_COUNTED,
    )
    return counts, all(_heals(each) for each in listed if not each.set_aside)


def _kind(problem: Problem) -> Outcome | None:
    """What a problem counts as; one that was set aside counts as that alone."""
    if problem.set_aside:
        return None
    known = problem.outcome in (Outcome.CONFLICT, Outcome.WAITING)
    return problem.outcome if known else Outcome.FAILED


def _heals(problem: Problem) -> bool:
    known = PROBLEMS.get(problem.code)
    return bool(known and known.heals)


def _state(at: ConnectionParts, name: str, on_file: OnFile) -> MappingState:
    mapping, (counts, heals) = at.mappings[name], on_file.counted[name]
    schedule, newest = on_file.schedules.get(name), on_file.newest.get(name)
    brake = held(schedule) if schedule else None
    is_begun = name in on_file.started or newest is not None or counts.total > 0
    state = _word(schedule if is_begun or _is_off(schedule) else None, brake, counts, heals=heals)
    because = brake.told(name) if brake else schedule.disabled_because if schedule else ""
    next_s = schedule.next_due_s if schedule else 0.0
    return MappingState(
        name, mapping.title, mapping.direction.value, state, because, counts, next_s, newest,
        on_file.lines.get(name), brake,
    )  # fmt: skip


def _is_off(schedule: Schedule | None) -> bool:
    return schedule is not None and bool(schedule.disabled_because)


def _word(schedule: Schedule | None, brake: Brake | None, counts: Counts, *, heals: bool) -> State:
    if brake:
        return State.BRAKE
    if schedule is None:
        return State.NOT_STARTED
    if schedule.disabled_because:
        return State.RETRYING if schedule.heals else State.OFF
    if not counts.total - counts.set_aside:
        return State.ON_TRACK
    return State.HEALING if heals and not counts.more else State.ATTENTION
