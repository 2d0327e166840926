"""When a request is sent again."""

import pytest

from shared_code.systems.retry import (
    LONGEST_WAIT_S,
    MAX_ATTEMPTS,
    GiveUp,
    Retry,
    Trouble,
    decide,
    retry_after,
)


def decided(
    trouble: Trouble, *, repeatable: bool = True, attempt: int = 1, wait: float | None = None
) -> object:
    return decide(trouble, repeatable=repeatable, attempt=attempt, retry_after_s=wait, chance=0.5)


def test_a_lost_answer_of_a_write_is_never_repeated() -> None:
    assert isinstance(decided(Trouble.LOST, repeatable=False), GiveUp)


@pytest.mark.parametrize("trouble", [Trouble.REFUSED, Trouble.UNSENT])
def test_what_surely_did_nothing_is_repeated_even_for_a_write(trouble: Trouble) -> None:
    assert isinstance(decided(trouble, repeatable=False), Retry)


def test_a_read_is_tried_four_times_more() -> None:
    outcomes = [decided(Trouble.LOST, attempt=attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]
    assert [type(one) for one in outcomes] == [Retry, Retry, Retry, Retry, GiveUp]


def test_waits_grow() -> None:
    waits = [one.wait_s for n in range(1, 5) if isinstance(one := decided(Trouble.LOST, attempt=n), Retry)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] <= LONGEST_WAIT_S


def test_the_wait_the_service_asks_for_is_kept() -> None:
    outcome = decided(Trouble.REFUSED, wait=7)
    assert isinstance(outcome, Retry)
    assert 7 <= outcome.wait_s < 8


def test_a_long_wait_is_handed_back() -> None:
    outcome = decided(Trouble.REFUSED, wait=300)
    assert isinstance(outcome, GiveUp)
    assert outcome.retry_after_s >= 300


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, None), ("", None), ("-5", None), ("soon", None), ("7", 7.0), ("999999999", 3600.0)],
)
def test_only_plain_seconds_are_believed(text: str | None, seconds: float | None) -> None:
    assert retry_after(text) == seconds
