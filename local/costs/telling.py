"""The figures for people: a table, and a page of documentation around it."""

from __future__ import annotations

from collections.abc import Sequence

from local.costs.measuring import Costs, MappingCosts

HEAD = (
    "Mapping", "records", "BC", "Sales", "a record", "written", "storage", "again: BC", "Sales", "storage",
)  # fmt: skip
PAGE = """\
# What a synchronisation costs

<!-- Written by `python dev.py costs --page docs/measurements/costs.md`. -->

The whole catalogue over the published records of the main company, one mapping after the other, into an
organisation that has users and currencies only. Counted in one process where nothing runs at the same time
and nothing fails, so that the numbers are the same at each run. Tables are small: most have one page and one
batch, and what a full synchronisation asks in any case counts most. In large tables a record costs less
([load](load.md)).

- *records*: what a full synchronisation is given, both ways; *BC*, *Sales*: HTTP requests; *a record*: both
  together for each record; *written*: records written in both systems; *storage*: transactions of Table
  storage that write.
- *again*: a full synchronisation that finds nothing changed.

{table}

A full synchronisation looks at each side twice, once for matching and once for what is to be done, and reads
and writes in batches. Currencies come with their rates and the local currency of the company, three pages a
look. Sales makes the base unit of a unit group itself, and a product is made active after its creation: those
are written twice.

One minute in which nothing changed: {bc} requests to Business Central and {sales} to Sales for {looks} looks
({mappings} mappings), {written} records written, {storage} transactions of storage (schedules and
watermarks).
"""


def table(costs: Costs) -> str:
    """A table in Markdown, which also reads well in a terminal."""
    rows = [HEAD, *(_row(each) for each in costs.mappings), _sum(costs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(each, widths) for each in (HEAD, rule, *rows[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if number == 0 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join((first, *others))} |"


def _row(each: MappingCosts) -> tuple[str, ...]:
    first, again = each.first, each.again
    numbers = (first.written, first.storage, again.bc, again.sales, again.storage)
    return (
        each.mapping, str(each.records), str(first.bc), str(first.sales), f"{each.requests_per_record:.3f}",
        *map(str, numbers),
    )  # fmt: skip


def _sum(costs: Costs) -> tuple[str, ...]:
    records = sum(each.records for each in costs.mappings)
    first = [each.first for each in costs.mappings]
    again = [each.again for each in costs.mappings]
    return (
        "**all**", str(records), str(sum(each.bc for each in first)), str(sum(each.sales for each in first)),
        f"{sum(each.requests for each in first) / records:.3f}", str(sum(each.written for each in first)),
        str(sum(each.storage for each in first)), str(sum(each.bc for each in again)),
        str(sum(each.sales for each in again)), str(sum(each.storage for each in again)),
    )  # fmt: skip


def page(costs: Costs) -> str:
    """The page of documentation."""
    quiet = costs.quiet
    return PAGE.format(
        table=table(costs), bc=quiet.bc, sales=quiet.sales, looks=costs.looks, mappings=len(costs.mappings),
        written=quiet.written, storage=quiet.storage,
    )  # fmt: skip
