"""Creating partners so that a lost answer or a crash never makes two.

In Sales the id is derived, so a repeat meets the row of the first attempt.  Business Central chooses
the id itself and a request may run long after its answer was lost: see ``intents.py``.

What one direction creates is new to the other one, and may be seen there before its coupling is on file.
So a creation in Sales is announced, and what is announced or has the name in an open intent waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared_code.core.base import Base, confirm_base, with_given
from shared_code.core.coupling import Coupling, Intent
from shared_code.core.identity import line_partner, partner_id
from shared_code.core.reconcile import is_in_step
from shared_code.core.records import ZERO_ID, Row, Side
from shared_code.sync.processing import committing, creation_keys, intents, journaling, problems
from shared_code.sync.processing.adopting import couple_found
from shared_code.sync.processing.creation_keys import Made
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.processing.writing import Plan, PlannedCreation, made_of
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

NOTHING_IN_STEP = Base({}, {})
"""The base of a row that an earlier attempt of ours made: every field is compared anew, and what follows a
creation is still to be written."""


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
    creations = [_creation(work, each) for each in planned]
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
        taken = [c.id for c, result in zip(creations, results, strict=True) if isinstance(result, Exists)]
        _tell_taken(work, [unsure[str(each)].item for each in taken])


def _creation(work: Work, planned: PlannedCreation) -> Creation:
    """The row and its lines under derived ids: a repeat makes neither twice."""
    lines = [Creation(values, derived_id(work, planned.item, key)) for key, values in planned.lines]
    return Creation(planned.native, derived_id(work, planned.item), tuple(lines))


def _announce(work: Work, planned: Sequence[PlannedCreation], creations: Sequence[Creation]) -> None:
    work.announced |= {str(c.id): p.item.id for c, p in zip(creations, planned, strict=True)}
    now_s = work.runtime.now()
    work.delivery = work.announcements.put(work.batch.id, work.announced, now_s, work.delivery)
    for each in planned:
        each.item.announced = True


def withdraw(work: Work) -> None:
    """After the last commit: nothing is announced any more, unless what became of a creation is unknown."""
    if work.delivery is not None and not any(each.announced for each in work.items):
        work.announcements.withdraw(work.batch.id, work.delivery, len(work.announced))


def _not_made_by_us(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Only what Tandem is surely not creating from its Sales row at this moment.

    The intents are asked first: whoever committed in between is seen in the couplings.  What is made under a
    key is known whatever it is called by now.
    """
    if not work.mapping.direction.flows_to(Side.BC):
        return list(planned)
    names, keys = work.store.open_creations()
    made = creation_keys.made_under(work, keys)
    known = work.store.load(
        Side.BC, [each.item.id for each in planned], ordered=work.batch.ordered, whole=False
    )
    for each in planned:
        if committing.is_coupled(known.get(each.item.id)):
            each.item.hand_on(0.0)
        elif each.item.id in made or intents.name_key(work, each) in names:
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


def derived_id(work: Work, item: Item, line: str = "") -> str:
    """The id of the row that is made for a BC record, or for one of its lines."""
    ended = work.stored.get(item.id)
    return _id_of_creation(work, item.id, ended, line)


def _id_of_creation(work: Work, bc_id: str, known: Coupling | Intent | None, line: str = "") -> str:
    """The id of the row made for a BC record, or of that made for a line that belongs to it."""
    generation, name = known.generation if isinstance(known, Coupling) else 0, work.mapping.name
    of = (f"{name}|line", line) if line else (name, bc_id)
    return partner_id(work.at.name, *of, generation)


def _look_for_own(work: Work, unsure: Mapping[str, PlannedCreation]) -> None:
    """An earlier attempt may have made these rows: who is there is coupled, the others the next round tries.

    One reading for all: after a crash that is most of a batch, and a service's budget counts requests.
    """
    rows = work.system(Side.SALES).read(work.table(Side.SALES), sorted(unsure))
    work.links.load(Side.SALES, rows.values())
    for record_id, row in rows.items():
        planned = unsure[record_id]
        couple_found(work, planned.item, Side.SALES, row)
        journaling.note_made(work, planned.item, Side.SALES, planned.sent, row)
        planned.item.coupled, planned.item.inserted = False, True
        planned.item.base = NOTHING_IN_STEP


def _tell_taken(work: Work, items: Sequence[Item]) -> None:
    """Sales says that such a row is there, and none has our id: its number or name belongs to another one."""
    for item in items:
        if item.coupling is None and not item.settled:
            what = "a row with this number or name is there already, and it is not Tandem's"
            problems.fail(work, item, "refused", f"Sales answered: {what}. Couple it, or rename it.")


def _create_in_bc(work: Work, planned: Sequence[PlannedCreation]) -> None:
    fresh = _not_announced(work, [each for each in planned if each.item.intent is None])
    for each in fresh:
        if each.instead:
            each.instead()
    fresh = _claimed(work, [each for each in fresh if not each.item.settled])
    fresh = intents.without_found(work, fresh)
    sent_before = [each for each in planned if each.item.intent is not None]
    ready = intents.write_intents(work, fresh) + intents.resolve(work, sent_before)
    if not ready:
        return
    results = work.system(Side.BC).create(work.table(Side.BC), [_keyed(each) for each in ready])
    work.links.load(Side.BC, [each.row for each in results if isinstance(each, Written)])
    made = _made_all_the_same(work, ready, results)
    for each, result in zip(ready, results, strict=True):
        if found := made.get(each.item.id):
            creation_keys.couple(work, each.item, found)
        else:
            _take_result(work, each, Side.BC, result)


