"""What an order or quote of Sales is in Business Central: lines, discount, what cannot be carried.  Pure.

Both are orders here: a quote has the same amounts and lines.  Sales tells them as it computed them, whatever
discounts led there (of a list, of a line, for each unit, in percent of the order).  So prices and discounts
are taken from these amounts: Business Central's own arithmetic (quantity times unit price, rounded, less a
discount) then gives the same to the cent.  Tax is Business Central's own.
Source: Microsoft docs product-discounting-methods.md; microsoft/BCApps, APIV2SalesOrderLines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from shared_code.core.records import Value, Values

CENT, FINEST = Decimal("0.01"), Decimal("0.00001")
NOTHING = Decimal(0)
TEXT_LENGTH = 100
"""The longest description of a line in Business Central."""
MAX_LINES = 1_000
"""An order of more is refused: Business Central creates it in one transaction, within minutes."""

LINE_ID, LINE_NAME, KIND, PLACE, TEXT, QUANTITY, PRICE, DISCOUNT = (
    "id", "name", "kind", "place", "text", "quantity", "unitPrice", "discount",
)  # fmt: skip
PRODUCT, WRITTEN_IN, FREIGHT, COMMENT = "product", "written_in", "freight", "comment"
LINE_COLUMNS = (
    "quantity", "priceperunit", "extendedamount", "tax", "productdescription", "description",
    "isproductoverridden", "producttypecode", "lineitemnumber", "sequencenumber",
    "willcall", "shipto_line1", "shipto_city", "shipto_postalcode", "requestdeliveryby",
)  # fmt: skip
"""What of an order's lines is read beside the lookups, and beside their name."""
ORDER_COLUMNS = ("totallineitemamount", "totalamountlessfreight", "totaltax", "totalamount", "freightamount")
_BUNDLES = {2: "a bundle", 3: "a part of a bundle", 4: "a part of a bundle", 5: "a project service"}


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit and the line's discount, from which Business Central computes its amount."""

    per_unit: Decimal
    discount: Decimal


def price_of(quantity: Decimal, unit_price: Decimal, net: Decimal) -> Price:
    """Price and discount that give ``net``, the line's amount before tax, in cents.

    The unit price is kept where it can be.  Where it makes less than the amount, the price is the least one
    that makes enough; a discount below zero there is none.
    """
    price = unit_price.quantize(FINEST, ROUND_HALF_UP)
    if base_of(quantity, price) < net and quantity:
        price = (net / quantity).quantize(FINEST, ROUND_CEILING if quantity > 0 else ROUND_FLOOR)
    return Price(price, max(base_of(quantity, price) - net, NOTHING))


def base_of(quantity: Decimal, price: Decimal) -> Decimal:
    """What a line comes to before its discount."""
    return cents(quantity * price)


def cents(amount: Decimal) -> Decimal:
    """An amount in the decimals of currencies."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def discount_of(order: Values) -> Decimal:
    """What is taken off the order as a whole."""
    discount = number(order, "totallineitemamount") - number(order, "totalamountlessfreight")
    return max(cents(discount), NOTHING)


def net_of(order: Values, lines: Sequence[Values]) -> Decimal:
    """What the order comes to before tax, with freight, each line rounded as Business Central does."""
    return sum(map(net_of_line, lines), NOTHING) - discount_of(order) + cents(number(order, "freightamount"))


def net_of_line(line: Values) -> Decimal:
    """A line's amount before tax."""
    return cents(number(line, "extendedamount") - number(line, "tax"))


def number(values: Values, name: str) -> Decimal:
    """A number of Sales; nothing is zero.  Raises ValueError."""
    value = values.get(name)
    if value is None:
        return NOTHING
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{name} is not a number")
    return Decimal(value)


def rows_of(order: Values, lines: Sequence[Values]) -> list[dict[str, Value]]:
    """The lines that Business Central gets: those of the order in their order, each with what does not fit
    into its description as comments after it, and the freight.

    Each has its ``kind``, text and amounts as Business Central takes them, and what the line itself holds.
    """
    rows: list[dict[str, Value]] = []
    for line in sorted(lines, key=_place):
        rows += _rows_of_line(line)
    freight = cents(number(order, "freightamount"))
    if freight:
        rows.append({LINE_ID: FREIGHT, KIND: FREIGHT, QUANTITY: 1, PRICE: freight, DISCOUNT: NOTHING})
    return [{PLACE: place, **row} for place, row in enumerate(rows, start=1)]


