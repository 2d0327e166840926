"""Lines: what the rows that belong to a BC record are in Sales.  Pure.

A field group whose first lookup leads nowhere is not part of a line, and another one may stand in for it: a
line sells a product, or it is written in.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared_code.core import transform
from shared_code.core.lookups import Links
from shared_code.core.mapping import FieldMapping, FieldType, Lines
from shared_code.core.put_results import Missing, Put, Unfit
from shared_code.core.records import Side, Value, Values

LINE_ID = "id"


def put_lines(
    lines: Lines, rows: Sequence[Values], links: Links, *, waited: bool
) -> tuple[list[tuple[str, Values]], list[Missing | Unfit]]:
    """The Sales rows of BC's lines in their order, each with its line's BC id, and what cannot be put.

    ``waited``: what is not coupled by now is done without.
    """
    put: list[tuple[str, Values]] = []
    faults: list[Missing | Unfit] = []
    for row in sorted(rows, key=lambda each: _place(each.get(lines.order))):
        native, unput = _put_line(lines, row, links, waited)
        put.append((str(row[LINE_ID]), native))
        faults += unput
    return put, faults


def _place(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _put_line(
    lines: Lines, row: Values, links: Links, waited: bool
) -> tuple[dict[str, Value], list[Missing | Unfit]]:
    native: dict[str, Value] = {}
    faults: list[Missing | Unfit] = []
    there = set[str]()
    for group in lines.groups:
        if not there.isdisjoint(group[0].without) or not _is_there(group, row, links):
            continue
        values, unput = _put_group(group, row, links)
        lacking = any(isinstance(each, Missing) for each in unput)
        if not unput:
            native |= values
            there.add(group[0].group)
        elif not (waited and lacking):
            faults += unput
    return native, faults


def _is_there(group: tuple[FieldMapping, ...], row: Values, links: Links) -> bool:
    """Whether the line has what the group is about: its first lookup, and what must agree with that."""
    first = group[0]
    if not first.lookup:
        return True
    key = transform.get(first, Side.BC, row, links)
    return key is not None and all(_agrees(first, each, str(key), row, links) for each in group)


def _agrees(first: FieldMapping, each: FieldMapping, key: str, row: Values, links: Links) -> bool:
    """Whether the record ``first`` leads to holds what this field says; an uncoupled one is waited for."""
    if not each.same_as or links.sales_id(first.lookup[0], key, first.by_reference) is None:
        return True
    held = links.held(first.lookup[0], key, first.by_reference, each.same_as)
    return held == transform.get(each, Side.BC, row, links)


def _put_group(
    group: tuple[FieldMapping, ...], row: Values, links: Links
) -> tuple[dict[str, Value], list[Missing | Unfit]]:
    native: dict[str, Value] = {}
    faults: list[Missing | Unfit] = []
    for each in group:
        value = transform.get(each, Side.BC, row, links)
        blank: Put = dict.fromkeys(each.sales, 0) if each.type is FieldType.DECIMAL else {}
        put = transform.put(each, Side.SALES, value, links) if value is not None else blank
        if isinstance(put, Missing | Unfit):
            faults.append(put)
        else:
            native |= put
    return native, faults
