"""Still there: an order that is invoiced goes, and mostly its notes with it, but one that was invoiced with
others stays until somebody takes it away.

What is on file does not tell the two apart, so Business Central is asked: one request for each mapping that
such records of a batch refer to, and none where they refer to no such record.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared_code.core.fields import FieldMapping
from shared_code.core.lookups import is_over, target_id
from shared_code.core.records import Row, Side
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import Table


def look(work: Work, rows: Iterable[Row]) -> None:
    """Let the lookups of these rows of Sales lead to what is over and is there.  ``links`` must hold what
    they refer to."""
    rows = list(rows)
    for each in work.mapping.lookups:
        for mapping in each.lookup if each.over_when and not each.by_reference else ():
            if gone := sorted(_over(work, each, mapping, rows)):
                work.links.note_there(mapping, _found(work, mapping, gone))


def _over(work: Work, each: FieldMapping, mapping: str, rows: Iterable[Row]) -> set[str]:
    """The records of Business Central that would be left out."""
    named = {target_id(value) for row in rows if (value := row.values.get(each.sales[0]))}
    keys = {key for one in named if (key := work.links.bc_key(mapping, one, by_reference=False))}
    return {key for key in keys if is_over(each, mapping, key, work.links)}


def _found(work: Work, mapping: str, ids: list[str]) -> Iterable[str]:
    """Those of the records that are there; nothing of them is read but their ids."""
    rule = work.at.mapping(mapping).bc
    return work.system(Side.BC).read(Table(rule.table, rule.key, (), api=rule.api or ""), ids)
