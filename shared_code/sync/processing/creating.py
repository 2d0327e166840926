"""Creating partners so that a lost answer or a crash never makes two.

In Sales the id is derived, so a repeat meets the row of the first attempt.  Business Central chooses
the id itself and a request may run long after its answer was lost: an *intent* is on file before the
request goes out, and whoever finds an intent first looks for a record that equals what was sent.

What one direction creates is new to the other one, and may be seen there before its coupling is on file.
So a creation in Sales is announced, and what is announced or has the name in an open intent waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_code.core.base import confirm_base
from shared_code.core.coupling import Intent
from shared_code.core.identity import digest, partner_id
from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.records import Absent, Deleted, Row, Side, Values
from shared_code.store.tables import AlreadyExists
from shared_code.sync.processing import committing, problems
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan, PlannedCreation
from shared_code.systems.interface import (
    Change,
    Creation,
    Exists,
    NotDone,
    OutcomeUnknown,
    Refused,
    WriteResult,
    Written,
)


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
    wanted = {str(each.sent[key.name]): each for each in planned if each.sent.get(key.name)}
    rows = work.system(side).find(work.table(side), names[0], list(wanted))
    work.links.load(side, rows)
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(work.neutral(side, row.values)[key.name]), []).append(row)
    for value, group in found.items():
        if value in wanted and len(group) == 1 and _is_free(work, side, group[0].id):
            _couple_found(work, wanted.pop(value).item, side, group[0])
    return [each for each in planned if each in wanted.values() or not each.sent.get(key.name)]


def _is_free(work: Work, side: Side, record_id: str) -> bool:
    return not committing.is_coupled(work.store.load(side, [record_id]).get(record_id))


def _couple_found(work: Work, item: Item, side: Side, row: Row) -> None:
    """Couple the record with one that exists; what differs is decided by the next round."""
    work.know(item, side, row)
    bc_id, sales_id = (row.id, item.id) if side is Side.BC else (item.id, row.id)
    committing.couple(work, item, bc_id, sales_id)
    item.coupled = True


def create(work: Work, plan: Plan) -> None:
    """Send the round's creations."""
    in_sales = [each for each in plan.creations[Side.SALES] if not each.item.settled]
    in_bc = [each for each in plan.creations[Side.BC] if not each.item.settled]
    if in_sales:
        _create_in_sales(work, in_sales)
    if in_bc:
        _create_in_bc(work, in_bc)


def _create_in_sales(work: Work, planned: Sequence[PlannedCreation]) -> None:
    planned = _not_made_by_us(work, planned)
    if not planned:
        return
    creations = [Creation(each.native, _derived_id(work, each.item)) for each in planned]
    _announce(work, planned, creations)
    results = work.system(Side.SALES).create(work.table(Side.SALES), creations)
    work.links.load(Side.SALES, [each.row for each in results if isinstance(each, Written)])
    unsure: dict[str, PlannedCreation] = {}
    for each, creation, result in zip(planned, creations, results, strict=True):
        if isinstance(result, Exists | OutcomeUnknown):
            unsure[str(creation.id)] = each
        else:
            _take_result(work, each, Side.SALES, result)
    if unsure:
        _look_for_own(work, unsure)


def _announce(work: Work, planned: Sequence[PlannedCreation], creations: Sequence[Creation]) -> None:
    if not work.mapping.direction.flows_to(Side.BC):
        return  # Nobody would take the new rows for a person's.
    work.store.announce([(str(c.id), p.item.id) for c, p in zip(creations, planned, strict=True)])
    for each in planned:
        each.item.announced = True


