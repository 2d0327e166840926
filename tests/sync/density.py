"""How many of its operations a process is let die at.

Each takes a tenth of a second, and there are thousands.  `python dev.py test --exhaustive` tries every one;
else a sample is tried, another one with each run, and the run tells which.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

EVERY = int(os.environ.get("TANDEM_DIES_AT_EVERY", "4"))
FIRST = int(os.environ.get("TANDEM_DIES_FIRST_AT", "1"))


def places(stride: int = 1) -> Iterator[int]:
    """The numbers of the operations to die at, without end; at most each ``stride``-th."""
    return itertools.count(FIRST, max(stride, EVERY))
