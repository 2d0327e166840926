"""Which item is meant: its number, the id of its record in Business Central, or that of its product in Sales.

Ids of variants lead to their item with the variant.  What is coupled is found on file; the id of an item that
is not coupled is asked for.  Names are remembered for a minute: a pair that was moved shows within it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.records import Side
from shared_code.core.references import SEPARATOR, capitals
from shared_code.runtime import Runtime
from shared_code.store.couplings import CouplingStore
from shared_code.systems.business_central_availability import LONGEST_NUMBER
from shared_code.systems.odata import is_guid

ITEMS, VARIANTS = "ITEM-PRODUCT", "ITEM VARIANT-PRODUCT"
KEEP_S = 60.0
MOST_HELD = 10_000


@dataclass(frozen=True, slots=True)
class Named:
    """An item by its number, and the variant that an id named."""

    number: str
    variant: str | None = None


class Names:
    """The names of one company's items.

    ``couplings`` opens a mapping's pairs; ``ask`` asks Business Central for the number of the item with an
    id, and for number and code of the variant with one.
    """

    def __init__(
        self,
        runtime: Runtime,
        couplings: Callable[[str], CouplingStore],
        ask: Callable[[str], tuple[str, str | None] | None],
    ) -> None:
        self._runtime = runtime
        self._couplings = couplings
        self._ask = ask
        self._held: dict[str, tuple[float, Named | None]] = {}

    def find(self, text: str) -> Named | None:
        """The item that a number or id names; nothing where an id leads nowhere.

        A number is not looked up: whether it is there shows when the item is read.
        """
        name = text.strip()
        if not is_guid(name):
            return Named(capitals(name)) if 0 < len(name) <= LONGEST_NUMBER else None
        now_s, record_id = self._runtime.now(), name.lower()
        held = self._held.get(record_id)
        if held is None or not 0 <= now_s - held[0] < KEEP_S:
            held = now_s, self._look_up(record_id)
            self._remember(record_id, held)
        return held[1]

    def _look_up(self, record_id: str) -> Named | None:
        for mapping in (ITEMS, VARIANTS):
            pair = self._pair(mapping, record_id)
            if pair is not None:
                return _named(mapping, pair.reference) if pair.reference else self._asked(pair.bc_id)
        return self._asked(record_id)

    def _pair(self, mapping: str, record_id: str) -> Coupling | None:
        for side in (Side.SALES, Side.BC):
            found = self._couplings(mapping).load(side, [record_id]).get(record_id)
            if isinstance(found, Coupling) and found.state is CouplingState.COUPLED:
                return found
        return None

    def _asked(self, record_id: str) -> Named | None:
        found = self._ask(record_id)
        return None if found is None else Named(*found)

    def _remember(self, record_id: str, held: tuple[float, Named | None]) -> None:
        if len(self._held) >= MOST_HELD:
            self._held.clear()
        self._held[record_id] = held


def _named(mapping: str, reference: str) -> Named:
    if mapping == ITEMS:
        return Named(reference)
    number, _, code = reference.rpartition(SEPARATOR)
    return Named(number, code)
