"""Filters: whether a native record is inside a mapping's filter.

Detection never sends a filter to a service, so that a record that leaves the filter is seen leaving.

Texts are compared as their service compares them: Sales without regard to case and to blanks at the end,
Business Central without regard to case (its own queries heed case unless they are asked for small letters).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from shared_code.core.conditions import ORDERED, TEXTUAL, Condition, Joint, Test
from shared_code.core.mapping import Mapping
from shared_code.core.records import ZERO_ID, Side, Value, Values

NO_DAY, NO_MOMENT = "0001-01-01", "0001-01-01T00:00:00Z"
"""What Business Central answers for a date and for a date with time that are blank."""

BLANKS: tuple[Value, ...] = (None, "", ZERO_ID, "_x0020_", NO_DAY, NO_MOMENT)
"""Every form of blank that a service answers."""


def inside(mapping: Mapping, side: Side, native: Values) -> bool:
    """Whether the record meets all conditions of its side."""
    return _meets_all(mapping.side(side).filter, native, side)


def told(mapping: Mapping, side: Side, native: Values) -> str:
    """Why a record that only one condition keeps outside the filter is not carried; blank where none says."""
    failed = [each for each in mapping.side(side).filter if not meets(each, native, side)]
    return failed[0].otherwise if len(failed) == 1 else ""


def creatable(mapping: Mapping, side: Side, native: Values) -> bool:
    """Whether a record of that side may be given a partner, as far as its own values tell."""
    return _meets_all(mapping.side(side).creates_when, native, side)


def _meets_all(tests: Sequence[Test], native: Values, side: Side) -> bool:
    return not tests or all(meets(test, native, side) for test in tests)


def can_move_unstamped(mapping: Mapping, held: Values) -> bool:
    """Whether BC's record of a pair that held these values can have changed at the same version."""
    conditions = mapping.bc.unstamped_while
    moves = bool(conditions) or mapping.bc.moved_by is not None
    return moves and all(meets(test, held, Side.BC) for test in conditions)


def foreign(mapping: Mapping, side: Side, native: Values, company_id: str) -> bool:
    """Whether a Dataverse row carries the mark of another company.  An unmarked row is free to take."""
    column = mapping.side(side).company_column
    mark = native.get(column) if column else None
    return bool(mark) and str(mark).lower() != company_id.lower()


def meets(test: Test, native: Values, side: Side) -> bool:
    """Whether a record of ``side`` meets a test."""
    if isinstance(test, Condition):
        value = native.get(test.field)
        if len(test.values) == 1 and test.op == "is":  # what nearly all conditions are
            return _same(value, test.values[0], side)
        return _meets_one(test, value, side)
    found = (meets(part, native, side) for part in test.parts)
    match test.joint:
        case Joint.ALL:
            return all(found)
        case Joint.ANY:
            return any(found)
        case Joint.NOT:
            return not any(found)


def _meets_one(condition: Condition, value: Value, side: Side) -> bool:
    match condition.op:
        case "is_blank":
            return is_blank(value, side)
        case "is_not_blank":
            return not is_blank(value, side)
        case "is_not":
            return not any(_same(value, each, side) for each in condition.values)
        case op if op in ORDERED:
            return any(_ordered(_ORDERS[op], value, each) for each in condition.values)
        case op if op in TEXTUAL:
            return any(_holds(_PARTS[op], value, each, side) for each in condition.values)
        case _:
            return any(_same(value, each, side) for each in condition.values)


def is_blank(value: Value, side: Side) -> bool:
    """Whether a native value is blank.  Sales has but two forms, and overlooks blanks at a text's end."""
    if side is Side.SALES:
        return value is None or (isinstance(value, str) and not value.rstrip(" "))
    return value in BLANKS


def folded(text: str, side: Side) -> str:
    """A text as its service compares it."""
    return text.casefold().rstrip(" ") if side is Side.SALES else text.lower()


def _same(value: Value, wanted: Value, side: Side) -> bool:
    if value == wanted and type(value) is type(wanted):
        return True
    if is_blank(wanted, side):
        return is_blank(value, side)
    if isinstance(value, str) and isinstance(wanted, str):
        return folded(value, side) == folded(wanted, side) or _moment(value) == (_moment(wanted) or "none")
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "less": operator.lt, "at_most": operator.le, "more": operator.gt, "at_least": operator.ge,
}  # fmt: skip


def _ordered(compare: Callable[[Any, Any], bool], value: Value, wanted: Value) -> bool:
    """The order of two numbers or two points in time; a day is the moment it begins, in UTC."""
    if isinstance(value, str) and isinstance(wanted, str):
        there, asked = _moment(value), _moment(wanted)
        return bool(there and asked) and not is_blank(value, Side.BC) and compare(there, asked)
    return _is_number(value) and _is_number(wanted) and compare(value, wanted)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z)?", re.ASCII)


def _moment(text: str) -> str:
    """A day or a moment as text that sorts by time; blank for anything else."""
    found = _MOMENT.fullmatch(text)
    return f"{found[1]}T{found[2] or '00:00:00'}.{found[3] or '':0<7}" if found else ""


_PARTS: dict[str, Callable[[str, str], bool]] = {
    "starts_with": str.startswith, "ends_with": str.endswith, "contains": operator.contains,
}  # fmt: skip


def _holds(has: Callable[[str, str], bool], value: Value, part: Value, side: Side) -> bool:
    """Whether a text has the part, without regard to case; blanks in the part count."""
    if not isinstance(value, str) or not isinstance(part, str):
        return False
    change = str.casefold if side is Side.SALES else str.lower
    return has(folded(value, side), change(part))
