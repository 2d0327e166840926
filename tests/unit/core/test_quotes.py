"""What is particular to quotes: their reference, and until when they count."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.quotes import CLOSED, WON, reference_of, valid_until

DRAFT, ACTIVE = 0, 1
DAY = "2027-03-01T00:00:00Z"


def test_a_quote_is_known_by_its_number_and_its_revision_where_it_is_one() -> None:
    assert reference_of({"quotenumber": "QUO-7", "revisionnumber": 0}) == "QUO-7"
    assert reference_of({"quotenumber": "QUO-7", "revisionnumber": 2}) == "QUO-7 rev. 2"
    assert reference_of({}) == ""


@pytest.mark.parametrize("state", [DRAFT, ACTIVE])
def test_an_open_quote_counts_until_the_day_that_was_said(state: int) -> None:
    assert valid_until({"statecode": state, "effectiveto": DAY, "modifiedon": DAY}) == "2027-03-01"
    assert valid_until({"statecode": state, "effectiveto": None}) is None


@pytest.mark.parametrize("state", [WON, CLOSED])
@pytest.mark.parametrize(
    ("last", "closed", "modified", "wanted"),
    [
        (None, "2027-02-10", None, "2027-02-09"),
        (DAY, "2027-02-10", None, "2027-02-09"),
        ("2027-01-05T00:00:00Z", "2027-02-10", None, "2027-01-05"),
        (DAY, None, "2027-02-10T08:00:00Z", "2027-02-09"),
        (None, None, None, None),
        (None, "0001-01-01", None, None),
        (None, "soon", None, None),
    ],
)
def test_a_quote_that_ended_counts_until_the_day_before_or_less(
    state: int, last: str | None, closed: str | None, modified: str | None, wanted: str | None
) -> None:
    quote = {"statecode": state, "effectiveto": last, "closedon": closed, "modifiedon": modified}
    assert valid_until(quote) == wanted


@given(ended=st.dates(date(1753, 1, 2)), last=st.none() | st.dates(date(1753, 1, 1)))
def test_what_ended_never_counts_on_the_day_it_ended(ended: date, last: date | None) -> None:
    said = f"{last.isoformat()}T12:00:00Z" if last else None
    until = valid_until({"statecode": WON, "effectiveto": said, "closedon": ended.isoformat()})
    assert until is not None
    assert date.fromisoformat(until) < ended
    assert last is None or date.fromisoformat(until) <= last
