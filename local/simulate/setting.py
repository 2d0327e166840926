"""What a seed draws: the records, how the services behave, who works, how hostile the world is."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from unittest.mock import patch

from local.simulate.fields import BLANK_ID
from local.simulation.world import DATA, HEART_TABLES, CompanyRecords, published

COUNTRIES = frozenset({"GB", "US", "DE", "FR", "CA", "NL", "BE", "DK", "SE", "NO", "MY", "MA", "ZA", "ES"})
SECOND_COMPANY = ("us", "CRONUS USA, Inc.")
_PLUGINS: tuple[tuple[Mapping[str, Any], ...], ...] = (
    (),
    (),
    ({"table": "account", "column": "address1_city", "action": "upper"},),
    ({"table": "account", "column": "address1_line2", "action": "trim"},
     {"table": "contact", "column": "address1_city", "action": "upper"}),
    ({"table": "account", "column": "websiteurl", "action": "refuse", "contains": "5.example",
      "message": "This web address is not wanted."},),
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One seed's world."""

    companies: tuple[CompanyRecords, ...]
    sales_records: Mapping[str, list[dict[str, Any]]]
    bulk: bool
    plugins: tuple[Mapping[str, Any], ...]
    hostility: float
    workers: tuple[str, ...]
    lease_s: float
    settle_s: float
    duration_s: float
    calm_start: bool
    release: tuple[str, ...]
    missing_options: bool
    bc_lag_s: float
    bc_late_s: float
    sales_late_s: float
    skews_s: tuple[float, float, float]
    small: Mapping[str, int]
    stay: float
    pause_between_acts_s: float


def draw(seed: int) -> Setting:
    """The setting of a seed."""
    rng = random.Random(f"setting {seed}")
    hostility = rng.choice((0.0, 0.4, 1.0, 1.0, 2.0))
    companies = [_small(whole(), rng)]
    if rng.random() < 0.2:
        companies.append(_small(whole(*SECOND_COMPANY), rng))
    sales_records, overlapping = _sales_records(companies, rng)
    return Setting(
        companies=tuple(companies),
        sales_records=sales_records,
        bulk=rng.random() < 0.5,
        plugins=rng.choice(_PLUGINS),
        hostility=hostility,
        workers=rng.choice((("worker-a",), ("worker-a", "worker-b"), ("worker-a", "worker-b"),
                            ("worker-a", "worker-a"), ("worker-a", "worker-b", "worker-c"))),
        lease_s=rng.choice((60.0, 200.0, 600.0)),
        settle_s=rng.choice((300.0, 600.0, 1200.0)),
        duration_s=rng.choice((240.0, 330.0, 480.0)),
        calm_start=rng.random() < 0.6,
        release=("CUSTOMER", "CONTACT") if overlapping and rng.random() < 0.5 else (),
        missing_options=rng.random() < 0.3,
        bc_lag_s=rng.choice((0.0, 0.0, 5.0, 120.0)),
        bc_late_s=rng.choice((0.0, 0.0, 20.0, 200.0)),
        sales_late_s=rng.choice((0.0, 0.0, 30.0)),
        skews_s=(rng.choice((0.0, -300.0, 240.0)), rng.choice((0.0, 400.0, -50.0)),
                 rng.choice((0.0, -40.0, 60.0))),
        small=rng.choice(({}, {"page": 4, "chunk": 2, "batch": 3}, {"page": 7, "chunk": 5, "batch": 6})),
        stay=rng.choice((0.3, 0.6, 0.9)),
        pause_between_acts_s=rng.choice((4.0, 8.0, 15.0)),
    )  # fmt: skip


@contextmanager
def small_limits(small: Mapping[str, int]) -> Iterator[None]:
    """Pages, requests and batches of a few records, so that a small world has several of each."""
    if not small:
        yield
        return
    places = {
        "shared_code.systems.business_central_scan.PAGE_SIZE": small["page"],
        "shared_code.systems.dataverse.PAGE_SIZE": small["page"],
        "shared_code.sync.scanning.MOST_SEEN": small["page"],
        "shared_code.systems.dataverse_writes.CHUNK": small["chunk"],
        "shared_code.sync.detect.MAX_BATCH": small["batch"],
        "shared_code.sync.retries.MAX_BATCH": small["batch"],
        "shared_code.systems.business_central_batch.MAX_PARTS": max(4, small["chunk"]),
    }
    patches = [patch(place, value) for place, value in places.items()]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


