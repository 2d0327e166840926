"""Belonging: what belongs to records that a person uncouples is uncoupled, too.

Somebody who works for a customer would wait for ever for the account that is not the customer's any more.
What belongs to a pair is looked for once the pair has ended, and the batch is done only after that: a process
that dies in between leaves the work to the repeat.  What is coupled meanwhile is looked after by whoever
couples it (``attaching.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared_code.core.coupling import Coupling
from shared_code.core.fields import FieldMapping
from shared_code.core.identity import digest
from shared_code.core.instructions import Instruction
from shared_code.core.jobs import JobKind
from shared_code.core.lookups import target_id
from shared_code.core.mapping import Mapping as MappingOf
from shared_code.core.records import Row, Side
from shared_code.sync.parts import Parts, table_of
from shared_code.sync.processing import attaching
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.work import Work
from shared_code.sync.retries import queue_records
from shared_code.systems.interface import AccessDenied, SystemUnavailable, Throttled


def uncouple_what_belongs(parts: Parts, work: Work) -> float | None:
    """After the commits: queue the end of what belongs to pairs that a person ended.  Seconds to wait where
    Sales cannot tell now.

    What Tandem may not read stays coupled and is told: it waits for the one it belongs to.
    """
    try:
        if work.instruction is Instruction.UNCOUPLE:
            _queue_belonging(parts, work)
        _queue_attached(parts, work)
    except Throttled as throttled:
        return throttled.retry_after_s
    except SystemUnavailable:
        return AGAIN_S
    except AccessDenied:
        return None
    return None


AGAIN_S = 30.0


def _queue_belonging(parts: Parts, work: Work) -> None:
    """What belongs to the pairs that this batch has ended, by an earlier delivery too."""
    leading = attaching.belonging(work.at, work.mapping)
    parted = work.at.partings(work.mapping.name).all(work.batch.id) if leading else {}
    ended = sorted(_ended(work, work.mapping, parted))
    for mapping, each in leading if ended else ():
        _queue(parts, work, mapping, _coupled(work, mapping, each, ended))


def _queue_attached(parts: Parts, work: Work) -> None:
    """What this batch led to pairs that had ended by the time it was stored."""
    for owner, each in attaching.owners(work.at, work.mapping) if work.attached else ():
        parted = work.at.partings(owner.name).all()
        led = _led(work, each, parted) if parted else {}
        ended = _ended(work, owner, {own: parted[own] for own in led.values()})
        _queue(parts, work, work.mapping, sorted(row for row, own in led.items() if own in ended))


def _led(work: Work, each: FieldMapping, parted: Mapping[str, str]) -> dict[str, str]:
    """The attached rows of Sales that lead to one of these pairs: its row there, by their ids."""
    rows = {row.id: _target(each, row) for row in _attached_rows(work)}
    return {row_id: own for row_id, own in rows.items() if own in parted}


def _attached_rows(work: Work) -> Iterator[Row]:
    """The rows as this batch knows them; what an earlier delivery did is read."""
    unread: list[str] = []
    for item in work.items:
        pair = work.stored.get(item.id) if item.id in work.attached else None
        if pair and is_coupled(pair) and (row := item.rows.get(Side.SALES)):
            yield row
        elif pair and is_coupled(pair):
            unread.append(pair.sales_id)
    if unread:
        yield from work.system(Side.SALES).read(work.table(Side.SALES), sorted(unread)).values()


def _target(each: FieldMapping, row: Row) -> str:
    return target_id(row.values.get(each.sales[0]) or "")


def _ended(work: Work, owner: MappingOf, parted: Mapping[str, str]) -> dict[str, str]:
    """Those of the pairs that are not coupled again since."""
    if not parted:
        return {}
    known = work.at.couplings(owner.name).load(Side.BC, sorted(parted.values()), whole=False)
    again = {pair.sales_id for pair in known.values() if is_coupled(pair)}
    return {own: bc_id for own, bc_id in parted.items() if own not in again}


def _queue(parts: Parts, work: Work, mapping: MappingOf, ids: Sequence[str]) -> None:
    """A repeat queues the same job again; where it found others than before, another one."""
    if ids:
        cause = (work.batch.job, work.batch.id, mapping.name, *ids)
        job = f"{work.batch.job.partition('-')[0]}-{digest(cause)}"
        queue_records(
            parts, work.at, mapping.name, Side.SALES, ids, JobKind.UNCOUPLING, job, Instruction.UNCOUPLE
        )


def _coupled(work: Work, mapping: MappingOf, each: FieldMapping, rows: Sequence[str]) -> list[str]:
    found = work.system(Side.SALES).find(table_of(mapping, Side.SALES), each.sales[0], rows)
    known = work.at.couplings(mapping.name).load(Side.SALES, [row.id for row in found])
    return sorted(own for own, pair in known.items() if isinstance(pair, Coupling) and is_coupled(pair))
