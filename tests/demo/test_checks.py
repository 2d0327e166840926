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
from local.demo import beginning, doubles, kinds, quiet, review, story
from local.demo.doubles import Snapshot
from local.demo.failures import DemoFailed
from local.demo.meter import Counts, counted
from local.demo.screen import Screen
from local.demo.told import Told
from local.environment import WHOLE, Environment


def account(
    number: str | None, name: str = "Larkspur", mail: str = "a@b.example", kind: int = 3
) -> dict[str, Any]:
    return {"accountnumber": number, "name": name, "emailaddress1": mail, "customertypecode": kind}


def at(*accounts: dict[str, Any]) -> Snapshot:
    empty: dict[str, list[Any]] = {table: [] for table in doubles.SALES_IDENTITIES}
    return Snapshot({table: [] for table in doubles.BC_IDENTITIES}, empty | {"account": list(accounts)})


def test_a_second_account_of_the_same_number_is_a_double() -> None:
    found = doubles.duplicates(at(), at(account("1", "A"), account("1", "B")))
    assert found == {"bc": 0, "sales": 1}


def test_a_second_account_of_the_same_name_and_address_is_a_double_whatever_its_number() -> None:
    found = doubles.duplicates(at(), at(account("1"), account("2", "larkspur ")))
    assert found == {"bc": 0, "sales": 1}


def test_a_customer_and_a_vendor_may_have_the_same_number_and_name() -> None:
    assert doubles.duplicates(at(), at(account("1"), account("1", kind=11)))["sales"] == 0


def test_doubles_that_were_there_before_do_not_count() -> None:
    before = at(account("1"), account("1"))
    assert doubles.duplicates(before, before) == {"bc": 0, "sales": 0}


def test_records_without_identity_are_no_doubles() -> None:
    assert doubles.surplus([account(None), account(None)], lambda each: each["accountnumber"]) == 0


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, True),
        ({"type": "Company"}, False),
        ({"companyNumber": ""}, False),
        ({"contactBusinessRelation": "Vendor"}, True),
        ({"contactBusinessRelation": "Bank_x0020_Account"}, False),
    ],
)
def test_contacts_that_belong_in_sales_are_persons_of_a_party(changes: dict[str, str], inside: bool) -> None:
    person = {"type": "Person", "companyNumber": "CT1", "contactBusinessRelation": "Customer"}
    assert kinds.is_person_of_a_party(person | changes) is inside


@pytest.mark.parametrize(
    ("blocked", "free"), [(" ", True), ("_x0020_", True), ("All", False), (False, True), (True, False)]
)
def test_blocked_customers_and_items_do_not_belong_in_sales(blocked: object, free: bool) -> None:
    assert kinds.is_not_blocked({"blocked": blocked}) is free


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, True),
        ({"status": "Draft"}, False),
        ({"variantCode": "BLUE"}, False),
        ({"minimumQuantity": 10}, False),
        ({"startingDate": "2999-01-01"}, False),
        ({"endingDate": "2020-01-01"}, False),
        ({"endingDate": "2999-01-01"}, True),
    ],
)
def test_a_price_belongs_in_sales_while_it_is_in_force(changes: dict[str, object], inside: bool) -> None:
    line = {"status": "Active", "variantCode": "", "minimumQuantity": 0, "startingDate": "2020-01-01"}
    assert kinds.is_price_today({**line, "endingDate": kinds.NO_DATE, **changes}) is inside


def test_a_price_is_named_by_its_place() -> None:
    names = ("priceListCode", "assetNumber", "assetType", "unitOfMeasureCode", "variantCode")
    line = dict(zip(names, ("RETAIL", "1000", "Item", "PCS", ""), strict=True))
    assert kinds.place_of_price(line) == "RETAIL;1000;Item;PCS;;0"


def test_every_kind_is_kept_in_step_by_a_mapping_of_these_tables() -> None:
    mappings = {each.name: each for each in WHOLE.chosen}
    for kind in kinds.KINDS:
        assert kind.bc.removeprefix(kinds.EXTENSION) == mappings[kind.mapping].bc.table


def test_only_outcomes_that_occurred_are_shown_what_was_done_first() -> None:
    counts = dict.fromkeys(review.OUTCOMES, 0) | {"inserted": 2, "unchanged": 3, "failed": 1}
    assert review.outcomes(counts).plain == "2 inserted, 3 unchanged, 1 failed"
    assert set(review.DONE) < set(review.OUTCOMES)


def line(mapping: str, *after: str) -> dict[str, Any]:
    return {"mapping": mapping, "dependencyFilter": "|".join(after)}


def test_a_mapping_is_in_the_wave_after_the_last_it_depends_on() -> None:
    lines = [line("PRICE", "ITEM", "CURRENCY"), line("ITEM", "UNIT"), line("UNIT"), line("CURRENCY")]
    assert review.waves(lines) == {"UNIT": 1, "CURRENCY": 1, "ITEM": 2, "PRICE": 3}
    assert review.waves([line("ITEM", "ELSEWHERE")]) == {"ITEM": 1}


def test_requests_of_a_quiet_look_are_told_apart_by_table() -> None:
    counts = Counts(
        by_kind={
            "bc": Counter({"GET opportunities": 1, "POST $batch": 1, "GET tandem/sync/v1.0/items": 3}),
            "sales": Counter({"GET accounts?$deltatoken": 2}),
        },
    )
    found = quiet.by_table(counts, WHOLE.chosen)
    assert found["bc"]["opportunities"] == {"mappings": ["OPPORTUNITY"], "requests": 1}
    currencies = ["CURRENCY", "INVOICE PRICE LIST", "ITEM PRICE LIST"]
    assert found["bc"]["currencies"] == {"mappings": currencies, "requests": 0}
    assert quiet.batches(counts) == {"bc": 1, "sales": 0}
    assert found["bc"]["tandem/sync/v1.0/items"]["requests"] == 3
    assert found["sales"]["accounts"] == {"mappings": ["CUSTOMER", "VENDOR"], "requests": 2}
    assert found["bc"]["itemCategories"]["requests"] == 0


def quiet_result(**changes: Any) -> dict[str, Any]:
    table = {"mappings": ["CUSTOMER"], "requests": 1}
    tables = {"bc": {"customers": table}, "sales": {"accounts": dict(table)}}
    asked = {"bc": 1, "sales": 1}
    nothing = {"bc": 0, "sales": 0}
    told = {"writes": 0, "requests": asked, "batches": nothing, "deletions": 0, "requests_by_table": tables}
    return told | changes


def test_a_quiet_look_that_wrote_or_asked_too_much_is_not_as_told() -> None:
    quiet._check(quiet_result())
    quiet._check(quiet_result(requests={"bc": 2, "sales": 1}, batches={"bc": 1, "sales": 0}, deletions=1))
    twice = {"customers": {"mappings": ["CUSTOMER"], "requests": 2}}
    for wrong in (
        quiet_result(writes=1),
        quiet_result(requests={"bc": 2, "sales": 1}),
        quiet_result(requests={"bc": 2, "sales": 1}, batches={"bc": 1, "sales": 0}),
        quiet_result(requests_by_table={"bc": twice, "sales": {}}, requests={"bc": 2, "sales": 0}),
    ):
        with pytest.raises(DemoFailed):
            quiet._check(wrong)


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
