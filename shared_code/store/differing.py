"""What two long lists do not have in common, without holding either.

Both are gone through in many heaps, of each of which only a sum is held.  A heap whose sums differ is gone
through again, and held then.  Two different heaps have the same sums once in 2^64 times.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

HEAPS = 1_024
_MASK = 2**64 - 1


class Differing[T: Hashable]:
    """Compares two lists, each of which is given anew every time it is asked for."""

    def __init__(self, first: Callable[[], Iterable[T]], second: Callable[[], Iterable[T]]) -> None:
        self._both = first, second
        sums = _sums(first()), _sums(second())
        self._heaps = {heap for heap in range(HEAPS) if sums[0][heap] != sums[1][heap]}

    def items(self) -> set[T]:
        """What stands in one of the two alone."""
        first, second = map(self._held, self._both)
        return first ^ second

    def only_first(self) -> set[T]:
        """What stands in the first alone."""
        first, second = map(self._held, self._both)
        return first - second

    def _held(self, items: Callable[[], Iterable[T]]) -> set[T]:
        return {each for each in items() if hash(each) % HEAPS in self._heaps} if self._heaps else set()


def _sums(items: Iterable[Hashable]) -> list[int]:
    sums = [0] * HEAPS
    for each in items:
        found = hash(each)
        heap = found % HEAPS
        sums[heap] = (sums[heap] + found) & _MASK
    return sums
