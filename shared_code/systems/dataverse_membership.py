"""Rows of Dataverse whose column is one of many values: the query function ``In``, in addresses.

Source: Microsoft docs webapi/query/filter-rows.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared_code.core.records import Value
from shared_code.systems import odata

FILTER = "Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)"
"""The filter; an address ends with what its two parameters stand for."""
MAX_URL_CHARS = 32_000
"""The service takes 32,768 characters of a GET's URL."""


def addresses(start: str, column: str, texts: Sequence[str]) -> list[str]:
    """``start``, which has the filter, asking for these values: as few addresses as can hold them."""
    start += f"&@p1={odata.literal(column)}&@p2="
    return [start + some for some in _arrays(texts, MAX_URL_CHARS - len(start))]


def text(value: Value) -> str | None:
    """A value as the text that ``In`` takes; ``None`` for text that is not Unicode."""
    if isinstance(value, str):
        return value if value.encode("utf-8", "ignore").decode() == value else None
    return odata.literal(value)


def _arrays(texts: Sequence[str], room: int) -> list[str]:
    """``texts`` as percent-encoded JSON arrays of at most ``room`` characters each."""
    sets: list[list[str]] = []
    left = 0
    for text in texts:  # An id needs no look at its letters.
        encoded = (
            f"%22{text}%22" if odata.is_guid(text) else odata.encode(json.dumps(text, ensure_ascii=False))
        )
        if len(encoded) + 1 > left:
            sets.append([])
            left = room - len("%5B%5D")
        sets[-1].append(encoded)
        left -= len(encoded) + 1
    return ["%5B" + ",".join(some) + "%5D" for some in sets]
