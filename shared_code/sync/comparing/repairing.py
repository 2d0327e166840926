"""Repairing: the records that a compare found are synchronised, each from the side on which it was found."""

from __future__ import annotations

from collections import defaultdict

from shared_code.core.jobs import JobKind
from shared_code.core.records import Side
from shared_code.store.compares import Suspect
from shared_code.sync.comparing.comparing import MOST, store_of
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.retries import queue_records


def repair(parts: Parts, at: ConnectionParts, compare: str, mapping: str = "") -> dict[str, list[str]]:
    """Queue what was found, of one mapping or (blank) of all; the jobs by mapping.

    What is all right by now is only counted, so a repeat does no harm.
    """
    by_place: dict[tuple[str, Side], list[str]] = defaultdict(list)
    for each in _findings(at, compare, mapping):
        if each.mapping in at.mappings:
            by_place[each.mapping, each.side].append(each.id)
    jobs: dict[str, list[str]] = defaultdict(list)
    for (name, side), ids in by_place.items():
        jobs[name].append(queue_records(parts, at, name, side, ids, JobKind.ON_DEMAND))
    return dict(jobs)


def _findings(at: ConnectionParts, compare: str, mapping: str) -> list[Suspect]:
    page, _ = store_of(at).records(compare, mapping, MOST * max(1, len(at.mappings)))
    return [each for each in page if each.finding]
