"""A credit limit is kept in local currency and written in the account's: it follows currency and rate."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central import control
from shared_code.core.coupling import Coupling
from tests.sync import worlds
from tests.sync.copies import copied


def set_rate(world: World, euros_are: float) -> None:
    """What one euro is worth in the local currency, pounds."""
    rate = {"currencyCode": "EUR", "startingDate": "2024-01-01", "exchangeRateAmount": 1}
    company = {"company": "CRONUS International Ltd.", "relationalExchangeRateAmount": euros_are}
    control.set_exchange_rate(world.bc.env, {**company, **rate})


def bc_currency(world: World, code: str) -> str:
    found = world.person_in_bc().call("GET", "currencies")["value"]
    return next(str(each["id"]) for each in found if each["code"] == code)


def sales_currency(world: World, code: str) -> str:
    found = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    return next(str(each["transactioncurrencyid"]) for each in found if each["isocurrencycode"] == code)


def limit_of(world: World, pair: Coupling) -> Any:
    return worlds.account_of(world, pair)["creditlimit"]


def set_sales_currency(world: World, pair: Coupling, code: str) -> None:
    bound = f"/transactioncurrencies({sales_currency(world, code)})"
    worlds.edit_sales(world, pair, **{"transactioncurrencyid@odata.bind": bound})


@pytest.fixture
@copied
def world() -> World:
    made = worlds.synced()
    set_rate(made, 0.5)
    worlds.cycles(made, 2)
    return made


@pytest.fixture
def pair(world: World) -> Coupling:
    return worlds.pair(world)


def in_euros(world: World, pair: Coupling, limit: int) -> None:
    worlds.edit_bc(world, pair, creditLimit=limit, currencyId=bc_currency(world, "EUR"), currencyCode="EUR")
    worlds.cycles(world, 3)


def test_a_limit_is_converted_at_the_rate(world: World, pair: Coupling) -> None:
    in_euros(world, pair, 100)
    assert limit_of(world, pair) == 200


def test_a_currency_changed_in_sales_converts_the_limit_anew(world: World, pair: Coupling) -> None:
    worlds.edit_bc(world, pair, creditLimit=100)
    worlds.cycles(world, 2)
    set_sales_currency(world, pair, "EUR")
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["currencyCode"] == "EUR"
    assert limit_of(world, pair) == 200
    assert worlds.codes(world) == []


def test_a_changed_rate_reaches_the_limits_in_that_currency(world: World, pair: Coupling) -> None:
    in_euros(world, pair, 100)
    set_rate(world, 0.25)
    worlds.cycles(world, 3)
    assert limit_of(world, pair) == 400
    worlds.assert_quiet(world)


def test_a_changed_rate_and_a_currency_changed_in_sales_are_no_conflict(world: World, pair: Coupling) -> None:
    in_euros(world, pair, 100)
    set_rate(world, 0.25)
    worlds.edit_bc(world, pair, phoneNumber="555")
    set_sales_currency(world, pair, "GBP")
    worlds.cycles(world, 4)
    assert worlds.codes(world) == []
    assert limit_of(world, pair) == 100
    assert worlds.customer_of(world, pair)["currencyCode"] == "GBP"
