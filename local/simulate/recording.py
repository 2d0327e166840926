"""A run of very many seeds that may be cut off: what came of every 500 is kept, and the next goes on there.

The record is a file of JSON lines, the commit first, then one line for each part.  It belongs to one commit:
seeds of two commits are not one result.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from local.simulate import coverage
from local.simulate.provenance import MEASUREMENTS, commit, day
from local.simulate.running import Result, run_seeds

PART = 500
"""Seeds that are kept together; so many are run again at most after an interruption."""

PAGE = MEASUREMENTS / "seeds.md"
MAX_TOLD = 200
"""Failing seeds that the page tells of."""


class OtherCommit(ValueError):
    """The record was begun at another commit, or with another first seed: it cannot be continued."""


@dataclass(frozen=True)
class Part:
    """What came of some seeds: how long they took together, which failed and why, how often what happened."""

    start: int
    seeds: int
    seconds: float
    failed: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Record:
    """The parts that there are by now, in their order, from the first seed on without a gap."""

    commit: str
    start: int
    parts: list[Part] = field(default_factory=list)

    @property
    def seeds(self) -> int:
        return sum(each.seeds for each in self.parts)

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.parts)

    @property
    def failed(self) -> dict[str, str]:
        return {seed: why for each in self.parts for seed, why in each.failed.items()}

    @property
    def counts(self) -> Counter[str]:
        return sum((Counter(each.counts) for each in self.parts), Counter[str]())


def opened(path: Path, start: int) -> Record:
    """The record of a file, a new one where there is none.  Raises ``OtherCommit``.

    A last line that was cut off counts for nothing: its seeds are run again.
    """
    here = commit()
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    if not lines:
        _append(path, {"commit": here, "start": start})
        return Record(here, start)
    head = json.loads(lines[0])
    if (head["commit"], head["start"]) != (here, start):
        what = f"{head['commit']} from seed {head['start']}"
        raise OtherCommit(f"{path} is of {what}, and this is {here} from {start}. Give another file.")
    return Record(here, start, list(_whole(lines[1:])))


def _whole(lines: Sequence[str]) -> Iterator[Part]:
    for line in lines:
        try:
            yield Part(**json.loads(line))
        except ValueError:
            return


def _append(path: Path, line: dict[str, object]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def go_on(record: Record, path: Path, number: int, jobs: int) -> Iterator[Part]:
    """Run the seeds that the record lacks of ``number``; each part is on file when it is given."""
    results = run_seeds(range(record.start + record.seeds, record.start + number), jobs)
    begun = time.perf_counter()
    while some := list(islice(results, PART)):
        now = time.perf_counter()
        part = _part(some, round(now - begun, 1))
        begun = now
        _append(path, asdict(part))
        record.parts.append(part)
        yield part


def _part(results: Sequence[Result], seconds: float) -> Part:
    failed = {str(each.seed): each.violations[0] for each in results if each.violations}
    counts = sum((each.counts for each in results), Counter[str]())
    return Part(results[0].seed, len(results), seconds, failed, dict(sorted(counts.items())))


def report(path: Path, start: int, number: int, jobs: int, *, write: bool) -> int:
    """Go on with the record, tell of each part, and with ``write`` make its page."""
    try:
        record = opened(path, start)
    except OtherCommit as error:
        print(error)
        return 2
    for part in go_on(record, path, number, jobs):
        print(_told(record, part, number), flush=True)
    absent = coverage.missing(record.counts) if record.seeds >= coverage.NEEDED_SEEDS else []
    print(f"{record.seeds:,} seeds in {record.seconds:,.0f} s: {len(record.failed)} failed")
    if write:
        PAGE.write_text(page(record, jobs), encoding="utf-8")
    return 1 if record.failed else 2 if absent else 0


def _told(record: Record, part: Part, number: int) -> str:
    left_s = (number - record.seeds) * record.seconds / record.seeds
    failed = ", ".join(part.failed) or "none"
    share = f"{100 * record.seeds / number:.1f} %, about {left_s / 3600:.1f} h left"
    seeds = f"{part.start:,} to {part.start + part.seeds - 1:,}"
    return f"{seeds} in {part.seconds:.0f} s, failed: {failed} ({share})"


def page(record: Record, jobs: int) -> str:
    """The record as a page."""
    seeds = f"--seeds {record.seeds} --start {record.start} --jobs {jobs}"
    passed, failed = record.seeds - len(record.failed), record.failed
    lines = [
        "# What happened in the seeds",
        "",
        f"`python dev.py simulate {seeds} --record FILE --write`, {day()}, commit {record.commit}: "
        f"{passed:,} of {record.seeds:,} seeds passed, {len(failed):,} failed. It took "
        f"{record.seconds / 60:,.0f} minutes of {jobs} processors, which had other work to do, too.",
        "",
        "How often each fault of the [failure model](../correctness.md#how-it-is-tried) came, and each "
        f"decision was taken. A run of {coverage.NEEDED_SEEDS} seeds or more fails where one of them never "
        "came.",
        "",
        *_failures(failed),
        *_faults(record.counts),
        *_named(record.counts, "Decision", "decision ", "How often"),
        *_named(record.counts, "Mapping", "mapping ", "Seeds in which it had couplings at the end"),
        *_named(record.counts, "Problem", "problem ", "Open at the end"),
    ]
    return "\n".join(lines[:-1]) + "\n"


def _failures(failed: dict[str, str]) -> list[str]:
    if not failed:
        return []
    rows = [f"| {seed} | {_cell(why)} |" for seed, why in list(failed.items())[:MAX_TOLD]]
    return ["| Failed | The first thing that was wrong |", "| ---: | --- |", *rows, ""]


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")


def _faults(counts: Counter[str]) -> list[str]:
    rows = [
        f"| {family} | {', '.join(f'{kind} {counts[kind]:,}' for kind in kinds)} |"
        for family, kinds in coverage.FAMILIES.items()
    ]
    return ["| Fault | How often |", "| --- | --- |", *rows, ""]


def _named(counts: Counter[str], title: str, prefix: str, what: str) -> list[str]:
    found = {k.removeprefix(prefix): v for k, v in counts.most_common() if k.startswith(prefix)}
    rows = [f"| {name.replace('_', ' ')} | {number:,} |" for name, number in found.items()]
    return [f"| {title} | {what} |", "| --- | ---: |", *rows, ""]
