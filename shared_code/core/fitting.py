"""Whether a mapping fits what both services say of its tables.  Pure; every fault is told at once.

A fault names the side, the native field, what is wrong and what to do, so that a mapping is refused before it
meets a record.  What a service does not tell (the length of a page variable, the options of a choice that was
not asked for) is not held against the mapping.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from shared_code.core.descriptions import ColumnDescription, Described, NoTable, TableDescription
from shared_code.core.fitting_filters import filter_faults
from shared_code.core.fitting_lookups import lookup_faults
from shared_code.core.fitting_names import MAX_CHARS, closest
from shared_code.core.fitting_new import value_faults
from shared_code.core.fitting_types import type_faults
from shared_code.core.lines import LINE_ID
from shared_code.core.mapping import IN_FORCE, Direction, FieldMapping, Mapping, TableRule, native_of
from shared_code.core.records import Side

RENAMES = "number"
STOCK = ("items", "inventory")


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a mapping does not fit one side.

    ``field`` is the native field, blank where the table itself is meant; ``name`` the mapping's field, blank
    where it is none of them (a filter, say).  ``suggestion`` tells what to do.
    """

    side: Side
    field: str
    reason: str
    suggestion: str
    name: str = ""


type Others = MappingOf[str, Mapping]
"""The mappings that lookups go through, by name; one that is not there is not compared with."""


def faults_of(
    mapping: Mapping, bc: Described, sales: Described, others: Others | None = None
) -> list[Misfit]:
    """Everything in which ``mapping`` does not fit the two tables, in the order of its fields."""
    return [
        fault
        for side, table in ((Side.BC, bc), (Side.SALES, sales))
        for fault in _faults_on(mapping, side, table, {**(others or {}), mapping.name: mapping})
    ]


def line_faults(
    mapping: Mapping, bc: Described, sales: Described, others: Others | None = None
) -> list[Misfit]:
    """The same for the tables of a mapping's lines, which are created once and do not change."""
    lines = mapping.lines
    if lines is None:
        return []
    once = tuple(replace(each, only_on_create=True, after_create=False) for each in lines.fields)
    own = replace(
        mapping,
        name=f"{mapping.name} lines",
        bc=TableRule(lines.bc, LINE_ID, display=(lines.order,)),
        sales=TableRule(lines.table, lines.key),
        fields=once,
        lines=None,
    )
    if isinstance(bc, TableDescription):
        bc = replace(bc, stamp="")
    if isinstance(sales, TableDescription):
        sales = replace(sales, tracked=True)
    return faults_of(own, bc, sales, {**(others or {}), mapping.name: mapping})


def _faults_on(mapping: Mapping, side: Side, table: Described, others: Others) -> Iterator[Misfit]:
    if isinstance(table, NoTable):
        yield _no_table(side, table)
        return
    yield from _table_faults(mapping, side, table)
    for each in mapping.fields:
        yield from _field_faults(mapping, each, side, table, others)
    yield from _other_names(mapping, side, table)
    rule = mapping.side(side)
    whens = [test for each in mapping.side(side.other).new for test in each.when]
    found = [*filter_faults((*rule.filter, *rule.creates_when, *whens), table.columns, side)]
    for template in rule.new:
        values = dict(template.values)
        found += value_faults(f"{side}.new", values, table.columns, side, new=True)
    found += value_faults(f"{side}.deactivate", dict(rule.deactivate), table.columns, side, new=False)
    for name, reason, what in found:
        yield Misfit(side, name, reason, what)


def _no_table(side: Side, table: NoTable) -> Misfit:
    if table.api:
        reason = f"there is no API {table.api} in {side.system_name}"
        return Misfit(side, "", reason, "Install the extension that has it, or correct api.")
    reason = f"there is no table {table.name[:MAX_CHARS]} in {side.system_name}"
    return Misfit(side, "", reason, closest(table.name, table.tables, "See which tables the API has."))


