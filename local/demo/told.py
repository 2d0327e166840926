"""What the demonstration has told so far; the report is made of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from local.demo.doubles import Snapshot
from local.demo.lead_to_cash import Order


@dataclass
class Told:
    """Filled as the story goes on.  Times are seconds since the start, by step."""

    began: float = field(default_factory=time.monotonic)
    before: Snapshot | None = None
    full_synchronizations: list[dict[str, Any]] = field(default_factory=list)
    costs: list[dict[str, Any]] = field(default_factory=list)
    duplicates: dict[str, int] = field(default_factory=dict)
    quiet_cycle: dict[str, Any] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def seconds(self) -> float:
        """Since the start."""
        return round(time.monotonic() - self.began, 1)

    def step(self, title: str) -> int:
        """A new step begins; its number."""
        self.steps.append({"step": title, "began_at_s": self.seconds(), "proofs": []})
        return len(self.steps)

    def proved(self, text: str) -> None:
        """Something was checked in the present step."""
        self.steps[-1]["proofs"].append(text)
