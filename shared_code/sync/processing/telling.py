"""What a batch tells when it is done: what became of its records, and how long their changes took."""

from __future__ import annotations

from datetime import datetime

from shared_code.core.jobs import Batch, JobKind
from shared_code.core.outcome import Outcome
from shared_code.core.policies import MODIFIED_ON
from shared_code.core.records import Side
from shared_code.core.telemetry import LAG, RECORDS
from shared_code.sync.parts import Parts
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work

WRITTEN = (Outcome.INSERTED, Outcome.MODIFIED)
LONGEST_LAG_S = 86_400.0
"""What is older was not waiting for a look: it waited for a person, or was edited before the coupling."""


def of_batch(parts: Parts, work: Work, batch: Batch) -> None:
    """Once for each batch whose account stands.  What a preview does on paper is nobody's figure."""
    if parts.preview:
        return
    names = {"connection": work.at.name, "mapping": work.mapping.name}
    for outcome, count in batch.counts.items():
        parts.telemetry.count(RECORDS, count, outcome=str(outcome), **names)
    if work.kind is not JobKind.SCHEDULED:
        return
    now = parts.runtime.now()
    for item in work.items:
        edited_s = _edited_s(item, batch.side) if item.outcome in WRITTEN else None
        if edited_s is not None and 0 <= now - edited_s <= LONGEST_LAG_S:
            parts.telemetry.count(LAG, now - edited_s, side=str(batch.side), **names)


def _edited_s(item: Item, side: Side) -> float | None:
    """When the record that was given was edited, as far as its system tells."""
    row = item.rows.get(side)
    if row is None:
        return None
    text = row.version.stamp if side is Side.BC else str(row.values.get(MODIFIED_ON) or "")
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