def _table_faults(mapping: Mapping, side: Side, table: TableDescription) -> Iterator[Misfit]:
    rule = mapping.side(side)
    if table.key != rule.key:
        what = f"Write key = “{table.key}”." if table.key else "Choose a table whose records have one id."
        yield Misfit(side, rule.key, f"{rule.key} is not the id of {table.name}", what)
    if table.stamp and table.stamp not in table.columns:
        yield Misfit(
            side, table.stamp, f"{table.name} does not tell when a record changed", "Choose another table."
        )
    for name in rule.related:
        if name not in table.tables:
            yield Misfit(
                side, name, f"there is no table {name}", closest(name, table.tables, "Correct related.")
            )
    if not table.tracked and side in mapping.watched:
        what = "Turn on change tracking for it in Power Apps."
        yield Misfit(side, "", f"changes of {table.name} are not tracked", what)
    if not table.guarded and mapping.direction is Direction.BIDIRECTIONAL:
        what = "Let the mapping flow one way."
        yield Misfit(
            side, "", f"{table.name} has no optimistic concurrency, so an edit could be overwritten", what
        )


def _field_faults(
    mapping: Mapping, each: FieldMapping, side: Side, table: TableDescription, others: Others
) -> Iterator[Misfit]:
    names = written_names(each, side)
    for name in dict.fromkeys(native_of(each, side)):
        column = table.columns.get(name)
        if column is None:
            yield _no_column(side, name, table, each.name)
            continue
        found = [*_unreadable(column)]
        if name in names:
            found += [*_unwritable(mapping, each, side, column), *type_faults(each, side, column)]
            found += lookup_faults(each, side, mapping.side(side).table, column, others)
        for reason, suggestion in found:
            yield Misfit(side, name, reason, suggestion, each.name)


def written_names(each: FieldMapping, side: Side) -> tuple[str, ...]:
    """The native fields that hold the field's value: those it is read from and written to."""
    return each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())


def _no_column(side: Side, name: str, table: TableDescription, field: str = "") -> Misfit:
    suggestion = closest(name, table.columns, f"See which fields {table.name} has.")
    return Misfit(side, name, f"{table.name} has no field {name[:MAX_CHARS]}", suggestion, field)


def _unreadable(column: ColumnDescription) -> Iterator[tuple[str, str]]:
    if not column.readable:
        yield f"{column.name} cannot be read", "Leave the field out."


def _unwritable(
    mapping: Mapping, each: FieldMapping, side: Side, column: ColumnDescription
) -> Iterator[tuple[str, str]]:
    if not each.direction.flows_to(side):
        return
    at_creation = mapping.may_create(side) and each.is_part_of_creation(side)
    is_given_once = each.only_on_create or (each.fixed_in_bc and side is Side.BC)
    follows = each.after_create or (each.after_create_in_bc and side is Side.BC)
    at_update = follows or not is_given_once
    one_way = f"Let the field flow {'to' if side is Side.BC else 'from'}_sales only, or leave it out."
    if at_update and (harm := _harm(mapping, side, column.name)):
        yield harm, one_way
    elif at_creation and at_update and not (column.at_creation or column.at_update):
        yield f"{column.name} is read-only", one_way
    elif at_creation and not column.at_creation:
        yield (
            f"{column.name} cannot be written at creation",
            "Write after_create = true, or leave the field out.",
        )
    elif at_update and not column.at_update and not each.refusal_is_told:
        yield (
            f"{column.name} can be written at creation only",
            "Write only_on_create = true, or leave it out.",
        )


def _harm(mapping: Mapping, side: Side, name: str) -> str:
    """What an update of the field would do that nobody wants; blank where it does nothing of the kind."""
    if side is not Side.BC:
        return ""
    if (mapping.bc.table, name) == STOCK:
        return "an update of inventory posts stock to the ledger"
    return f"an update of {name} renames the record and all that refer to it" if name == RENAMES else ""


def _other_names(mapping: Mapping, side: Side, table: TableDescription) -> Iterator[Misfit]:
    """Names of display, filter, reference, company, reopening and dated lines that no field has told."""
    told = {name for each in mapping.fields for name in native_of(each, side)}
    derived = {IN_FORCE} if mapping.side(side).in_force else set[str]()
    if side is Side.SALES:
        derived |= {f"{name}type" for each in mapping.fields if each.navigation for name in each.sales}
    reopening = (name for name, _ in mapping.side(side).reopened_by)
    for name in dict.fromkeys((*mapping.native_names(side), *reopening)):
        if name not in told | derived and name != mapping.side(side).key:
            column = table.columns.get(name)
            if column is None:
                yield _no_column(side, name, table)
            else:
                yield from (Misfit(side, name, *found) for found in _unreadable(column))
