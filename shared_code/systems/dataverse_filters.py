"""A filter as Dataverse's ``$filter``.  Pure.

Texts are compared without regard to case and to blanks at the end.  A part of a text is a pattern in which
``%``, ``_`` and brackets mean something (Microsoft docs webapi/query/filter-rows.md).  Columns may be null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shared_code.core.conditions import ORDERED, TEXTUAL, Condition, Test
from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.filters import is_blank
from shared_code.core.records import Side, Value
from shared_code.systems import filter_literals as literals
from shared_code.systems import odata
from shared_code.systems.filter_query import Dialect, FilterQuery, NotAskable, Part, joined, query_of

_PATTERN = re.compile(r"[%_\[\]\\^]")
"""What means something in a pattern."""


def plain_start(text: str) -> str:
    """A text up to the first character that means something in a pattern."""
    return _PATTERN.split(text, maxsplit=1)[0]


def filter_query(tests: Sequence[Test], columns: Mapping[str, ColumnDescription]) -> FilterQuery:
    """The query that finds what the filter takes in."""
    return query_of(tests, columns, Dialect(_leaf, _opposite), odata.encode)


def _leaf(test: Condition, column: ColumnDescription) -> Part:
    name = _name(column)
    match test.op:
        case "is_blank":
            return _blank(name, column)
        case "is_not_blank":
            return _not_blank(name, column)
        case "is_not":
            return joined(" and ", [_differs(name, column, each) for each in test.values])
        case op if op in ORDERED:
            return joined(" or ", [_ordered(name, column, literals.SIGNS[op], each) for each in test.values])
        case op if op in TEXTUAL:
            return joined(" or ", [_has(name, column, literals.FUNCTIONS[op], each) for each in test.values])
    return joined(" or ", [_equals(name, column, each) for each in test.values])


def _opposite(test: Condition, column: ColumnDescription) -> Part:
    """What is null is not in order and has no part."""
    name = _name(column)
    if test.op in TEXTUAL:
        function = literals.FUNCTIONS[test.op]
        return joined(" and ", [_has_not(name, column, function, each) for each in test.values])
    sign = literals.OPPOSITES[test.op]
    return joined(" and ", [_not_ordered(name, column, sign, each) for each in test.values])


def _name(column: ColumnDescription) -> str:
    """A lookup is asked for by the name of its value."""
    if column.kind is Kind.OTHER:
        raise NotAskable(f"{column.name} holds {column.kind}")
    name = odata.name(column.name)
    return f"_{name}_value" if column.kind is Kind.LOOKUP else name


def _blank(name: str, column: ColumnDescription) -> Part:
    return f"({name} eq null or {name} eq '')" if column.kind is Kind.TEXT else f"{name} eq null"


def _not_blank(name: str, column: ColumnDescription) -> Part:
    return f"({name} ne null and {name} ne '')" if column.kind is Kind.TEXT else f"{name} ne null"


def _equals(name: str, column: ColumnDescription, value: Value) -> Part:
    if is_blank(value, Side.SALES):
        return _blank(name, column)
    literal = _literal(column, value)
    return f"{name} eq {literal}" if literal else False


def _differs(name: str, column: ColumnDescription, value: Value) -> Part:
    if is_blank(value, Side.SALES):
        return _not_blank(name, column)
    literal = _literal(column, value)
    return f"({name} ne {literal} or {name} eq null)" if literal else True


def _literal(column: ColumnDescription, value: Value) -> str | None:
    match column.kind:
        case Kind.TEXT:
            is_one = isinstance(value, str) and literals.is_text(value, column)
            return odata.literal(value) if is_one else None
        case Kind.CHOICE:
            return literals.number(value) if isinstance(value, int) else None
        case Kind.MOMENT:
            return _second(column, value)
    return _LITERALS[column.kind](value)


_LITERALS = {
    Kind.DECIMAL: literals.number, Kind.INTEGER: literals.number, Kind.BOOLEAN: literals.truth,
    Kind.ID: literals.identity, Kind.LOOKUP: literals.identity, Kind.DAY: literals.day,
}  # fmt: skip


def _second(column: ColumnDescription, value: Value) -> str | None:
    """The service keeps full seconds."""
    literal = literals.moment(value)
    if literal and "." in literal:
        raise NotAskable(f"{column.name} holds full seconds")
    return literal


def _ordered(name: str, column: ColumnDescription, sign: str, value: Value) -> Part:
    literal = _in_order(column, value)
    return f"{name} {sign} {literal}" if literal else False


def _not_ordered(name: str, column: ColumnDescription, sign: str, value: Value) -> Part:
    literal = _in_order(column, value)
    return f"({name} {sign} {literal} or {name} eq null)" if literal else True


def _in_order(column: ColumnDescription, value: Value) -> str | None:
    if column.kind is Kind.CHOICE:
        return literals.number(value)
    return _second(column, value) if column.kind is Kind.MOMENT else literals.in_order(value, column)


def _has(name: str, column: ColumnDescription, function: str, value: Value) -> Part:
    part = _part_of(column, value)
    return f"{function}({name},{part})" if part else False


def _has_not(name: str, column: ColumnDescription, function: str, value: Value) -> Part:
    part = _part_of(column, value)
    return f"(not {function}({name},{part}) or {name} eq null)" if part else True


def _part_of(column: ColumnDescription, value: Value) -> str | None:
    if not literals.may_have(value, column):
        return None
    assert isinstance(value, str)
    if _PATTERN.search(value):
        raise NotAskable("it takes a character of the text for a wildcard")
    return odata.literal(value)
