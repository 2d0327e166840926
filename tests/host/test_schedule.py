"""NCRONTAB schedules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.host.errors import HostError
from local.host.schedule import Schedule
from local.host.timers import first_due

START = datetime(2026, 11, 24, 11, 22, 33, 500_000, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("* * * * * *", "2026-11-24T11:22:34"),
        ("0 */5 * * * *", "2026-11-24T11:25:00"),
        ("*/5 * * * *", "2026-11-24T11:25:00"),  # five fields: without seconds
        ("0 30 9 * * MON-FRI", "2026-11-25T09:30:00"),
        ("0 0 0 1 january *", "2027-01-01T00:00:00"),
        ("0 0 0 13 * 5", "2027-08-13T00:00:00"),  # day and weekday must both match
        ("10,20 59 23 31 12 *", "2026-12-31T23:59:10"),
        ("0 5/20 * * * *", "2026-11-24T11:25:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00"),
    ],
)
def test_next_occurrence(expression: str, expected: str) -> None:
    assert Schedule(expression, "t").next_after(START) == datetime.fromisoformat(expected + "+00:00")


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * * *",
        "00:05:00",
        "60 * * * * *",
        "0 0 0 0 * *",
        "0 0 0 * * 7",
        "0 0 0 L * *",
        "0 0 0 ? * *",
        "0 0 22-2 * * *",
        "0 0 0 * * 1#2",
        "@hourly",
        "*/0 * * * * *",
        "0 0 0 31 2 *",
        "0 0 0 * * *,",
        "x * * * * *",
    ],
)
def test_what_azure_refuses_is_refused(expression: str) -> None:
    with pytest.raises(HostError, match="timer of x"):
        Schedule(expression, "timer of x")


def test_schedule_below_one_minute_is_not_monitored() -> None:
    assert not Schedule("*/30 * * * * *", "t").is_monitored()
    assert not Schedule("0,30 0 3 * * *", "t").is_monitored()
    assert Schedule("0 * * * * *", "t").is_monitored()


@given(
    st.integers(0, 59),
    st.integers(0, 23),
    st.integers(1, 28),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 12, 31)),
)
def test_next_is_later_and_matches_every_field(minute: int, hour: int, day: int, moment: datetime) -> None:
    found = Schedule(f"7 {minute} {hour} {day} * *", "t").next_after(moment.replace(tzinfo=UTC))
    assert timedelta(0) < found - moment.replace(tzinfo=UTC) <= timedelta(days=32)
    assert (found.second, found.minute, found.hour, found.day) == (7, minute, hour, day)


def test_past_due_needs_the_same_monitored_schedule_and_a_passed_occurrence() -> None:
    schedule = Schedule("0 0 3 * * *", "t")
    missed = {"Schedule": schedule.text, "Next": "2026-11-24T03:00:00+00:00"}
    assert first_due(missed, schedule, START, monitored=True) == datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert first_due(missed, schedule, START, monitored=False) is None
    assert first_due(missed | {"Schedule": "0 0 4 * * *"}, schedule, START, monitored=True) is None
    assert first_due(missed | {"Next": "2026-11-25T03:00:00+00:00"}, schedule, START, monitored=True) is None
    assert first_due({}, schedule, START, monitored=True) is None
