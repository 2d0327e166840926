"""Descriptions of tables that a mapping fits exactly, made from the mapping itself, to be broken in tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared_code.core.conditions import Condition
from shared_code.core.descriptions import ColumnDescription, Kind, TableDescription, Target
from shared_code.core.fitting import written_names
from shared_code.core.fitting_types import TEXTS
from shared_code.core.mapping import IN_FORCE, FieldMapping, FieldType, Mapping
from shared_code.core.records import Side, Value

_KINDS = {
    FieldType.DECIMAL: Kind.DECIMAL, FieldType.LOCAL_AMOUNT: Kind.DECIMAL, FieldType.INTEGER: Kind.INTEGER,
    FieldType.BOOLEAN: Kind.BOOLEAN, FieldType.DATE_TIME: Kind.MOMENT, FieldType.OPTION: Kind.CHOICE,
}  # fmt: skip


def fitting(mapping: Mapping, side: Side) -> TableDescription:
    """A table of exactly what the mapping needs."""
    rule = mapping.side(side)
    plain = {name: ColumnDescription(name, Kind.TEXT) for name in (*mapping.native_names(side), rule.key)}
    plain.pop(IN_FORCE, None)
    asked = {each.field: each for each in (*rule.filter, *rule.creates_when) if isinstance(each, Condition)}
    plain |= {name: _asked(each, side) for name, each in asked.items() if name in plain}
    columns = plain | {each.name: each for each in _columns(mapping, side)}
    return TableDescription(rule.table, rule.key, columns, (rule.table, *rule.related))


def _asked(condition: Condition, side: Side) -> ColumnDescription:
    """A column that can hold what the filter asks for."""
    value = condition.values[0] if condition.op not in ("is_blank", "is_not_blank") else ""
    if isinstance(value, bool) or not isinstance(value, int):
        return ColumnDescription(condition.field, Kind.BOOLEAN if isinstance(value, bool) else Kind.TEXT)
    return ColumnDescription(condition.field, Kind.INTEGER if side is Side.BC else Kind.CHOICE)


def _columns(mapping: Mapping, side: Side) -> Iterator[ColumnDescription]:
    for each in mapping.fields:
        for name in written_names(each, side):
            yield _column(each, side, name)


def _column(each: FieldMapping, side: Side, name: str) -> ColumnDescription:
    length = each.length_on(side) if each.type in TEXTS and each.direction.flows_to(side) else None
    if each.type is FieldType.CONSTANT:
        return ColumnDescription(name, _constant(each.constant))
    if each.type is FieldType.DATE:
        return ColumnDescription(name, Kind.MOMENT if side is Side.SALES and each.user_local else Kind.DAY)
    if each.type is FieldType.STATE:
        return ColumnDescription(name, Kind.TEXT if side is Side.BC else Kind.CHOICE)
    if each.type is FieldType.LOOKUP:
        return _lookup(each, side, name)
    return ColumnDescription(name, _KINDS.get(each.type, Kind.TEXT), length)


def _constant(value: Value) -> Kind:
    return Kind.TEXT if isinstance(value, str) else Kind.BOOLEAN if isinstance(value, bool) else Kind.CHOICE


def _lookup(each: FieldMapping, side: Side, name: str) -> ColumnDescription:
    if side is Side.BC:
        return ColumnDescription(name, Kind.TEXT if each.by_reference else Kind.ID)
    if not each.target:
        return ColumnDescription(name, Kind.CHOICE)
    further = (Target(one.target, one.navigation) for one in each.also)
    return ColumnDescription(
        name, Kind.LOOKUP, targets=(Target(each.target, each.navigation or name), *further)
    )


def with_column(table: TableDescription, name: str, **changes: object) -> TableDescription:
    """The table with one column changed."""
    column = replace(table.columns[name], **changes)  # type: ignore[arg-type]
    return replace(table, columns={**table.columns, name: column})


def without_column(table: TableDescription, name: str) -> TableDescription:
    return replace(table, columns={key: each for key, each in table.columns.items() if key != name})
