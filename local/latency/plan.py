"""What is measured: which record is changed when and to what, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from local.environment import HEART, Scope, scope_of

BC_TO_SALES, SALES_TO_BC = "BC->Sales", "Sales->BC"
DIRECTIONS = (BC_TO_SALES, SALES_TO_BC)
MOST_CHANGES = 500


@dataclass(frozen=True)
class Plan:
    """`changes` of each direction within `spread_s`; `patience_s` is how long the last may take.

    Raises ValueError for what makes no sense.
    """

    changes: int = 40
    spread_s: float = 180.0
    patience_s: float = 180.0
    seed: int = 0
    mappings: tuple[str, ...] = HEART.mappings
    """Those that run, with what they depend on; what is changed is customers and accounts."""
    bc_delay_s: float = 30.0
    """Business Central's own: it collects changes for 30 seconds before it notifies."""

    def __post_init__(self) -> None:
        if not 1 <= self.changes <= MOST_CHANGES:
            raise ValueError(f"changes must be between 1 and {MOST_CHANGES}")
        if self.spread_s < 0 or self.patience_s <= 0 or self.bc_delay_s < 0:
            raise ValueError("the times must be positive")
        if "CUSTOMER" not in {each.name for each in self.scope().chosen}:
            raise ValueError("mappings must have CUSTOMER among them or what they depend on")

    def scope(self) -> Scope:
        """What is synchronised. Raises ValueError for a mapping that is not there."""
        return HEART if self.mappings == HEART.mappings else scope_of(self.mappings)


@dataclass(frozen=True)
class Pair:
    """A customer of Business Central and its account."""

    number: str
    bc_id: str
    sales_id: str


@dataclass(frozen=True)
class Change:
    """One edit: `after_s` from the start, in the direction's first system, of the e-mail address."""

    after_s: float
    direction: str
    pair: Pair
    value: str


def changes_of(plan: Plan, pairs: Sequence[Pair]) -> list[Change]:
    """Every change in the order of its moment; no record is changed twice. Raises ValueError for too few."""
    if len(pairs) < plan.changes * len(DIRECTIONS):
        raise ValueError(f"{len(pairs)} coupled customers are too few for {plan.changes} changes a direction")
    chance = random.Random(plan.seed)
    chosen = chance.sample(sorted(pairs, key=lambda each: each.number), plan.changes * len(DIRECTIONS))
    found = [
        Change(
            chance.uniform(0, plan.spread_s),
            DIRECTIONS[number % len(DIRECTIONS)],
            pair,
            f"change-{plan.seed}-{number}@example.com",
        )
        for number, pair in enumerate(chosen)
    ]
    return sorted(found, key=lambda each: each.after_s)
