"""Looking for records of Business Central by the values of one column.  Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shared_code.core.records import Value
from shared_code.systems import odata
from shared_code.systems.interface import Table

MAX_FILTER_CHARS = 4_000


def conditions(table: Table, column: str, values: Sequence[Value]) -> list[str]:
    """Filters on one column, none of them longer than ``MAX_FILTER_CHARS`` when encoded."""
    name, sets, room = odata.name(column), list[list[str]](), 0
    for value in values:
        text = _literal(table, column, value)
        if text is None:
            continue
        size = len(odata.encode(f"{name} eq {text} or "))
        if size > room:
            sets.append([])
            room = MAX_FILTER_CHARS
        sets[-1].append(text)
        room -= size
    return [odata.any_of(name, some) for some in sets]


def _literal(table: Table, column: str, value: Value) -> str | None:
    """``None`` for text that is not Unicode, which no record can have."""
    if isinstance(value, str) and odata.is_guid(value) and (column == table.key or column.endswith("Id")):
        return odata.guid(value)
    text = odata.literal(value)
    return text if text.isascii() or text.encode("utf-8", "ignore").decode() == text else None


def comparable(value: Value) -> Value:
    """A value as it is compared with those that were looked for."""
    return value.casefold().strip() if isinstance(value, str) else value
