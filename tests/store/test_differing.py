"""Two lists are compared a heap at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from shared_code.store.differing import Differing

SETS = st.sets(st.tuples(st.text(max_size=3), st.integers(0, 9)), max_size=30)


def given_anew(items: set[tuple[str, int]]) -> Callable[[], Iterator[tuple[str, int]]]:
    return lambda: iter(sorted(items))


@given(SETS, SETS)
def test_what_stands_in_one_of_two_lists_alone_is_found(
    first: set[tuple[str, int]], second: set[tuple[str, int]]
) -> None:
    found = Differing(given_anew(first), given_anew(second))
    assert found.items() == first ^ second
    assert found.only_first() == first - second


def test_what_is_equal_is_gone_through_once_and_never_held() -> None:
    reads = 0

    def many() -> Iterator[int]:
        nonlocal reads
        reads += 1
        yield from range(10_000)

    assert Differing(many, many).items() == set()
    assert reads == 2


def test_what_stands_twice_in_the_first_is_not_missing_in_the_second() -> None:
    assert Differing(lambda: [1, 1, 2], lambda: [1, 2]).only_first() == set()
