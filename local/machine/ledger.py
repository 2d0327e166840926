"""Every value a person wrote, each with a number that no other value carries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from local.simulate.fields import Pair, Text

FIRST_TOKEN = 9_000_001
_TOKEN = re.compile(r"9\d{6}")
_WEAR = (" Zq", " é", " 東京", " O'Hara", " a/b & c", ' "q"', " 50 %", " 😀")
"""What stands behind the number of a text, so that texts are not all alike."""


class Place(NamedTuple):
    """A record: ``bc`` or ``sales``, its mapping, its id."""

    side: str
    mapping: str
    id: str


@dataclass(slots=True)
class Written:
    """One value and where it was written. ``ended``: a person wrote over it, or deleted the record."""

    token: str
    place: Place
    text: Text
    value: str
    ended: bool = False


@dataclass(slots=True)
class Ledger:
    """Values by their number."""

    values: dict[str, Written] = field(default_factory=dict)
    _next: int = FIRST_TOKEN

    def new_value(self, text: Text) -> tuple[str, str]:
        """A number and a text around it that both services accept in this field."""
        token = str(self._next)
        self._next += 1
        return token, _dressed(text, token)

    def write(self, token: str, place: Place, text: Text, value: str) -> None:
        """A person wrote it, and the service took it."""
        self.values[token] = Written(token, place, text, value)

    def replace(self, before: Iterable[Any]) -> None:
        """A person wrote over these values, or deleted the record that held them."""
        for token in tokens_in(*before) & self.values.keys():
            self.values[token].ended = True

    def open(self) -> list[Written]:
        """The values that must still be found."""
        return [each for each in self.values.values() if not each.ended]


def tokens_in(*values: Any) -> set[str]:
    """The numbers that some values carry."""
    return {token for value in values for token in _TOKEN.findall(str(value or ""))}


def columns_of(pair: Pair, side: str) -> set[str]:
    """The fields of a record that people write."""
    return {name for text in pair.texts for name in text.on(side)}


def _dressed(text: Text, token: str) -> str:
    match text.kind:
        case "phone":
            return f"+{token}"
        case "email":
            return f"zq{token}@example.com"
        case "web":
            return f"https://zq{token}.example"
        case "code":
            return f"ZQ {token}"
    return f"{token}{_WEAR[int(token) % len(_WEAR)]}"
