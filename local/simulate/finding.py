"""Finding deliberate defects: for each the first seed that tells it from the product as it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

from local.simulate.choices import Choices
from local.simulate.defect import REACHED
from local.simulate.defects import DEFECTS
from local.simulate.plan import draw_plan
from local.simulate.provenance import MEASUREMENTS, commit, day
from local.simulate.running import be_silent, run_seed
from local.simulate.setting import draw

PAGE = MEASUREMENTS / "defects.md"


AMONG = 5
"""The seeds that are tried are chosen among so many times as many: what shows a defect may come in few."""


@dataclass(frozen=True)
class Found:
    """How a defect was found: at which seed, after how many tries, by what.  ``seed`` is ``None`` if it was
    not."""

    name: str
    seed: int | None
    tried: int
    by: str = ""

    @property
    def invariant(self) -> str:
        return self.by.partition(":")[0]

    def line(self) -> str:
        """One line for a terminal."""
        what = DEFECTS[self.name].what
        if self.seed is None:
            return f"NOT FOUND  {self.name}: {self.by or what}"
        return f"found      {self.name:<26} seed {self.seed:>3} ({self.tried} tried)  {self.by[:110]}"


def seeds_for(name: str, start: int, number: int) -> list[int]:
    """The seeds in the order they are tried: those whose incident shows the defect first."""
    defect = DEFECTS[name]
    wanted = set(defect.incidents)

    def shows_it(seed: int) -> bool:
        plan = draw_plan(seed)
        return (
            plan.incident in wanted
            or not wanted.isdisjoint((*plan.parts, *plan.policies.names))
            or (plan.webhooks and "webhooks" in wanted)
            or (defect.suits is not None and defect.suits(draw(seed)))
        )

    among = range(start, start + AMONG * number)
    return sorted(among, key=lambda seed: (not shows_it(seed), seed))[:number]


def find(name: str, start: int, number: int) -> Found:
    """Try seeds until one fails with the defect and holds without it.

    Raises ``AssertionError`` for a defect that is called otherwise than it expects, or never: that proves
    nothing.
    """
    seeds, choices = seeds_for(name, start, number), DEFECTS[name].choices
    DEFECTS[name].check_place()
    for tried, seed in enumerate(seeds, 1):
        found = run_seed(seed, choices, name).violations
        if any("<locals>" in each for each in found):
            raise AssertionError(f"{name} does not fit the product any more: {found[0]}")
        if found and _is_sound(seed, choices):
            return Found(name, seed, tried, found[0])
    if not REACHED[DEFECTS[name].place]:
        raise AssertionError(f"{name}: the product never came to {DEFECTS[name].place}")
    return Found(name, None, len(seeds))


@cache
def _is_sound(seed: int, choices: Choices) -> bool:
    return not run_seed(seed, choices).violations


def find_all(start: int, number: int, jobs: int) -> Iterator[Found]:
    """Every defect in turn, in so many processes."""
    if jobs <= 1:
        yield from (_found_or_told(name, start, number) for name in DEFECTS)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), be_silent) as pool:
        yield from pool.map(_found_or_told, DEFECTS, [start] * len(DEFECTS), [number] * len(DEFECTS))


def _found_or_told(name: str, start: int, number: int) -> Found:
    """One that proves nothing counts as not found and says why: the others are looked for all the same."""
    try:
        return find(name, start, number)
    except AssertionError as reason:
        return Found(name, None, 0, str(reason))


def report(start: int, number: int, jobs: int, *, write: bool) -> int:
    """Print what found each defect; with ``write`` also the page of it.  1 where one was not found."""
    begun, results = time.perf_counter(), list[Found]()
    for each in find_all(start, number, jobs):
        results.append(each)
        print(each.line(), flush=True)
    seconds = time.perf_counter() - begun
    missed = sum(each.seed is None for each in results)
    print(f"{len(results) - missed} of {len(results)} defects found in {seconds:.0f} s")
    if write:
        PAGE.write_text(page(results, number, seconds), encoding="utf-8")
    return 1 if missed else 0


def page(results: Sequence[Found], number: int, seconds: float) -> str:
    """The table as a page."""
    missed = sum(each.seed is None for each in results)
    lines = [
        "# Deliberate defects",
        "",
        f"`python dev.py simulate --defects --seeds {number} --write`, {day()}, "
        f"commit {commit()}: {len(results) - missed} of {len(results)} found in {seconds:.0f} s.",
        "",
        "Each defect is one mistake that a programmer could make, put into the product on purpose "
        "([defects.py](../../local/simulate/defects.py), "
        "[further_defects.py](../../local/simulate/further_defects.py), "
        "[wider_defects.py](../../local/simulate/wider_defects.py)). Seeds are tried until one violates "
        "an invariant that it holds without the defect.",
        "",
        "| Defect | What is wrong | Seed | Tried | Found by |",
        "| --- | --- | ---: | ---: | --- |",
        *(_row(each) for each in results),
        "",
    ]
    return "\n".join(lines)


def _row(found: Found) -> str:
    seed = "not found" if found.seed is None else str(found.seed)
    return f"| `{found.name}` | {DEFECTS[found.name].what} | {seed} | {found.tried} | {found.invariant} |"
