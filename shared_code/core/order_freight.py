"""The freight of an order that goes both ways: an amount in Sales, a line in Business Central.  Pure.

It is told as one of the order's lines, which has a price and nothing else.  Where a bookkeeper entered
several lines of freight, Sales has what they come to, and a change of that changes the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from shared_code.core import orders
from shared_code.core.fields import Lines as LineRules
from shared_code.core.identity import line_partner
from shared_code.core.lines import no_account
from shared_code.core.order_lines import PRICE
from shared_code.core.put_results import Unfit
from shared_code.core.records import Row, Value, Values

FREIGHT = orders.FREIGHT
"""The key of the freight among the lines of an order, which are known by ids else."""
COLUMN = "freightamount"
_TYPES = {"_x0020_": "Comment", "G_x002F_L_x0020_Account": "Account"}
"""What the extension calls types that API v2.0 has other names for."""


def type_of(line: Values) -> str:
    """What kind of line of Business Central it is, as API v2.0 calls it."""
    text = str(line.get("lineType") or "Comment")
    return _TYPES.get(text, text)


def lines_of_bc(rules: LineRules, lines: Sequence[Values]) -> list[Values]:
    """The lines of an order of Business Central that are its freight."""
    freight = _held(rules)
    return [line for line in lines if _is_freight(line, freight)]


def in_bc(rules: LineRules, lines: Sequence[Values]) -> Decimal:
    """What the freight of an order of Business Central comes to."""
    return sum(map(_net, lines_of_bc(rules, lines)), orders.NOTHING)


def in_sales(order: Values) -> Decimal:
    """What the freight of an order of Sales comes to.  Raises ValueError."""
    return orders.cents(orders.number(order, COLUMN))


def put_in_bc(
    rules: LineRules, change: Mapping[str, str] | None, bc: Row, sales: Row
) -> list[dict[str, Value]] | Unfit:
    """Changes of Business Central's lines that make the freight what it is in Sales.

    A line that is made gets an id that follows from the order's, so that a repeat finds it.
    """
    there, wanted = lines_of_bc(rules, bc.lines), amount_of(change)
    if not wanted:
        return [{"id": str(line[orders.LINE_ID]), "deleted": True} for line in there]
    if there:
        first, *others = there
        rest = sum(map(_net, others), orders.NOTHING)
        return [{"id": str(first[orders.LINE_ID]), **_amounts(wanted - rest)}]
    made = constants(rules, FREIGHT)
    if "lineObjectNumber" not in made:
        return no_account("lines", FREIGHT)
    return [{"id": line_partner(sales.id), **made, **_amounts(wanted)}]


def amount_of(change: Mapping[str, str] | None) -> Decimal:
    """The freight that a change of it leads to."""
    return Decimal((change or {}).get(PRICE) or 0)


def constants(rules: LineRules, kind: str) -> dict[str, Value]:
    """What every line of a kind holds in Business Central."""
    own = [each for each in rules.fields if each.kind == kind and each.bc]
    return {str(each.bc): each.constant for each in own if each.constant is not None}


def _held(rules: LineRules) -> dict[str, Value]:
    """What tells a line of freight: its account, and its text where what is written in goes to the same
    account."""
    freight, written_in = (constants(rules, kind) for kind in (FREIGHT, orders.WRITTEN_IN))
    if freight.get("lineObjectNumber") != written_in.get("lineObjectNumber"):
        freight.pop("description", None)
    return freight


def _is_freight(line: Values, freight: Values) -> bool:
    held = {**line, "lineType": type_of(line)}
    return "lineObjectNumber" in freight and all(held.get(name) == v for name, v in freight.items())


def _net(line: Values) -> Decimal:
    quantity, price, discount = (
        orders.number(line, name) for name in ("quantity", "unitPrice", "discountAmount")
    )
    return orders.base_of(quantity, price) - discount


def _amounts(price: Decimal) -> dict[str, Value]:
    return {"quantity": Decimal(1), "unitPrice": price, "discountAmount": Decimal(0)}
