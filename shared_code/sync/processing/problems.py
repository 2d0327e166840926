"""Settling a record with a problem: it fails, waits, is held back or is in conflict."""

from __future__ import annotations

from dataclasses import replace

from shared_code.core.choices import FIELDS, carried_over, still_open
from shared_code.core.coupling import CouplingState
from shared_code.core.outcome import (
    LONGEST_RETRY_S,
    NEVER_S,
    PROBLEMS,
    SKIP_AFTER,
    Outcome,
    Problem,
    retry_delay_s,
    target_key,
)
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.reconcile import Conflict
from shared_code.core.records import Side, Values
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.dataverse_options import OPTION_MISSING
from shared_code.systems.interface import Refused


def fail(work: Work, item: Item, code: str, message: str) -> None:
    """The record failed; after some failures in a row it counts as skipped."""
    _settle(work, item, Outcome.FAILED, code, message)
    problem = item.new_problem
    assert problem is not None
    if problem.attempts >= SKIP_AFTER:
        item.outcome = Outcome.SKIPPED
        item.new_problem = replace(problem, outcome=Outcome.SKIPPED)


def refused(work: Work, item: Item, side: Side, refusal: Refused, sent: Values) -> None:
    """The service refused the record; a missing option is a problem of its own, with a fix of its own."""
    if refusal.code != OPTION_MISSING:
        fail(work, item, "refused", f"{side.system_name} answered: {refusal.message}")
        return
    fail(work, item, "option_missing", refusal.message)
    assert item.new_problem is not None
    details = item.new_problem.details | {"option": sent.get("label")}
    item.new_problem = replace(item.new_problem, details=details)


def wait(work: Work, item: Item, code: str, message: str) -> None:
    """The record waits for something that comes by itself."""
    _settle(work, item, Outcome.WAITING, code, message)


def wait_for(work: Work, item: Item, missing: Missing) -> None:
    """The record waits for another one's coupling."""
    known = work.at.mappings
    what = ", ".join(known[name].title if name in known else name for name in missing.mappings)
    target = f"“{missing.key}” of {missing.side.system_name} ({what})"
    message = missing.told or f"{missing.field} refers to {target}, which is not coupled."
    _settle(work, item, Outcome.WAITING, "waits_for_lookup", message)
    assert item.new_problem is not None
    targets = tuple(target_key(name, missing.side, missing.key) for name in missing.mappings)
    item.new_problem = replace(item.new_problem, waits_for=targets)


def leave_until_coupled(work: Work, item: Item, missing: Missing) -> None:
    """The record is nobody's until the other one is coupled, and not listed: then it is looked at again.

    It awaits nothing where the other one is coupled and over.
    """
    item.outcome = Outcome.UNCHANGED
    if not any(_is_coupled(work, name, missing) for name in missing.mappings):
        item.awaits = tuple(target_key(name, missing.side, missing.key) for name in missing.mappings)
    forget(item)


def _is_coupled(work: Work, mapping: str, missing: Missing) -> bool:
    if missing.side is Side.SALES:
        return work.links.bc_key(mapping, missing.key, by_reference=False) is not None
    return work.links.sales_id(mapping, missing.key, by_reference=False) is not None


def wait_until_settled(work: Work, item: Item) -> None:
    """A creation was sent and nobody knows what became of it: look again shortly, send again only later."""
    message = (
        "A creation was sent to Business Central and no answer came. It is looked up before it is sent again."
    )
    _settle(work, item, Outcome.WAITING, "outcome_unknown", message)
    assert item.new_problem is not None
    soon = work.runtime.now() + min(work.settle_s, LOOK_AGAIN_S)
    item.new_problem = replace(item.new_problem, next_attempt_at_s=soon)


def wait_for_creation(work: Work, item: Item) -> None:
    """The record may be one that Tandem is creating now; its coupling is not on file yet."""
    message = "It may be a record that Tandem is creating at this moment; it is looked at again shortly."
    _settle(work, item, Outcome.WAITING, "outcome_unknown", message)
    assert item.new_problem is not None
    soon = work.runtime.now() + min(work.settle_s, LOOK_AGAIN_S)
    item.new_problem = replace(item.new_problem, next_attempt_at_s=soon)


def made_in_vain(work: Work, item: Item, bc_id: str) -> None:
    """Tandem made the row for a BC record that was coupled with another row meanwhile.

    The problem keeps which one that is: it holds as long as that pair, and longer than the announcement.
    """
    message = "Tandem made this row for a record of Business Central that got another one meanwhile."
    fail(work, item, "several_found", message)
    assert item.new_problem is not None
    item.new_problem = replace(item.new_problem, details={**item.new_problem.details, _MADE_FOR: bc_id})


def was_made_for(item: Item) -> str:
    """The BC record for which the row was made in vain, as its problem tells; blank where there is none."""
    return str(item.problem.details.get(_MADE_FOR, "")) if item.problem else ""


_MADE_FOR = "made_for"

LOOK_AGAIN_S = 60.0
"""How long after a lost answer the record is looked for again."""


