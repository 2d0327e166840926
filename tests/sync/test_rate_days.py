"""An exchange rate comes into force at the company's own midnight, wherever the company is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.simulation.world import World
from local.simulators.business_central import control
from shared_code.systems.business_central_place import Place
from shared_code.systems.odata import instant_of
from tests.sync import worlds

ZONES = [("Pacific/Auckland", "2027-01-15T11:00:00"), ("UTC", "2027-01-16T00:00:00"),
         ("America/Los_Angeles", "2027-01-16T08:00:00")]  # fmt: skip
"""Zones with the moment at which 16 January 2027 begins there."""


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def set_rate(world: World, euros_are: float, day: str) -> None:
    company = {"company": "CRONUS International Ltd.", "currencyCode": "EUR", "exchangeRateAmount": 1}
    rate = {"startingDate": day, "relationalExchangeRateAmount": euros_are}
    control.set_exchange_rate(world.bc.env, {**company, **rate})


def rate(world: World) -> Any:
    rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    return next(each["exchangerate"] for each in rows if each["isocurrencycode"] == "EUR")


@pytest.mark.parametrize(("zone", "midnight"), ZONES)
def test_a_rate_of_tomorrow_is_in_force_after_midnight_and_not_before(zone: str, midnight: str) -> None:
    world = worlds.synced(zone=zone)
    before = rate(world)
    set_rate(world, 0.25, "2027-01-16")
    world.clock.now = seconds(midnight) - 180
    worlds.cycles(world, 2)
    assert rate(world) == before
    worlds.cycles(world, 3)
    assert rate(world) != before
    worlds.assert_quiet(world)


def test_a_midnight_that_nobody_looked_at_is_made_up_for() -> None:
    world = worlds.synced(zone="Pacific/Auckland")
    before = rate(world)
    set_rate(world, 0.25, "2027-01-17")
    world.clock.now = seconds("2027-01-19T03:00:00")
    worlds.cycles(world, 2)
    assert rate(world) != before


@pytest.mark.parametrize(("zone", "midnight"), ZONES)
def test_a_day_begins_when_it_begins_there(zone: str, midnight: str) -> None:
    place = Place("root", "company", zone=ZoneInfo(zone))
    begins = seconds(midnight)
    assert (place.day(begins - 1), place.day(begins)) == ("2027-01-15", "2027-01-16")
    assert place.midnight("2027-01-16") == instant_of(begins)
    assert place.midnight("0001-01-01") == "0001-01-01T00:00:00.000Z"
