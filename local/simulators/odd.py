"""Odd values as people write them; all of them are right, and a service may still change what it keeps."""

from __future__ import annotations

import random

_TEXTS = (
    "😀 Café 👩‍👩‍👧", "مرحبا بالعالم", "שלום 123 abc", "trailing blanks   ", "doubled  inner  blanks",
    "Cafe\u0301", "İstanbul ß ﬁ", "a/b'c\"d%e&f+g", "<b>bold</b>", "=1+1", "line\u00a0kept",
    "null", "-0.00", "1E5", "\t", " ",
)  # fmt: skip
LONGEST_WRITTEN = 2_000
"""Nobody types more into one field, even where the service holds more."""


def odd_text(draw: random.Random, longest: int | None) -> str:
    """An odd text of at most ``longest`` UTF-16 units: also the empty one, and those of the full length."""
    limit = min(longest or LONGEST_WRITTEN, LONGEST_WRITTEN)
    full = ("x" * limit, "😀" * (limit // 2), "ß" * limit, "a " * (limit // 2))
    return draw.choice([text for text in (*_TEXTS, *full, "") if units(text) <= limit])


def odd_number(draw: random.Random) -> float:
    """Zero as it comes from arithmetic, and numbers whose decimals no float holds."""
    return draw.choice([-0.0, 0.0, 0.1 + 0.2, 1e-9, 1234567.895])


def units(text: str) -> int:
    """Length as both services count it."""
    return len(text.encode("utf-16-le")) // 2
