"""Whether a lookup leads to the table that its mapping keeps.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shared_code.core.descriptions import ColumnDescription, Kind, Target
from shared_code.core.fitting_names import closest
from shared_code.core.mapping import FieldMapping, FieldType, TableRule
from shared_code.core.mapping import Mapping as TableMapping
from shared_code.core.records import Side

OPTIONS = "options:"

type Found = Iterator[tuple[str, str]]
"""What is wrong, and what to do."""
type Others = Mapping[str, TableMapping]


def lookup_faults(
    each: FieldMapping, side: Side, table: str, column: ColumnDescription, others: Others
) -> Found:
    """Where the column leads elsewhere than the mapping believes, or is written by another name.

    The last mapping of a lookup with a fallback is that column's.
    """
    if each.type is not FieldType.LOOKUP:
        return
    own = each.lookup[:-1] if side is Side.SALES and each.sales_fallback else each.lookup
    further = {one.lookup: one for one in each.also} if side is Side.SALES else {}
    kept = [others[name].side(side) for name in own if name in others and name not in further]
    if side is Side.BC:
        yield from _of_business_central(each, column, kept)
    elif each.target and column.kind is Kind.LOOKUP:
        yield from _of_sales(each.target, each.navigation, column, kept)
        for name, one in further.items():
            kept = [others[name].side(side)] if name in others else []
            yield from _of_sales(one.target, one.navigation, column, kept)
    elif column.kind is Kind.CHOICE:
        yield from _of_choice(column, table, kept)


def _of_business_central(each: FieldMapping, column: ColumnDescription, kept: list[TableRule]) -> Found:
    tables = [target.table for target in column.targets]
    for rule in kept:
        if tables and not each.by_reference and rule.table not in tables:
            yield (
                f"{column.name} leads to {' or '.join(tables)}, not to {rule.table}",
                f"Look it up through a mapping of {tables[0]}.",
            )


def _of_sales(target: str, navigation: str | None, column: ColumnDescription, kept: list[TableRule]) -> Found:
    by_table = {one.table: one for one in column.targets}
    for rule in kept:
        if rule.table != target:
            yield f"target is {target}, but its mapping keeps {rule.table}", f"Write target = “{rule.table}”."
    if target not in by_table:
        tables = ", ".join(by_table) or "no table"
        yield (
            f"{column.name} leads to {tables}, not to {target}",
            closest(target, by_table, f"Write one of {tables}."),
        )
        return
    yield from _navigation(navigation, column, by_table[target])


def _navigation(navigation: str | None, column: ColumnDescription, target: Target) -> Found:
    """A lookup is written by the name of its navigation property, whose case counts."""
    if target.navigation and target.navigation != (navigation or column.name):
        yield (
            f"{column.name} is written as {target.navigation} when it leads to {target.table}",
            f"Write navigation = “{target.navigation}”.",
        )


def _of_choice(column: ColumnDescription, table: str, kept: list[TableRule]) -> Found:
    """A number of one choice means nothing in another, so the options must be the column's own."""
    for rule in kept:
        if not rule.table.startswith(OPTIONS):
            yield (
                f"{column.name} is a choice and leads to no table",
                "Look it up through a mapping of its options.",
            )
        elif rule.table.rpartition(".")[2] != column.name:
            yield (
                f"{column.name} has other options than {rule.table}",
                "Look it up through a mapping of its options.",
            )