def _made_all_the_same(
    work: Work, planned: Sequence[PlannedCreation], results: Sequence[WriteResult]
) -> dict[str, Made]:
    """What was made although this request was refused: an earlier one, or its own repeat, went through."""
    refused = [each.item for each, r in zip(planned, results, strict=True) if isinstance(r, Refused | Exists)]
    return creation_keys.find_made(work, [each for each in refused if each.intent and each.intent.key])


def _keyed(planned: PlannedCreation) -> Creation:
    intent = planned.item.intent
    lines = tuple(Creation(values, _line_id(key)) for key, values in planned.lines)
    key = (intent.key if intent else "") or None
    return Creation(planned.native, key, lines, source=planned.item.id)


def _line_id(key: str) -> str | None:
    """The id of the BC line that is made of a Sales row, where the service lets it be chosen; what is made of
    something else (freight, a comment) has none."""
    return line_partner(key) if len(key) == len(ZERO_ID) else None


def _not_announced(work: Work, planned: Sequence[PlannedCreation]) -> list[PlannedCreation]:
    """Only rows that Tandem is not creating itself at this moment.

    One that it announced long ago and never coupled belongs to the BC record it was made for; where that one
    has another row by now, a person decides.
    """
    ours, in_vain = _announced(work, [each.item for each in planned])
    for item in (each.item for each in planned if each.item.id in ours):
        old = item.problem
        if item.id in in_vain:
            problems.made_in_vain(work, item, ours[item.id])
        elif old and old.code == "outcome_unknown" and work.runtime.now() - old.since_s >= work.settle_s:
            item.base = NOTHING_IN_STEP
            committing.couple(work, item, ours[item.id], item.id)
            item.states.clear()
        else:
            problems.wait_for_creation(work, item)
    return [each for each in planned if each.item.id not in ours]


def _announced(work: Work, items: Sequence[Item]) -> tuple[dict[str, str], set[str]]:
    """The BC ids of those of these rows that are announced, and the rows whose BC record got another one.

    One whose pair ended since has another id for the next creation: it was left behind.  Announcements end
    after a week; that a row was made in vain, its problem knows.
    """
    announced = work.announcements.all()
    made_for = {each.id: announced.get(each.id) or problems.was_made_for(each) for each in items}
    found = {own: bc_id for own, bc_id in made_for.items() if bc_id}
    known = work.store.load(Side.BC, sorted(set(found.values()))) if found else {}
    ours = {own: bc for own, bc in found.items() if own == _id_of_creation(work, bc, known.get(bc))}
    return ours, {own for own, bc in ours.items() if _has_another(known.get(bc), own)}


def _has_another(known: Coupling | Intent | None, sales_id: str) -> bool:
    return committing.is_coupled(known) and known is not None and known.sales_id != sales_id


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


def _take_result(work: Work, planned: PlannedCreation, side: Side, result: WriteResult) -> None:
    item = planned.item
    match result:
        case Written():
            _take_made(work, planned, side, result)
        case Refused():
            item.announced = False
            problems.refused(work, item, side, result, planned.native)
            _drop_intent(work, planned)
        case NotDone(retry_after_s, _):
            item.announced = False
            item.hand_on(retry_after_s)
            _drop_intent(work, planned)
        case _:
            problems.wait_until_settled(work, item)


def _take_made(work: Work, planned: PlannedCreation, side: Side, done: Written) -> None:
    item, row = planned.item, done.row
    work.know(item, side, row)
    held = item.values_on(side)
    is_done = _is_done(work, item)
    made = made_of(done, planned.sent, held)
    if not is_done:  # Else the base is what both hold.
        item.base = confirm_base(None, side, planned.sent, made)
        if side is Side.BC:
            given = None if done.edited else held
            item.base = with_given(work.mapping, item.base, given, item.values_on(Side.SALES))
    bc_id, sales_id = (row.id, item.id) if side is Side.BC else (item.id, row.id)
    stored = {name: made.get(name) for name in planned.sent}
    created = journaling.made(work, item, side, bc_id, stored, row)
    committing.couple(work, item, bc_id, sales_id, created)
    item.inserted = True
    if is_done:
        committing.settle(work, item, frozenset())


def _is_done(work: Work, item: Item) -> bool:
    """Whether the pair needs no further round.  One that is listed, or a document, is looked at once more."""
    is_plain = item.problem is None and work.mapping.lines is None and not work.mapping.compared
    return is_plain and is_in_step(item.states[Side.BC], item.states[Side.SALES])


def _drop_intent(work: Work, planned: PlannedCreation) -> None:
    """This request made nothing; an earlier one may still, and what it makes is known by the intent."""
    if not planned.again:
        intents.drop_intent(work, planned.item)
