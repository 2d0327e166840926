"""Whether the values of templates for new records can be given to a table's new records.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shared_code.core.descriptions import ColumnDescription, Kind
from shared_code.core.fitting_filters import can_hold
from shared_code.core.fitting_names import MAX_CHARS, closest
from shared_code.core.records import Side, Value

type Found = Iterator[tuple[str, str, str]]
"""The column, what is wrong, and what to do."""


def value_faults(
    what: str, values: Mapping[str, Value], columns: Mapping[str, ColumnDescription], side: Side, *, new: bool
) -> Found:
    """Values that columns cannot take: at creation where they are for a ``new`` record, else by an update.

    ``what`` says where in the mapping they stand.
    """
    for name, value in values.items():
        column = columns.get(name)
        if column is None:
            what_to_do = closest(name, columns, "See which fields the table has.")
            yield name, f"{what}: there is no field {name[:MAX_CHARS]}", what_to_do
        elif not (column.at_creation if new else column.at_update):
            yield (
                name,
                f"{what}: {name} cannot be written {'at creation' if new else 'later'}",
                "Leave it out.",
            )
        else:
            yield from _unfit(what, column, value, side)


def _unfit(what: str, column: ColumnDescription, value: Value, side: Side) -> Found:
    if column.kind is Kind.LOOKUP:
        yield column.name, f"{what}: {column.name} is a lookup", "Map it as a field of the type lookup."
    elif value not in (None, "") and not can_hold(column, value, side):
        choices = ", ".join(map(str, column.choices[:20]))
        instead = f"Write one of {choices}." if choices else f"It holds {column.kind}."
        yield column.name, f"{what}: {column.name} cannot hold “{value}”", instead
    elif isinstance(value, str) and column.length is not None and len(value) > column.length:
        reason = f"{what}: {column.name} holds {column.length} characters, the value has {len(value)}"
        yield column.name, reason, "Write a shorter one."
