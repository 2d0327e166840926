"""Records full of texts that mean something elsewhere, synchronised in full: they arrive as they are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.sync.parts import table_of
from tests.security.texts import PRINTABLE
from tests.sync import worlds

CODES = ["O'X", "''", "A&B", "A#B", "A?B", "A%27B", "A/B", "A\\B", "A|B", "A+B", "A B", "$TOP", "A,B",
         "1 EQ 1", "' OR '' EQ"]  # fmt: skip
"""Codes of at most ten characters, in the capital letters that Business Central makes of them."""


def emails() -> list[str]:
    """An address for each text, as far as an address can hold it."""
    barred = ' @,;:<>[]()"\\'
    local = ["".join(c for c in text if c.isascii() and c not in barred) for text in PRINTABLE]
    return [f"{n}{text[:30]}@contoso.example" for n, text in enumerate(local)]


def company_with_codes() -> Any:
    """The small company with currencies, payment terms and rates of hostile codes; rates tell them apart."""
    small = worlds.company()
    euro = next(each for each in small.records["currencies"] if each["code"] == "EUR")
    rate = next(each for each in small.records["currencyExchangeRates"] if each["currencyCode"] == "EUR")
    terms = small.records["paymentTerms"][0]
    ids = [f"00000000-0000-4000-8000-{n:012x}" for n in range(len(CODES))]
    rows = list(zip(CODES, ids, range(2, 99), strict=False))
    more = {
        "currencies": [{**euro, "code": code, "id": key, "displayName": code} for code, key, _ in rows],
        "currencyExchangeRates": [
            {**rate, "currencyCode": code, "id": key, "exchangeRateAmount": n,
             "relationalExchangeRateAmount": 1, "startingDate": "2020-01-01"}
            for code, key, n in rows
        ],
        "paymentTerms": [{**terms, "code": code, "id": key, "displayName": code} for code, key, _ in rows],
    }  # fmt: skip
    return replace(small, records={**small.records, **{t: small.records[t] + more[t] for t in more}})


@pytest.fixture(scope="module")
def world() -> World:
    """A world after a full synchronisation of hostile records from both sides."""
    world = worlds.new_world([company_with_codes()])
    for n, (text, email) in enumerate(zip(PRINTABLE, emails(), strict=True)):
        bc = {"addressLine1": text, "city": text[:30].strip(), "email": email, "phoneNumber": f"0{n}"}
        worlds.new_customer(world, text, **bc)
        worlds.new_account(world, f"of Sales {text}", address1_line2=text[:50], address1_city=text[:30])
    worlds.full(world, release=["CUSTOMER"])
    world.settle(3)
    return world


def test_every_record_arrives_once_and_as_it_is(world: World) -> None:
    assert worlds.problems(world) == []
    assert worlds.differences(world) == []
    worlds.assert_one_to_one(world)
    count = len(worlds.CUSTOMERS) + 2 * len(PRINTABLE)
    assert (len(worlds.customers(world)), len(worlds.accounts(world))) == (count, count)


@pytest.mark.parametrize("text", PRINTABLE)
def test_a_text_is_the_same_on_both_sides(world: World, text: str) -> None:
    [there] = [each for each in worlds.customers(world) if each["displayName"] == text]
    here = worlds.account(world, text)
    assert here["address1_line1"] == there["addressLine1"] == text
    [back] = [each for each in worlds.customers(world) if each["displayName"] == f"of Sales {text}"]
    assert back["addressLine2"] == worlds.account(world, f"of Sales {text}")["address1_line2"]


def test_nothing_further_is_written(world: World) -> None:
    worlds.assert_quiet(world)


@pytest.mark.parametrize("code", CODES)
def test_a_currency_has_the_rate_of_its_own_code(world: World, code: str) -> None:
    table = table_of(world.at.mapping("CURRENCY"), Side.BC)
    system = world.at.systems[Side.BC]
    [row] = system.find(table, "code", [code])
    assert row.values["code"] == code
    [first] = system.find(table, "code", CODES[:1])
    rate, of_first = (Decimal(str(each.values["exchangeRate"])) for each in (row, first))
    assert rate / of_first == pytest.approx(Decimal(CODES.index(code) + 2) / 2)


@pytest.mark.parametrize("code", CODES)
def test_a_payment_term_is_coupled_with_the_option_of_its_own_label(world: World, code: str) -> None:
    table = table_of(world.at.mapping("PAYMENT TERMS"), Side.SALES)
    [option] = world.at.systems[Side.SALES].find(table, "label", [code])
    key = f"00000000-0000-4000-8000-{CODES.index(code):012x}"
    [coupling] = [each for each in world.at.couplings("PAYMENT TERMS").all_coupled() if each.bc_id == key]
    assert coupling.sales_id == option.id


def test_uncoupled_records_are_matched_by_hostile_keys_each_with_its_own() -> None:
    world = worlds.new_world()
    for n, email in enumerate(emails()):
        worlds.new_customer(world, f"customer {n}", email=email)
        worlds.new_account(world, f"account {n}", emailaddress1=email.upper())
    worlds.full(world)
    rows = {each["accountid"]: each for each in worlds.accounts(world)}
    bc = {each["id"]: each for each in worlds.customers(world)}
    pairs = [(bc[c.bc_id], rows[c.sales_id]) for c in world.at.couplings("CUSTOMER").all_coupled()]
    matched = [(c["email"], a["emailaddress1"].lower()) for c, a in pairs if c["email"] in emails()]
    assert sorted(c for c, _ in matched) == sorted(emails())
    assert [c.lower() for c, _ in matched] == [a for _, a in matched]
