"""Relinking: before a partner is created, whoever was coupled once is coupled again.

A record without a coupling may have lost it with a part of storage.  The pairs, which are kept apart, tell
who its partner was.  It is coupled without a base: what is equal is in step, what differs is a conflict.
Where the pairs are lost too nobody can tell, and nothing is created until a full synchronisation has matched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.identity import partner_id
from shared_code.core.records import Deleted, Side
from shared_code.store.mending import mend_pairs
from shared_code.sync.processing import committing, intents, problems
from shared_code.sync.processing.adopting import couple_found
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan, PlannedCreation


def relink(work: Work, plan: Plan) -> None:
    """Take from the plan whatever has a partner already."""
    for side, planned in plan.creations.items():
        if planned:
            plan.creations[side] = _relink(work, side, planned)


def _relink(work: Work, side: Side, planned: list[PlannedCreation]) -> list[PlannedCreation]:
    ids = [each.item.id for each in planned]
    pairs = work.at.pairs(work.mapping.name)
    found = pairs.partners(side.other, ids, ordered=work.batch.ordered)
    if not found.is_whole and not work.rules.insists:
        return _hold(work, planned)
    if side is Side.BC and found.former and not work.rules.insists:
        planned = _without_late(work, planned, found.former)
    lost = {own: other for own, other in found.living.items() if not _has_ended(work, own, other, side)}
    if not lost:
        return planned
    known = _mended(work, side, lost)
    for each in planned:
        coupling = known.get(lost.get(each.item.id, ""))
        # One that ended left its pair behind where a process died in between: the partner is created.
        if _is_of(coupling, side.other, each.item.id):
            each.item.hand_on(0.0)  # Only its pointer was lost, and is there again.
    again = {own: other for own, other in lost.items() if not isinstance(known.get(other), Coupling)}
    _couple(work, side, planned, again)
    return [each for each in planned if each.item.id not in again and not each.item.settled]


def _without_late(
    work: Work, planned: list[PlannedCreation], former: Mapping[str, str]
) -> list[PlannedCreation]:
    """Without rows that Tandem made for BC records that have other rows by now.

    Such a row was deleted, and is there again: a request to create it that nobody waited for arrived late, or
    a person restored it.  Its partner would be the record's second one, so a person decides.
    """
    known = work.store.load(Side.BC, sorted(set(former.values())))
    for item in (each.item for each in planned if each.item.id in former):
        pair = known.get(former[item.id])
        if isinstance(pair, Coupling) and _is_of_before(work, pair, item.id):
            problems.made_in_vain(work, item, pair.bc_id)
    return [each for each in planned if not each.item.settled]


def _is_of_before(work: Work, pair: Coupling, sales_id: str) -> bool:
    """Whether the row was made for the BC record of a living pair, before this pair."""
    earlier = range(pair.generation if committing.is_coupled(pair) else 0)
    return any(sales_id == partner_id(work.at.name, work.mapping.name, pair.bc_id, each) for each in earlier)


def _has_ended(work: Work, own: str, other: str, side: Side) -> bool:
    """Whether the coupling of this very pair is on file as ended: a process died before it ended the pair."""
    stored = work.stored.get(own)
    return stored is not None and stored.state is CouplingState.ENDED and stored.id_on(side) == other


def _is_of(coupling: Coupling | Intent | None, side: Side, record_id: str) -> bool:
    """Whether it is the living coupling of that record."""
    return (
        isinstance(coupling, Coupling)
        and coupling.state is CouplingState.COUPLED
        and coupling.id_on(side) == record_id
    )


def _hold(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Storage lost the pairs too: creation waits for a full synchronisation, which the tick begins."""
    for each in planned:
        problems.hold(work, each.item, "couple_first")
    work.at.schedules.change(work.mapping.name, work.mapping.interval_s, released=False, replan=True)
    return []


def _mended(work: Work, side: Side, lost: Mapping[str, str]) -> Mapping[str, Coupling | Intent]:
    """What is on file about the partners, once pointers and couplings agree."""
    pairs = lost.items() if side is Side.SALES else ((bc, sales) for sales, bc in lost.items())
    mend_pairs(work.at.tables, work.store.partition, pairs)
    return work.store.load(side, list(lost.values()))


def _couple(work: Work, side: Side, planned: Sequence[PlannedCreation], partners: Mapping[str, str]) -> None:
    if not partners:
        return
    rows = work.system(side).read(work.table(side), sorted(partners.values()))
    work.links.load(side, rows.values())
    for each in planned:
        item, partner = each.item, partners.get(each.item.id)
        if partner is None:
            continue
        if (row := rows.get(partner)) and item.intent:
            # Nothing was lost: whoever created it died after noting the pair.  What was sent is the base.
            intents.couple_made(work, item, row, intents.sent_before(each))
        elif row:
            couple_found(work, item, side, row)
        else:
            bc_id, sales_id = (partner, item.id) if side is Side.BC else (item.id, partner)
            committing.couple(work, item, bc_id, sales_id)
            item.states[side] = Deleted(partner)
