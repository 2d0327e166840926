"""Causes: problems that have one reason in common, whatever record they are about.

A problem's code says what kind it is.  Within a code the cause is the message without what belongs to one
record: quoted values, ids, numbers and addresses become “…”.  So the words of a service group by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared_code.core.outcome import Outcome, Problem

_OF_A_RECORD = re.compile(
    r"“[^”]*”|\"[^\"]*\"|‘[^’]*’|(?<!\w)'[^']*'(?!\w)"
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\S+@\S+"
    r"|\b[\w.,:/+-]*\d[\w.,:/+-]*"
)
PLACE = "…"
MAX_CAUSE = 300


def cause_of(problem: Problem) -> str:
    """The problem's message with “…” in the place of what belongs to its record."""
    return in_general(problem.message)


def in_general(text: str) -> str:
    """A text with “…” in the place of what belongs to one record."""
    told = _OF_A_RECORD.sub(PLACE, text)
    return " ".join(re.sub(rf"{PLACE}(?:[\s,;:]*{PLACE})+", PLACE, told).split())[:MAX_CAUSE]


@dataclass
class Group:
    """The problems of one mapping, code and cause: how many, how many of them are set aside, since when the
    oldest, and the first of them as an example."""

    mapping: str
    code: str
    cause: str
    example: Problem
    count: int = 0
    set_aside: int = 0
    since_s: float = 0.0
    outcomes: dict[Outcome, int] = field(default_factory=dict)


def grouped(mapping: str, problems: Iterable[Problem]) -> list[Group]:
    """The groups of a mapping, the largest first."""
    groups: dict[tuple[str, str], Group] = {}
    for each in problems:
        cause = cause_of(each)
        group = groups.setdefault(
            (each.code, cause), Group(mapping, each.code, cause, each, since_s=each.since_s)
        )
        group.count += 1
        group.set_aside += each.set_aside
        group.since_s = min(group.since_s, each.since_s)
        group.outcomes[each.outcome] = group.outcomes.get(each.outcome, 0) + 1
    return sorted(groups.values(), key=lambda each: (-each.count, each.code, each.cause))
