"""Causes: problems with one reason are one group, whatever record they are about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.causes import MAX_CAUSE, cause_of, grouped
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.records import Side


def problem(message: str, code: str = "refused", **more: object) -> Problem:
    return Problem(Side.BC, "id", Outcome.FAILED, code, message, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sales answered: “x” is no phone number.", "Sales answered: “call me” is no phone number."),
        ('The field "A" is missing.', 'The field "B" is missing.'),
        ("Customer 10000 is blocked.", "Customer C-00210 is blocked."),
        (
            "account With Id = 22c93ddd-0a9a-5fe1-b49f-931d897eb991 Does Not Exist",
            "account With Id = 5a1f8a08-3a4d-5a0e-9d0e-6a0a5e0f9b11 Does Not Exist",
        ),
        ("No mailbox a@example.com here.", "No mailbox somebody.else@example.org here."),
        ("Value 1,234.50 is too large.", "Value 9 is too large."),
        ("The value 'Ann' does not fit.", "The value 'Bob and Co.' does not fit."),
    ],
)
def test_what_belongs_to_one_record_does_not_part_a_group(one: str, other: str) -> None:
    assert cause_of(problem(one)) == cause_of(problem(other))
    assert "…" in cause_of(problem(one))


def test_other_words_of_the_service_are_another_cause() -> None:
    assert cause_of(problem("The name is missing.")) != cause_of(problem("The city is missing."))
    assert cause_of(problem("Customer doesn't exist.")) == "Customer doesn't exist."


def test_groups_are_counted_with_the_oldest_moment_and_the_largest_comes_first() -> None:
    problems = [
        problem("“a” is odd.", since_s=5.0),
        problem("“b” is odd.", since_s=3.0, set_aside=True),
        problem("“c” is odd.", code="too_long", since_s=1.0),
    ]
    first, second = grouped("CUSTOMER", problems)
    assert (first.code, first.count, first.set_aside, first.since_s) == ("refused", 2, 1, 3.0)
    assert first.example == problems[0]
    assert (second.code, second.count) == ("too_long", 1)


@given(st.text(max_size=2000))
def test_any_message_has_a_short_cause_of_one_line(message: str) -> None:
    cause = cause_of(problem(message))
    assert len(cause) <= MAX_CAUSE
    assert "\n" not in cause
    assert cause_of(problem(cause)) == cause or len(message) > MAX_CAUSE


@given(st.lists(st.text(max_size=20), max_size=30))
def test_every_problem_is_in_exactly_one_group(messages: list[str]) -> None:
    assert sum(each.count for each in grouped("CUSTOMER", map(problem, messages))) == len(messages)
