"""The figures of a measurement: as values for JSON, as a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from local.latency.plan import BC_TO_SALES, DIRECTIONS, Plan
from local.latency.running import Run

HEADINGS = ("change", "with", "changes", "p50 s", "p95 s", "longest s")


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all do not exceed (nearest rank); of at least one."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def figures(plan: Plan, runs: Sequence[Run]) -> dict[str, Any]:
    """Everything, JSON-ready; times in seconds."""
    return {
        "seed": plan.seed,
        "changesPerDirection": plan.changes,
        "spreadSeconds": plan.spread_s,
        "businessCentralDelaySeconds": plan.bc_delay_s,
        "runs": [_run_figures(each) for each in runs],
    }


def _run_figures(run: Run) -> dict[str, Any]:
    return {
        "webhooks": run.webhooks,
        "registeredAfterSeconds": run.registered_s,
        "longestLookSeconds": round(run.watch.longest_look_s, 3),
        "notArrived": [each.value for each in run.watch.missing()],
        "directions": {each: _direction(run.watch.took(each)) for each in DIRECTIONS},
    }


def _direction(took: Sequence[float]) -> dict[str, Any]:
    if not took:
        return {"arrived": 0}
    return {
        "arrived": len(took),
        "p50": round(percentile(took, 50), 2),
        "p95": round(percentile(took, 95), 2),
        "longest": round(took[-1], 2),
        "all": [round(each, 2) for each in took],
    }


def rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """A row for each direction and run, in the order of `HEADINGS`."""
    return [_row(direction, run) for direction in DIRECTIONS for run in found["runs"]]


def _row(direction: str, run: dict[str, Any]) -> tuple[str, ...]:
    values = run["directions"][direction]
    name = "webhooks and minute timer" if run["webhooks"] else "minute timer alone"
    if not values["arrived"]:
        return direction, name, "0", "-", "-", "-"
    shown = (f"{values[each]:.1f}" for each in ("p50", "p95", "longest"))
    return direction, name, str(values["arrived"]), *shown


def table(found: dict[str, Any]) -> str:
    """The rows below each other, for a terminal."""
    lines = [HEADINGS, *rows(found)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def notes(found: dict[str, Any]) -> list[str]:
    """What a reader must know to read the figures."""
    delay_s = found["businessCentralDelaySeconds"]
    told = [
        f"{found['changesPerDirection']} changes of each direction, one at a time at random moments of "
        f"{found['spreadSeconds']:.0f} s, seed {found['seed']}. From just before the person's request is "
        "sent to the first list of the other side that shows the value.",
        f"Of {BC_TO_SALES} with webhooks, up to {delay_s:.0f} s are Business Central's own: it collects "
        "changes that long before it notifies. Here changes come close together, so most meet a delay that "
        "has begun; one that comes alone waits all of it, unless the minute timer is earlier.",
        "Sales sends notifications from a queue of its own, which takes no time here.",
    ]
    looks_s = max(run["longestLookSeconds"] for run in found["runs"])
    told.append(f"The other side is listed ten times a second; the longest list took {looks_s:.2f} s.")
    for run in found["runs"]:
        if run["registeredAfterSeconds"] is not None:
            told.append(f"Webhooks were registered {run['registeredAfterSeconds']:.0f} s after the start.")
        if run["notArrived"]:
            told.append(f"Not arrived in time: {', '.join(run['notArrived'])}.")
    return told


def page(found: dict[str, Any], machine: str) -> str:
    """The same as a page of the documentation."""
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *rows(found)]
    shown = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    told = "\n".join(f"- {each}" for each in notes(found))
    return (
        "# Time from change to write\n\n"
        "<!-- Written by `python dev.py latency --page docs/measurements/latency.md`. -->\n\n"
        f"{shown}\n\n{told}\n"
        f"- Everything ran on one machine ({machine}), with both systems simulated. Real services add the "
        "time of their own requests.\n"
    )
