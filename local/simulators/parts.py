"""A part of a long list that a control route gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any


def part_of[T](items: Iterable[T], arguments: Mapping[str, Any]) -> Iterator[T]:
    """``take`` items after the first ``skip``; without ``take`` all of the rest."""
    skip, take = int(arguments.get("skip", 0)), arguments.get("take")
    return islice(items, skip, None if take is None else skip + int(take))
