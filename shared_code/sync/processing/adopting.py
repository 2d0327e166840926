"""Adopting: coupling with a record that exists already instead of creating one."""

from __future__ import annotations

from shared_code.core.mapping import FieldMapping
from shared_code.core.records import Row, Side
from shared_code.sync.processing import committing
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan, PlannedCreation


def adopt_existing(work: Work, plan: Plan) -> None:
    """Where a key identifies a record (an ISO code), couple with what is there instead of creating."""
    identifying = {key.field for key in work.mapping.match if key.identifies}
    key = next((each for each in work.mapping.fields if each.name in identifying), None)
    for side, planned in plan.creations.items():
        if key and planned:
            plan.creations[side] = _adopt(work, side, key, planned)


def _adopt(
    work: Work, side: Side, key: FieldMapping, planned: list[PlannedCreation]
) -> list[PlannedCreation]:
    names = key.sales if side is Side.SALES else (str(key.bc),)
    wanted = {
        str(each.sent[key.name]): each for each in planned if each.sent.get(key.name) and not each.instead
    }
    rows = work.system(side).find(work.table(side), names[0], list(wanted))
    work.links.load(side, rows)
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(work.neutral(side, row.values)[key.name]), []).append(row)
    for value, group in found.items():
        if value in wanted and len(group) == 1 and _is_free(work, side, group[0].id):
            couple_found(work, wanted.pop(value).item, side, group[0])
    return [
        each for each in planned if each in wanted.values() or not each.sent.get(key.name) or each.instead
    ]


def _is_free(work: Work, side: Side, record_id: str) -> bool:
    return not committing.is_coupled(work.store.load(side, [record_id]).get(record_id))


def couple_found(work: Work, item: Item, side: Side, row: Row) -> None:
    """Couple the record with one that exists; what differs is decided by the next round."""
    work.know(item, side, row)
    bc_id, sales_id = (row.id, item.id) if side is Side.BC else (item.id, row.id)
    committing.couple(work, item, bc_id, sales_id)
    item.coupled = True