def _place(line: Values) -> tuple[Decimal, Decimal, str]:
    return number(line, "sequencenumber"), number(line, "lineitemnumber"), str(line.get(LINE_ID) or "")


def _rows_of_line(line: Values) -> list[dict[str, Value]]:
    is_written_in = bool(line.get("isproductoverridden"))
    quantity = number(line, "quantity")
    price = price_of(quantity, number(line, "priceperunit"), net_of_line(line))
    first, *rest = _texts(line, is_written_in)
    row: dict[str, Value] = {
        **line,
        KIND: WRITTEN_IN if is_written_in else PRODUCT,
        TEXT: first,
        QUANTITY: quantity,
        PRICE: price.per_unit,
        DISCOUNT: price.discount,
    }
    own = str(line.get(LINE_ID) or "")
    comments: list[dict[str, Value]] = [
        {LINE_ID: f"{own}|{at}", KIND: COMMENT, TEXT: text} for at, text in enumerate(rest, 1)
    ]
    return [row, *comments]


def _texts(line: Values, is_written_in: bool) -> list[str | None]:
    """The description of the line, none where Business Central's own stays, and those of its comments."""
    written = [str(line.get(name) or "") for name in ("productdescription", "description")]
    parts = [part for text in written for part in pieces(text)]
    return [*parts] if is_written_in and parts else [None, *parts]


def pieces(text: str) -> list[str]:
    """A text as the lines that hold it, parted at line ends and blanks; an overlong word is parted anywhere.

    Both services count UTF-16 code units, so that a sign beyond the first plane takes two.
    """
    found: list[str] = []
    for line in text.splitlines():
        rest = line.strip()
        while rest:
            end = _fitting(rest)
            blank = rest.rfind(" ", 0, end + 1) if end < len(rest) else -1
            cut = blank if blank > 0 else end
            found.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
    return found


def _fitting(text: str) -> int:
    """How many signs of a text fit into a line."""
    units = 0
    for at, sign in enumerate(text):
        units += 2 if ord(sign) > 0xFFFF else 1
        if units > TEXT_LENGTH:
            return at
    return len(text)


def is_whole(order: Values, lines: Sequence[Values]) -> bool:
    """Whether these lines are those that the order's amounts were computed of: they are read one after the
    other, and somebody may have edited in between."""
    own = sum((number(line, "extendedamount") - number(line, "tax") for line in lines), NOTHING)
    return abs(own - number(order, "totallineitemamount")) <= CENT * max(len(lines), 1)


def refusals(lines: Sequence[Values], what: str = "order") -> list[str]:
    """What of an order cannot be carried, each with its line, in a salesperson's words.

    ``what`` is what they call it.
    """
    if not lines:
        return [f"The {what} has no lines."]
    if len(lines) > MAX_LINES:
        return [
            f"The {what} has {len(lines):,} lines; at most {MAX_LINES:,} are carried. Make several of it."
        ]
    return [f"{called(line)}: {why}" for line in sorted(lines, key=_place) if (why := _refusal(line, what))]


def _refusal(line: Values, what: str) -> str:
    kind = line.get("producttypecode")
    if isinstance(kind, int) and kind in _BUNDLES:
        return f"it is {_BUNDLES[kind]}, which Business Central does not know. Enter its products one by one."
    if line.get("willcall") or any(line.get(f"shipto_{part}") for part in ("line1", "city", "postalcode")):
        return f"it has an address of its own. Make {_a(what)} for each address."
    if not number(line, "quantity"):
        return "it has no quantity."
    if line.get("isproductoverridden") and not str(line.get("productdescription") or "").strip():
        return "it has neither product nor description."
    return ""


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def called(line: Values) -> str:
    """What a salesperson knows a line by."""
    at = line.get("lineitemnumber") or line.get("sequencenumber") or line.get(PLACE) or "?"
    text = str(line.get("productdescription") or line.get(LINE_NAME) or "").strip()
    return f"Line {at} ({text[:60]})" if text else f"Line {at}"


def breakdown(order: Values, lines: Sequence[Values]) -> str:
    """How Sales comes to the order's amount before tax, in words."""
    own = sum(map(net_of_line, lines), NOTHING)
    discount, freight = discount_of(order), cents(number(order, "freightamount"))
    return f"lines {own}, less {discount}, freight {freight}: {own - discount + freight}"
