"""What comes of putting a neutral value: native fields, or why they cannot hold it."""

from __future__ import annotations

from shared_code.core.frozen import frozen
from shared_code.core.records import Side, Value


@frozen
class Missing:
    """A lookup's target is not coupled yet: record ``key`` of ``side`` in one of ``mappings``.

    ``told`` is what a person is told of it, where the field's name would not do.
    """

    field: str
    mappings: tuple[str, ...]
    side: Side
    key: str
    told: str = ""


@frozen
class Unfit:
    """A value that the target cannot hold; ``code`` is stable, ``text`` tells a person what to do."""

    field: str
    code: str
    text: str


FAULTS = (Missing, Unfit)
"""What is no native field."""

type Put = dict[str, Value] | Missing | Unfit
