"""I11: a preview writes nothing, neither in a system nor on file but in its own tables."""

from __future__ import annotations

from local.simulate.evidence import Evidence

NAME = "I11 previews write nothing"
MAX_LINES = 5


def check(evidence: Evidence) -> list[str]:
    return evidence.simulation.scheduler.paper_writes[:MAX_LINES]
