"""Belonging: what belongs to records that a person uncouples is uncoupled, too.

Somebody who works for a customer would wait for ever for the account that is not the customer's any more.
The work is queued before the pairs end, so that a process that dies in between leaves nothing behind: a
repeat queues the same jobs again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared_code.core.coupling import Coupling
from shared_code.core.fields import FieldMapping
from shared_code.core.identity import digest
from shared_code.core.instructions import Instruction
from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import Parts, table_of
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.work import Work
from shared_code.sync.retries import queue_records
from shared_code.systems.interface import AccessDenied, SystemUnavailable, Throttled


def uncouple_what_belongs(parts: Parts, work: Work) -> float | None:
    """Queue what belongs to the pairs that this batch ends; seconds to wait where Sales cannot tell now.

    What Tandem may not read stays coupled and is told: it waits for the one it belongs to.
    """
    if work.instruction is not Instruction.UNCOUPLE:
        return None
    rows = sorted(each.coupling.id_on(Side.SALES) for each in work.items if each.coupling)
    try:
        for mapping, column in _belonging(work) if rows else ():
            _queue(parts, work, mapping, _coupled(work, mapping, column, rows))
    except Throttled as throttled:
        return throttled.retry_after_s
    except SystemUnavailable:
        return AGAIN_S
    except AccessDenied:
        return None
    return None


AGAIN_S = 30.0


def _queue(parts: Parts, work: Work, mapping: Mapping, ids: Sequence[str]) -> None:
    if ids:
        job = f"{work.batch.job.partition('-')[0]}-{digest((work.batch.job, work.batch.id, mapping.name))}"
        queue_records(
            parts, work.at, mapping.name, Side.SALES, ids, JobKind.UNCOUPLING, job, Instruction.UNCOUPLE
        )


def _belonging(work: Work) -> Iterator[tuple[Mapping, str]]:
    """The mappings whose records belong to those of this one, with the column that says to which."""
    for mapping in work.at.mappings.values():
        for each in mapping.fields:
            if each.belongs and _leads_here(work, each):
                yield mapping, each.sales[0]


def _leads_here(work: Work, each: FieldMapping) -> bool:
    own = work.mapping
    return own.name in each.lookup and each.target_of(own.name) == own.sales.table


def _coupled(work: Work, mapping: Mapping, column: str, rows: Sequence[str]) -> list[str]:
    found = work.system(Side.SALES).find(table_of(mapping, Side.SALES), column, rows)
    known = work.at.couplings(mapping.name).load(Side.SALES, [each.id for each in found])
    return sorted(own for own, each in known.items() if isinstance(each, Coupling) and is_coupled(each))
