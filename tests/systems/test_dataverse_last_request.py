"""The last of several bulk creations is short: it waits for the others, and reads all rows back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.systems import dataverse_writes as writes


@settings(deadline=None)
@given(count=st.integers(2, 500))
def test_there_are_as_many_requests_as_full_ones_would_be_and_the_last_is_short(count: int) -> None:
    rows = [writes._Write("POST", "", {}, "{}", str(number), False) for number in range(count)]
    others, size, last = writes._before_the_last(rows)
    assert [*others, *last] == rows
    assert -(-len(others) // size) + 1 == -(-count // writes.CHUNK)
    assert size <= writes.CHUNK_BEFORE
    assert len(last) >= (writes.LAST_CHUNK if others else count)


@pytest.mark.parametrize(
    ("count", "size", "last"), [(500, 120, 20), (200, 120, 80), (101, 81, 20), (100, 100, 100)]
)
def test_five_hundred_are_four_times_a_hundred_and_twenty_and_twenty(
    count: int, size: int, last: int
) -> None:
    rows = [writes._Write("POST", "", {}, "{}", str(number), False) for number in range(count)]
    others, found, short = writes._before_the_last(rows)
    assert (found, len(short), len(others)) == (size, last, count - last)
