"""Conditions on a record's native values, of which filters are made.  ``filters.py`` says what they mean.

A filter is written in a small language (``filter_language.py``) or as a list of tables; both become these.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from shared_code.core.records import Value

OPERATORS = ("is", "is_not", "one_of", "is_blank", "is_not_blank")
"""What a condition that is written as a table may ask of its field."""

ORDERED = ("less", "at_most", "more", "at_least")
"""What asks for an order, of numbers and dates; a blank is before and after nothing."""

TEXTUAL = ("starts_with", "ends_with", "contains")
"""What asks for a part of a text."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on native values: ``field`` ``op`` ``values``.

    ``otherwise``: what a person is told of a record that fails this condition alone.
    """

    field: str
    op: str
    values: tuple[Value, ...] = ()
    otherwise: str = dataclasses.field(default="", repr=False)


class Joint(StrEnum):
    """How the parts of a compound hold together; ``NOT`` has one part."""

    ALL = "all"
    ANY = "any"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Compound:
    """Several conditions as one.  ``otherwise`` as that of a condition."""

    joint: Joint
    parts: tuple[Test, ...]
    otherwise: str = dataclasses.field(default="", repr=False)


type Test = Condition | Compound
"""What a record meets or does not."""


def fields_of(tests: Iterable[Test]) -> Iterator[str]:
    """The native fields that tests look at, in the order in which they name them."""
    for test in tests:
        if isinstance(test, Compound):
            yield from fields_of(test.parts)
        else:
            yield test.field