@cache
def _sales(name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads((DATA / "sales" / f"{name}.json").read_text("utf-8"))
    return records


whole = cache(published)
"""A company with all of its published records."""


def _small(company: CompanyRecords, rng: random.Random) -> CompanyRecords:
    """A few customers with their contacts, and what they refer to."""
    records = company.records
    customers = rng.sample(list(records["customers"]), min(len(records["customers"]), rng.randint(2, 5)))
    ids = {each["id"].lower() for each in customers}
    links = [each for each in records["contactBusinessRelations"] if str(each["relatedId"]).lower() in ids]
    employers = {each["contactNumber"] for each in links}
    people = [each for each in records["contacts"] if each["companyNumber"] in employers]
    kept = [each for each in people if each["type"] == "Company"]
    kept += rng.sample(
        [each for each in people if each["type"] == "Person"],
        k=min(6, sum(each["type"] == "Person" for each in people)),
    )
    codes = {each.get("currencyCode") for each in customers} | {"EUR", "USD"}
    cut = {
        "customers": customers,
        "contacts": kept,
        "contactBusinessRelations": links,
        "currencies": _with(records["currencies"], "code", codes),
        "currencyExchangeRates": _with(records["currencyExchangeRates"], "currencyCode", codes),
        "countriesRegions": _with(
            records["countriesRegions"], "code", COUNTRIES | _countries(customers, kept)
        ),
    }
    kept_whole = {table: rows for table, rows in records.items() if table in HEART_TABLES}
    return replace(company, records={**kept_whole, **cut})


def with_more_customers(company: CompanyRecords, count: int, rng: random.Random) -> CompanyRecords:
    """The company with so many customers more, and the companies' own contacts that stand for them."""
    records, everything = company.records, whole().records
    known = {each["id"] for each in records["customers"]}
    others = [each for each in everything["customers"] if each["id"] not in known]
    more = [{**each, "currencyId": BLANK_ID, "currencyCode": ""} for each in rng.sample(others, count)]
    ids = {each["id"].lower() for each in more}
    links = [each for each in everything["contactBusinessRelations"] if str(each["relatedId"]).lower() in ids]
    numbers = {each["contactNumber"] for each in links}
    contacts = [each for each in everything["contacts"] if each["number"] in numbers]
    codes = COUNTRIES | _countries(more, contacts) | _countries(records["customers"], records["contacts"])
    further = {
        "customers": [*records["customers"], *more],
        "contacts": [*records["contacts"], *contacts],
        "contactBusinessRelations": [*records["contactBusinessRelations"], *links],
        "countriesRegions": _with(everything["countriesRegions"], "code", codes),
    }
    return replace(company, records={**records, **further})


def _countries(*groups: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(each.get("country")) for group in groups for each in group}


def _with(records: Iterable[dict[str, Any]], name: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    wanted = set(values)
    return [each for each in records if each.get(name) in wanted]


def _sales_records(
    companies: list[CompanyRecords], rng: random.Random
) -> tuple[dict[str, list[dict[str, Any]]], bool]:
    """Users and currencies, and in some seeds accounts that are customers already, or nearly."""
    users = [{**each, "islicensed": True} for each in _sales("overlap_systemusers")]
    currencies = _sales("transactioncurrencies")[:3]
    records: dict[str, list[dict[str, Any]]] = {"systemuser": users, "transactioncurrency": currencies}
    kind = rng.random()
    if kind < 0.5:
        return records, False
    accounts = [
        _account(number * 10 + copy, customer, kind < 0.8, rng)
        for number, customer in enumerate(companies[0].records["customers"])
        for copy in range(rng.choice((0, 1, 1, 2)))
    ]
    records["account"] = accounts
    return records, True


def _account(number: int, customer: Mapping[str, Any], same: bool, rng: random.Random) -> dict[str, Any]:
    return {
        "accountid": f"0000aaaa-0000-4000-8000-{number:012d}",
        "name": customer["displayName"] if rng.random() < 0.7 else f"Other {number}",
        "accountnumber": customer["number"] if same else None,
        "emailaddress1": customer["email"] if rng.random() < 0.5 else f"info{number}@other.example",
        "customertypecode": 3,
        "statecode": 0,
        "statuscode": 1,
    }
