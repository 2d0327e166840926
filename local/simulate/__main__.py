"""`python dev.py simulate`: many seeded runs with faults, judged against the invariants."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from local.simulate import coverage, finding, recording
from local.simulate.choices import Choices
from local.simulate.running import Result, be_silent, run_seed, run_seeds
from local.simulate.shrinking import shrink
from local.simulate.story import story

MAX_TOLD = 10
"""Failing seeds that are told of in full."""


def main(arguments: list[str]) -> int:
    """0: every invariant held; 1: some seed violated one; 2: a fault or decision never happened."""
    options = _parser().parse_args(arguments)
    be_silent()
    if options.defects:
        return finding.report(options.start, options.seeds, options.jobs, write=options.write)
    if options.seed is not None:
        return _one(options.seed, options.trace, options.shrink)
    if options.record is not None:
        return recording.report(
            options.record, options.start, options.seeds, options.jobs, write=options.write
        )
    return _many(options.seeds, options.start, options.jobs, options.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python dev.py simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="processes to spread the seeds over")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    parser.add_argument("--seed", type=int, help="one seed only, with its story")
    parser.add_argument("--trace", action="store_true", help="with --seed: every event")
    parser.add_argument(
        "--shrink", action="store_true", help="with --seed: look for the least that still fails"
    )
    parser.add_argument(
        "--defects", action="store_true", help="put defects into the product; all must be found"
    )
    parser.add_argument(
        "--record", type=Path, help="keep what came of every 500 seeds in this file, and go on where it ends"
    )
    parser.add_argument(
        "--write", action="store_true", help="write the page in docs/measurements of --defects or --record"
    )
    return parser


def _many(number: int, start: int, jobs: int, to: Path | None) -> int:
    begun = time.perf_counter()
    counts: Counter[str] = Counter()
    failed: list[Result] = []
    for result in run_seeds(range(start, start + number), jobs):
        counts += result.counts
        if result.violations:
            failed.append(result)
            _tell(result, len(failed))
    seconds = time.perf_counter() - begun
    print(f"{number} seeds from {start} in {seconds:.1f} s ({number / seconds:.1f} a second): ", end="")
    print(f"{len(failed)} failed" if failed else "every invariant held")
    print(coverage.table(counts))
    absent = coverage.missing(counts) if number >= coverage.NEEDED_SEEDS else []
    for each in absent:
        print(f"NEVER HAPPENED: {each}")
    if to is not None:
        to.write_text(json.dumps(_document(number, start, seconds, failed, counts, absent), indent=1))
    return 1 if failed else 2 if absent else 0


def _tell(result: Result, told: int) -> None:
    print(f"seed {result.seed} FAILED (python dev.py simulate --seed {result.seed})")
    if told <= MAX_TOLD:
        for line in result.violations[:5]:
            print(f"   {line}")
    sys.stdout.flush()


def _document(
    number: int, start: int, seconds: float, failed: list[Result], counts: Counter[str], absent: list[str]
) -> dict[str, object]:
    return {
        "start": start,
        "seeds": number,
        "seconds": round(seconds, 2),
        "failed": [
            {"seed": each.seed, "digest": each.digest, "violations": each.violations} for each in failed
        ],
        "counts": dict(sorted(counts.items())),
        "neverHappened": absent,
    }


def _one(seed: int, whole_trace: bool, shrinking: bool) -> int:
    choices = shrink(seed) if shrinking else Choices()
    result = run_seed(seed, Choices(choices.without, choices.skip_acts, choices.only_first_faults, True))
    for line in result.lines if whole_trace else story(result):
        print(f"{line[0] - result.lines[0][0]:10.3f}  {line[1]:<12} {line[2]}")
    print(f"seed {seed}: {result.events} events, digest {result.digest}")
    for text in result.violations or ["every invariant held"]:
        print(f"   {text}")
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
