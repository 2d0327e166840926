"""Prices with dates: the day of the company, and what of several dated lines is in force on it.

The rule is written down apart from the product's: of all lines whose dates cover the day and whose price is
not zero, the lowest price.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.simulators.wire import ManualClock

PART = "dates"
ZONE = ZoneInfo("Etc/GMT-10")
"""Where a company with dated prices is, ten hours ahead of Greenwich: another day there when a seed ends."""

LATER_S = 6 * 3600.0
"""A seed with dated prices begins so much later in the day than others, and some minutes before midnight."""

NO_DATE = "0001-01-01"
_LEADS_S = (60.0, 330.0)


def zone_of(parts: Sequence[str]) -> str:
    """The time zone of the companies of a seed with these parts."""
    return ZONE.key if PART in parts else "UTC"


def clock_of(seed: int, parts: Sequence[str]) -> ManualClock:
    """The clock of a seed: one with dated prices begins some minutes before midnight."""
    clock = ManualClock()
    if PART in parts:
        clock.now += LATER_S - random.Random(f"midnight {seed}").uniform(*_LEADS_S)
    return clock


def day_of(at_s: float) -> date:
    """The company's day at a moment."""
    return datetime.fromtimestamp(at_s, UTC).astimezone(ZONE).date()


def moved(day: date, days: int) -> str:
    """The day so many days later, as Business Central writes it."""
    return (day + timedelta(days=days)).isoformat()


def price_on(lines: Iterable[Mapping[str, Any]], day: date) -> float | None:
    """The price of a place on a day; ``None`` where no line is in force."""
    prices = [float(each["unitPrice"]) for each in lines if _covers(each, day.isoformat())]
    return min((each for each in prices if each), default=None)


def _covers(line: Mapping[str, Any], day: str) -> bool:
    begins, ends = line.get("startingDate") or NO_DATE, line.get("endingDate") or NO_DATE
    return begins <= day and (ends == NO_DATE or day <= ends)
