"""How many of its operations a process is let die at.

Each takes a tenth of a second, and there are thousands.  `python dev.py test --exhaustive` tries every one;
else a sample is tried, another one with each run, and the run tells which.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

EVERY = int(os.environ.get("TANDEM_DIES_AT_EVERY", "4"))
FIRST = int(os.environ.get("TANDEM_DIES_FIRST_AT", "1"))


def places(stride: int = 1, end: int = 1000) -> Iterator[int]:
    """The numbers of the operations to die at; at most each ``stride``-th.

    Whoever is still asked to die at ``end`` is in a loop.
    """
    yield from range(FIRST, end, max(stride, EVERY))
    raise AssertionError(f"there is no end after {end} operations")
