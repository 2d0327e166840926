"""Running seeds: one at a time or in two processes, with what came of each."""

from __future__ import annotations

import gc
import logging
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context

from local.simulate.building import build
from local.simulate.checkers import violations
from local.simulate.choices import NOTHING_LEFT_OUT, Choices
from local.simulate.defects import DEFECTS
from local.simulate.evidence import Evidence
from local.simulate.setting import draw

GC_THRESHOLD = 100_000
"""Between seeds; within one nobody looks for cycles: it makes many small objects and drops nearly all of them
by itself, and what is left of one is 2 MB."""


@dataclass
class Result:
    """What came of one seed; ``lines`` is its trace where it was asked for."""

    seed: int
    digest: str
    events: int
    violations: list[str]
    counts: Counter[str]
    acts: int
    seconds: float
    lines: list[tuple[float, str, str]] = field(default_factory=list)


def run_seed(seed: int, choices: Choices = NOTHING_LEFT_OUT, defect: str = "") -> Result:
    """Run one seed to its end and judge it.  Whatever is raised is a violation too."""
    _settle_memory()
    gc.disable()
    try:
        return _run_seed(seed, choices, defect)
    finally:
        gc.enable()


def _run_seed(seed: int, choices: Choices, defect: str) -> Result:
    begun = time.perf_counter()
    simulation = build(seed, draw(seed), choices)
    found: list[str] = []
    try:
        with DEFECTS[defect].patched(simulation) if defect else nullcontext():
            simulation.run()
        found = violations(Evidence(simulation))
    except AssertionError as error:
        found = [f"did not end: {type(error).__name__}: {error}"]
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        found = [f"raised: {type(error).__name__}: {error} ({last.filename}:{last.lineno} {last.name})"]
    trace = simulation.scheduler.trace
    return Result(
        seed, trace.digest, trace.count, found, simulation.faults.counts, simulation.people.number,
        time.perf_counter() - begun, trace.lines,
    )  # fmt: skip


@cache
def _settle_memory() -> None:
    """Once: what was loaded stays for good, and nobody looks through it for what can go."""
    gc.set_threshold(GC_THRESHOLD)
    gc.collect()
    gc.freeze()


def be_silent() -> None:
    """Faults make the product warn all the time.  Every process of a run begins with this."""
    logging.disable(logging.WARNING)


def run_seeds(seeds: Iterable[int], jobs: int = 1) -> Iterator[Result]:
    """Run seeds in their order; with ``jobs`` above 1 in that many processes."""
    if jobs <= 1:
        yield from map(run_seed, seeds)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), be_silent) as pool:
        yield from pool.map(run_seed, seeds, chunksize=5)
