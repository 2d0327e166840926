"""Whether a filter asks of each column what it can hold.  Pure.

A condition that no record can meet is a mistake: a number asked of a text, an option that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from shared_code.core.conditions import ORDERED, TEXTUAL, Compound, Condition, Test
from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.filters import folded, is_blank
from shared_code.core.records import Side, Value

type Found = Iterator[tuple[str, str, str]]
"""The column, what is wrong, and what to do."""

_TIMES = frozenset((Kind.DAY, Kind.MOMENT))
_NUMBERS = frozenset((Kind.DECIMAL, Kind.INTEGER))
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?", re.ASCII)


def filter_faults(tests: Sequence[Test], columns: Mapping[str, ColumnDescription], side: Side) -> Found:
    """Everything that tests ask and no record can answer; a column that is not there is told elsewhere."""
    for test in tests:
        if isinstance(test, Compound):
            yield from filter_faults(test.parts, columns, side)
        elif test.field in columns:
            yield from _condition(test, columns[test.field], side)


def _condition(test: Condition, column: ColumnDescription, side: Side) -> Found:
    if test.op in ORDERED and column.kind not in _TIMES | _NUMBERS:
        yield _fault(
            column, f"{column.name} holds {column.kind}, which has no order", "Ask for equal values."
        )
    elif test.op in TEXTUAL and column.kind is not Kind.TEXT:
        yield _fault(column, f"{column.name} holds {column.kind} and no text", "Ask for equal values.")
    elif test.op not in ("is_blank", "is_not_blank"):
        for value in test.values:
            if not is_blank(value, side) and not can_hold(column, value, side):
                yield _fault(column, f"{column.name} never holds {_shown(value)}", _instead(column))


def _fault(column: ColumnDescription, reason: str, what: str) -> tuple[str, str, str]:
    return column.name, f"the filter: {reason}", what


def can_hold(column: ColumnDescription, value: Value, side: Side) -> bool:
    """Whether a column can hold such a value at all."""
    match value:
        case bool():
            return column.kind in (Kind.BOOLEAN, Kind.OTHER)
        case int() | Decimal():
            choice = column.kind is Kind.CHOICE and side is Side.SALES
            return column.kind in _NUMBERS or (choice and (not column.choices or value in column.choices))
        case str() if column.kind is Kind.CHOICE:
            names = [folded(str(each), side) for each in column.choices]
            return side is Side.BC and (not names or folded(value, side) in names)
        case str() if column.kind in _TIMES:
            return bool(_TIME.fullmatch(value))
        case str():
            return column.kind in (Kind.TEXT, Kind.ID, Kind.LOOKUP, Kind.OTHER)
    return True


def _shown(value: Value) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()


def _instead(column: ColumnDescription) -> str:
    if column.kind is Kind.CHOICE and column.choices:
        return f"Write one of {', '.join(map(str, column.choices[:20]))}."
    return f"It holds {column.kind}."
