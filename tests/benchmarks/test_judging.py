"""Judging finds records that are there twice and whatever was lost."""

from __future__ import annotations

from typing import Any

from benchmarks.fields import EMAIL, PAIRS, PHONE, account_before, account_of, customer_of
from benchmarks.judging import Edit, Verdict, judge, judge_names


def customer(number: str, **values: str) -> dict[str, Any]:
    return {**dict.fromkeys(PAIRS, "x"), "number": number, "id": number, **values}


def test_equal_sides_are_in_order() -> None:
    customers = [customer("G1"), customer("G2")]
    assert judge(customers, [account_of(each) for each in customers]) == Verdict(0, 0)


def test_a_blank_is_the_same_as_nothing() -> None:
    one = customer("G1", website="")
    assert account_of(one)["websiteurl"] is None
    assert judge([one], [account_of(one)]) == Verdict(0, 0)


def test_two_accounts_of_one_customer_are_one_too_many() -> None:
    one = customer("G1")
    assert judge([one], [account_of(one), account_of(one)]) == Verdict(1, 0)


def test_a_customer_without_account_and_a_value_that_differs_are_lost() -> None:
    one, two = customer("G1"), customer("G2")
    assert judge([one, two], [{**account_of(one), "name": "other"}]) == Verdict(0, 2)


def test_an_edit_must_be_on_both_sides() -> None:
    one = customer("G1", phoneNumber="new")
    accounts = [{**account_of(one), "emailaddress1": "new@x.example"}]
    edits = [Edit("G1", PHONE, "new"), Edit("G1", EMAIL, "new@x.example")]
    assert judge([one], accounts, edits[:1]) == Verdict(0, 1)
    assert judge([one], accounts, edits) == Verdict(0, 1)
    assert judge([{**one, "email": "new@x.example"}], accounts, edits) == Verdict(0, 0)
    assert judge([], accounts, edits[:1]) == Verdict(0, 1)


def test_accounts_that_became_customers_are_known_by_their_names() -> None:
    one, two = (account_before(customer(number)) for number in ("G1", "G2"))
    made = [{**customer_of(each), "number": f"C{at}"} for at, each in enumerate((one, two))]
    assert judge_names([one, two], made) == Verdict(0, 0)
    assert judge_names([one, two], [*made, made[0]]) == Verdict(1, 0)
    assert judge_names([one, two], [{**made[0], "city": "other"}]) == Verdict(0, 2)


def test_a_customer_becomes_what_the_account_says_but_its_number() -> None:
    one = customer("G1")
    assert customer_of(account_of(one)) == {name: "x" for name in PAIRS if name != "number"}
