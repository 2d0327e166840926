"""The checkers: one module per invariant, judging by what the services and storage hold at the end.

None of them uses the product's deciding code.  Each has ``NAME`` and ``check(evidence)``, which returns one
line per violation.
"""

from __future__ import annotations

from collections.abc import Callable

from local.simulate.checkers import (
    agents,
    base_truthful,
    brakes,
    converged,
    deletions,
    documents,
    isolated,
    known_systems,
    limits,
    no_dangling,
    no_deletes,
    no_duplicates,
    no_echo,
    no_false_deletions,
    nothing_lost,
    on_paper,
    one_to_one,
    only_mapped,
    orders,
    prices,
    quiet,
    quotes,
    stock,
    totals,
    variants,
)
from local.simulate.evidence import Evidence

_MODULES = (
    nothing_lost, converged, quiet, one_to_one, no_duplicates, base_truthful, only_mapped, no_dangling,
    isolated, no_deletes, no_false_deletions, totals, limits, known_systems,
    prices, no_echo, on_paper, orders, agents, variants, documents, deletions,
    brakes, quotes, stock,
)  # fmt: skip

CHECKERS: dict[str, Callable[[Evidence], list[str]]] = {each.NAME: each.check for each in _MODULES}


def violations(evidence: Evidence) -> list[str]:
    """What does not hold, each line with the name of its invariant."""
    return [f"{name}: {line}" for name, check in CHECKERS.items() for line in check(evidence)]
