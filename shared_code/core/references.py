"""References: how Business Central's records name each other where not by id, as one key.

A reference is a code or number, or several where one is unique only within another (a unit within its item:
``1000|PCS``).  Codes are compared in capitals, as the service stores them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from shared_code.core.records import Value

SEPARATOR = "|"
"""Between the parts of a reference.  Numbers and codes that hold it themselves still make one key only: only
the last part, or what is before it, is ever taken out again."""


def reference_key(parts: Iterable[Value]) -> str | None:
    """The key of a reference; ``None`` where a part is blank."""
    texts = [capitals(_plain(each)) for each in parts]
    return SEPARATOR.join(text for text in texts if text) if texts and all(texts) else None


def last_part(key: str) -> str:
    """What the field itself holds of a reference within another."""
    return key.rpartition(SEPARATOR)[2]


def first_part(key: str) -> str:
    """What a reference is within: the item of a variant."""
    return key.rpartition(SEPARATOR)[0]


def _plain(value: Value) -> str:
    if type(value) is str and value.isascii():  # nothing to normalise
        return value.strip()
    return "" if value is None else unicodedata.normalize("NFC", str(value)).strip()


def capitals(text: str) -> str:
    """Upper case as a Code field stores it: letter by letter, so that the length never grows.

    In NFC again, because a capital and its mark can be one letter where the small ones are two.
    """
    if text.isascii():
        return text.upper()
    letters = "".join(upper if len(upper := letter.upper()) == 1 else letter for letter in text)
    return unicodedata.normalize("NFC", letters)
