"""I13: every job ends, and each record it was given is counted exactly once; the queue is empty."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from local.simulate.evidence import Evidence
from shared_code.store.tables import Entity
from shared_code.sync.messages import QUEUES

NAME = "I13 totals add up"


def check(evidence: Evidence) -> list[str]:
    jobs: dict[str, list[Entity]] = defaultdict(list)
    for row in evidence.rows("Batches"):
        if row.row.startswith("batch|"):
            jobs[row.partition].append(row)
    lines = [line for name, rows in jobs.items() for line in _check_job(name, rows)]
    lines += [f"the full synchronisation {each} never ended" for at in evidence.connections
              for each in at.full_syncs.running()]  # fmt: skip
    left = {name: evidence.simulation.queue.length(name) for name in QUEUES}
    lines += [f"{number} messages are left in {name}" for name, number in left.items() if number]
    return lines


def _check_job(name: str, rows: list[Entity]) -> list[str]:
    known = {each.row.removeprefix("batch|") for each in rows}
    lines = []
    given: Counter[str] = Counter()
    for each in rows:
        ids, rest = _ids(each.values["ids"]), _ids(each.values["rest"])
        if not each.values["done"]:
            lines.append(f"{name}: batch {each.row} is still open")
            continue
        counted = sum(json.loads(str(each.values["counts"])).values())
        if counted != len(ids) - len(rest):
            lines.append(f"{name}: {each.row} was given {len(ids)}, handed on {len(rest)}, counted {counted}")
        if rest and each.values["rest_id"] not in known:
            lines.append(f"{name}: {each.row} handed on to a batch that is not there")
        given.update(set(ids) - set(rest))
    return lines


def _ids(text: object) -> list[str]:
    return str(text).split(",") if text else []
