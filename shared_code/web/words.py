"""What states, outcomes and kinds are called on pages, by the value that views carry."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.outcome import PROBLEMS, Outcome
from shared_code.web.texts import phrase

WORDS: Mapping[str, str] = {
    "on_track": phrase("on track"),
    "healing": phrase("healing by itself"),
    "attention": phrase("needs attention"),
    "off": phrase("switched off"),
    "brake": phrase("brake holds"),
    "retrying": phrase("tried again soon"),
    "not_started": phrase("not started"),
    "failed": phrase("failed"),
    "conflict": phrase("conflict"),
    "waiting": phrase("waiting"),
    "skipped": phrase("skipped"),
    "deleted": phrase("deleted"),
    "inserted": phrase("inserted"),
    "modified": phrase("modified"),
    "coupled": phrase("coupled"),
    "uncoupled": phrase("uncoupled"),
    "unchanged": phrase("unchanged"),
    "scheduled": phrase("scheduled"),
    "full": phrase("full"),
    "retry": phrase("retry"),
    "on_demand": phrase("on demand"),
    "coupling": phrase("coupling"),
    "uncoupling": phrase("uncoupling"),
    "undo": phrase("undo"),
    "Finished": phrase("Finished"),
    "In Process": phrase("In Process"),
    "Paused": phrase("Paused"),
    "Stopping": phrase("Stopping"),
    "Success": phrase("Success"),
    "Error": phrase("Error"),
    "Ready": phrase("Ready"),
    "Full Synchronization": phrase("Full Synchronization"),
    "Couple Records": phrase("Couple Records"),
    "No Records To Synchronize Now": phrase("No Records To Synchronize Now"),
    "to_sales": phrase("to Sales"),
    "from_sales": phrase("from Sales"),
    "bidirectional": phrase("both ways"),
    "ok": phrase("well"),
    "warning": phrase("warning"),
    "fault": phrase("fault"),
    "in_step": phrase("in step"),
    "drifted": phrase("drifted"),
    "unknown": phrase("not known"),
    "catalogue": phrase("from the product"),
    "changed": phrase("your version"),
    "own": phrase("your own"),
    "create": phrase("create"),
    "update": phrase("update"),
    "delete": phrase("delete"),
    "tandem": phrase("Tandem"),
    "person": phrase("a person"),
    "other_side": phrase("the other side"),
    "equal_from_the_start": phrase("equal from the start"),
    "reader": phrase("reader"),
    "operator": phrase("operator"),
    "administrator": phrase("administrator"),
}
RULES: Mapping[str, str] = {
    "ask": phrase("a person is asked"),
    "bc_wins": phrase("Business Central's value counts"),
    "sales_wins": phrase("Sales' value counts"),
    "newest_wins": phrase("the newest value counts"),
    "uncouple": phrase("the pair is ended"),
    "restore": phrase("the record is made again"),
    "delete": phrase("the partner is deleted"),
    "deactivate": phrase("the partner is taken out of use"),
    "keep": phrase("its partner stays"),
    "remove": phrase("its partner in Sales is deleted"),
}
"""What a mapping does about conflicts, deletions and records that leave its filter."""

REMEDIES: Mapping[str, str] = {
    "conflict": phrase(
        "Decide whose value counts on the page Conflicts, or write the same value on both sides."
    ),
    "option_missing": phrase("Add it on the mapping's page, or by hand in Sales, then publish."),
}
"""Remedies whose words elsewhere speak of the API, by problem code."""


def remedy_of(code: str) -> str:
    """What to do about a problem, in the words of the pages; blank for an unknown code."""
    known = PROBLEMS.get(code)
    return REMEDIES.get(code, known.remedy if known else "")


OUTCOMES = tuple(each.value for each in Outcome)
