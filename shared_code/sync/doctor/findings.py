"""Findings: what was examined, how it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """``ok``: as it should be.  ``warning``: it works, and something deserves a look.  ``fault``: something
    does not work until it is mended."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Area(StrEnum):
    """What a finding is about."""

    SYSTEM = "system"
    CLOCK = "clock"
    MAPPING = "mapping"
    RIGHTS = "rights"
    SCHEDULE = "schedule"
    QUEUE = "queue"
    NOTIFICATIONS = "notifications"
    SETTINGS = "settings"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.  ``subject`` is what was examined; ``remedy`` what to do, blank where nothing is."""

    area: Area
    subject: str
    level: Level
    text: str
    remedy: str = ""


_ORDER = tuple(Level)


def worst(findings: Iterable[Finding]) -> Level:
    """The level of the whole."""
    return max((each.level for each in findings), key=_ORDER.index, default=Level.OK)
