"""Choices: what a caller has left out of a seed, or wants more of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choices:
    """What a caller may leave out of a seed, to find what matters (see ``shrinking``), or have more of.

    ``often`` are faults that come several times as often as they do, in a world that is hostile at all;
    ``from_the_start``: already while everything is coupled for the first time.  ``hasty``: people often write
    over what they have just written.
    """

    without: frozenset[str] = frozenset()
    skip_acts: frozenset[int] = frozenset()
    only_first_faults: int | None = None
    keep_trace: bool = False
    often: frozenset[str] = frozenset()
    from_the_start: bool = False
    hasty: bool = False


NOTHING_LEFT_OUT = Choices()
