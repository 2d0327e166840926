"""Ordered keys are as a sorted list, however they come and go."""

from __future__ import annotations

from itertools import islice
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from shared_code.store import ordered_keys
from shared_code.store.ordered_keys import OrderedKeys

KEYS = st.binary(min_size=0, max_size=2)


@given(st.lists(st.tuples(st.booleans(), KEYS)), KEYS, st.none() | KEYS)
def test_keys_come_and_go_and_stay_in_order(
    steps: list[tuple[bool, bytes]], start: bytes, end: bytes | None
) -> None:
    found, known = OrderedKeys(), set[bytes]()
    with patch.object(ordered_keys, "MOST", 4):
        for comes, key in steps:
            if comes and key not in known:
                found.add(key)
                known.add(key)
            elif not comes and key in known:
                found.remove(key)
                known.remove(key)
    assert list(found.between(b"", None)) == sorted(known)
    between = [each for each in sorted(known) if each >= start and (end is None or each < end)]
    assert list(found.between(start, end)) == between


def test_the_first_few_are_found_among_many() -> None:
    found = OrderedKeys()
    for number in range(20_000):
        found.add(f"{number * 7919 % 20_000:05d}".encode())
    assert list(islice(found.between(b"15000", None), 2)) == [b"15000", b"15001"]
