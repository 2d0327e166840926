"""Lines of orders in the form that both sides are compared in, and what a change of them is for each.  Pure.

What a line sells is told as Business Central tells it.  Comments are no lines of their own in Sales; what
stands there of them is carried once.  The freight and the discount on the order as a whole are lines here,
under keys of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from shared_code.core import order_freight, orders
from shared_code.core.fields import Lines as LineRules
from shared_code.core.identity import line_partner
from shared_code.core.lines import put_bc_line_in_sales, put_in_bc
from shared_code.core.lookups import UNCOUPLED_PREFIX, Links
from shared_code.core.moments import BLANK_DATE, day_of, instant_of_day
from shared_code.core.order_freight import FREIGHT, type_of
from shared_code.core.order_lines import (
    DATE,
    DISCOUNT,
    MOST_LINES,
    PRICE,
    QUANTITY,
    SELLS,
    TEXT,
    UNIT,
    Changes,
    Line,
    text_of,
)
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import ZERO_ID, Row, Side, Value, Values

WRITTEN_IN = "written in"
LINE_ID, KEY, DELETED, NEW = orders.LINE_ID, "id", "deleted", "new"
_PRICE_COLUMNS = ("quantity", "priceperunit", "manualdiscountamount", "ispriceoverridden")


WHOLE_DISCOUNT = "discount"
"""The key of the discount on the order as a whole among its lines."""
BC_DISCOUNT = "invoiceDiscountAmount"


BC_DATE, SALES_DATE = "requestedDeliveryDate", "requestdeliveryby"
"""The day a line is wanted on, by the column of either side; blank: the day of the order."""


ORDER_LINES = "orderLines"
"""The column of an order that changes its lines with the rest of the change, in one transaction: a JSON list
of lines in the side's own columns, each with its ``id``.  One with ``deleted`` is deleted, one that is
``new`` (in Business Central: not there) is made.  Read it is blank; on paper it holds what was written."""
BC_COLUMNS = (
    "lineType", "itemId", "itemVariantId", "lineObjectNumber", "unitOfMeasureCode", "description", "quantity",
    "unitPrice", "discountAmount", "shippedQuantity", "invoicedQuantity", BC_DATE,
)  # fmt: skip
"""What of Business Central's lines is read."""


def known(rules: LineRules, side: Side, row: Row, links: Links) -> Value:
    """The lines of an order of ``side``; ``None`` where there are too many to go both ways, or where they
    were changed on paper (a preview), where nothing is computed of them."""
    if len(row.lines) > MOST_LINES or row.values.get(ORDER_LINES):
        return None
    lines = _of_bc(rules, row) if side is Side.BC else _of_sales(rules, row, links)
    filled = {key: {name: value for name, value in line.items() if value} for key, line in lines.items()}
    return text_of(filled)


def _of_bc(rules: LineRules, row: Row) -> dict[str, Line]:
    """A comment is no line of Sales."""
    freight = order_freight.lines_of_bc(rules, row.lines)
    lines = [line for line in row.lines if type_of(line) != "Comment" and line not in freight]
    told = {line_partner(str(line[LINE_ID])): _bc_line(line, row.values) for line in lines}
    return told | _amounts(order_freight.in_bc(rules, row.lines), orders.number(row.values, BC_DISCOUNT))


def _amounts(freight: Decimal, discount: Decimal) -> dict[str, Line]:
    """What is no line on one side or both: told as one that has a price and nothing else."""
    amounts = {FREIGHT: freight, WHOLE_DISCOUNT: discount}
    return {key: {PRICE: _number(amount)} for key, amount in amounts.items() if amount}


def _is_account(line: Values) -> bool:
    return type_of(line) == "Account"


def _bc_line(line: Values, order: Values) -> Line:
    return {
        SELLS: WRITTEN_IN if _is_account(line) else _what(line),
        UNIT: "" if _is_account(line) else str(line.get("unitOfMeasureCode") or ""),
        QUANTITY: _number(line.get("quantity")),
        PRICE: _number(line.get("unitPrice")),
        DISCOUNT: _number(line.get("discountAmount")),
        TEXT: str(line.get("description") or "").strip() if _is_account(line) else "",
        DATE: _own_day(line, order),
    }


def _own_day(line: Values, order: Values) -> str:
    """The day a line of Business Central is wanted on, where it is another one than that of its order."""
    own, whole = (str(each.get(BC_DATE) or BLANK_DATE) for each in (line, order))
    return "" if own in (whole, BLANK_DATE) else own


