"""Exit codes: what a script can tell apart without reading."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a verb ended."""

    DONE = 0
    ATTENTION = 1
    """It ran, and something deserves a person's look: records that failed, conflicts, findings."""
    USAGE = 2
    """The command line itself cannot be understood."""
    REFUSED = 3
    """The app understood and refused: a wrong name, an id that is not there."""
    UNREACHABLE = 4
    """The app does not answer, or does not accept the key."""
    UNFINISHED = 5
    """The time that was given to wait is over; the work goes on."""
