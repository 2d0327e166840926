"""Looking for records of Business Central by the values of one column, or by how they begin.  Pure.

How a text begins becomes a filter in which some characters mean something, and case counts (Microsoft docs:
webservices/use-filter-expressions-in-odata-uris.md): the text is asked for up to the first such character,
in the ways in which people write it, and compared whole here.
"""

from __future__ import annotations

import re
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


_PLAIN = re.compile(r"(?:[^\W]|[ /+#,-]|\.(?!\.))*")
"""What means nothing in a filter: letters, digits and some signs; two points would be a range."""


def beginning(column: str, text: str) -> str | None:
    """A filter on how a column begins; ``None`` where nothing of the text can be asked for."""
    plain = _PLAIN.match(text)
    start = plain.group().rstrip(" .") if plain else ""
    if not start:
        return None
    words = " ".join(each[:1].upper() + each[1:].lower() for each in start.split(" "))
    usual = [start, start.lower(), start.upper(), start[0].upper() + start[1:].lower(), words]
    name = odata.name(column)
    return " or ".join(f"startswith({name},{odata.literal(each)})" for each in dict.fromkeys(usual))


def begins(value: Value, text: str) -> bool:
    """Whether a value begins with a text, capitals or not."""
    return isinstance(value, str) and value.casefold().lstrip().startswith(text.casefold().strip())


def _literal(table: Table, column: str, value: Value) -> str | None:
    """``None`` for text that is not Unicode, which no record can have."""
    if isinstance(value, str) and odata.is_guid(value) and (column == table.key or column.endswith("Id")):
        return odata.guid(value)
    text = odata.literal(value)
    return text if text.isascii() or text.encode("utf-8", "ignore").decode() == text else None


def comparable(value: Value) -> Value:
    """A value as it is compared with those that were looked for."""
    return value.casefold().strip() if isinstance(value, str) else value
