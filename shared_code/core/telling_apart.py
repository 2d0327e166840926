"""Telling apart: mappings of one table whose filters no record can meet both.

A record that moves from one filter to the other keeps the partner it has: it must not get a second one.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared_code.core.conditions import Condition
from shared_code.core.filters import BLANKS
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side, Value


def told_apart_from(mapping: Mapping, side: Side, others: Iterable[Mapping]) -> list[Mapping]:
    """The mappings with the same table of ``side`` that the filters tell apart from this one."""
    return [each for each in others if each.name != mapping.name and _are_apart(mapping, each, side)]


def _are_apart(one: Mapping, other: Mapping, side: Side) -> bool:
    """Only where two conditions on one field exclude each other: what is not surely apart is not."""
    ours, theirs = one.side(side), other.side(side)
    if ours.table != theirs.table:
        return False
    pairs = ((a, b) for a in _plain(ours.filter) for b in _plain(theirs.filter) if a.field == b.field)
    return any(_exclude(a, b) for a, b in pairs)


def _plain(tests: Iterable[object]) -> list[Condition]:
    return [each for each in tests if isinstance(each, Condition) and each.op in _ADMITS]


_ADMITS = {"is": True, "one_of": True, "is_blank": True, "is_not": False, "is_not_blank": False}
"""Whether a condition admits its values, or all but these."""


def _exclude(one: Condition, other: Condition) -> bool:
    admits_one, admits_other = _ADMITS[one.op], _ADMITS[other.op]
    if admits_one and admits_other:
        return _values(one).isdisjoint(_values(other))
    if admits_one:
        return _values(one) <= _values(other)
    return admits_other and _values(other) <= _values(one)


def _values(condition: Condition) -> frozenset[tuple[bool, Value]]:
    return frozenset(map(_comparable, condition.values if "blank" not in condition.op else (None,)))


def _comparable(value: Value) -> tuple[bool, Value]:
    """A value as filters compare it: for them ``True`` is no number, though in Python it equals 1."""
    if isinstance(value, bool):
        return True, value
    if value in BLANKS:
        return False, None
    return False, value.casefold() if isinstance(value, str) else value
