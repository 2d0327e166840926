"""Date formulas as Business Central calculates them: ``30D``, ``1M+7D``, ``CM+8D``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_TERM = re.compile(r"(?P<sign>[+-]?)(?:(?P<current>C)|(?P<count>\d+))(?P<unit>[DWMQY])")
_MONTHS = {"M": 1, "Q": 3, "Y": 12}


def shifted(start: str, formula: str) -> str:
    """The date a formula leads to from ``start`` (both ISO); parts that name a weekday or day are skipped."""
    day = date.fromisoformat(start)
    for term in _TERM.finditer(formula):
        if term["current"]:
            day = _end_of(day, term["unit"])
        else:
            count = int(term["count"]) * (-1 if term["sign"] == "-" else 1)
            day = _moved(day, count, term["unit"])
    return day.isoformat()


def _moved(day: date, count: int, unit: str) -> date:
    if unit in ("D", "W"):
        return day + timedelta(days=count * (7 if unit == "W" else 1))
    months = day.year * 12 + day.month - 1 + count * _MONTHS[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of(day: date, unit: str) -> date:
    """The last day of the period the day is in; weeks end on Sunday."""
    if unit == "D":
        return day
    if unit == "W":
        return day + timedelta(days=6 - day.weekday())
    size = _MONTHS[unit]
    month = (day.month - 1) // size * size + size
    return date(day.year, month, monthrange(day.year, month)[1])
