"""Elsewhere: a record that has its partner in another mapping of its table gets no second one here.

The filters tell the two mappings apart, so it moved: a supplier that was a customer is still that customer's
account.  A person ends that coupling first.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared_code.core.coupling import Intent
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.core.telling_apart import told_apart_from
from shared_code.sync.processing import committing, problems
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan, PlannedCreation


def keep_single(work: Work, plan: Plan) -> None:
    """Take from the plan whatever is coupled elsewhere: one look per such mapping, and only for creations."""
    for side, planned in plan.creations.items():
        for other in told_apart_from(work.mapping, side.other, work.at.mappings.values()):
            fresh = [each for each in planned if not each.item.settled and each.item.intent is None]
            if fresh:
                _settle_coupled(work, side.other, other, fresh)
        plan.creations[side] = [each for each in planned if not each.item.settled]


def _settle_coupled(work: Work, side: Side, other: Mapping, planned: Sequence[PlannedCreation]) -> None:
    known = work.at.couplings(other.name).load(side, [each.item.id for each in planned])
    for item in (each.item for each in planned):
        found = known.get(item.id)
        if isinstance(found, Intent):
            item.hand_on(work.soon_s)
        elif committing.is_coupled(found):
            message = (
                f"It is coupled in {other.name} ({other.title}). End that coupling, and it goes through."
            )
            problems.wait(work, item, "coupled_elsewhere", message)
