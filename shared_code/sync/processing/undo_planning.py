"""Planning an undo: what of a job's writes to the records of a batch is taken back.

Nothing is written here; the preview and the run plan alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from shared_code.core.coupling import Coupling
from shared_code.core.instructions import Instruction
from shared_code.core.journal import Entry
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.core.undo import Left, UndoPlan, Why, plan_undo, remains
from shared_code.store.undos import Phase, UndoStore
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.referring import referred_to
from shared_code.sync.processing.work import Work


@dataclass(slots=True)
class Undone:
    """One record on its way: what is planned, and what came of it.

    ``repeated`` are the fields that an earlier attempt of this batch put back, ``gone`` the side whose record
    it removed.  ``remains`` tells what stays of it where it goes.
    """

    item: Item
    plan: UndoPlan
    left: list[Left]
    put_back: dict[Side, list[str]]
    removed: str = ""
    withdrawn: str = ""
    repeated: dict[Side, list[str]] = field(default_factory=dict)
    gone: Side | None = None
    remains: tuple[Left, ...] = ()


def planned(work: Work, items: Sequence[Item], job: str, since_s: float) -> list[Undone]:
    """What of the writes of ``job``, which began at ``since_s``, is taken back of each record."""
    found = _entries(work, items, since_s)
    undone = []
    for item in items:
        assert item.coupling is not None
        entries = [each for each in found if each.bc_id == item.coupling.bc_id]
        plan = plan_undo(work.mapping, item.coupling, item.base, item.states, job, entries)
        own = [e for e in entries if e.job == work.batch.job]
        repeated = {e.side: list(e.new) for e in own}
        kept = _remains(work, item, plan, job, entries)
        gone = _removed_before(plan, own)
        undone.append(Undone(item, plan, list(plan.left), {}, repeated=repeated, gone=gone, remains=kept))
    return undone


def _remains(work: Work, item: Item, plan: UndoPlan, job: str, entries: Sequence[Entry]) -> tuple[Left, ...]:
    row = item.rows.get(Side.BC)
    if plan.remove is not Side.BC or row is None:
        return ()
    return remains(work.mapping, str(row.values.get("number") or ""), job, entries)


def _removed_before(plan: UndoPlan, own: Sequence[Entry]) -> Side | None:
    """The side whose record an earlier attempt of this job removed: it was to go, is gone, and an entry of
    the job tells of it."""
    gone = [each.side for each in plan.left if each.why is Why.GONE and not each.fields]
    return next((side for side in gone if any(each.side is side for each in own)), None)


def _entries(work: Work, items: Sequence[Item], since_s: float) -> list[Entry]:
    """What was written on these pairs since the job began.  The journal is in id order: many pairs are read
    as one range of it, few one by one."""
    ids = sorted((each.coupling.bc_id for each in items if each.coupling), key="{}|".format)
    ranges = [(ids[0], ids[-1])] if len(ids) > FEW else [(each, each) for each in ids]
    name, now_s = work.mapping.name, work.runtime.now()
    return [e for first, last in ranges for e in work.at.journal.of_range(name, first, last, since_s, now_s)]


FEW = 20


def hold_referred(work: Work, undone: Sequence[Undone]) -> None:
    """A row of Sales that others refer to stays: Sales would delete some of them with it."""
    rows = {str(u.item.id_on(Side.SALES)): u for u in undone if u.plan.remove is Side.SALES}
    for row_id, title in referred_to(work, sorted(rows), partial(_going, work)).items():
        each = rows[row_id]
        each.left.append(Left(Side.SALES, (), Why.REFERRED_TO, f"{title} refer to it"))
        each.plan = replace(each.plan, remove=None, back={})


def _going(work: Work, mapping: Mapping, row_ids: Sequence[str]) -> set[str]:
    """Rows that this very undo removes before: in a preview they are there still."""
    undo_id, going = str(work.order["undo"]), set[str]()
    for each in work.at.mappings.values():
        # Customers and vendors, say, are rows of one table.
        if each.sales.table == mapping.sales.table:
            pairs = work.at.couplings(each.name).load(Side.SALES, row_ids)
            known = {c.bc_id: c.sales_id for c in pairs.values() if isinstance(c, Coupling)}
            removed = undos(work).removed(undo_id, phase(work), each.name, list(known))
            going |= {known[bc_id] for bc_id in removed}
    return going


def phase(work: Work) -> Phase:
    """Whether the undo is carried out or only told."""
    return Phase.RUN if work.instruction is Instruction.UNDO else Phase.PREVIEW


def undos(work: Work) -> UndoStore:
    """The undos of the batch's connection."""
    return UndoStore(work.at.tables, work.at.name)
