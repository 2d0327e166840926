"""Adopting: coupling with a record that exists already instead of creating one."""

from __future__ import annotations

from shared_code.core.mapping import FieldMapping, MatchKey
from shared_code.core.matching import key_value
from shared_code.core.records import Row, Side
from shared_code.sync.processing import committing
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan, PlannedCreation


def adopt_existing(work: Work, plan: Plan) -> None:
    """Where a key identifies a record (an ISO code), couple with what is there instead of creating.

    What one field alone tells is looked for by the creation itself, which knows what a half is.
    """
    key = next((each for each in work.mapping.match if each.identifies), None)
    for side, planned in plan.creations.items():
        if key and planned and not (side is Side.BC and work.mapping.bc.found_by):
            plan.creations[side] = _adopt(work, side, key, planned)


def _adopt(work: Work, side: Side, key: MatchKey, planned: list[PlannedCreation]) -> list[PlannedCreation]:
    to_send = (each for each in planned if not each.instead)
    wanted = {value: each for each in to_send if (value := key_value(key, each.sent))}
    adopted, ours = set[str](), _made_before(work, planned)
    for value, group in _present(work, side, key, list(wanted.values())).items():
        is_single = len(group) == 1 and group[0].id not in ours
        if value in wanted and is_single and _is_free(work, side, group[0].id):
            item = wanted.pop(value).item
            couple_found(work, item, side, group[0])
            adopted.add(item.id)
    return [each for each in planned if each.item.id not in adopted]


def _made_before(work: Work, planned: list[PlannedCreation]) -> set[str]:
    """What earlier attempts made for these in Business Central.

    The creation itself couples it: it knows what was sent then, and so what was edited since.
    """
    intents = [each.item.intent for each in planned]
    keys = sorted(each.key for each in intents if each and each.key)
    return set(work.system(Side.BC).made_under(work.table(Side.BC), keys).values()) if keys else set()


def _present(work: Work, side: Side, key: MatchKey, planned: list[PlannedCreation]) -> dict[str, list[Row]]:
    """The records that hold one of the values, by the value of the whole key."""
    found: dict[str, list[Row]] = {}
    if not planned:
        return found
    column = _column(_field(work, key.field), side)
    rows = work.system(side).find(work.table(side), column, [each.native[column] for each in planned])
    work.links.load(side, rows)
    for row in rows:
        if value := key_value(key, work.neutral(side, row.values)):
            found.setdefault(value, []).append(row)
    return found


def _field(work: Work, name: str) -> FieldMapping:
    return next(each for each in work.mapping.fields if each.name == name)


def _column(each: FieldMapping, side: Side) -> str:
    return each.sales[0] if side is Side.SALES else str(each.bc)


def _is_free(work: Work, side: Side, record_id: str) -> bool:
    return not committing.is_coupled(work.store.load(side, [record_id]).get(record_id))


def couple_found(work: Work, item: Item, side: Side, row: Row) -> None:
    """Couple the record with one that exists; what differs is decided by the next round."""
    work.know(item, side, row)
    bc_id, sales_id = (row.id, item.id) if side is Side.BC else (item.id, row.id)
    committing.couple(work, item, bc_id, sales_id)
    item.coupled, item.found = True, row.id
