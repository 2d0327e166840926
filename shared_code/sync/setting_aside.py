"""Setting aside: a person leaves a problem's record out until it is wanted again, or takes it up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_code.core.outcome import NEVER_S, Outcome, Problem
from shared_code.store.couplings import CouplingStore


def set_aside(store: CouplingStore, problems: Sequence[Problem]) -> int:
    """Leave the records out until a person wants them; how many.  One that was dealt with meanwhile stays."""
    aside = [
        replace(each, set_aside=True, outcome=Outcome.SKIPPED, next_attempt_at_s=NEVER_S) for each in problems
    ]
    return len(aside) - len(store.replace_problems(aside))


def resume(store: CouplingStore, problems: Sequence[Problem]) -> int:
    """Take records up again that a person had set aside; how many."""
    again = [replace(each, set_aside=False) for each in problems if each.set_aside]
    return len(again) - len(store.replace_problems(again))
