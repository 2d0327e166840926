"""I15: nothing is written to a system that the connection was not made with, nothing forged is believed."""

from __future__ import annotations

from local.simulate.evidence import Evidence
from local.simulate.observing import Write

NAME = "I15 known systems only"
MAX_LINES = 5


def check(evidence: Evidence) -> list[str]:
    foreign = evidence.simulation.incidents.foreign
    strange = [each for each in evidence.our_writes() if any(a < each.at < b for a, b in foreign)]
    lines = [_line(each) for each in strange if not each.late][:MAX_LINES]
    forged = evidence.simulation.faults.counts["forged_believed"]
    return lines + ([f"{forged} forged notifications were believed"] if forged else [])


def _line(write: Write) -> str:
    return f"{write.who} {write.kind} {write.key.side} {write.key.table} {write.key.id} at {write.at:.1f}"
