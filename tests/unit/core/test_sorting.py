"""Ids are kept apart by how they begin, and taken in turn in shares of neighbours."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.sorting import apart, beginning_of, shares

IDS = st.lists(st.text("0123456789abcdefABZ-", min_size=1, max_size=6), max_size=60)


def test_ids_that_begin_alike_are_kept_together() -> None:
    assert apart([("a1b2", 1), ("ffff", 2), ("a1c3", 3)]) == {"a1": [1, 3], "ff": [2]}


def test_neighbours_make_a_share_as_long_as_they_are_few() -> None:
    assert shares([{"a1": 2, "a2": 2}, {"a2": 1, "b1": 4}], 5) == [("", "b1"), ("b1", None)]


def test_where_nothing_was_seen_one_share_is_all() -> None:
    assert shares([], 5) == [("", None)]


def test_a_beginning_alone_is_not_divided() -> None:
    assert shares([{"a1": 9}, {"b1": 1}], 5) == [("", "b1"), ("b1", None)]


@given(IDS, st.integers(1, 20))
def test_each_id_lies_in_one_share_and_shares_are_small(ids: list[str], most: int) -> None:
    counts = Counter(map(beginning_of, ids))
    found = shares([counts], most)
    for each in ids:
        assert sum(first <= each and (before is None or each < before) for first, before in found) == 1
    for first, before in found:
        own = {b: n for b, n in counts.items() if first <= b and (before is None or b < before)}
        assert sum(own.values()) <= most or len(own) == 1
