"""Prices with dates, as the simulation judges them: the company's day, and the price in force on it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from local.simulate import dates
from local.simulators.wire import ManualClock

TODAY = date(2027, 1, 15)
MIDNIGHT_S = ManualClock().now + dates.LATER_S
"""The moment at which a day begins for the company: the ordinary start is at eight in Greenwich."""


def line(price: float, begins: str = dates.NO_DATE, ends: str = dates.NO_DATE) -> dict[str, Any]:
    return {"unitPrice": price, "startingDate": begins, "endingDate": ends}


def test_a_day_begins_at_the_companys_midnight() -> None:
    assert dates.day_of(MIDNIGHT_S - 1) == TODAY
    assert dates.day_of(MIDNIGHT_S) == date(2027, 1, 16)


def test_a_seed_with_dates_begins_some_minutes_before_midnight_and_every_other_one_as_ever() -> None:
    assert 60 <= MIDNIGHT_S - dates.clock_of(3, (dates.PART,)).now <= 330
    assert dates.clock_of(3, ("items",)).now == ManualClock().now
    assert (dates.zone_of((dates.PART,)), dates.zone_of(())) == (dates.ZONE.key, "UTC")


@pytest.mark.parametrize(
    ("lines", "price"),
    [
        ([line(5)], 5),
        ([line(5, begins="2027-01-15", ends="2027-01-15")], 5),
        ([line(5, begins="2027-01-16")], None),
        ([line(5, ends="2027-01-14")], None),
        ([line(5), line(4, ends="2027-01-14"), line(4.5, begins="2027-01-10")], 4.5),
        ([line(5), line(0)], 5),
        ([], None),
    ],
)
def test_the_lowest_price_whose_dates_cover_the_day_is_in_force(
    lines: list[Any], price: float | None
) -> None:
    assert dates.price_on(lines, TODAY) == price
