"""`python -m local.matching --records 100000`: makes a report and tells its time and memory, page by page."""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from local.dev.azurite import start_azurite
from local.dev.processes import Processes
from local.matching.generated import GeneratedSystem, expected
from shared_code.compose import default_mappings
from shared_code.core.mapping import Connection
from shared_code.core.match_report import Phase
from shared_code.core.records import Side
from shared_code.runtime import ThreadRuntime
from shared_code.store.azure_tables import AzureTables, connect
from shared_code.store.memory_queue import MemoryQueue
from shared_code.store.table_list import TABLES
from shared_code.store.tables import Tables
from shared_code.sync import match_api, match_reports
from shared_code.sync.messages import QUEUES, MatchStep, from_text
from shared_code.sync.parts import ConnectionParts, Hooks, Parts


@dataclass
class Measured:
    """Seconds and steps of a phase, and the most memory the process had by its end."""

    seconds: float = 0.0
    steps: int = 0
    most_mib: float = 0.0


@dataclass
class Measuring:
    """The measurements by phase."""

    phases: dict[str, Measured] = field(default_factory=dict)

    def note(self, phase: Phase, seconds: float) -> None:
        found = self.phases.setdefault(phase.value, Measured())
        found.seconds += seconds
        found.steps += 1
        found.most_mib = most_mib()


def most_mib() -> float:
    """The most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Sequence[str]) -> int:
    """Measures; 1 where the report does not say what it must, took too long or held too much memory."""
    parser = argparse.ArgumentParser(prog="python -m local.matching", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="of each side, whole hundreds")
    parser.add_argument("--within", type=float, default=math.inf, metavar="SECONDS", help="or it fails")
    parser.add_argument("--memory", type=float, default=math.inf, metavar="MIB",
                        help="it fails where it holds so much more than at the start")  # fmt: skip
    given = parser.parse_args(arguments)
    with Processes() as processes:
        return _measure(start_azurite(processes), given.records, Bounds(given.within, given.memory))


@dataclass(frozen=True)
class Bounds:
    """What a report may take: seconds on the clock, and MiB more than at the start."""

    seconds: float
    more_mib: float

    def broken(self, seconds: float, more_mib: float) -> list[str]:
        """The bounds that do not hold, in words."""
        late = f"{seconds:.1f} s are more than {self.seconds:g}" if seconds > self.seconds else ""
        large = f"{more_mib:.0f} MiB are more than {self.more_mib:g}" if more_mib > self.more_mib else ""
        return [each for each in (late, large) if each]


def _measure(connection: str, count: int, bounds: Bounds) -> int:
    parts = parts_over(AzureTables(ThreadRuntime(), connect({"AzureWebJobsStorage": connection})), count)
    at = parts.connection("generated")
    began, cpu, before = time.monotonic(), time.process_time(), most_mib()
    report = match_reports.begin(parts, at, at.mapping("CUSTOMER"), at.mapping("CUSTOMER").match)
    measuring = Measuring()
    while messages := [(name, each) for name in QUEUES for each in parts.queue.receive(name, 1, 600)]:
        for name, each in messages:
            step = from_text(each.body)
            assert isinstance(step, MatchStep)
            known = at.match_reports.get(report.id)
            assert known is not None
            step_began = time.monotonic()
            match_reports.take_step(parts, step)
            measuring.note(known.phase, time.monotonic() - step_began)
            parts.queue.delete(name, each)
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    counts = match_api.get(parts, report.id, {}).body["counts"]
    print(
        f"{count:,} x {count:,} records: {seconds:.1f} s, {cpu:.1f} s of CPU, {before:.0f} MiB at the start"
    )
    for phase, own in measuring.phases.items():
        print(f"  {phase:7} {own.steps:4} steps {own.seconds:6.1f} s, at most {own.most_mib:.0f} MiB by then")
    print(f"  {counts}")
    wrong = {name: number for name, number in expected(count).items() if counts[name] != number}
    faults = [f"expected {wrong}"] if wrong else []
    faults += bounds.broken(seconds, most_mib() - before)
    print("".join(f"  {each}\n" for each in faults), end="", file=sys.stderr)
    return 1 if faults else 0


def parts_over(tables: Tables, count: int) -> Parts:
    """The use cases over generated records and any tables; the queue is in memory."""
    runtime = ThreadRuntime()
    tables.ensure(TABLES)
    queue = MemoryQueue(time.time)
    queue.ensure(QUEUES)
    mappings = {each.name: each for each in default_mappings()}
    systems = {side: GeneratedSystem(side, count) for side in Side}
    at = ConnectionParts(Connection("generated", "x"), mappings, systems, tables)  # type: ignore[arg-type]
    return Parts(runtime, tables, queue, {at.name: at}, 0.0, _no_hooks(), None, None)  # type: ignore[arg-type]


def _no_hooks() -> Hooks:
    return Hooks(None, None, "", "")  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
