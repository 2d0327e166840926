"""Keys in order, of which there may be millions: one more or less moves a few thousand others at most."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

MOST = 4_000
"""Keys of a block; a fuller one becomes two."""


class OrderedKeys:
    """A set of keys in their order."""

    def __init__(self) -> None:
        self._blocks: list[list[bytes]] = []
        self._firsts: list[bytes] = []

    def add(self, key: bytes) -> None:
        """Add a key that is not there."""
        if not self._blocks:
            self._blocks, self._firsts = [[key]], [key]
            return
        number = self._block_of(key)
        block = self._blocks[number]
        insort(block, key)
        self._firsts[number] = block[0]
        if len(block) > MOST:
            self._blocks.insert(number + 1, block[MOST // 2 :])
            self._firsts.insert(number + 1, block[MOST // 2])
            del block[MOST // 2 :]

    def remove(self, key: bytes) -> None:
        """Remove a key that is there."""
        number = self._block_of(key)
        block = self._blocks[number]
        del block[bisect_left(block, key)]
        if block:
            self._firsts[number] = block[0]
        else:
            del self._blocks[number], self._firsts[number]

    def between(self, start: bytes, end: bytes | None) -> Iterator[bytes]:
        """The keys from ``start`` on and before ``end``, in order."""
        number = self._block_of(start)
        position = bisect_left(self._blocks[number], start) if self._blocks else 0
        for block in self._blocks[number:]:
            for key in block[position:]:
                if end is not None and key >= end:
                    return
                yield key
            position = 0

    def _block_of(self, key: bytes) -> int:
        """The block that holds a key, or would."""
        number = bisect_left(self._firsts, key)
        is_first = number < len(self._firsts) and self._firsts[number] == key
        return number if is_first or number == 0 else number - 1
