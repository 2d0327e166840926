"""Days and instants: how both services write them, and the one neutral form of each.

A day is ``YYYY-MM-DD``, an instant ``YYYY-MM-DDThh:mm:ssZ``: Dataverse keeps seconds, so a part of one is
cut.  Business Central writes a blank as the first day there is.

A Dataverse column with the format DateOnly and the behaviour UserLocal holds an instant and means a day: the
browser writes midnight in the time zone of the person, and shows the day an instant has there.  Source:
Microsoft docs, power-apps/developer/data-platform/behavior-format-date-time-attribute.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BLANK_DATE = "0001-01-01"
BLANK_INSTANT = "0001-01-01T00:00:00Z"
NOON = "T12:00:00Z"
"""The time at which a day is written as an instant: the same day from twelve hours west to eleven east."""

_HALF_A_DAY = timedelta(hours=12)


def instant_of(text: str) -> str | None:
    """The instant a text tells, in UTC; a blank is ``None``, and what tells none stays as it is."""
    moment = _moment(text)
    told = text if moment is None else f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"
    return None if told in ("", BLANK_INSTANT) else told


def day_of(text: str) -> str | None:
    """The day a text tells; a blank is ``None``, and what tells none stays as it is.

    An instant tells the day whose midnight is nearest: midnight of the same day anywhere from eleven hours
    east of Greenwich to eleven west lies within twelve hours, and so does the noon that ``NOON`` writes.
    """
    moment = _moment(text)
    told = text if moment is None else _nearest_day(moment)
    return None if told in ("", BLANK_DATE) else told


def instant_of_day(day: str) -> str:
    """A day as an instant, for a UserLocal column; what is no day stays as it is."""
    return day + NOON if len(day) == len(BLANK_DATE) and _moment(day) else day


def _nearest_day(moment: datetime) -> str:
    noon = moment.replace(hour=12, minute=0, second=0, microsecond=0)
    try:
        return (moment + _HALF_A_DAY if moment > noon else moment).date().isoformat()
    except OverflowError:  # the afternoon of the last day there is
        return moment.date().isoformat()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
