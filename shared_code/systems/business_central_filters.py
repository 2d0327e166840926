"""A filter as Business Central's ``$filter``.  Pure.

Its ``or`` stands only between conditions on one field, ``not`` and nested functions do not exist, ``in`` is
overlooked without a word, comparing heeds case, and a part of a text becomes a filter in which ``*``, ``?``,
``&`` and others mean something (Microsoft docs webservices/use-filter-expressions-in-odata-uris.md and
odata-known-limitations.md).  Nothing is ever null: blank is the empty text, the zero id, the first day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shared_code.core.conditions import ORDERED, TEXTUAL, Condition, Test
from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.filters import NO_DAY, NO_MOMENT, folded, is_blank
from shared_code.core.records import ZERO_ID, Side, Value
from shared_code.systems import filter_literals as literals
from shared_code.systems import odata
from shared_code.systems.filter_query import (
    Dialect,
    FilterQuery,
    NotAskable,
    Part,
    joined,
    query_of,
)

_PLAIN = re.compile(r"[0-9 _/+#-]+", re.ASCII)
"""Parts of texts that have no case and mean nothing in a filter of the service."""

_BLANK_MEMBER = "_x0020_"


def filter_query(tests: Sequence[Test], columns: Mapping[str, ColumnDescription]) -> FilterQuery:
    """The query that finds what the filter takes in."""
    return query_of(tests, columns, Dialect(_leaf, _opposite, one_field_or=True), odata.encode)


def _leaf(test: Condition, column: ColumnDescription) -> Part:
    name = odata.name(column.name)
    match test.op:
        case "is_blank":
            return _blank(name, column, "eq")
        case "is_not_blank":
            return _blank(name, column, "ne")
        case "is_not":
            return joined(" and ", [_differs(name, column, each) for each in test.values])
        case op if op in ORDERED:
            return joined(" or ", [_ordered(name, column, literals.SIGNS[op], each) for each in test.values])
        case op if op in TEXTUAL:
            return joined(" or ", [_has(name, column, literals.FUNCTIONS[op], each) for each in test.values])
    return joined(" or ", [_equals(name, column, each) for each in test.values])


def _opposite(test: Condition, column: ColumnDescription) -> Part:
    """What is not in order is blank or in the opposite order; a text without a part cannot be asked for."""
    if test.op in TEXTUAL:
        raise NotAskable("it knows no “not” before a part of a text")
    name = odata.name(column.name)
    sign = literals.OPPOSITES[test.op]
    return joined(" and ", [_not_ordered(name, column, sign, each) for each in test.values])


_BLANKS = {Kind.TEXT: "''", Kind.ID: ZERO_ID, Kind.DAY: NO_DAY, Kind.MOMENT: NO_MOMENT}


def _blank(name: str, column: ColumnDescription, sign: str) -> Part:
    if column.kind is Kind.CHOICE:
        if not column.choices:
            raise NotAskable(f"its metadata does not tell the options of {name}")
        return f"{name} {sign} '{_BLANK_MEMBER}'" if _BLANK_MEMBER in column.choices else sign == "ne"
    if column.kind is Kind.OTHER:
        raise NotAskable(f"{name} holds {column.kind}")
    # A number or a truth value is never blank.
    return f"{name} {sign} {_BLANKS[column.kind]}" if column.kind in _BLANKS else sign == "ne"


def _equals(name: str, column: ColumnDescription, value: Value) -> Part:
    if is_blank(value, Side.BC):
        return _blank(name, column, "eq")
    return joined(" or ", [f"{left} eq {right}" for left, right in _comparisons(name, column, value)])


def _differs(name: str, column: ColumnDescription, value: Value) -> Part:
    if is_blank(value, Side.BC):
        return _blank(name, column, "ne")
    return joined(" and ", [f"{left} ne {right}" for left, right in _comparisons(name, column, value)])


def _comparisons(name: str, column: ColumnDescription, value: Value) -> list[tuple[str, str]]:
    """What is compared with which literals, of which one must be equal; none where no record can be."""
    match column.kind:
        case Kind.TEXT:
            is_one = isinstance(value, str) and literals.is_text(value, column)
            return [_text(name, str(value))] if is_one else []
        case Kind.CHOICE:
            return [(name, odata.literal(member)) for member in _members(column, value)]
        case Kind.OTHER | Kind.LOOKUP:
            raise NotAskable(f"{name} holds {column.kind}")
    literal = _LITERALS[column.kind](value)
    return [(name, literal)] if literal else []


_LITERALS = {
    Kind.DECIMAL: literals.number, Kind.INTEGER: literals.number, Kind.BOOLEAN: literals.truth,
    Kind.ID: literals.identity, Kind.DAY: literals.day, Kind.MOMENT: literals.moment,
}  # fmt: skip


def _text(name: str, value: str) -> tuple[str, str]:
    """Comparing heeds case, unless small letters are compared."""
    _refuse_outer_blanks(value)
    has_case = value.lower() != value.upper()
    return (f"tolower({name})", odata.literal(value.lower())) if has_case else (name, odata.literal(value))


def _refuse_outer_blanks(value: str) -> None:
    """Its codes overlook blanks at the ends of what they are compared with, and metadata tells no codes."""
    if value != value.strip():
        raise NotAskable("it may overlook blanks at the ends of a text")


def _members(column: ColumnDescription, value: Value) -> list[str]:
    """The options of that name; one that does not exist would be refused."""
    if not column.choices:
        raise NotAskable(f"its metadata does not tell the options of {column.name}")
    if not isinstance(value, str):
        return []
    return [str(each) for each in column.choices if folded(str(each), Side.BC) == folded(value, Side.BC)]


def _ordered(name: str, column: ColumnDescription, sign: str, value: Value) -> Part:
    """In order and not blank: the service takes a blank date for the first of all."""
    literal = literals.in_order(value, column)
    if literal is None:
        return False
    is_time = column.kind in (Kind.DAY, Kind.MOMENT) and sign in ("lt", "le")
    return (
        f"({name} {sign} {literal} and {name} gt {_BLANKS[column.kind]})"
        if is_time
        else f"{name} {sign} {literal}"
    )


def _not_ordered(name: str, column: ColumnDescription, sign: str, value: Value) -> Part:
    literal = literals.in_order(value, column)
    if literal is None:
        return True
    is_time = column.kind in (Kind.DAY, Kind.MOMENT) and sign in ("gt", "ge")
    return (
        f"({name} {sign} {literal} or {name} eq {_BLANKS[column.kind]})"
        if is_time
        else f"{name} {sign} {literal}"
    )


def _has(name: str, column: ColumnDescription, function: str, value: Value) -> Part:
    if not literals.may_have(value, column, also=(Kind.CHOICE,)):
        return False
    assert isinstance(value, str)
    _refuse_outer_blanks(value)
    if not _PLAIN.fullmatch(value):
        raise NotAskable("it heeds case in a part of a text, or takes a character of it for a wildcard")
    return f"{function}({name},{odata.literal(value)})"
