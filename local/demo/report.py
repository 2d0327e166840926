"""The report: everything that was measured, as one JSON document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from local.demo import checks, lead_to_cash
from local.demo.failures import DemoFailed, expect
from local.demo.kinds import KINDS
from local.demo.meter import Counts
from local.demo.review import OUTCOMES
from local.demo.stage import Stage
from local.demo.told import Told
from local.environment import Refused

MAX_JOBS = 200
DIRECTIONS = {"to_sales": "toSales", "from_sales": "fromSales"}

type Json = dict[str, Any]


def build(stage: Stage, told: Told) -> Json:
    """The report of a demonstration that came to its end.  Raises DemoFailed where sums do not agree."""
    return {
        **_begin(told, None),
        **_of_stage(stage),
        "mappings": mappings(stage),
        "accounted": {kind.mapping: _accounted(checks.account_for(stage, kind)) for kind in KINDS},
        "orders": [_order(stage, each) for each in told.orders],
        **_problems(stage),
    }


def of_failure(failure: str, told: Told, stage: Stage | None) -> Json:
    """The report of a demonstration that ended early for the reason ``failure``: what was found until then.

    What the app must be asked for is left out where it does not answer, or where there is no ``stage`` yet.
    """
    found = _begin(told, failure)
    if stage is not None:
        found |= _of_stage(stage)
        with suppress(Refused, OSError, ValueError):
            found |= _problems(stage)
        with suppress(DemoFailed, Refused, OSError, ValueError):
            found["mappings"] = mappings(stage)
    return found


def _begin(told: Told, failure: str | None) -> Json:
    return {
        "about": "Counters are sums over all jobs of the run; requests are Tandem's own.",
        "failure": failure,
        "seconds": told.seconds(),
        "full_synchronizations": [_lines(each) for each in told.full_synchronizations],
        "full_synchronization_costs": told.costs,
        "duplicates": told.duplicates,
        "quiet_cycle": told.quiet_cycle,
        "steps": told.steps,
    }


def _of_stage(stage: Stage) -> Json:
    total = stage.meter.total
    return {
        "company": stage.company,
        "settings": _settings(stage),
        "requests": requests(total),
        "writes": {side: total.writes[side] for side in ("bc", "sales")},
    }


def _order(stage: Stage, order: lead_to_cash.Order) -> Json:
    """What stands beside an order in Sales, and the state of the order itself."""
    told, names = lead_to_cash.beside(stage, order), ("number", "transfer", "status", "amount", "reason")
    row = next(each for each in stage.sales("salesorder") if each["salesorderid"] == order.id)
    shown = {name: told.get(f"tandem_{name}") for name in names}
    return {"order": order.number, **shown, "state": row["statecode"]}


def _problems(stage: Stage) -> Json:
    problems = stage.problems()
    return {
        "conflicts": [_conflict(each) for each in problems if each["outcome"] == "conflict"],
        "failures": [_listed(each) for each in problems if each["outcome"] in ("failed", "skipped")],
        "waiting": [_listed(each) for each in problems if each["outcome"] == "waiting"],
    }


def write(report: Json, path: Path) -> None:
    """The report as a file.  Raises OSError."""
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")


def mappings(stage: Stage) -> dict[str, Json]:
    """Couplings, and what became of the records that jobs were given in each direction."""
    jobs = stage.environment.api.get(f"jobs?limit={MAX_JOBS}")["jobs"]
    expect(len(jobs) < MAX_JOBS, f"There are {MAX_JOBS} jobs or more: the counters would not be complete.")
    sums: dict[str, dict[str, Counter[str]]] = {
        name: {direction: Counter() for direction in DIRECTIONS} for name in stage.mappings
    }
    for job in jobs:
        for direction, key in DIRECTIONS.items():
            sums[job["mapping"]][direction] += Counter({n: job[key][n] for n in ("given", *OUTCOMES)})
    for name, both in sums.items():
        for direction, counts in both.items():
            _check_sum(f"{name} {direction}", counts)
    return {name: {"couplings": len(stage.couplings(name)), **_shown(both)} for name, both in sums.items()}


def _shown(both: Mapping[str, Counter[str]]) -> Json:
    return {
        direction: {name: counts[name] for name in ("given", *OUTCOMES)} for direction, counts in both.items()
    }


def _check_sum(what: str, counts: Counter[str]) -> None:
    outcomes = sum(counts[name] for name in OUTCOMES)
    expect(counts["given"] == outcomes, f"{what}: {counts['given']} records given, {outcomes} outcomes.")


def requests(counts: Counts) -> Json:
    """What Tandem asked of both systems."""
    by_kind = {side: dict(sorted(kinds.items())) for side, kinds in counts.by_kind.items()}
    return {**{side: counts.requests[side] for side in ("bc", "sales")}, "by_kind": by_kind}


def _settings(stage: Stage) -> Json:
    options = stage.environment.options
    return {"look_back_seconds": options.look_back_s, "settle_seconds": options.settle_s}


def _lines(view: Json) -> Json:
    return {
        line["mapping"]: {
            "recommendation": line["initialSynchRecommendation"],
            "status": line["jobQueueEntryStatus"],
            **{
                direction: {name: line[key][name] for name in ("given", *OUTCOMES)}
                for direction, key in DIRECTIONS.items()
            },
        }
        for line in view["lines"]
    }


def _accounted(account: checks.Account) -> Json:
    return {
        "inside_filter": account.inside,
        "coupled": account.coupled,
        "waiting": dict(account.waiting),
        "missing": list(account.missing),
    }


def _listed(problem: Json) -> Json:
    names = ("mapping", "side", "id", "code", "message", "remedy")
    return {**{name: problem[name] for name in names}, "name": problem["details"].get("name", "")}


def _conflict(problem: Json) -> Json:
    return {**_listed(problem), "fields": problem["details"].get("fields", {})}
