"""Joining: two sides matched on digests of their keys, a bucket at a time.

Records are spread over buckets by the digest of one key, so that equal values of both sides meet in one
bucket.  A bucket is joined on its own: time grows with the number of records, memory does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from shared_code.core.identity import digest
from shared_code.core.mapping import MatchKey
from shared_code.core.matching import MAX_CANDIDATES, key_value
from shared_code.core.records import Side, Values

PER_BUCKET = 2000
"""Records of one side that a bucket is meant to hold."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A record as the join sees it: what it is called, the leaf it was scanned in, the digest of a key.

    One that is not ``free`` (coupled, or outside the filter) gets no partner, but its value is not unique.
    """

    id: str
    name: str
    leaf: int
    key: str
    free: bool = True


@dataclass(slots=True)
class Joined:
    """``pairs`` hold (BC, Sales) of values that one record of each side has.  ``alike`` are the possible
    partners of what such a value does not decide, by the record's own side and id."""

    pairs: list[tuple[Keyed, Keyed]] = field(default_factory=list)
    alike: list[tuple[Side, Keyed, Keyed]] = field(default_factory=list)


def digests(keys: Sequence[MatchKey], values: Values) -> tuple[str, ...]:
    """The digest of each key of a record; blank where a part of the key is."""
    found = (key_value(each, values) for each in keys)
    return tuple(digest([value]) if value is not None else "" for value in found)


def buckets_for(records: int) -> int:
    """How many buckets so many records of a side are spread over: a power of two."""
    wanted = 1
    while wanted * PER_BUCKET < records:
        wanted *= 2
    return wanted


def bucket_of(key: str, buckets: int) -> int:
    """The bucket of a digest."""
    return int(key[:8], 16) % buckets


def join(records: MappingOf[Side, Iterable[Keyed]], *, hints: bool) -> Joined:
    """Match the records of one bucket.  With ``hints`` an equal value couples nothing, it only suggests."""
    by_key: dict[str, dict[Side, list[Keyed]]] = defaultdict(lambda: {side: [] for side in Side})
    for side, own in records.items():
        for each in own:
            by_key[each.key][side].append(each)
    result = Joined()
    for sides in by_key.values():
        bc, sales = ([each for each in sides[side] if each.free] for side in Side)
        if not bc or not sales:
            continue
        if not hints and all(len(each) == 1 for each in sides.values()):
            result.pairs.append((bc[0], sales[0]))
        else:
            result.alike += [(Side.BC, one, other) for one in bc for other in _first(sides[Side.SALES])]
            result.alike += [(Side.SALES, one, other) for one in sales for other in _first(sides[Side.BC])]
    return result


def _first(others: Sequence[Keyed]) -> Sequence[Keyed]:
    """A few are enough for a person; those that are free come first."""
    return sorted(others, key=lambda each: not each.free)[:MAX_CANDIDATES]
