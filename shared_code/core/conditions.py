"""Conditions on a record's native values, of which filters are made.  ``filters.py`` says what they mean."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from shared_code.core.records import Value

OPERATORS = ("is", "is_not", "one_of", "is_blank", "is_not_blank")
"""What a condition may ask of its field."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a filter on native values: ``field`` ``op`` ``values``.

    ``otherwise``: what a person is told of a record that fails this condition alone.
    """

    field: str
    op: str
    values: tuple[Value, ...] = ()
    otherwise: str = dataclasses.field(default="", repr=False)
