"""Text that is longer than one value of an entity may be, in parts."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.store.tables import Scalar

PART = 15_000
"""Characters of one value: even if all of them take two units, fewer than a value may hold."""


def divided(name: str, text: str) -> dict[str, Scalar]:
    """The text as values ``name_0``, ``name_1``...; a blank text has one part, too."""
    return {f"{name}_{n}": text[n * PART : (n + 1) * PART] for n in range(max(1, -(-len(text) // PART)))}


def joined(name: str, values: Mapping[str, Scalar]) -> str:
    """The text that was divided; blank where there is none."""
    count = next(n for n in range(len(values) + 1) if f"{name}_{n}" not in values)
    return "".join(str(values[f"{name}_{n}"]) for n in range(count))


def as_values(name: str, text: str) -> dict[str, Scalar]:
    """The text under its name where one value holds it, as nearly all do; else divided."""
    return {name: text} if len(text) <= PART else divided(name, text)


def text_of(name: str, values: Mapping[str, Scalar]) -> str:
    """What was kept; blank where there is nothing."""
    return str(values[name]) if name in values else joined(name, values)
