"""Shrinking: leave out kinds of faults and things people did, as long as the seed still fails."""

from __future__ import annotations

from dataclasses import replace

from local.simulate.choices import Choices
from local.simulate.faults import RATES
from local.simulate.plan import INCIDENTS
from local.simulate.running import run_seed

WORLD_KINDS = ("storage_outage", "tables_outage", "token_expired", "clock_jumps", "rights_removed",
               "rights_given_back", "options_added")  # fmt: skip
MAX_ACTS = 400


def shrink(seed: int, defect: str = "") -> Choices:
    """The least that still violates the same invariant first; the full seed where it does not fail."""
    first = run_seed(seed, defect=defect)
    if not first.violations:
        return Choices()
    wanted = first.violations[0].partition(":")[0]

    def fails(choices: Choices) -> bool:
        return any(each.startswith(wanted) for each in run_seed(seed, choices, defect).violations)

    choices = Choices()
    for kind in (*RATES, *WORLD_KINDS, *INCIDENTS, "webhook_hint", "conflict_rule", "parts", "clerk"):
        smaller = replace(choices, without=choices.without | {kind})
        choices = smaller if fails(smaller) else choices
    return _without_acts(choices, min(first.acts, MAX_ACTS), fails)


def _without_acts(choices: Choices, acts: int, fails: object) -> Choices:
    """Leave out what people did, half of it at once while that goes, then one by one."""
    assert callable(fails)
    size = max(1, acts // 2)
    while size:
        for begin in range(1, acts + 1, size):
            block = frozenset(range(begin, begin + size)) - choices.skip_acts
            smaller = replace(choices, skip_acts=choices.skip_acts | block)
            if block and fails(smaller):
                choices = smaller
        size //= 2
    return choices
