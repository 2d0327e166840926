"""Which kinds of columns hold a field's type, and whether lengths, choices and constants fit.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.records import Side, Value
from shared_code.core.transform import is_truth

type Found = Iterator[tuple[str, str]]
"""What is wrong, and what to do."""

TEXTS = frozenset((
    FieldType.TEXT, FieldType.CODE, FieldType.PHONE, FieldType.EMAIL, FieldType.COUNTRY,
    FieldType.PERSON_NAME,
))  # fmt: skip
_NUMBERS = frozenset((FieldType.DECIMAL, FieldType.LOCAL_AMOUNT))


def type_faults(each: FieldMapping, side: Side, column: ColumnDescription) -> Found:
    """What of the field's type, lengths and values the column cannot hold."""
    kinds = _kinds(each, side)
    if column.kind not in kinds:
        yield _wrong_kind(each, column, kinds)
        return
    if each.direction.flows_to(side):
        yield from _lengths(each, side, column)
        yield from _values(each, side, column)
    if each.type is FieldType.DATE and side is Side.SALES:
        yield from _days(each, column)


def _kinds(each: FieldMapping, side: Side) -> frozenset[Kind]:
    """The kinds of columns that hold the field on ``side``.

    A rule reads whatever its source holds.  A value that only flows from a side may be in a wider type there.
    """
    if each.rules and each.direction.flows_from(side):
        return frozenset(Kind) - {Kind.OTHER}
    read_only = not each.direction.flows_to(side)
    if each.type in TEXTS:
        return frozenset({Kind.TEXT})
    if each.type in _NUMBERS:
        whole = {Kind.INTEGER} if read_only or each.places == 0 else set[Kind]()
        return frozenset({Kind.DECIMAL} | whole)
    return _fixed_kinds(each, side, read_only)


def _fixed_kinds(each: FieldMapping, side: Side, read_only: bool) -> frozenset[Kind]:
    on_bc = side is Side.BC
    match each.type:
        case FieldType.INTEGER:
            return frozenset({Kind.INTEGER, Kind.DECIMAL})
        case FieldType.BOOLEAN:
            return frozenset({Kind.BOOLEAN})
        case FieldType.DATE:
            return frozenset({Kind.DAY, Kind.MOMENT} if read_only or not on_bc else {Kind.DAY})
        case FieldType.DATE_TIME:
            return frozenset({Kind.MOMENT})
        case FieldType.LINES:
            return frozenset({Kind.TEXT})
        case FieldType.OPTION if on_bc and is_truth(each):
            return frozenset({Kind.BOOLEAN})
        case FieldType.OPTION if not on_bc:
            # It is a number there, which a column of whole numbers holds, too (the decimals of a currency).
            return frozenset({Kind.CHOICE, Kind.INTEGER})
        case FieldType.OPTION | FieldType.STATE:
            numbers = {Kind.INTEGER} if each.type is FieldType.OPTION else set[Kind]()
            return frozenset({Kind.CHOICE, Kind.TEXT} if on_bc else {Kind.CHOICE} | numbers)
        case FieldType.LOOKUP if on_bc:
            return frozenset({Kind.TEXT if each.by_reference else Kind.ID})
        case FieldType.LOOKUP:
            return frozenset({Kind.LOOKUP if each.target else Kind.CHOICE})
    return frozenset({Kind.LOOKUP}) if each.target else _constant_kinds(each.constant, side)


def _constant_kinds(value: Value, side: Side) -> frozenset[Kind]:
    match value:
        case bool():
            return frozenset({Kind.BOOLEAN})
        case int():
            choice = {Kind.CHOICE} if side is Side.SALES else set[Kind]()
            return frozenset({Kind.INTEGER, Kind.DECIMAL} | choice)
        case Decimal():
            return frozenset({Kind.DECIMAL})
        case str():
            return frozenset({Kind.TEXT, Kind.CHOICE} if side is Side.BC else {Kind.TEXT})
    return frozenset(Kind)


_TYPES: dict[Kind, str] = {
    Kind.TEXT: "text",
    Kind.DECIMAL: "decimal",
    Kind.INTEGER: "integer",
    Kind.BOOLEAN: "boolean",
    Kind.DAY: "date",
    Kind.MOMENT: "date_time",
    Kind.ID: "lookup",
    Kind.CHOICE: "option",
    Kind.LOOKUP: "lookup",
}


def _wrong_kind(each: FieldMapping, column: ColumnDescription, kinds: frozenset[Kind]) -> tuple[str, str]:
    reason = f"{column.name} holds {column.kind}, which cannot be a {each.type}"
    if each.type is FieldType.LOOKUP and column.kind is Kind.LOOKUP:
        return reason, "Write target, the table that the lookup leads to."
    if each.type is FieldType.LOOKUP and kinds == {Kind.ID}:
        return reason, "Write by_reference = true if it holds a code or number."
    type_ = _TYPES.get(column.kind)
    if type_ is None or type_ == each.type:
        return reason, f"Choose a field that holds {' or '.join(sorted(kinds))}."
    return reason, f"Write type = “{type_}”, or choose a field that holds {' or '.join(sorted(kinds))}."


def _lengths(each: FieldMapping, side: Side, column: ColumnDescription) -> Found:
    if column.length is None:
        return
    said, key = each.length_on(side), f"{side}_length"
    if each.type in TEXTS and (said is None or said > column.length):
        what = "the mapping does not say so" if said is None else f"the mapping says {said}"
        yield f"{column.name} holds {column.length} characters, {what}", f"Write {key} = {column.length}."
    if each.type is FieldType.CONSTANT and len(str(each.constant)) > column.length:
        yield (
            f"{column.name} holds {column.length} characters, the constant has more",
            "Write a shorter constant.",
        )


def _values(each: FieldMapping, side: Side, column: ColumnDescription) -> Found:
    """Values that the mapping writes and the choice does not have."""
    if column.kind is not Kind.CHOICE or not column.choices:
        return
    wanted: list[str | int] = [name if side is Side.BC else number for name, number in each.options]
    if each.type is FieldType.STATE and side is Side.SALES:
        wanted = [numbers[each.sales.index(column.name)] for _, *numbers in each.states]
    if each.type is FieldType.CONSTANT and isinstance(each.constant, str | int):
        wanted = [each.constant]
    known = ", ".join(map(str, column.choices[:MAX_CHOICES]))
    for value in wanted:
        if value not in column.choices:
            yield f"{column.name} has no choice “{value}”", f"Write one of {known}."


MAX_CHOICES = 20
"""How many choices are told."""


def _days(each: FieldMapping, column: ColumnDescription) -> Found:
    """A day that is kept as an instant is written and read as one."""
    if column.kind is Kind.DAY and each.user_local:
        yield f"{column.name} holds a date and no instant", "Leave user_local out."
    if column.kind is Kind.MOMENT and not each.user_local and each.direction.flows_to(Side.SALES):
        yield f"{column.name} holds an instant, not a date", "Write user_local = true."
