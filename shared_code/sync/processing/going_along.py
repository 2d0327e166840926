"""Going along: pairs of rows that Sales deleted together with one that an undo removed.

The base unit of a unit group is nobody's own record: left coupled it would be told as deleted by somebody,
and many of them would look like a mass deletion.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.coupling import Coupling
from shared_code.core.identity import digest
from shared_code.core.instructions import Instruction
from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import Parts
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.referring import MADE_WITH
from shared_code.sync.processing.work import Work
from shared_code.sync.retries import queue_records


def uncouple_what_went_along(parts: Parts, work: Work) -> None:
    """Queue the end of the pairs whose rows went with those this batch removed; a repeat queues no more.

    Nothing is set aside: once Sales has made the row again, it is matched like the first time.
    """
    for mapping in _made_with(work) if work.removed_rows else ():
        known = work.at.couplings(mapping.name).load(Side.BC, sorted(work.removed_rows))
        ids = sorted(own for own, each in known.items() if isinstance(each, Coupling) and is_coupled(each))
        if ids:
            job = (
                f"{work.batch.job.partition('-')[0]}-{digest((work.batch.job, work.batch.id, mapping.name))}"
            )
            queue_records(
                parts, work.at, mapping.name, Side.BC, ids, JobKind.UNCOUPLING, job, Instruction.UNCOUPLE_ALL
            )


def _made_with(work: Work) -> Iterator[Mapping]:
    """The mappings that couple the same BC records with what Sales made beside their rows."""
    own = work.mapping
    for mapping in work.at.mappings.values():
        tables = own.sales.table, mapping.sales.table
        if tables in MADE_WITH and mapping.bc.table == own.bc.table and mapping is not own:
            yield mapping
