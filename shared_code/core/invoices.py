"""What Business Central tells of a posted sales invoice, in the form Sales calculates with.  Pure.

Sales computes a line's amount as price times quantity, less a discount that is never negative, plus tax, and
an invoice's as the sum of its lines less a discount.  Price and discount are chosen so that this gives
Business Central's amounts to the cent, whatever its prices are (five decimals, tax included, returned goods).
Source: Microsoft docs product-discounting-methods.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal(0)
OPEN, PARTIAL, PAID, CANCELED = "Open", "Partial", "Paid", "Canceled"


def payment_status(status: str, remaining: Decimal, total: Decimal) -> str:
    """What has become of a posted invoice, for its state and what remains to be paid of it."""
    if status == CANCELED:
        return CANCELED
    if status == PAID or remaining == 0:
        return PAID
    return OPEN if remaining == total else PARTIAL


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit and the line's discount, both in cents."""

    per_unit: Decimal
    discount: Decimal


def price_of(quantity: Decimal, unit_price: Decimal, amount: Decimal) -> Price:
    """Price and discount from which Sales computes ``amount``, the line's amount before tax.

    The unit price is kept where it can be.  Where it makes less than the amount (it is rounded down, or a
    discount is negative because the quantity is), the price is the least one that makes enough.
    """
    price = unit_price.quantize(CENT, ROUND_HALF_UP)
    if _base(quantity, price) < amount and quantity:
        rounding = ROUND_CEILING if quantity > 0 else ROUND_FLOOR
        price = (amount / quantity).quantize(CENT, rounding)
    return Price(price, max(_base(quantity, price) - amount, NOTHING))


def _base(quantity: Decimal, price: Decimal) -> Decimal:
    return (quantity * price).quantize(CENT, ROUND_HALF_UP)


def without_tax(unit_price: Decimal, tax_percent: Decimal) -> Decimal:
    """A price that includes tax, without it."""
    return unit_price * 100 / (100 + tax_percent)
