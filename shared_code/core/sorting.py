"""Sorting more ids than memory should hold: by how they begin, a share at a time.  Pure.

Ids come in an order that storage does not know.  Kept apart by how they begin, those that lie close together
in storage can be looked at together, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LENGTH = 2
"""Characters that tell where an id is kept: GUIDs have 256 such beginnings, each about as frequent."""


def beginning_of(record_id: str) -> str:
    """Where an id is kept; always ``LENGTH`` characters, in the order of the ids."""
    return record_id[:LENGTH].ljust(LENGTH)


def apart[T](records: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """What is given with its id, by how the id begins."""
    found: dict[str, list[T]] = {}
    for record_id, each in records:
        found.setdefault(beginning_of(record_id), []).append(each)
    return found


def shares(counts: Iterable[Mapping[str, int]], most: int) -> list[tuple[str, str | None]]:
    """How to take all ids in turn, neighbours together: from one text on and before another (``None``: to the
    end), at most ``most`` a share where the beginnings allow it.  Every id lies in exactly one share."""
    sums: dict[str, int] = {}
    for each in counts:
        for beginning, number in each.items():
            sums[beginning] = sums.get(beginning, 0) + number
    starts, size = [""], 0
    for beginning in sorted(sums):
        if size and size + sums[beginning] > most:
            starts.append(beginning.rstrip())
            size = 0
        size += sums[beginning]
    return list(zip(starts, [*starts[1:], None], strict=True))
