"""Intents: a creation in Business Central that survives a lost answer and a crash.

The intent is on file before the request goes out.  Whoever finds one looks for a record that equals
what was sent then: finding it proves that the request ran, not finding it proves nothing until a request
can no longer be running.  Where the service keeps the key of a creation that is what is looked for
(``creation_keys.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from shared_code.core.base import Base, with_given
from shared_code.core.coupling import Intent
from shared_code.core.identity import digest
from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.records import Absent, Deleted, Row, Side, Values
from shared_code.store.tables import AlreadyExists, Unstorable
from shared_code.sync.processing import committing, creation_keys, journaling, living_on, problems
from shared_code.sync.processing.adopting import couple_found
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import PlannedCreation
from shared_code.sync.rules import still_meant
from shared_code.systems.interface import Removal, Removed


def name_key(work: Work, planned: PlannedCreation) -> str:
    """What the created record is called, as a key that compares without regard to case."""
    return digest([str(planned.sent.get(_name_field(work).name) or "").casefold()])


def _name_field(work: Work) -> FieldMapping:
    if found_by := work.mapping.bc.found_by:
        return next(each for each in work.mapping.fields if each.name == found_by)
    return next(f for f in work.mapping.fields if f.type in (FieldType.TEXT, FieldType.PERSON_NAME) and f.bc)


def write_intents(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Put the intents on file; a record that somebody else is creating is handed on."""
    size = committing.MAX_ENTITIES // 2
    for start in range(0, len(planned), size):
        group = planned[start : start + size]
        _write_intent_group(work, group, [creation_keys.new_key(work, each.item) for each in group])
    return [each for each in planned if not each.item.settled]


def _write_intent_group(work: Work, planned: Sequence[PlannedCreation], keys: Sequence[str]) -> None:
    now = work.runtime.now()
    intents = [_intent(work, each, now, key) for each, key in zip(planned, keys, strict=True)]
    operations = [o for each in intents for o in work.store.intent_operations(each)]
    try:
        etags = work.store.transact(operations)[::2]
    except (AlreadyExists, Unstorable) as refused:
        if len(planned) > 1:  # Somebody is creating one of them, or all together are too long.
            for each, key in zip(planned, keys, strict=True):
                _write_intent_group(work, [each], [key])
        elif isinstance(refused, Unstorable):
            raise
        else:
            planned[0].item.hand_on(work.soon_s)
        return
    for each, intent, etag in zip(planned, intents, etags, strict=True):
        each.item.intent = replace(intent, etag=etag)


def _intent(work: Work, planned: PlannedCreation, now: float, key: str) -> Intent:
    made_under = work.at.digests[work.mapping.name]
    name = name_key(work, planned)
    return Intent(planned.item.id, now, work.batch.id, name, sent=planned.sent, rules=made_under, key=key)


