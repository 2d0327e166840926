"""What every client can do.  Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from benchmarks.usage import Used


class Client(Protocol):
    """One client at work.  ``storage_transactions`` is counted from the start on.

    ``settle`` is what it does once after its load and before it is looked at again; it is not measured.
    """

    storage_transactions: int

    def initial_load(self) -> None:
        """All customers become accounts."""
        ...

    def settle(self) -> None: ...

    def changed(self) -> None:
        """Carry over what changed since the last look."""
        ...

    def close(self) -> None: ...


class TwoWay(Client, Protocol):
    """One that writes to Business Central, too."""

    def load_to_bc(self) -> None:
        """All accounts become customers."""
        ...


class Process(Protocol):
    """One more process of a client."""

    def forget_peak(self) -> None:
        """Begin its high-water mark of memory anew."""
        ...

    def used(self) -> Used: ...


@runtime_checkable
class Spread(Protocol):
    """One that works in several processes; ``further`` are those beside its own."""

    further: Sequence[Process]
