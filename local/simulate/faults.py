"""Which faults a seed brings, how often, and how often each one happened."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from local.simulate.scheduler import Scheduler

RATES = {
    "answer_lost": 0.03,
    "answer_lost_late": 0.02,
    "creation_answer_lost": 0.15,
    "reset_before": 0.02,
    "storage_unavailable": 0.002,
    "storage_answer_lost": 0.003,
    "crash": 0.0015,
    "status_429": 0.03,
    "status_429_no_hint": 0.01,
    "status_503": 0.02,
    "status_503_no_hint": 0.02,
    "throttled_mid_batch": 0.04,
    "half_applied": 0.04,
    "message_late": 0.03,
    "message_twice": 0.04,
    "message_out_of_order": 0.2,
    "pause_past_lease": 0.004,
    "truncated": 0.01,
    "html_instead": 0.01,
    "stale_read": 0.02,
    "token_refused": 0.01,
}
"""Chance per opportunity at hostility 1; what has no opportunity of its own is drawn with the seed."""


OFTEN = 6.0
"""How much oftener than at hostility 1 faults come that are asked for."""


@dataclass
class Faults:
    """The faults of one seed.  ``on`` switches all of them; ``without`` leaves kinds out (shrinking), those
    named by ``often`` come in numbers."""

    scheduler: Scheduler
    rng: random.Random
    hostility: float
    without: frozenset[str] = frozenset()
    only_first: int | None = None
    often: frozenset[str] = frozenset()
    on: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    rates: dict[str, float] = field(default_factory=dict)
    _down_until: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind, rate in RATES.items():
            factor = self.rng.choice((0.0, 0.5, 1.0, 1.0, 3.0))
            factor = OFTEN if kind in self.often else factor
            self.rates[kind] = 0.0 if kind in self.without else rate * factor * self.hostility

    def hit(self, kind: str) -> bool:
        """Whether a fault of this kind happens now."""
        if not self.on or self.rates[kind] == 0.0 or not self.scheduler.active:
            return False
        if self.rng.random() >= self.rates[kind]:
            return False
        if self.only_first is not None and sum(self.counts[each] for each in RATES) >= self.only_first:
            return False
        self.count(kind)
        return True

    def count(self, kind: str, number: int = 1) -> None:
        """Note that something happened."""
        self.counts[kind] += number
        if kind in RATES:
            self.scheduler.note(f"FAULT {kind}")

    def maybe_crash(self, when: str, what: str) -> None:
        """Perhaps the process of the present worker dies here."""
        if self.scheduler.process.startswith("worker") and self.hit("crash"):
            self.scheduler.note(f"CRASH {when} {what}")
            self.scheduler.crash()

    def storage_latency_s(self) -> float:
        return 0.002 if not self.on else self.rng.choice((0.001, 0.003, 0.02))

    def wire_latency_s(self) -> float:
        return 0.02 if not self.on else self.rng.choice((0.01, 0.05, 0.3))

    def storage_goes_down(self, what: str, seconds: float) -> None:
        """An outage begins: ``storage_outage`` of the whole account, ``tables_outage`` of its tables."""
        if self.on and what not in self.without:
            for part in ("tables", "queue") if what == "storage_outage" else ("tables",):
                self._down_until[part] = self.scheduler.clock.now + seconds
            self.count(what)

    def storage_is_down(self, part: str) -> bool:
        return self.on and self.scheduler.clock.now < self._down_until.get(part, 0.0)
