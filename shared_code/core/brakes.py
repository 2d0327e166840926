"""Brakes: so many records gone or changed at once look like a fault, and nothing is concluded.  Pure.

A lost right, a wrong company or a restored system looks like thousands of deletions.  A tripped brake stops
its mapping alone, tells what it saw, and holds until a person releases it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from shared_code.core.records import Side

FEW = 20
"""So many records gone or changed at once are believed, however few there are in all."""

NEVER = 100
"""The percentage at which a brake never holds."""


class Sight(StrEnum):
    """What a brake saw."""

    MISSING = "missing"
    HIDDEN = "hidden"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Brakes:
    """How many percent of a mapping's coupled records may be gone, or changed, at once: in one complete
    look, or within an hour of looks at what changed."""

    deleted_percent: int = 34
    changed_percent: int = NEVER

    def holds(self, sight: Sight, seen: int, of: int) -> bool:
        """Whether so many of all coupled records are more likely a fault than what people did."""
        return self.watches(sight) and seen > FEW and seen * 100 > of * self._percent(sight)

    def watches(self, sight: Sight) -> bool:
        """Whether it ever holds."""
        return self._percent(sight) < NEVER

    def most(self, sight: Sight, seen: int) -> int | None:
        """Of how many coupled records so many are too many, at most; ``None`` where they never are."""
        return max(seen * 100 - 1, 0) // self._percent(sight) if self.holds(sight, seen, 0) else None

    def _percent(self, sight: Sight) -> int:
        return self.changed_percent if sight is Sight.CHANGED else self.deleted_percent


@dataclass(frozen=True, slots=True)
class Brake:
    """A tripped brake: ``seen`` of so many coupled records on a side.  ``since_s`` is when it tripped."""

    sight: Sight
    side: Side
    seen: int
    of: int
    since_s: float = 0.0

    def told(self, mapping: str) -> str:
        """What a person is told, with what to do."""
        return f"{self._saw()} {self._so()} {self._act(mapping)}"

    def _saw(self) -> str:
        name = self.side.system_name
        match self.sight:
            case Sight.HIDDEN:
                return f"{name} shows none of the records that are coupled or listed."
            case Sight.MISSING:
                return f"{self.seen:,} of {self.of:,} coupled records are missing in {name}."
            case Sight.DELETED:
                of = f"{self.seen:,} of {self.of:,}"
                return f"{name} tells that {of} coupled records were deleted within an hour."
            case Sight.CHANGED:
                return f"{self.seen:,} of {self.of:,} coupled records changed within an hour in {name}."

    def _so(self) -> str:
        if self.sight is Sight.CHANGED:
            return "What came last was not carried over."
        return "A lost right or a wrong company looks like this, so nothing was concluded."

    def _act(self, mapping: str) -> str:
        check = f"Check the rights of Tandem's user and what was done in {self.side.system_name}."
        release = f"If it really is so, release the brake of {mapping}."
        if self.sight is Sight.CHANGED:
            release = f"If it really is meant, release the brake of {mapping}."
        return f"{check} {release}"

    def text(self) -> str:
        """As it is kept with the mapping's schedule."""
        return json.dumps(asdict(self))


def brake_of(text: str) -> Brake | None:
    """The brake of a kept text, ``None`` for a blank one or one of a newer Tandem."""
    try:
        kept = json.loads(text) if text else None
        if not isinstance(kept, dict):
            return None
        sight, side = Sight(kept["sight"]), Side(kept["side"])
        return Brake(sight, side, int(kept["seen"]), int(kept["of"]), float(kept["since_s"]))
    except (ValueError, KeyError, TypeError):
        return None
