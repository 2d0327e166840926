"""I10: a record is said to be deleted only when it is, also when a service hides everything."""

from __future__ import annotations

from local.simulate.evidence import Evidence

NAME = "I10 no false deletions"
MAX_LINES = 5


def check(evidence: Evidence) -> list[str]:
    return evidence.simulation.conclusions.false[:MAX_LINES]
