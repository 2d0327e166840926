"""What states, outcomes and kinds are called on pages, by the value that views carry."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.outcome import Outcome
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
    "reader": phrase("reader"),
    "operator": phrase("operator"),
    "administrator": phrase("administrator"),
}
OUTCOMES = tuple(each.value for each in Outcome)