def hold(work: Work, item: Item, code: str) -> None:
    """Creating is not released: the record waits for a person."""
    if code == "possible_partner" and item.problem:
        item.outcome, item.new_problem = Outcome.WAITING, replace(item.problem, stamp=_stamp(item))
        return
    _settle(work, item, Outcome.WAITING, code, PROBLEMS[code].meaning)
    assert item.new_problem is not None
    item.new_problem = replace(item.new_problem, next_attempt_at_s=NEVER_S)


def partner_deleted(work: Work, item: Item, side: Side, why: str = "") -> None:
    """The coupled record of ``side`` is gone; the survivor stays as it is until a person decides.

    ``why`` tells why it stays although the mapping's rule would have it deleted.

    It is looked at again rarely: the record may be restored, or the survivor deleted without a word.
    """
    message = (
        f"The record of {side.system_name} was deleted; the one of {side.other.system_name} is untouched."
    )
    message = f"{message} {why}" if why else message
    _settle(work, item, Outcome.SKIPPED, "partner_deleted", message)
    assert item.new_problem is not None
    rarely = work.runtime.now() + LONGEST_RETRY_S
    details = item.new_problem.details | {"deleted": side.value}
    item.new_problem = replace(item.new_problem, details=details, next_attempt_at_s=rarely)


def merged_away(work: Work, item: Item, survivor: str) -> None:
    """People merged the row of Sales into another one; nothing is written until a person decides."""
    _settle(work, item, Outcome.SKIPPED, "merged", "Its partner in Sales was merged into another record.")
    assert item.new_problem is not None
    details = item.new_problem.details | {"survivor": survivor}
    item.new_problem = replace(item.new_problem, details=details, next_attempt_at_s=NEVER_S)


def not_carried(work: Work, item: Item, code: str, message: str) -> None:
    """The record is left out for good, unless it changes."""
    _settle(work, item, Outcome.SKIPPED, code, message)
    assert item.new_problem is not None
    item.new_problem = replace(item.new_problem, next_attempt_at_s=NEVER_S)


def unfit(work: Work, item: Item, faults: list[Missing | Unfit]) -> None:
    """Values could not be put: the record waits if that is all a lookup's fault, else it failed."""
    refused = [each for each in faults if isinstance(each, Unfit)]
    if refused:
        fail(work, item, refused[0].code, " ".join(each.text for each in refused))
    else:
        wait_for(work, item, next(each for each in faults if isinstance(each, Missing)))


def conflict(work: Work, item: Item, conflicts: tuple[Conflict, ...]) -> None:
    """Both sides changed the same values; both are kept where they are and listed."""
    names = ", ".join(each.group for each in conflicts)
    seen_before = any(each.base for each in conflicts)
    message = f"Changed on both sides: {names}." if seen_before else f"Differs on the two sides: {names}."
    _settle(work, item, Outcome.CONFLICT, "conflict", f"{message} {_fixed(work, conflicts)}".rstrip())
    assert item.new_problem is not None
    details: dict[str, object] = {
        each.group: {"base": dict(each.base), "bc": dict(each.bc), "sales": dict(each.sales)}
        for each in conflicts
    }
    kept = still_open(item.new_problem.details, {each.group: (each.bc, each.sales) for each in conflicts})
    item.new_problem = replace(item.new_problem, details={**kept, FIELDS: details}, next_attempt_at_s=NEVER_S)


def leave_aside(item: Item) -> None:
    """A person left the record out: nothing is done, and it stays listed as it was."""
    assert item.problem is not None
    item.outcome, item.new_problem = Outcome.SKIPPED, replace(item.problem, stamp=_stamp(item))


def _fixed(work: Work, conflicts: tuple[Conflict, ...]) -> str:
    """What to do about values that are changed in Sales only at the price of all documents."""
    fixed = {each.name for each in work.mapping.fields if each.fixed_in_bc}
    named = [each.group for each in conflicts if each.group in fixed]
    if not named:
        return ""
    return (
        f"Business Central keeps its {named[0]}, because another one renames the record in all documents: "
        "write Business Central's in Sales, or rename it there."
    )


def forget(item: Item) -> None:
    """The record has no problem any more."""
    item.new_problem = None


def _settle(work: Work, item: Item, outcome: Outcome, code: str, message: str) -> None:
    now = work.runtime.now()
    old = item.problem if item.problem and item.problem.code == code else None
    attempts = (old.attempts if old else 0) + 1
    side, record_id = item.filed_under
    item.outcome = outcome
    item.new_problem = Problem(
        side=side,
        record_id=record_id,
        outcome=outcome,
        code=code,
        message=message,
        details={"name": work.label(item), **_partner(item), **carried_over(item.problem)},
        attempts=attempts,
        next_attempt_at_s=now + retry_delay_s(attempts),
        since_s=old.since_s if old else now,
        stamp=_stamp(item),
    )


def _partner(item: Item) -> dict[str, object]:
    if item.coupling is None or item.coupling.state is not CouplingState.COUPLED:
        return {}
    return {"bc_id": item.coupling.bc_id, "sales_id": item.coupling.sales_id}


def _stamp(item: Item) -> str:
    version = item.version_on(item.side)
    return version.stamp if version else item.stamp
