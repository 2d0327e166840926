"""Pairing: what a commit couples and uncouples is put on file a second time, apart from the couplings."""

from __future__ import annotations

from collections.abc import Iterable

from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.records import Side
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work


def announce(work: Work, items: Iterable[Item]) -> None:
    """Before the commit: couplings that begin.  Who dies in between leaves only a place to look."""
    begun = [c for each in items if (c := each.coupling) and _is_new(work, each, c)]
    if begun:
        work.at.pairs(work.mapping.name).note((c.bc_id, c.sales_id) for c in begun)


def _is_new(work: Work, item: Item, coupling: Coupling) -> bool:
    before = work.stored.get(item.id)
    was = before is not None and before.state is CouplingState.COUPLED
    return item.dirty and coupling.state is CouplingState.COUPLED and not was


def ended(work: Work, coupling: Coupling) -> None:
    """After the commit: a coupling that ended."""
    work.at.pairs(work.mapping.name).end([(coupling.bc_id, coupling.sales_id)])


def overtaken(work: Work, item: Item, coupling: Coupling) -> None:
    """The coupling did not come to be, because one of its records has another one: that one counts.

    Where a coupling that was there is gone without a trace, storage lost it, and the pair is what is left.
    """
    store = work.store
    found = store.load(Side.BC, [coupling.bc_id]) | store.load(Side.SALES, [coupling.sales_id])
    if not found and not _is_new(work, item, coupling):
        return
    living = [c for c in found.values() if isinstance(c, Coupling) and c.state is CouplingState.COUPLED]
    pair = (coupling.bc_id, coupling.sales_id)
    work.at.pairs(work.mapping.name).correct(pair, [(each.bc_id, each.sales_id) for each in living])
