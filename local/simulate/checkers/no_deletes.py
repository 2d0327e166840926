"""I10: nothing is deleted by us."""

from __future__ import annotations

from local.simulate.evidence import Evidence

NAME = "I10 no deletions by us"


def check(evidence: Evidence) -> list[str]:
    return [
        f"{each.who} deleted {each.key.side} {each.key.table} {each.key.id}"
        for each in evidence.our_writes()
        if each.kind == "deleted"
    ]