def resolve(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Records with an intent of an earlier attempt: adopt what it made, wait, or send again."""
    keyed = [each for each in planned if each.item.intent and each.item.intent.key]
    plain = [each for each in planned if not (each.item.intent and each.item.intent.key)]
    return _resolve_by_key(work, keyed) + _resolve_by_values(work, plain)


def _resolve_by_key(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """The key lets one request through, so the same values are sent again at once.

    Other values wait until the earlier request can no longer be running: nobody could tell which were stored.
    """
    made = creation_keys.find_made(work, [each.item for each in planned]) if planned else {}
    again = []
    for each in planned:
        is_same, may_run = sent_before(each) == each.sent, _may_still_run(work, each.item)
        if found := made.get(each.item.id):
            creation_keys.couple(work, each.item, found)
        elif may_run and (each.instead or not is_same):
            problems.wait_until_settled(work, each.item)
        elif each.instead:
            _settle_instead(work, each.item, each.instead)
        elif _renew_intent(work, each):
            each.again = may_run
            again.append(each)
    return again


def _resolve_by_values(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Adopt the one record that equals what was sent.

    Finding the record proves that the request ran, at any time.  Not finding it proves nothing until a
    request can no longer be running.
    """
    if not planned:
        return []
    made, alike = _find_made(work, planned)
    again = []
    for each in planned:
        item, candidates = each.item, made.get(each.item.id, [])
        if len(candidates) == 1 and _removes_half(work, each, candidates[0]):
            candidates = []
        if len(candidates) == 1:
            couple_made(work, item, candidates[0], sent_before(each))
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
        elif each.instead:
            _settle_instead(work, item, each.instead)
        elif _renew_intent(work, each):
            again.append(each)
    return again


def _settle_instead(work: Work, item: Item, instead: Callable[[], None]) -> None:
    """Nothing was made and nothing can come any more: what keeps the record from being sent is said."""
    drop_intent(work, item)
    if not item.settled:
        instead()


def settle_intent(work: Work, item: Item) -> None:
    """The Sales row gets no partner now (deleted, outside the filter, held back), but one may be on its way.

    What was made is coupled and the pair decided anew; else the row waits until nothing can come, and the
    intent ends.  An intent that stayed would hold back every BC record of its name.
    """
    assert item.intent is not None
    if item.intent.key:
        _settle_by_key(work, item)
        return
    made, alike = _find_made(work, [PlannedCreation(item, {}, item.intent.sent)])
    candidates = made[item.id]
    if len(candidates) == 1:
        couple_made(work, item, candidates[0], item.intent.sent)
        if isinstance(item.states.get(Side.SALES), Absent):
            item.states[Side.SALES] = Deleted(item.id)
    elif _may_still_run(work, item):
        problems.wait_until_settled(work, item)
    elif alike and not isinstance(item.states.get(Side.SALES), Absent):
        problems.fail(work, item, "several_found", "A record of this name holds other values than were sent.")
    else:
        drop_intent(work, item)


def _settle_by_key(work: Work, item: Item) -> None:
    found = creation_keys.find_made(work, [item]).get(item.id)
    if found:
        creation_keys.couple(work, item, found)
        if isinstance(item.states.get(Side.SALES), Absent):
            item.states[Side.SALES] = Deleted(item.id)
    elif _may_still_run(work, item):
        problems.wait_until_settled(work, item)
    else:
        drop_intent(work, item)


def couple_made(work: Work, item: Item, row: Row, sent: Values) -> None:
    """Couple with what an earlier attempt made.  The base of both sides is what was sent then, where it still
    means the same: whatever either holds beyond it was edited since, also in Business Central."""
    made_under = item.intent.rules if item.intent else work.at.digests[work.mapping.name]
    couple_found(work, item, Side.BC, row)
    journaling.note_made(work, item, Side.BC, sent, row)
    item.coupled, item.inserted = False, True
    still = still_meant(work.at, work.mapping, Base(sent, sent), made_under)
    item.base = with_given(work.mapping, still, None, item.values_on(Side.SALES))


def _may_still_run(work: Work, item: Item) -> bool:
    assert item.intent is not None
    return work.runtime.now() - item.intent.started_at_s < work.settle_s


def _renew_intent(work: Work, planned: PlannedCreation) -> bool:
    """Take the intent over, with its key; whether nobody else did."""
    item, intent = planned.item, planned.item.intent
    assert intent is not None
    try:
        work.store.transact(work.store.drop_intent_operations(intent))
    except committing.OVERTAKEN:
        item.hand_on(work.soon_s)
        return False
    item.intent = None
    _write_intent_group(work, [planned], [intent.key])
    return item.intent is not None


def without_found(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Only what is not there yet, where one field alone tells: what has its value is coupled instead."""
    if not work.mapping.bc.found_by or work.system(Side.BC).keeps_keys(work.table(Side.BC)):
        return list(planned)
    made, _ = _find_made(work, planned)
    for each in planned:
        _couple_found(work, each, made[each.item.id])
    return [each for each in planned if not each.item.settled and each.item.coupling is None]


def _couple_found(work: Work, planned: PlannedCreation, found: Sequence[Row]) -> None:
    if len(found) == 1 and not _removes_half(work, planned, found[0]):
        couple_made(work, planned.item, found[0], planned.sent)
    elif len(found) > 1:
        what = "Several orders in Business Central have its number as external document number."
        problems.fail(work, planned.item, "several_found", what)


def _removes_half(work: Work, planned: PlannedCreation, row: Row) -> bool:
    """Whether what was found lacks lines and was removed, so that it is created whole.

    It is removed only at the version that was read, and Business Central refuses what is released or shipped.
    """
    if row.version == living_on.UNSEEN or len(row.lines) >= len(planned.lines):
        return False
    (done,) = work.system(Side.BC).delete(work.table(Side.BC), [Removal(row.id, row.version)])
    return isinstance(done, Removed)


def _find_made(work: Work, planned: Sequence[PlannedCreation]) -> tuple[dict[str, list[Row]], frozenset[str]]:
    """Uncoupled BC records that equal what was sent, by the id of the record they were sent for; and the ids
    for which there is one that has at least the name that was sent."""
    key = _name_field(work)
    names = sorted({str(name) for each in planned if (name := sent_before(each).get(key.name))})
    rows = work.system(Side.BC).find(work.table(Side.BC), str(key.bc), names)
    work.links.load(Side.BC, rows)
    taken = work.store.load(Side.BC, [row.id for row in rows])
    free = [
        (row, work.neutral(Side.BC, row.values))
        for row in rows
        if not committing.is_coupled(taken.get(row.id))
    ]
    made = {
        each.item.id: [
            row for row, values in free if _equals_sent(values, sent_before(each), work.mapping.bc.found_by)
        ]
        for each in planned
    }
    lost = {
        each.item.id: sent_before(each) for each in planned if each.item.intent and not made[each.item.id]
    }
    made |= {i: [row] for i, row in living_on.gone_already(work, lost).items()}
    taken_names = {values.get(key.name) for _, values in free}
    alike = {each.item.id for each in planned if sent_before(each).get(key.name) in taken_names}
    return made, frozenset(alike)


def sent_before(planned: PlannedCreation) -> Values:
    """What the earlier attempt sent; the Sales row may hold something else by now."""
    intent = planned.item.intent
    return intent.sent if intent and intent.sent else planned.sent


def _equals_sent(values: Values, sent: Values, found_by: str = "") -> bool:
    if found_by:
        return values.get(found_by) == sent.get(found_by)
    return all(values.get(name) == value for name, value in sent.items())


def drop_intent(work: Work, item: Item) -> None:
    """The service said that it created nothing: the intent is void."""
    if item.intent is None:
        return
    try:
        work.store.transact(work.store.drop_intent_operations(item.intent))
    except committing.OVERTAKEN:
        item.hand_on(work.soon_s)
    item.intent = None
