"""Matching uncoupled records on keys: who is surely the same, who might be, who has no partner.

A match is sure when a key's value is held by exactly one uncoupled record of each side.  Keys are
tried in their order.  Values that several records hold, and equal values of a key that only hints,
make candidates: those records wait for a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import islice

from shared_code.core.fields import FieldType
from shared_code.core.mapping import Mapping, MatchKey
from shared_code.core.records import Side, Value, Values

type Records = MappingOf[str, Values]
"""Record id to the neutral values of the match keys."""


@dataclass(slots=True)
class Matches:
    """``pairs`` are (BC id, Sales id).  ``candidates`` give possible partners of what stays uncoupled."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    candidates: dict[Side, dict[str, list[str]]] = field(default_factory=lambda: {side: {} for side in Side})


MAX_CANDIDATES = 5
"""Candidates kept per record: enough for a person to see what is the matter."""


def match(
    keys: Sequence[MatchKey], bc: Records, sales: Records, beside: Set[tuple[int, str]] = frozenset()
) -> Matches:
    """Match two sets of uncoupled records.  Needs time in proportion to their number.

    ``beside`` are values that other records hold, too, by the number of their key: these are not unique.
    """
    result = Matches()
    if not (bc and sales):
        return result
    left = {Side.BC: dict(bc), Side.SALES: dict(sales)}
    for number, key in enumerate(keys):
        shared = _by_value(key, left)
        if not key.hints:
            unique = {value: found for value, found in shared.items() if (number, value) not in beside}
            _couple_unique(unique, left, result)
        _note_candidates(shared, left, result)
    for side in Side:
        result.candidates[side] = {i: c for i, c in result.candidates[side].items() if i in left[side]}
    return result


type _Shared = dict[str, dict[Side, list[str]]]


def _by_value(key: MatchKey, left: MappingOf[Side, Records]) -> _Shared:
    """The values that both sides hold, each with its records."""
    index: _Shared = defaultdict(lambda: {side: [] for side in Side})
    for side, records in left.items():
        for record_id, values in records.items():
            if (value := key_value(key, values)) is not None:
                index[value][side].append(record_id)
    return {value: records for value, records in index.items() if all(records.values())}


def key_value(key: MatchKey, values: Values) -> str | None:
    """What a record is matched by; ``None`` where a part is blank.  Doubled blanks do not count, and case
    only where the key says so."""
    parts = [_comparable(values.get(name), key.case_sensitive) for name in key.fields]
    return "\n".join(part for part in parts if part) if all(parts) else None


def is_number(mapping: Mapping, key: MatchKey) -> bool:
    """Whether a key is made to tell records apart, as a number or a code is."""
    return any(each.name == key.field and each.type is FieldType.CODE for each in mapping.fields)


def _comparable(value: Value, case_sensitive: bool) -> str | None:
    if value is None:
        return None
    text = str(value) if case_sensitive else str(value).casefold()
    return " ".join(text.split()) or None


def _couple_unique(shared: _Shared, left: dict[Side, dict[str, Values]], result: Matches) -> None:
    for records in shared.values():
        if all(len(ids) == 1 for ids in records.values()):
            (bc_id,), (sales_id,) = records[Side.BC], records[Side.SALES]
            result.pairs.append((bc_id, sales_id))
            del left[Side.BC][bc_id], left[Side.SALES][sales_id]


def _note_candidates(shared: _Shared, left: MappingOf[Side, Records], result: Matches) -> None:
    for records in shared.values():
        for side in Side:
            # Twice as many as are kept are enough to find new ones; more would compare each with each.
            free = (each for each in records[side.other] if each in left[side.other])
            others = list(islice(free, 2 * MAX_CANDIDATES))
            for record_id in records[side]:
                if others and record_id in left[side]:
                    known = result.candidates[side].setdefault(record_id, [])
                    known += [each for each in others if each not in known][: MAX_CANDIDATES - len(known)]
