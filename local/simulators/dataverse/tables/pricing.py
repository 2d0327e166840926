"""What a product costs on a price list: pricing methods, rounding, discounts for quantities.

Microsoft docs: developer/entities/productpricelevel (methods and rounding), product-discounting-methods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Final

from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.rules import rows_pointing

CURRENCY_AMOUNT = 1
ENDS_IN = 1
HUNDRED = Decimal(100)


class PricingError(Exception):
    """A line cannot be priced; ``code`` is the choice of ``pricingerrorcode``."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


MISSING_UNIT_PRICE = 5
NOT_IN_PRICE_LIST = 11
MISSING_PRICE = 14
MISSING_CURRENT_COST = 15
MISSING_STANDARD_COST = 16
INVALID_PERCENTAGE = 18


@dataclass(frozen=True)
class _Method:
    """The product's column a percentage is of, the error when it is empty, and the formula."""

    column: str
    missing: int
    price: Callable[[Decimal, Decimal], Decimal]


def _markup(cost: Decimal, percentage: Decimal) -> Decimal:
    return cost * (1 + percentage / HUNDRED)


def _margin(cost: Decimal, percentage: Decimal) -> Decimal:
    if percentage >= HUNDRED:
        raise PricingError(INVALID_PERCENTAGE)
    return cost / (1 - percentage / HUNDRED)


_METHODS: Final[Mapping[int, _Method]] = {
    2: _Method("price", MISSING_PRICE, lambda price, percentage: price * percentage / HUNDRED),
    3: _Method("currentcost", MISSING_CURRENT_COST, _markup),
    4: _Method("currentcost", MISSING_CURRENT_COST, _margin),
    5: _Method("standardcost", MISSING_STANDARD_COST, _markup),
    6: _Method("standardcost", MISSING_STANDARD_COST, _margin),
}
_ROUNDING: Final[Mapping[int, str]] = {2: ROUND_CEILING, 3: ROUND_FLOOR, 4: ROUND_HALF_UP}


def number(value: Any) -> Decimal:
    """A stored number as a Decimal; nothing is zero."""
    return Decimal(0) if value is None else Decimal(str(value))


def item_of(org: Organisation, price_list: str, product: str, unit: str) -> Row:
    """The price list item of a product and unit.  Raises ``PricingError`` where there is none."""
    for item in rows_pointing(org, "productpricelevel", "_productid_value", "product", product):
        place = item.values.get("_pricelevelid_value"), item.values.get("_uomid_value")
        if place == (price_list, unit):
            return item
    raise PricingError(NOT_IN_PRICE_LIST)


def unit_price(item: Row, product: Row) -> Decimal:
    """The price of one unit, rounded as the item says.  Raises ``PricingError``."""
    method = _METHODS.get(item.values.get("pricingmethodcode", CURRENCY_AMOUNT))
    if method is None:
        return number(item.values.get("amount"))
    if product.values.get(method.column) is None:
        raise PricingError(method.missing)
    price = method.price(number(product.values[method.column]), number(item.values.get("percentage")))
    return _rounded(price, item.values)


def _rounded(price: Decimal, item: Mapping[str, Any]) -> Decimal:
    mode, step = _ROUNDING.get(item.get("roundingpolicycode", 1)), number(item.get("roundingoptionamount"))
    if mode is None or step <= 0:
        return price
    if item.get("roundingoptioncode", ENDS_IN) != ENDS_IN:
        return _to_multiple(price, step, mode)
    span = Decimal(1)
    while span <= step:
        span *= 10
    return _to_multiple(price - step, span, mode) + step


def _to_multiple(value: Decimal, step: Decimal, mode: str) -> Decimal:
    return (value / step).to_integral_value(mode) * step


def volume_discount(org: Organisation, item: Row, price: Decimal, quantity: Decimal) -> Decimal:
    """What the item's discount list takes off one unit at this quantity."""
    discount_list = item.values.get("_discounttypeid_value")
    if discount_list is None:
        return Decimal(0)
    for discount in rows_pointing(org, "discount", "_discounttypeid_value", "discounttype", discount_list):
        values = discount.values
        if number(values["lowquantity"]) <= quantity <= number(values["highquantity"]):
            share = price * number(values.get("percentage")) / HUNDRED
            return number(values.get("amount")) if values.get("isamounttype") else share
    return Decimal(0)
