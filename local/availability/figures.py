"""The figures of one phase, as lines of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from local.availability.asking import Answered, Plan

HEADINGS = ("phase", "questions", "p50 ms", "p95 ms", "p99 ms", "longest ms", "not answered", "BC requests")
MOST_P95_MS = 50.0


@dataclass(frozen=True, slots=True)
class Phase:
    """What was asked in one phase, and how often Business Central was asked for items meanwhile."""

    name: str
    answers: Sequence[Answered]
    readings: int

    def percentile_ms(self, percent: float) -> float:
        """The nearest rank; what was not answered well counts as it came."""
        ordered = sorted(each.took_s for each in self.answers)
        return 1000 * ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]

    @property
    def failed(self) -> int:
        """Questions without a good answer."""
        return sum(each.status != 200 for each in self.answers)

    def row(self) -> tuple[str, ...]:
        """A line of the table."""
        shown = (f"{self.percentile_ms(percent):.1f}" for percent in (50, 95, 99, 100))
        return self.name, f"{len(self.answers):,}", *shown, str(self.failed), str(self.readings)


def faults(warm: Phase, *others: Phase) -> list[str]:
    """What is not as promised; empty where all is well."""
    found = []
    if (p95 := warm.percentile_ms(95)) >= MOST_P95_MS:
        found.append(f"p95 with a warm cache is {p95:.1f} ms, not under {MOST_P95_MS:g}")
    if warm.readings:
        found.append(f"with a warm cache Business Central was asked {warm.readings} times")
    found += [f"{each.name}: {each.failed} not answered" for each in (warm, *others) if each.failed]
    return found


def notes(plan: Plan, latency_s: float) -> list[str]:
    """What a reader must know to read the figures."""
    return [
        f"{plan.rate:g} questions a second about {plan.items} items, each with another quantity, day or "
        "location; from the moment a question is due to its whole answer, over HTTP, the host included.",
        "With a warm cache no question reaches Business Central: all of that is Tandem's own time.",
        f"During the full synchronisation Business Central takes {1000 * latency_s:.0f} ms for each request, "
        "and items are read anew when what is kept of them is 30 seconds old. One host answers questions, "
        "another synchronises, as Azure scales them; all processes share the processor.",
    ]


def page(phases: Sequence[Phase], told: Sequence[str], day: date) -> str:
    """The same as a page of the documentation."""
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(each.row() for each in phases)]
    shown = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return (
        "# Availability: time to an answer\n\n"
        "<!-- Written by `python dev.py availability --page docs/measurements/availability.md`. -->\n\n"
        f"Measured on {day.day} {day:%B %Y}.\n\n{shown}\n\n" + "\n".join(f"- {each}" for each in told) + "\n"
    )
