"""Values of a filter as literals of a column's kind; ``None`` where no record can hold the value.  Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.records import Value
from shared_code.systems import odata
from shared_code.systems.filter_query import NotAskable

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z)?", re.ASCII)

SIGNS = {"less": "lt", "at_most": "le", "more": "gt", "at_least": "ge"}
OPPOSITES = {"less": "ge", "at_most": "gt", "more": "le", "at_least": "lt"}
FUNCTIONS = {"starts_with": "startswith", "ends_with": "endswith", "contains": "contains"}


def is_text(value: str, column: ColumnDescription) -> bool:
    """Whether a record can hold the text: Unicode, and no longer than the column.  Raises ``NotAskable``."""
    if _TIME.fullmatch(value):
        raise NotAskable(f"{column.name} holds texts, and the filter asks for a time")
    fits = column.length is None or len(value) <= column.length
    return fits and value.encode("utf-8", "ignore").decode() == value


def may_have(value: Value, column: ColumnDescription, also: Sequence[Kind] = ()) -> bool:
    """Whether a record can have the part of a text.  Raises ``NotAskable`` for another kind of text.

    ``also`` are further kinds whose values are texts.
    """
    if column.kind in (Kind.ID, Kind.LOOKUP, Kind.DAY, Kind.MOMENT, *also):
        raise NotAskable(f"{column.name} holds {column.kind}")
    return column.kind is Kind.TEXT and isinstance(value, str) and is_text(value, column)


def number(value: Value) -> str | None:
    """A number; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        return odata.number(value)
    except ValueError:
        return None


def truth(value: Value) -> str | None:
    return odata.literal(value) if isinstance(value, bool) else None


def identity(value: Value) -> str | None:
    return odata.guid(value) if isinstance(value, str) and odata.is_guid(value) else None


def day(value: Value) -> str | None:
    """A day; the moment a day begins is that day, any other moment is none."""
    found = _time(value)
    if found is None:
        return None
    is_midnight = (found[2] or "00:00:00") == "00:00:00" and not (found[3] or "").strip("0")
    return found[1] if is_midnight else None


def moment(value: Value) -> str | None:
    """A moment; a day is the moment it begins, in UTC."""
    found = _time(value)
    if found is None:
        return None
    fraction = (found[3] or "").rstrip("0")
    return f"{found[1]}T{found[2] or '00:00:00'}{'.' + fraction if fraction else ''}Z"


def _time(value: Value) -> re.Match[str] | None:
    return _TIME.fullmatch(value) if isinstance(value, str) else None


def in_order(value: Value, column: ColumnDescription) -> str | None:
    """What the column is compared with by ``<`` and its like.  Raises ``NotAskable``."""
    match column.kind:
        case Kind.DECIMAL | Kind.INTEGER:
            return number(value)
        case Kind.MOMENT:
            return moment(value)
        case Kind.DAY:
            if moment(value) and not day(value):
                raise NotAskable(f"{column.name} holds dates, and the filter asks for a time of day")
            return day(value)
        case Kind.BOOLEAN | Kind.ID | Kind.LOOKUP:
            return None
    raise NotAskable(f"{column.name} holds {column.kind}")
