"""Lines: what the rows that belong to a record are on the other side.  Pure.

A field group whose first lookup leads nowhere is not part of a line, and another one may stand in for it: a
line sells a product, or it is written in.  A group of a kind is part of lines of this kind only.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared_code.core import orders, transform
from shared_code.core.lookups import Links
from shared_code.core.mapping import FieldMapping, FieldType, Lines
from shared_code.core.put_results import Missing, Put, Unfit
from shared_code.core.records import ZERO_ID, Side, Value, Values

LINE_ID = "id"

type Faults = list[Missing | Unfit]


def put_lines(
    lines: Lines, rows: Sequence[Values], links: Links, *, waited: bool
) -> tuple[list[tuple[str, Values]], Faults]:
    """The Sales rows of BC's lines in their order, each with its line's BC id, and what cannot be put.

    ``waited``: what is not coupled by now is done without.
    """
    put: list[tuple[str, Values]] = []
    faults: Faults = []
    for row in sorted(rows, key=lambda each: _place(each.get(lines.order))):
        native, unput = _put_line(lines, row, links, waited)
        put.append((str(row[LINE_ID]), native))
        faults += unput
    return put, faults


def put_in_bc(lines: Lines, rows: Sequence[Values], links: Links) -> tuple[list[tuple[str, Values]], Faults]:
    """The BC lines of what ``orders.rows_of`` made of an order, and what cannot be put, by its line."""
    put: list[tuple[str, Values]] = []
    faults: Faults = []
    for row in rows:
        native: dict[str, Value] = {}
        there = set[str]()
        for group in lines.groups:
            if not _applies(group, row, there) or not _leads_somewhere(group[0], row, links):
                continue
            there.add(group[0].group)
            values, unput = _put_group(group, row, links, Side.SALES)
            native |= values
            faults += [_of_line(each, row) for each in unput]
        if not any(group[0].kind and group[0].group in there for group in lines.groups):
            faults.append(_nothing_of(lines, row))
        put.append((str(row[LINE_ID]), native))
    return put, faults


def _place(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _applies(group: tuple[FieldMapping, ...], row: Values, there: set[str]) -> bool:
    """A group of the line's kind, or one of any kind of which the line holds something."""
    if group[0].kind:
        return group[0].kind == row.get(orders.KIND) and there.isdisjoint(group[0].without)
    return any(name in row for each in group for name in each.sales)


def _leads_somewhere(first: FieldMapping, row: Values, links: Links) -> bool:
    return not first.lookup or transform.get(first, Side.SALES, row, links) is not None


def _of_line(fault: Missing | Unfit, row: Values) -> Missing | Unfit:
    """The same, told by the line it is of."""
    where = orders.called(row)
    if isinstance(fault, Missing):
        told = f"{where}: its {fault.field} is not one that Business Central has for this product."
        return Missing(fault.field, fault.mappings, fault.side, fault.key, told)
    return Unfit(fault.field, fault.code, f"{where}: {fault.text}")


def _nothing_of(lines: Lines, row: Values) -> Missing | Unfit:
    """Why a line has no place: what it sells is not coupled."""
    kind, where = row.get(orders.KIND), orders.called(row)
    firsts = [group[0] for group in lines.groups if group[0].kind == kind and group[0].lookup]
    key = next((str(value) for each in firsts if (value := row.get(each.sales[0])) is not None), "")
    if not key:
        return Unfit(str(kind), "order_content", f"{where}: it sells nothing that Business Central has.")
    names = tuple(dict.fromkeys(name for each in firsts for name in each.lookup))
    told = f"{where}: its product is not in Business Central, or not coupled with what is there."
    return Missing("product", names, Side.SALES, key, told)


def _put_line(
    lines: Lines, row: Values, links: Links, waited: bool
) -> tuple[dict[str, Value], list[Missing | Unfit]]:
    native: dict[str, Value] = {}
    faults: list[Missing | Unfit] = []
    there = set[str]()
    for group in lines.groups:
        if not there.isdisjoint(group[0].without) or not _is_there(group, row, links):
            continue
        values, unput = _put_group(group, row, links, Side.BC)
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
    group: tuple[FieldMapping, ...], row: Values, links: Links, source: Side
) -> tuple[dict[str, Value], list[Missing | Unfit]]:
    native: dict[str, Value] = {}
    faults: list[Missing | Unfit] = []
    for each in group:
        value = transform.get(each, source, row, links)
        put = _blank(each, source) if value is None else transform.put(each, source.other, value, links)
        if isinstance(put, Missing | Unfit):
            faults.append(put)
        else:
            native |= put
    return native, faults


def _blank(each: FieldMapping, source: Side) -> Put:
    """What a blank is on the other side: amounts are zero, the rest is left to the service."""
    if each.type is FieldType.CONSTANT:
        return no_account(each.name, each.kind) if each.kind else {}
    names = each.sales if source is Side.BC else tuple(filter(None, (each.bc,)))
    return dict.fromkeys(names, 0) if each.type is FieldType.DECIMAL else {}


def no_account(field: str, kind: str) -> Unfit:
    """Lines of a kind have no place in Business Central."""
    what = f"no account is set for {kind.replace('_', '-')} lines; ask the administrator."
    return Unfit(field, "account_missing", what)


def put_bc_line_in_sales(lines: Lines, row: Values, links: Links) -> tuple[dict[str, Value], Faults]:
    """What a line of Business Central sells, as columns of Sales."""
    for group in lines.groups:
        first = group[0]
        if not first.lookup or not first.kind or not _is_of_type(group, row):
            continue
        if transform.get(first, Side.BC, row, links) is None:
            continue
        native, faults = _put_group(_both_sided(group), row, links, Side.BC)
        return native, [_not_in_sales(each, row) for each in faults]
    return {}, [Unfit("lines", "order_content", f"{_in_bc(row)}: Sales has no place for such a line.")]


def _is_of_type(group: tuple[FieldMapping, ...], row: Values) -> bool:
    types = [each.constant for each in group if each.bc == "lineType"]
    is_variant = row.get("itemVariantId") not in (None, "", ZERO_ID)
    sells_variant = any(each.bc == "itemVariantId" for each in group)
    return types == [row.get("lineType")] and is_variant is sells_variant


def _both_sided(group: tuple[FieldMapping, ...]) -> tuple[FieldMapping, ...]:
    """The fields that Sales is told: neither the type nor what only Business Central needs."""
    return tuple(each for each in group if each.type is not FieldType.CONSTANT and not each.within_only)


def _in_bc(row: Values) -> str:
    return f"Line {row.get('sequence') or '?'} of Business Central ({str(row.get('description') or '')[:60]})"


def _not_in_sales(fault: Missing | Unfit, row: Values) -> Missing | Unfit:
    if isinstance(fault, Missing):
        told = f"{_in_bc(row)}: its {fault.field} is not in Sales, or not coupled with what is there."
        return Missing("lines", fault.mappings, fault.side, fault.key, told)
    return Unfit("lines", fault.code, f"{_in_bc(row)}: {fault.text}")
