"""What was read of items a moment ago, so that a form may ask for every line it shows.

A shelf is the memory of one instance: nothing correct relies on it, and a look into storage would cost more
than most of what it saves (docs/decisions/0034).  Whatever many callers want at once is read once.  Where
Business Central does not answer, what was read before is told with its age for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared_code.core.availability import ItemStock
from shared_code.runtime import Runtime, Together
from shared_code.systems.business_central_availability import MOST_ITEMS
from shared_code.systems.interface import SystemFault

KEEP_S = 30.0
"""How long an answer counts as fresh."""
STALE_S = 600.0
"""How long one is told while Business Central does not answer."""
REST_S = 5.0
"""How long nobody asks again after Business Central did not answer."""
MOST_HELD = 10_000
"""Items that one instance remembers."""


@dataclass(frozen=True, slots=True)
class Held:
    """What was read of an item (nothing: there is none), and when.  ``fault``: why it is not newer."""

    stock: ItemStock | None
    read_s: float
    fault: str = ""


class Shelf:
    """The items of one company as they were read by this instance.

    ``read`` asks Business Central for items by number and leaves out what is not there.
    """

    def __init__(self, runtime: Runtime, read: Callable[[Sequence[str]], Mapping[str, ItemStock]]) -> None:
        self._runtime = runtime
        self._read = read
        self._held: dict[str, Held] = {}
        self._together = Together(self._load, MOST_ITEMS)
        self._broken: tuple[float, SystemFault] | None = None

    def get(self, numbers: Sequence[str]) -> dict[str, Held]:
        """What is known of these items.  Raises ``SystemFault`` where Business Central does not answer and
        nothing was read before that may still be told."""
        fresh = self._fresh(numbers)
        missing = [number for number in dict.fromkeys(numbers) if number not in fresh]
        if not missing:
            return fresh
        try:
            self._refuse_while_broken()
            loaded = self._together.get(missing)
        except SystemFault as fault:
            return fresh | self._stale(missing, fault)
        return fresh | {number: held for number, held in loaded.items() if held is not None}

    def _fresh(self, numbers: Sequence[str]) -> dict[str, Held]:
        return self._younger(numbers, KEEP_S)

    def _younger(self, numbers: Sequence[str], age_s: float) -> dict[str, Held]:
        """A clock that was put back makes everything old, never young."""
        now_s = self._runtime.now()
        found = ((number, self._held.get(number)) for number in numbers)
        return {number: held for number, held in found if held and 0 <= now_s - held.read_s < age_s}

    def _stale(self, numbers: Sequence[str], fault: SystemFault) -> dict[str, Held]:
        known = self._younger(numbers, STALE_S)
        if len(known) < len(numbers):
            raise fault
        return {number: Held(held.stock, held.read_s, str(fault)) for number, held in known.items()}

    def _refuse_while_broken(self) -> None:
        broken = self._broken
        if broken and 0 <= self._runtime.now() - broken[0] < REST_S:
            raise broken[1]

    def _load(self, numbers: Sequence[str]) -> dict[str, Held]:
        """One load at a time, so what another caller just read is not read again."""
        found = self._fresh(numbers)
        missing = [number for number in numbers if number not in found]
        return found | self._ask(missing) if missing else found

    def _ask(self, numbers: Sequence[str]) -> dict[str, Held]:
        self._refuse_while_broken()
        asked_s = self._runtime.now()
        try:
            stocks = self._read(numbers)
        except SystemFault as fault:
            self._broken = self._runtime.now(), fault
            raise
        self._broken = None
        found = {number: Held(stocks.get(number), asked_s) for number in numbers}
        self._remember(found)
        return found

    def _remember(self, found: Mapping[str, Held]) -> None:
        for number, held in found.items():
            self._held.pop(number, None)  # what is read anew is the youngest again
            self._held[number] = held
        for number in list(self._held)[: max(0, len(self._held) - MOST_HELD)]:
            self._held.pop(number, None)