def _what(line: Values) -> str:
    ids = [str(line.get(name) or "").lower() for name in ("itemVariantId", "itemId")]
    known_by = [*(each for each in ids if each not in ("", ZERO_ID)), str(line.get("lineObjectNumber") or "")]
    return f"{type_of(line)}|{known_by[0]}"


def _of_sales(rules: LineRules, row: Row, links: Links) -> dict[str, Line]:
    made = orders.rows_of({}, row.lines)
    own = [each for each in made if each[orders.KIND] in (orders.PRODUCT, orders.WRITTEN_IN)]
    told = {str(each[LINE_ID]): _sales_line(rules, each, links) for each in own}
    return told | _amounts(order_freight.in_sales(row.values), orders.discount_of(row.values))


def _sales_line(rules: LineRules, row: Values, links: Links) -> Line:
    is_written_in = row[orders.KIND] == orders.WRITTEN_IN
    ((_, native),), _ = put_in_bc(rules, [row], links)
    sells = _what(native) if "lineType" in native else f"{UNCOUPLED_PREFIX}{row.get('productid')}"
    return {
        SELLS: WRITTEN_IN if is_written_in else sells,
        UNIT: "" if is_written_in else str(native.get("unitOfMeasureCode") or ""),
        QUANTITY: _number(row.get(orders.QUANTITY)),
        PRICE: _number(row.get(orders.PRICE)),
        DISCOUNT: _number(row.get(orders.DISCOUNT)),
        TEXT: str(row.get("productdescription") or "").strip() if is_written_in else "",
        DATE: day_of(str(row.get(SALES_DATE) or "")) or "",
    }


def _number(value: Value) -> str:
    """A number as text that is the same for the same number; zero is blank."""
    if not isinstance(value, int | Decimal) or not value:
        return ""
    return f"{Decimal(value).quantize(orders.FINEST).normalize():f}"


@dataclass
class Put:
    """Changes of lines as one side takes them, what of them cannot be put, and the changes that were.

    ``header`` are columns of the order itself.
    """

    rows: list[dict[str, Value]] = field(default_factory=list)
    header: dict[str, Value] = field(default_factory=dict)
    faults: list[Missing | Unfit] = field(default_factory=list)
    sent: Changes = field(default_factory=dict)

    def add(self, key: str, change: Line | None, row: dict[str, Value]) -> None:
        self.rows.append(row)
        self.sent[key] = change

    def add_to_header(self, key: str, change: Line | None, columns: dict[str, Value]) -> None:
        self.header |= columns
        self.sent[key] = change


def put_to_bc(rules: LineRules, changes: Changes, bc: Row, sales: Row, links: Links) -> Put:
    """Changes as Business Central takes them, whole but for what it holds already.

    A line of which something was shipped is not deleted, and its quantity does not fall below that.
    """
    put = Put()
    rows = {str(each[LINE_ID]): each for each in orders.rows_of({}, sales.lines)}
    held = {line_partner(str(each[LINE_ID])): each for each in bc.lines}
    for key, change in changes.items():
        line, row = held.get(key), rows.get(key)
        if key == FREIGHT:
            _put_freight_to_bc(put, rules, change, bc, sales)
        elif key == WHOLE_DISCOUNT:
            put.add_to_header(key, change, {BC_DISCOUNT: order_freight.amount_of(change)})
        elif line is not None and (why := _too_late(line, change)):
            put.faults.append(Unfit("lines", "order_shipped", f"{_called(line)}: {why}"))
        elif change is None:
            put.add(key, change, {KEY: line_partner(key), DELETED: True})
        elif row is not None:
            _put_line_to_bc(put, rules, key, change, line, row, sales.lines, links)
            _put_day(put.rows, change, line, bc.values)
    return put


def _put_freight_to_bc(put: Put, rules: LineRules, change: Line | None, bc: Row, sales: Row) -> None:
    if not order_freight.amount_of(change):
        shipped = [each for each in order_freight.lines_of_bc(rules, bc.lines) if _too_late(each, None)]
        if shipped:
            why = f"{_called(shipped[0])}: {_too_late(shipped[0], None)}"
            put.faults.append(Unfit("lines", "order_shipped", why))
            return
    rows = order_freight.put_in_bc(rules, change, bc, sales)
    if isinstance(rows, Unfit):
        put.faults.append(rows)
        return
    put.rows += rows
    put.sent[FREIGHT] = change


def _put_line_to_bc(
    put: Put, rules: LineRules, key: str, change: Line, held: Values | None, row: Values,
    lines: Sequence[Values], links: Links,
) -> None:  # fmt: skip
    own = [each for each in lines if each.get(LINE_ID) == key]
    if refused := orders.refusals(own):
        put.faults.append(Unfit("lines", "order_content", " ".join(refused)))
        return
    ((_, native),), faults = put_in_bc(rules, [row], links)
    if faults:
        put.faults += faults
        return
    if held is not None and SELLS not in change:
        native = {n: v for n, v in native.items() if n in ("description",) and TEXT in change}
    put.add(key, change, {KEY: line_partner(key), **native, **_amounts_in_bc(change, held)})


