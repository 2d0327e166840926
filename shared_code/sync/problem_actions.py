"""What a person does about problems: try again, set aside, restore or delete after a deletion."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shared_code.core.causes import Group, grouped
from shared_code.core.instructions import Instruction, deletes_in_bc
from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.outcome import Problem
from shared_code.core.policies import Rules
from shared_code.core.records import Side
from shared_code.sync import by_hand, walks
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.retries import queue_records
from shared_code.sync.setting_aside import resume, set_aside
from shared_code.sync.walks import Order

MAX_GROUPED = 50_000
"""Problems of a mapping that are looked at for its groups."""


class Action(StrEnum):
    """What can be done about listed records."""

    RETRY = "retry"
    SKIP = "skip"
    RESTORE = "restore"
    DELETE = "delete"
    RECOUPLE = "recouple"


_WISHES = {
    Action.RETRY: Instruction.NONE,
    Action.RESTORE: Instruction.RESTORE,
    Action.DELETE: Instruction.DELETE,
}

NOT_LISTED = "It is not listed: it is in step, or was dealt with meanwhile."
NOTHING_DELETED = "No partner of it was deleted."
NOT_MERGED = "Its partner was not merged into another record."
SURVIVOR_TAKEN = (
    "The survivor is coupled with another record of Business Central. Merge the two there, too, or uncouple "
    "one; POST /mappings/{name}/couplings with move couples as you say."
)
ONLY_SALES = (
    "This mapping deletes nothing in Business Central. Block or delete the record there, restore its "
    "partner, or write deletion = { sales = “delete” } into the mapping’s file."
)


@dataclass(frozen=True, slots=True)
class Done:
    """The jobs that were queued, how many records they were given or that were set aside, and why others
    were left out, by (side, id)."""

    jobs: Sequence[str]
    count: int
    left_out: MappingOf[tuple[Side, str], str] = field(default_factory=dict)


def act(
    parts: Parts, at: ConnectionParts, mapping: Mapping, action: Action, records: Sequence[tuple[Side, str]]
) -> Done:
    """Do something about the problems of these records, each named as it is listed."""
    store = at.couplings(mapping.name)
    listed: dict[tuple[Side, str], Problem] = {}
    for side in Side:
        found = store.problems(side, [own for of, own in records if of is side])
        listed |= {(side, own): each for own, each in found.items()}
    left_out = {place: why for place in records if (why := _why_not(mapping, action, listed.get(place)))}
    chosen = [listed[place] for place in dict.fromkeys(records) if place not in left_out]
    if action is Action.SKIP:
        return Done((), set_aside(store, chosen), left_out)
    if action is Action.RECOUPLE:
        pairs = [(each.record_id, str(each.details["survivor"])) for each in chosen]
        coupled = by_hand.couple(parts, at, mapping, pairs, Instruction.MERGE, moves=True)
        return Done([coupled.job] if coupled.job else [], len(pairs), left_out)
    resume(store, chosen)
    jobs = [
        queue_records(parts, at, mapping.name, side, ids, _kind(action), instruction=_WISHES[action])
        for side in Side
        if (ids := [each.record_id for each in chosen if each.side is side])
    ]
    return Done(jobs, len(chosen), left_out)


def _kind(action: Action) -> JobKind:
    return JobKind.RETRY if action is Action.RETRY else JobKind.ON_DEMAND


def _why_not(mapping: Mapping, action: Action, problem: Problem | None) -> str:
    if problem is None:
        return NOT_LISTED
    if action is Action.RECOUPLE:
        return _why_not_recouple(problem)
    if action not in (Action.RESTORE, Action.DELETE):
        return ""
    if problem.code != "partner_deleted":
        return NOTHING_DELETED
    in_bc = action is Action.DELETE and problem.details.get("deleted") == Side.SALES
    return ONLY_SALES if in_bc and not deletes_in_bc(Rules(deletion=mapping.deletion)) else ""


def _why_not_recouple(problem: Problem) -> str:
    if problem.code != "merged":
        return NOT_MERGED
    return SURVIVOR_TAKEN if "survivorWith" in problem.details else ""


def act_on_group(
    parts: Parts, at: ConnectionParts, mapping: Mapping, action: Action, code: str, cause: str
) -> Done:
    """Try again or set aside all problems of a code and a cause (blank: any), on the queue.

    What a person set aside is taken up again only where its code is named.
    """
    order = Order(walks.PROBLEMS, code, cause, aside=action is Action.SKIP)
    return Done([walks.begin(parts, at, mapping.name, JobKind.RETRY, order)], 0)


def groups_of(at: ConnectionParts) -> tuple[list[Group], bool]:
    """The problems of a connection by cause, the largest group first, and whether all were looked at."""
    found: list[Group] = []
    is_whole = True
    for name in at.mappings:
        problems = at.couplings(name).all_problems(MAX_GROUPED + 1)
        is_whole = is_whole and len(problems) <= MAX_GROUPED
        found += grouped(name, problems[:MAX_GROUPED])
    return sorted(found, key=lambda each: -each.count), is_whole
