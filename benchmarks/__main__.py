"""`python dev.py bench`: Tandem beside its peers, at the same work, against the same simulated systems.

python dev.py bench                                       2,000 rows, everything
python dev.py bench --rows 20000 --json figures.json
python dev.py bench --client tandem,floor --work initial_load,unchanged --latency fast
python dev.py bench --instances 1                         Tandem in one process
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import peers, report
from benchmarks.ceiling import ceilings
from benchmarks.plan import CLIENTS, LATENCIES, LEAST_DEPLOYED, TANDEM, WORKS, Plan
from benchmarks.running import run
from local.dev.places import ROOT
from local.dev.processes import NotReady, interrupt_on_terminate
from local.dev.steps import SetUpFailed

NOT_POSSIBLE = 2


def some_of(known: Mapping[str, object]) -> Callable[[str], tuple[str, ...]]:
    """Reads names with commas between.  Raises argparse's error for an unknown one."""

    def read(text: str) -> tuple[str, ...]:
        given = tuple(each.strip() for each in text.split(",") if each.strip())
        if not given or not set(given) <= known.keys():
            raise argparse.ArgumentTypeError(f"{text!r}: name some of {', '.join(known)}")
        return tuple(each for each in known if each in given)

    return read


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python dev.py bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--rows", type=int, default=2_000, help="customers (default: 2,000)")
    add("--json", type=Path, default=None, metavar="FILE", help="write the figures there too")
    add("--client", type=some_of(CLIENTS), default=tuple(CLIENTS), metavar="NAMES", help=", ".join(CLIENTS))
    add("--work", type=some_of(WORKS), default=tuple(WORKS), metavar="NAMES", help=", ".join(WORKS))
    add("--latency", type=some_of(LATENCIES), default=tuple(LATENCIES), metavar="NAMES",
        help=", ".join(LATENCIES))  # fmt: skip
    add("--seed", type=int, default=7, help="of the records")
    add("--instances", type=int, default=LEAST_DEPLOYED, metavar="N",
        help=f"on how many instances Tandem works (default: {LEAST_DEPLOYED})")  # fmt: skip
    return parser


def about(plan: Plan, loads: tuple[float, float]) -> dict[str, Any]:
    """What the figures were measured with."""
    return {
        "rows": plan.rows,
        "seed": plan.seed,
        "measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
        "python": sys.version.split()[0],
        "processors": os.cpu_count(),
        "load_average": {"at the begin": loads[0], "at the end": loads[1]},
    }


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def load_average() -> float:
    """Programs that wanted a processor in the last minute; 0 where that is not known."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0


def main(given: Sequence[str]) -> int:
    """Runs and tells; 1 when a client could not do its work, 2 when nothing could be run."""
    interrupt_on_terminate()
    args = arguments().parse_args(given)
    try:
        plan = Plan(args.rows, args.client, args.work, args.latency, args.seed, instances=args.instances)
        before, most = load_average(), ceilings()
        told_most = ", ".join(f"{name} {rate:,}" for name, rate in most.items())
        _say(f"the simulators alone, rows/s of processor time: {told_most}")
        results = run(plan, peers.Pythons(_say).of, _say)
    except (NotReady, SetUpFailed, ValueError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return NOT_POSSIBLE
    known = {**about(plan, (before, load_average())), "ceilings": most}
    print(report.table(results.runs))
    if told := report.kinds_table(results.runs, TANDEM):
        print(f"\nWhat Tandem asked for:\n{told}")
    for run_ in results.runs:
        if run_.stopped:
            print(f"stopped: {run_.client}, {run_.latency}, {run_.work}: {run_.stopped}")
    for each in results.missed:
        print(f"missed: {each}")
    if args.json:
        args.json.write_text(json.dumps(report.document(results, known), indent=2) + "\n", "utf-8")
    return 1 if results.missed else 0


def _say(what: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
