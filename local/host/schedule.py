"""NCRONTAB schedules: six fields, seconds first; day of month and weekday must both match; UTC.

Microsoft docs: azure-functions/functions-bindings-timer.md.  croniter knows more notations than NCRONTAB,
so the grammar is checked first: what Azure refuses must not run here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from local.host.errors import HostError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# (name, lowest, highest, names) of each field, in order
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_ITEM = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?")
_OCCURRENCES_LOOKED_AT = 10


class Schedule:
    """One checked NCRONTAB expression."""

    def __init__(self, expression: str, where: str) -> None:
        """``where`` names the owner in the HostError raised for an expression Azure would refuse."""
        self.text = expression
        self._expression = _normalised(expression, where)
        try:
            self.next_after(datetime.now(UTC))
        except ValueError as error:  # croniter's errors are ValueErrors
            raise HostError(f'{where}: the schedule "{expression}" never occurs: {error}') from error

    def next_after(self, moment: datetime) -> datetime:
        """The first occurrence strictly later than ``moment`` (aware); the answer is in UTC."""
        from croniter import croniter  # not deployed: an app without timers to play needs none

        start = moment.astimezone(UTC)
        found: datetime = croniter(
            self._expression, start, ret_type=datetime, second_at_beginning=True, day_or=False
        ).get_next(datetime)
        return found

    def is_monitored(self) -> bool:
        """Whether missed runs are made up: not for schedules that come more often than once a minute."""
        moment = datetime.now(UTC)
        for _ in range(_OCCURRENCES_LOOKED_AT):
            following = self.next_after(moment)
            after = self.next_after(following)
            if after - following < timedelta(minutes=1):
                return False
            moment = following
        return True


def _normalised(expression: str, where: str) -> str:
    fields = expression.split()
    if len(fields) == 5:
        fields = ["0", *fields]
    if len(fields) != 6:
        raise HostError(
            f'{where}: the schedule "{expression}" must be NCRONTAB: '
            "{second} {minute} {hour} {day} {month} {day-of-week}"
        )
    try:
        return " ".join(_checked(text, *limits) for text, limits in zip(fields, _FIELDS, strict=True))
    except ValueError as error:
        raise HostError(f'{where}: in the schedule "{expression}" {error}') from None


def _checked(text: str, name: str, low: int, high: int, names: tuple[str, ...]) -> str:
    return ",".join(_checked_item(item, name, low, high, names) for item in text.split(","))


def _checked_item(item: str, name: str, low: int, high: int, names: tuple[str, ...]) -> str:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise ValueError(f"{item!r} is not a {name}")
    first, last, step = match.groups()
    if step is not None and not 1 <= int(step) <= high + 1:
        raise ValueError(f"the step of {item!r} must be from 1 to {high + 1}")
    suffix = "" if step is None else f"/{int(step)}"
    if first is None:
        return "*" + suffix
    start = _number(first, name, low, high, names)
    if last is None:
        return f"{start}-{high}{suffix}" if suffix and start < high else str(start)
    end = _number(last, name, low, high, names)
    if end < start:
        raise ValueError(f"the range {item!r} runs backwards; write it as two ranges")
    return (f"{start}-{end}" if end > start else str(start)) + (suffix if end > start else "")


def _number(text: str, name: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    if text[:3].lower() in names and text.isalpha():
        return names.index(text[:3].lower()) + low
    raise ValueError(f"{text!r} is not a {name} (from {low} to {high})")
