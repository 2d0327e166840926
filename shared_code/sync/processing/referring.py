"""Referring: which rows of Sales other rows refer to, as far as the mappings of the connection know.

Sales deletes some rows together with the one they refer to (the contacts of an account): what people made
there must not go with a row that Tandem takes back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from shared_code.core.fields import FieldMapping
from shared_code.core.lookups import target_id
from shared_code.core.mapping import Mapping
from shared_code.core.records import Row, Side
from shared_code.sync.parts import table_of
from shared_code.sync.processing.work import Work

type Going = Callable[[Mapping, Sequence[str]], Collection[str]]


def referred_to(
    work: Work, row_ids: Sequence[str], going: Going, among: Callable[[Mapping], bool] = lambda mapping: True
) -> dict[str, str]:
    """Those of the rows that others refer to, with the title of what refers to each.

    ``going`` tells which rows of a mapping go before, ``among`` which mappings are asked.  What Sales made
    with a row does not count.
    """
    found: dict[str, str] = {}
    lookups = [each for each in _lookups(work) if among(each[0])] if row_ids else []
    for mapping, each in lookups:
        column = each.sales[0]
        found_rows = work.system(Side.SALES).find(table_of(mapping, Side.SALES), column, row_ids)
        rows = [row for row in found_rows if not made_with(work.mapping, mapping, row)]
        gone = going(mapping, [row.id for row in rows]) if rows else ()
        for row in (each for each in rows if each.id not in gone):
            target = target_id(row.values.get(column) or "")
            if target in row_ids:
                found.setdefault(target, mapping.title)
    return found


MADE_WITH = {("uomschedules", "uoms"): "isschedulebaseuom"}
"""Rows that Sales makes with another one and deletes with it: the base unit of a unit group, by the column
that tells it (Microsoft docs: developer/entities/uom, unit_of_measurement_schedule_conversions)."""


def made_with(owner: Mapping, mapping: Mapping, row: Row) -> bool:
    """Whether Sales made a row of ``mapping`` together with the row of ``owner`` that it refers to."""
    column = MADE_WITH.get((owner.sales.table, mapping.sales.table))
    return column is not None and row.values.get(column) is True


def _lookups(work: Work) -> Iterator[tuple[Mapping, FieldMapping]]:
    """Fields of other mappings whose Sales column may lead to a row of this one."""
    for mapping in work.at.mappings.values():
        for each in mapping.fields:
            leads_here = (
                work.mapping.name in each.lookup
                and each.target_of(work.mapping.name) == work.mapping.sales.table
            )
            if leads_here and mapping.name != work.mapping.name and not mapping.is_option_set:
                yield mapping, each
