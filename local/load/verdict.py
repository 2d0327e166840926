"""From one or two runs to figures and a verdict."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from local.environment import HEART
from local.load import checks, comparing
from local.load.plan import Plan
from local.load.running import Run

type Findings = dict[str, list[str]]

MOST_TOLD = 10


def verdict(plan: Plan, undisturbed: Run, disturbed: Run | None) -> Findings:
    """What each check of each run found, by a name for people; empty lists where all is well."""
    found = _of_one("undisturbed", undisturbed)
    if disturbed is None:
        return found
    found |= _of_one("with kills", disturbed)
    same = comparing.differences(undisturbed.snapshot, disturbed.snapshot, chosen_by_bc=plan.reverse)
    return found | {"both runs end in the same state": list(same)}


def _of_one(name: str, run: Run) -> Findings:
    found = {f"{name}: {what}": wrong for what, wrong in checks.wrong(run.snapshot).items()}
    writes = [f"{run.idle_writes} writes: {run.idle}"] if run.idle_writes else []
    return found | {f"{name}: the next cycle writes nothing": writes}


def figures(plan: Plan, run: Run) -> dict[str, Any]:
    """What was measured, ready for JSON.

    Per-record numbers are for customers and contacts together, or, where other mappings run, for all records
    of Business Central that the full synchronisation was given.
    """
    bc, sales, records = run.requests["bc"], run.requests["sales"], _records(plan, run)
    return {
        "wallSeconds": round(run.finished_s, 2),
        "secondsToRest": round(run.rest_s, 2),
        "cyclesToRest": run.cycles,
        "recordsPerSecond": round(records / run.finished_s, 1),
        "requestsPerRecord": {
            "bc": round(bc["requests"] / records, 5),
            "bcBatchParts": round(bc["parts"] / records, 5),
            "sales": round(sales["requests"] / records, 5),
            "salesOperations": round(sales["operations"] / records, 5),
        },
        "requests": run.requests,
        "idleCycleRequests": {side: run.idle[side]["requests"] for side in ("bc", "sales")},
        "peakRssMib": run.peak_rss_mib,
        "cpuSeconds": run.cpu_s,
        "longestQueue": run.longest_queue,
        "resentMessagesAtLeast": run.resent,
        "kills": [asdict(each) for each in run.killed],
        "problems": len(run.snapshot.couplings.problems),
    }


def _records(plan: Plan, run: Run) -> int:
    if plan.scope() == HEART:
        return plan.records
    return sum(int(line["toSales"]["given"]) for line in run.snapshot.full_sync["lines"])


def told(plan: Plan, run: Run) -> str:
    """The figures of a run for people."""
    all_ = figures(plan, run)
    per = all_["requestsPerRecord"]
    lines = [
        f"  {all_['wallSeconds']} s, {all_['recordsPerSecond']} records/s; "
        f"at rest after {all_['secondsToRest']} s and {all_['cyclesToRest']} cycles",
        f"  requests per record: Business Central {per['bc']}, Sales {per['sales']} "
        f"({per['salesOperations']} counted operations)",
        f"  an idle cycle asks {all_['idleCycleRequests']}; longest queue {all_['longestQueue']}",
        f"  peak memory (MiB): {all_['peakRssMib']}; processor time (s): {all_['cpuSeconds']}",
    ]
    lines += [
        f"  killed {' and '.join(k.hosts)} at {k.at_s:.1f} s: {k.writes} writes were done, "
        f"{k.open_creations} creations in Business Central open"
        for k in run.killed
    ]
    if run.killed:
        lines.append(f"  messages delivered again: at least {run.resent}")
    return "\n".join(lines)


def told_findings(found: Findings) -> str:
    """Each check, with the first things it found."""
    lines = []
    for name, wrong in found.items():
        lines.append(f"  {'FAILED' if wrong else 'ok    '} {name}" + (f" ({len(wrong)})" if wrong else ""))
        lines += [f"           {each}" for each in wrong[:MOST_TOLD]]
    return "\n".join(lines)
