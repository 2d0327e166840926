"""How the permits of one service user are shared among instances, by how many each wants.  Pure.

Who wants less than an equal share gets what it wants, and the others share the rest.  Instances calculate
alone, from the same row, and come to the same: so what is left over from a division goes by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Want:
    """How many requests an instance would have under way at once, and until when it is believed."""

    number: int
    until_s: float


def share_of(instance: str, total: int, others: Mapping[str, int]) -> int:
    """What ``instance`` may use of ``total`` if it wants all, at least 1; ``others`` is what they want."""
    wants = {name: min(wanted, total) for name, wanted in others.items()} | {instance: total}
    left = total
    for served, (wanted, name) in enumerate(sorted((wanted, name) for name, wanted in wants.items())):
        given = min(wanted, left // (len(wants) - served))
        if name == instance:
            return max(1, given)
        left -= given
    return max(1, left)


PACE_S = 1.0
AT_THIS_PACE = 4
"""So many instances tell what they want each ``PACE_S``; more of them go slower, as they share one row."""


def pace_s(instances: int) -> float:
    """How long an instance among so many waits before it tells again what it wants."""
    return PACE_S * max(1.0, instances / AT_THIS_PACE)


BELIEVED = 2.0
"""How many times its pace an instance is believed, if it tells nothing more."""
