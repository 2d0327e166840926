"""What the demonstration counts by itself, and how it ends when something is not as told."""

from __future__ import annotations

import io
from argparse import Namespace
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from local.demo import __main__ as demo
from local.demo import beginning, checks, quiet, review, story
from local.demo.checks import Snapshot
from local.demo.failures import DemoFailed
from local.demo.meter import Counts, counted
from local.demo.screen import Screen
from local.demo.told import Told
from local.environment import Environment
from shared_code.compose import default_mappings


def account(number: str | None, name: str = "Larkspur", mail: str = "a@b.example") -> dict[str, Any]:
    return {"accountnumber": number, "name": name, "emailaddress1": mail}


def at(*accounts: dict[str, Any]) -> Snapshot:
    return Snapshot(
        {"customers": [], "contacts": []},
        {"account": list(accounts), "contact": [], "transactioncurrency": []},
    )


def test_a_second_account_of_the_same_number_is_a_double() -> None:
    found = checks.duplicates(at(), at(account("1", "A"), account("1", "B")))
    assert found == {"bc": 0, "sales": 1}


def test_a_second_account_of_the_same_name_and_address_is_a_double_whatever_its_number() -> None:
    found = checks.duplicates(at(), at(account("1"), account("2", "larkspur ")))
    assert found == {"bc": 0, "sales": 1}


def test_doubles_that_were_there_before_do_not_count() -> None:
    before = at(account("1"), account("1"))
    assert checks.duplicates(before, before) == {"bc": 0, "sales": 0}


def test_records_without_identity_are_no_doubles() -> None:
    assert checks.surplus([account(None), account(None)], lambda each: each["accountnumber"]) == 0


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, True),
        ({"type": "Company"}, False),
        ({"companyNumber": ""}, False),
        ({"contactBusinessRelation": "Vendor"}, False),
    ],
)
def test_contacts_inside_the_filter_are_persons_of_customers(changes: dict[str, str], inside: bool) -> None:
    person = {"type": "Person", "companyNumber": "CT1", "contactBusinessRelation": "Customer"}
    assert checks.is_contact_inside(person | changes) is inside


@pytest.mark.parametrize(("blocked", "inside"), [(" ", True), ("_x0020_", True), ("All", False)])
def test_blocked_customers_are_outside_the_filter(blocked: str, inside: bool) -> None:
    assert checks.is_customer_inside({"blocked": blocked}) is inside


def test_only_outcomes_that_occurred_are_shown() -> None:
    counts = dict.fromkeys(review.OUTCOMES, 0) | {"inserted": 2, "failed": 1}
    assert review.counters(counts) == "1 failed, 2 inserted"


def test_requests_of_a_quiet_look_are_told_apart_by_table() -> None:
    counts = Counts(
        by_kind={
            "bc": Counter({"GET customers": 1, "POST $batch": 1}),
            "sales": Counter({"GET accounts?$deltatoken": 2}),
        },
        parts=Counter({"GET currencies": 1, "GET currencyExchangeRates": 1}),
    )
    found = quiet.by_mapping(counts, default_mappings())
    assert found["CUSTOMER"] == {"bc": 1, "sales": 2}
    assert found["CURRENCY"] == {"bc": 1, "sales": 0}
    assert found["CONTACT"] == {"bc": 0, "sales": 0}


def test_both_simulators_summaries_have_one_shape() -> None:
    bc = {
        "requests": 2,
        "writes": {"customers created": 1},
        "by_kind": {"GET x": 2},
        "batch_parts_by_kind": {},
    }
    sales = {"requestsTotal": 1, "writesTotal": 3, "requests": {"GET y": 1}}
    total = Counts()
    total.add(counted(bc, sales))
    total.add(counted(bc, sales))
    assert (total.requests, total.writes) == (Counter(bc=4, sales=2), Counter(bc=2, sales=6))
    assert total.by_kind["bc"]["GET x"] == 4


def test_sales_begins_with_one_record_for_each_that_was_chosen() -> None:
    few = beginning.few_records()
    chosen = beginning.MATCHING + beginning.DIFFERING + beginning.DOUBTFUL
    assert len(few["account"]) == len(chosen)
    assert len(few["contact"]) == len(beginning.MATCHING_CONTACTS + beginning.DOUBTFUL_CONTACTS)
    assert not any("@derived" in each for records in few.values() for each in records)


def test_a_step_that_is_not_as_told_ends_the_demonstration_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(*_: object) -> None:
        raise DemoFailed("There should be exactly one; there are 2.")

    monkeypatch.setattr(story, "tell", tell)
    monkeypatch.setattr(demo, "Stage", lambda _: None)
    monkeypatch.setattr(beginning, "load_few", lambda _: None)
    shown = io.StringIO()
    environment = cast(Environment, SimpleNamespace())
    code = demo._run(
        Namespace(once=True, report=None, json=False), Screen(Console(file=shown)), environment, Told()
    )
    assert code == 1
    assert "Not as told: There should be exactly one; there are 2." in shown.getvalue()
