"""I10: nothing is deleted by us, but a price that ended."""

from __future__ import annotations

from local.simulate.evidence import Evidence

NAME = "I10 no deletions by us"
_REMOVED = ("productpricelevel",)
"""What is no price any more is removed; that no other one is, the checker of prices sees."""


def check(evidence: Evidence) -> list[str]:
    return [
        f"{each.who} deleted {each.key.side} {each.key.table} {each.key.id}"
        for each in evidence.our_writes()
        if each.kind == "deleted" and each.key.table not in _REMOVED
    ]