def _put_day(rows: Sequence[dict[str, Value]], change: Line, held: Values | None, order: Values) -> None:
    """The day of a line that is there, in the change of it that was made last: blank is that of the order.

    A line that is to sell something else takes that of the order by itself.
    """
    if held is None or not (rows and rows[-1][KEY] == str(held[LINE_ID])):
        return
    if DATE in change:
        rows[-1][BC_DATE] = change[DATE] or order.get(BC_DATE) or BLANK_DATE
    elif SELLS in change:
        rows[-1][BC_DATE] = held.get(BC_DATE) or BLANK_DATE


def _amounts_in_bc(change: Line, held: Values | None) -> dict[str, Value]:
    """Quantity, price and discount together: Business Central computes each anew with the one before it."""
    names = {QUANTITY: "quantity", PRICE: "unitPrice", DISCOUNT: "discountAmount"}
    return {name: _wanted(change, own, (held or {}).get(name)) for own, name in names.items()}


def _wanted(change: Line, name: str, held: Value) -> Value:
    if name in change:
        return Decimal(change[name] or 0)
    return held if held is not None else Decimal(0)


def _too_late(held: Values, change: Line | None) -> str:
    """Why what was shipped or invoiced of a line forbids the change."""
    counts = (held.get(name) for name in ("shippedQuantity", "invoicedQuantity"))
    done = max((Decimal(each) for each in counts if isinstance(each, int | Decimal)), default=Decimal(0))
    if not done:
        return ""
    if change is None:
        return f"{_number(done)} of it were shipped, so it is not deleted in Business Central."
    if QUANTITY in change and Decimal(change[QUANTITY] or 0) < done:
        return f"{_number(done)} of it were shipped, so its quantity stays in Business Central."
    return ""


def _called(line: Values) -> str:
    return f"Line {line.get('sequence') or '?'} ({str(line.get('description') or '')[:60]})"


def put_to_sales(rules: LineRules, changes: Changes, bc: Row, sales: Row, links: Links) -> Put:
    """Changes as Sales takes them: columns of the lines' own rows."""
    put = Put()
    rows = {line_partner(str(each[LINE_ID])): each for each in bc.lines}
    there = {str(each[LINE_ID]): each for each in orders.rows_of({}, sales.lines)}
    for key, change in changes.items():
        if key == FREIGHT:
            put.add_to_header(key, change, {order_freight.COLUMN: order_freight.amount_of(change)})
        elif key == WHOLE_DISCOUNT:
            # What was a percentage is an amount from then on, as in Business Central.
            amount = order_freight.amount_of(change)
            put.add_to_header(key, change, {"discountamount": amount, "discountpercentage": None})
        elif change is None:
            put.add(key, change, {KEY: key, DELETED: True})
        elif key in rows:
            _put_line_to_sales(put, rules, key, change, rows[key], there.get(key), links)
    return put


def _put_line_to_sales(
    put: Put, rules: LineRules, key: str, change: Line, row: Values, held: Values | None, links: Links
) -> None:
    native: dict[str, Value] = {}
    if _is_account(row):
        native = {"isproductoverridden": True} if held is None else {}
        native |= {"productdescription": change[TEXT] or None} if TEXT in change else {}
    elif SELLS in change:
        found, faults = put_bc_line_in_sales(rules, {**row, "lineType": type_of(row)}, links)
        if faults:
            put.faults += faults
            return
        native = found
    if DATE in change and (change[DATE] or held is not None):
        native[SALES_DATE] = instant_of_day(change[DATE]) if change[DATE] else None
    made: dict[str, Value] = {} if held else {NEW: True, "sequencenumber": row.get("sequence")}
    put.add(key, change, {KEY: key, **made, **native, **_amounts_in_sales(change, held)})


def _amounts_in_sales(change: Line, held: Values | None) -> dict[str, Value]:
    """The price is fixed, so that no list of Sales makes another one of it."""
    there = held or {}
    values: tuple[Value, ...] = (
        _wanted(change, QUANTITY, there.get(orders.QUANTITY)),
        _wanted(change, PRICE, there.get(orders.PRICE)),
        _wanted(change, DISCOUNT, there.get(orders.DISCOUNT)),
        True,
    )
    return dict(zip(_PRICE_COLUMNS, values, strict=True))
