"""I9: one bad record stays one: no fault of our own, nobody left with a reason that had gone away."""

from __future__ import annotations

import re

from local.simulate.evidence import Evidence
from local.simulate.observing import Key
from shared_code.core.outcome import Problem

NAME = "I9 isolation"
HEALING = frozenset({"unsettled", "internal", "access_denied", "outcome_unknown"})
"""Reasons that must be gone when faults have long ended."""


def check(evidence: Evidence) -> list[str]:
    lines = [f"{each.who} met {each.text}" for each in evidence.simulation.unexpected]
    for key, problems in evidence.problems.items():
        lines += [line for each in problems if (line := _unfounded(evidence, key, each))]
    lines += [
        f"the mapping {name} is still switched off: {schedule.disabled_because}"
        for at in evidence.connections
        for name, schedule in at.schedules.all().items()
        if schedule.disabled_because
    ]
    return lines


def _unfounded(evidence: Evidence, key: Key, problem: Problem) -> str | None:
    where = f"{key.side} {key.table} {key.id}"
    if problem.set_aside:
        return None  # A person wanted it left alone.
    if problem.code in HEALING:
        return f"{where} still has the problem {problem.code}: {problem.message}"
    if problem.code == "waits_for_lookup" and _is_there(evidence, key, problem):
        return f"{where} waits for what is there: {problem.message}"
    if evidence.values(key) is None and problem.code != "partner_deleted" and key.side == "sales":
        # Business Central tells of no deletion; a listed record that is gone there stays listed.
        links = evidence.by_key.get(key, [])
        if not links:
            return f"{where} does not exist any more and still has the problem {problem.code}"
    if problem.code == "partner_deleted" and not _partner_is_gone(evidence, key):
        return f"{where} is said to have lost its partner, which is there"
    return None


_CUSTOMER = re.compile(r"refers to “(.+?)” of (Sales|Business Central) \(Customers")


def _is_there(evidence: Evidence, key: Key, problem: Problem) -> bool:
    """Whether the customer that a record waits for is coupled by now, in one of its companies.

    Of one that was deleted in Business Central nobody can ask the number that contacts refer to.
    """
    found = _CUSTOMER.search(problem.message)
    values = evidence.values(key)
    if found is None or values is None:
        return False
    name, side = found[1], found[2]
    customers = [each for each in evidence.links if each.pair.mapping == "CUSTOMER"]
    couplings = [each for each in customers if evidence.values(each.bc) is not None]
    own = key.company or str(values.get("tandem_companyid") or "").lower()
    companies = {own} if own else {each.bc.company for each in customers}
    if len(companies) != 1:
        return False
    mine = [each.coupling for each in couplings if each.bc.company in companies]
    return any((each.sales_id if side == "Sales" else each.reference) == name for each in mine)


def _partner_is_gone(evidence: Evidence, key: Key) -> bool:
    links = evidence.by_key.get(key, [])
    return any(evidence.values(link.bc) is None or evidence.values(link.sales) is None for link in links)
