"""Elsewhere: a record that has its partner in another mapping of its table gets no second one here.

The filters tell the two mappings apart, so it moved.  Where both keep the same two tables the pair is handed
over: coupling and base come here first, then the other coupling ends with what was listed of it.  Whoever
dies in between leaves a pair that both know; the other mapping lets go of it when it sees the record leave.
Where the partner is in another table, or is not what this mapping takes in, the pair stays and a person is
told: a supplier that was a customer is still that customer's account.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence

from shared_code.core import filters
from shared_code.core.coupling import Coupling, Intent
from shared_code.core.mapping import Mapping
from shared_code.core.records import Row, Side
from shared_code.core.rules_digest import meanings, still_true
from shared_code.core.telling_apart import told_apart_from
from shared_code.sync.coupling import end_couplings
from shared_code.sync.processing import committing, problems
from shared_code.sync.processing.adopting import couple_found
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan, PlannedCreation


def keep_single(work: Work, plan: Plan) -> None:
    """Take from the plan whatever is coupled elsewhere: one look per such mapping, and only for creations."""
    for side, planned in plan.creations.items():
        taken = set[str]()
        for other in told_apart_from(work.mapping, side.other, work.at.mappings.values()):
            fresh = [each for each in planned if not each.item.settled and each.item.intent is None]
            if fresh:
                taken |= _settle_coupled(work, side.other, other, fresh)
        plan.creations[side] = [e for e in planned if not e.item.settled and e.item.id not in taken]


def _settle_coupled(work: Work, side: Side, other: Mapping, planned: Sequence[PlannedCreation]) -> set[str]:
    """What is coupled in the other mapping waits or is taken over; the ids of the latter."""
    known = work.at.couplings(other.name).load(side, [each.item.id for each in planned])
    movable: list[tuple[Item, Coupling]] = []
    for item in (each.item for each in planned):
        found = known.get(item.id)
        if isinstance(found, Intent):
            item.hand_on(work.soon_s)
        elif isinstance(found, Coupling) and committing.is_coupled(found):
            if same_tables(work.mapping, other):
                movable.append((item, found))
            else:
                _tell(work, item, other, IN_ANOTHER_TABLE.format(other.side(side.other).table))
    return _take_over(work, side, other, movable) if movable else set()


def same_tables(one: Mapping, other: Mapping) -> bool:
    """Whether both mappings keep the same two tables, so that a pair can go from one to the other."""
    return all(
        (one.side(side).table, one.side(side).api) == (other.side(side).table, other.side(side).api)
        for side in Side
    )


IN_ANOTHER_TABLE = "This mapping does not keep its partner's table ({}), so the pair cannot be handed over"
NOT_TAKEN_IN = "Its partner is outside of this mapping's filter, so the pair cannot be handed over"


def _tell(work: Work, item: Item, other: Mapping, why: str) -> None:
    message = (
        f"It is coupled in {other.name} ({other.title}). {why}. If it is to be synchronised here, uncouple "
        f"it in {other.name}, and it gets a new partner; else change it back, and nothing is to be done."
    )
    problems.wait(work, item, "coupled_elsewhere", message)


def _take_over(work: Work, side: Side, other: Mapping, movable: Sequence[tuple[Item, Coupling]]) -> set[str]:
    """Couple here as it was coupled there, store that, and end the coupling there."""
    partners = sorted(coupling.id_on(side.other) for _, coupling in movable)
    rows = work.system(side.other).read(work.table(side.other), partners)
    work.links.load(side.other, rows.values())
    taken = [each for each in movable if _couple_here(work, side, other, *each, rows)]
    committing.commit(work)
    stored = [coupling for item, coupling in taken if committing.is_coupled(work.stored.get(item.id))]
    end_couplings(work.at, other.name, stored)
    return {item.id for item, _ in taken}


def _couple_here(
    work: Work, side: Side, other: Mapping, item: Item, coupling: Coupling, rows: MappingOf[str, Row]
) -> bool:
    row = rows.get(coupling.id_on(side.other))
    if row is None or not filters.inside(work.mapping, side.other, row.values):
        _tell(work, item, other, NOT_TAKEN_IN)
        return False
    if coupling.base:
        item.base = still_true(coupling.base, meanings(other), meanings(work.mapping))
    couple_found(work, item, side.other, row)
    return True


def was_taken_over(work: Work, pair: Coupling) -> bool:
    """Whether another mapping of both tables has this very pair, because it was handed over there."""
    others = [
        each
        for side in Side
        for each in told_apart_from(work.mapping, side, work.at.mappings.values())
        if same_tables(work.mapping, each)
    ]
    for other in {each.name: each for each in others}.values():
        found = work.at.couplings(other.name).load(Side.BC, [pair.bc_id]).get(pair.bc_id)
        if isinstance(found, Coupling) and committing.is_coupled(found) and found.sales_id == pair.sales_id:
            return True
    return False
