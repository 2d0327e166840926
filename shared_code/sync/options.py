"""Adding options to a choice column of Sales: an administrator's own step, never part of synchronising.

It changes the schema of the table and needs the rights of a system customizer, which Tandem's own user
should have for this step only.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared_code.core.mapping import Mapping
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, Parts, table_of
from shared_code.sync.retries import queue_records

MAX_OPTIONS, MAX_LISTED = 200, 10_000
"""Options added by one request, and listed records looked through for them: a choice has far fewer."""


@dataclass(frozen=True, slots=True)
class Added:
    """The labels that were added, and the job in which the records that lacked them are tried again."""

    labels: list[str]
    job: str


def add_missing_options(parts: Parts, at: ConnectionParts, mapping: Mapping) -> Added:
    """Add what records of the mapping lack, then try these records again.

    Asking twice adds nothing twice.  Raises ``SystemFault`` where the service refuses.
    """
    listed = at.couplings(mapping.name).all_problems(MAX_LISTED)
    lacking = [each for each in listed if _label(each)][:MAX_OPTIONS]
    labels = parts.choices.add(table_of(mapping, Side.SALES), [_label(each) for each in lacking])
    ids = [each.record_id for each in lacking if each.side is Side.BC]
    job = queue_records(parts, at, mapping.name, Side.BC, ids) if ids else ""
    return Added(labels, job)


def _label(problem: Problem) -> str:
    return str(problem.details.get("option") or "") if problem.code == "option_missing" else ""
