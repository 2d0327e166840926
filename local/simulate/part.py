"""What a further part of the catalogue is: its mappings and features, its pairs, and a few records."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.simulate.fields import Pair

type Records = Mapping[str, list[dict[str, Any]]]
type Chosen = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Further:
    """One part: ``records`` chooses from the published records, given those that are there already."""

    mappings: tuple[str, ...]
    features: tuple[str, ...]
    pairs: tuple[Pair, ...]
    records: Callable[[Records, Records, random.Random], Chosen]


def copied(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records, to be changed."""
    return [dict(each) for each in records]
