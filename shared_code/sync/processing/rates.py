"""A rate that changed: the records whose amounts are converted at it are looked at again."""

from __future__ import annotations

from itertools import batched

from shared_code.core.conversion import RATE_FIELD, converts_through, is_concerned, rate_of
from shared_code.core.identity import digest
from shared_code.core.jobs import MAX_BATCH
from shared_code.core.mapping import Mapping
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.sync.parts import Parts
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.retries import queue_records


def queue_converted(parts: Parts, work: Work) -> None:
    """Queue what is converted at a rate this batch changed; a repeat of the batch queues the same again."""
    if all(each.name != RATE_FIELD for each in work.mapping.fields):
        return
    changed = frozenset(str(each.id_on(Side.BC)) for each in work.items if _is_changed(work, each))
    for mapping in work.at.mappings.values():
        if changed and converts_through(mapping, work.mapping.name):
            _queue_concerned(parts, work, mapping, changed)


def _is_changed(work: Work, item: Item) -> bool:
    """Whether the rate moved, or had moved when an earlier delivery of this batch wrote it."""
    coupling = item.coupling
    if coupling is None:
        return False
    wrote_before = coupling.batch == work.batch.id and coupling.outcome is Outcome.MODIFIED
    return wrote_before or rate_of(coupling.base) != work.rates.get(item.id, rate_of(coupling.base))


def _queue_concerned(parts: Parts, work: Work, mapping: Mapping, changed: frozenset[str]) -> None:
    couplings = work.at.couplings(mapping.name).all_coupled()
    concerned = (each.bc_id for each in couplings if is_concerned(mapping, each.base, changed))
    for number, ids in enumerate(batched(concerned, MAX_BATCH, strict=False)):
        job_id = f"{work.batch.job.partition('-')[0]}-{digest((work.batch.id, mapping.name, str(number)))}"
        queue_records(parts, work.at, mapping.name, Side.BC, ids, job_id=job_id)