def _not_made_by_us(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Only what Tandem is surely not creating from its Sales row at this moment.

    The intents are asked first: whoever committed in between is seen in the couplings.
    """
    if not work.mapping.direction.flows_to(Side.BC):
        return list(planned)
    names = work.store.open_intents()
    known = work.store.load(Side.BC, [each.item.id for each in planned], ordered=work.batch.ordered)
    for each in planned:
        if committing.is_coupled(known.get(each.item.id)):
            each.item.hand_on(0.0)
        elif _name(work, each) in names:
            _wait_for_maker(work, each.item)
    return [each for each in planned if not each.item.settled]


def _wait_for_maker(work: Work, item: Item) -> None:
    """Wait for the one who may have made this record; where nobody claims it in time, a person decides."""
    old = item.problem
    unclaimed = old and old.code == "outcome_unknown" and work.runtime.now() - old.since_s >= work.settle_s
    if unclaimed or (old and old.code == "several_found"):
        problems.fail(
            work, item, "several_found", "It may be what Tandem made for a record of the same name."
        )
    else:
        problems.wait_for_creation(work, item)


def _name(work: Work, planned: PlannedCreation) -> str:
    """What the created record is called, as a key that compares without regard to case."""
    return digest([str(planned.sent.get(_name_field(work).name) or "").casefold()])


def _name_field(work: Work) -> FieldMapping:
    return next(f for f in work.mapping.fields if f.type in (FieldType.TEXT, FieldType.PERSON_NAME) and f.bc)


def _derived_id(work: Work, item: Item) -> str:
    ended = work.stored.get(item.id)
    return partner_id(work.at.name, work.mapping.name, item.id, ended.generation if ended else 0)


def _look_for_own(work: Work, unsure: Mapping[str, PlannedCreation]) -> None:
    """An earlier attempt may have made these rows: who is there is coupled, the others the next round tries.

    One reading for all: after a crash that is most of a batch, and a service's budget counts requests.
    """
    rows = work.system(Side.SALES).read(work.table(Side.SALES), sorted(unsure))
    work.links.load(Side.SALES, rows.values())
    for record_id, row in rows.items():
        planned = unsure[record_id]
        _couple_found(work, planned.item, Side.SALES, row)
        planned.item.coupled, planned.item.inserted = False, True


def _create_in_bc(work: Work, planned: Sequence[PlannedCreation]) -> None:
    fresh = _claimed(work, _not_announced(work, [each for each in planned if each.item.intent is None]))
    sent_before = [each for each in planned if each.item.intent is not None]
    ready = _write_intents(work, fresh) + _resolve(work, sent_before)
    if not ready:
        return
    results = work.system(Side.BC).create(work.table(Side.BC), [Creation(each.native) for each in ready])
    work.links.load(Side.BC, [each.row for each in results if isinstance(each, Written)])
    for each, result in zip(ready, results, strict=True):
        _take_result(work, each, Side.BC, result)


def _not_announced(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Only rows that Tandem is not creating itself at this moment.

    One that it announced long ago and never coupled belongs to the BC record it was made for.
    """
    ours = work.store.announced([each.item.id for each in planned])
    for item in (each.item for each in planned if each.item.id in ours):
        old = item.problem
        if old and old.code == "outcome_unknown" and work.runtime.now() - old.since_s >= work.settle_s:
            item.announced = True
            committing.couple(work, item, ours[item.id], item.id)
            item.states.clear()
        else:
            problems.wait_for_creation(work, item)
    return [each for each in planned if each.item.id not in ours]


def _claimed(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Only rows that carry our company's mark; a row without one is marked first, if nobody else does.

    Needed where several companies share an organisation: two of them may see a new row at once.
    """
    column = work.mapping.sales.company_column
    if work.at.alone or column is None:
        return list(planned)
    free = [each for each in planned if not each.item.rows[Side.SALES].values.get(column)]
    changes = [_mark(work, column, each.item.rows[Side.SALES]) for each in free]
    results = work.system(Side.SALES).update(work.table(Side.SALES), changes) if changes else []
    for each, result in zip(free, results, strict=True):
        _take_claim(work, each.item, result)
    return [each for each in planned if not each.item.settled and each.item.known(Side.SALES)]


def _mark(work: Work, column: str, row: Row) -> Change:
    return Change(row.id, row.version, {column: work.at.connection.company_id})


def _take_claim(work: Work, item: Item, result: WriteResult) -> None:
    match result:
        case Written(row):
            work.links.load(Side.SALES, [row])
            work.know(item, Side.SALES, row)
        case Refused(_, message):
            problems.fail(work, item, "refused", f"Sales answered: {message}")
        case NotDone(retry_after_s, _):
            item.hand_on(retry_after_s)
        case _:
            # Somebody else wrote it, or nobody knows: the next round reads whose it is now.
            item.states.pop(Side.SALES, None)


def _write_intents(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Put the intents on file; a record that somebody else is creating is handed on."""
    size = committing.MAX_ENTITIES // 2
    for start in range(0, len(planned), size):
        _write_intent_group(work, planned[start : start + size])
    return [each for each in planned if not each.item.settled]


def _write_intent_group(work: Work, planned: Sequence[PlannedCreation]) -> None:
    now = work.runtime.now()
    intents = [
        Intent(each.item.id, now, work.batch.id, _name(work, each), sent=each.sent) for each in planned
    ]
    operations = [o for each in intents for o in work.store.intent_operations(each)]
    try:
        etags = work.store.transact(operations)[::2]
    except AlreadyExists:
        if len(planned) > 1:
            for each in planned:
                _write_intent_group(work, [each])
        else:
            planned[0].item.hand_on(work.soon_s)
        return
    for each, intent, etag in zip(planned, intents, etags, strict=True):
        each.item.intent = replace(intent, etag=etag)


def _resolve(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Records with an intent of an earlier attempt: adopt what it made, wait, or send again.

    Finding the record proves that the request ran, at any time.  Not finding it proves nothing until a
    request can no longer be running.
    """
    if not planned:
        return []
    made, alike = _find_made(work, planned)
    again = []
    for each in planned:
        item, candidates = each.item, made.get(each.item.id, [])
        if len(candidates) == 1:
            _couple_made(work, item, candidates[0], _sent_before(each))
        elif candidates:
            problems.fail(
                work, item, "several_found", "Several records in Business Central equal what was sent."
            )
        elif _may_still_run(work, item):
            problems.wait_until_settled(work, item)
        elif each.item.id in alike:
            # Somebody may have edited what was made: sent again, it could be there twice.
            problems.fail(
                work, item, "several_found", "A record of this name has other values than what was sent."
            )
        elif _renew_intent(work, each):
            again.append(each)
    return again


def settle_intent(work: Work, item: Item) -> None:
    """The Sales row needs no partner any more (deleted, outside the filter), but one may be on its way.

    What was made is coupled and the pair decided anew; else the row waits until nothing can come, and the
    intent ends.  An intent that stayed would hold back every BC record of its name.
    """
    assert item.intent is not None
    made, alike = _find_made(work, [PlannedCreation(item, {}, item.intent.sent)])
    candidates = made[item.id]
    if len(candidates) == 1:
        _couple_made(work, item, candidates[0], item.intent.sent)
        if isinstance(item.states.get(Side.SALES), Absent):
            item.states[Side.SALES] = Deleted(item.id)
    elif _may_still_run(work, item):
        problems.wait_until_settled(work, item)
    elif alike and not isinstance(item.states.get(Side.SALES), Absent):
        problems.fail(work, item, "several_found", "A record of this name holds other values than were sent.")
    else:
        _drop_intent(work, item)


def _couple_made(work: Work, item: Item, row: Row, sent: Values) -> None:
    """Couple with what an earlier attempt made.  The base is what was sent then: whatever either side holds
    beyond it was edited since."""
    _couple_found(work, item, Side.BC, row)
    item.coupled, item.inserted = False, True
    item.base = confirm_base(None, Side.BC, sent, sent, item.values_on(Side.BC))


def _may_still_run(work: Work, item: Item) -> bool:
    assert item.intent is not None
    return work.runtime.now() - item.intent.started_at_s < work.settle_s


def _renew_intent(work: Work, planned: PlannedCreation) -> bool:
    """Take the intent over; whether nobody else did."""
    item, intent = planned.item, planned.item.intent
    assert intent is not None
    try:
        work.store.transact(work.store.drop_intent_operations(intent))
    except committing.OVERTAKEN:
        item.hand_on(work.soon_s)
        return False
    item.intent = None
    _write_intent_group(work, [planned])
    return item.intent is not None


def _find_made(work: Work, planned: Sequence[PlannedCreation]) -> tuple[dict[str, list[Row]], frozenset[str]]:
    """Uncoupled BC records that equal what was sent, by the id of the record they were sent for; and the ids
    for which there is one that has at least the name that was sent."""
    key = _name_field(work)
    names = sorted({str(name) for each in planned if (name := _sent_before(each).get(key.name))})
    rows = work.system(Side.BC).find(work.table(Side.BC), str(key.bc), names)
    work.links.load(Side.BC, rows)
    taken = work.store.load(Side.BC, [row.id for row in rows])
    free = [
        (row, work.neutral(Side.BC, row.values))
        for row in rows
        if not committing.is_coupled(taken.get(row.id))
    ]
    made = {
        each.item.id: [row for row, values in free if _equals_sent(values, _sent_before(each))]
        for each in planned
    }
    taken_names = {values.get(key.name) for _, values in free}
    alike = {each.item.id for each in planned if _sent_before(each).get(key.name) in taken_names}
    return made, frozenset(alike)


def _sent_before(planned: PlannedCreation) -> Values:
    """What the earlier attempt sent; the Sales row may hold something else by now."""
    intent = planned.item.intent
    return intent.sent if intent and intent.sent else planned.sent


def _equals_sent(values: Values, sent: Values) -> bool:
    return all(values.get(name) == value for name, value in sent.items())


def _take_result(work: Work, planned: PlannedCreation, side: Side, result: WriteResult) -> None:
    item = planned.item
    match result:
        case Written(row):
            work.know(item, side, row)
            item.base = confirm_base(
                None, side, planned.sent, item.values_on(side.other), item.values_on(side)
            )
            bc_id, sales_id = (row.id, item.id) if side is Side.BC else (item.id, row.id)
            committing.couple(work, item, bc_id, sales_id)
            item.inserted = True
        case Refused(_, message):
            problems.fail(work, item, "refused", f"{side.system_name} answered: {message}")
            _drop_intent(work, item)
        case NotDone(retry_after_s, _):
            item.hand_on(retry_after_s)
            _drop_intent(work, item)
        case _:
            problems.wait_until_settled(work, item)


def _drop_intent(work: Work, item: Item) -> None:
    """The service said that it created nothing: the intent is void."""
    if item.intent is None:
        return
    try:
        work.store.transact(work.store.drop_intent_operations(item.intent))
    except committing.OVERTAKEN:
        item.hand_on(work.soon_s)
    item.intent = None
