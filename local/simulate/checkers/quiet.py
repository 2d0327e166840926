"""I3: when all is in step, a further round writes nothing on either side."""

from __future__ import annotations

from local.simulate.evidence import Evidence

NAME = "I3 quiet"
MAX_LINES = 5


def check(evidence: Evidence) -> list[str]:
    late = evidence.observer.writes[evidence.simulation.quiet_from :]
    return [
        f"{each.who} {each.kind} {each.key.side} {each.key.table} {each.key.id} {dict(each.changed)}"
        for each in late[:MAX_LINES]
        if each.who.startswith("tandem")
    ]
