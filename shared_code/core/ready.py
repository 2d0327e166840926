"""What a field mapping made ready is: a function that reads one field, and one that puts it."""

from __future__ import annotations

from collections.abc import Callable

from shared_code.core.lookups import Links
from shared_code.core.put_results import Put
from shared_code.core.records import Value, Values

type Get = Callable[[Values, Links], Value]
"""The neutral value of one field in a native record."""

type PutOne = Callable[[Value, Links, Values], Put]
"""The native fields that hold one neutral value, or why they cannot; last, the record as it is."""

type Getters = tuple[tuple[str, Get], ...]
"""The fields of a mapping by name."""

type Putters = tuple[tuple[tuple[str, PutOne], ...], ...]
"""The field groups of a mapping, with their fields by name."""
