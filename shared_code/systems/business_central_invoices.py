"""What is computed of invoices, credit memos and their lines, from properties that API v2.0 gives.  Pure.

State and amounts of a posted document are in the form that Sales calculates with (``core/invoices.py``).
Where prices include tax, the invoice discount includes it too: then each line carries its share and the
invoice none.  A credit memo gives back what an invoice took: its quantities and amounts are below zero.  A
discount cannot be, so each line carries its share of that, too.
Source: microsoft/BCApps, APIV2SalesInvoices, APIV2SalesCreditMemos and the pages of their lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from shared_code.core import invoices
from shared_code.core.descriptions import Kind
from shared_code.core.records import Value

type Entity = Mapping[str, object]

OF_RECORD = "@record"
"""Under which a line finds the record it belongs to."""
INCLUDES_TAX = "pricesIncludeTax"


@dataclass(frozen=True, slots=True)
class Computed:
    """A column that is computed of an entity; ``needs`` are the properties it takes, ``of_lines``
    those of its lines.
    """

    needs: tuple[str, ...]
    of: Callable[[Entity], Value]
    holds: Kind = Kind.TEXT
    of_lines: tuple[str, ...] = ()


def _number(entity: Entity, name: str) -> Decimal:
    value = entity.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{name} is not a number")
    return Decimal(value)


def _payment_status(entity: Entity) -> str:
    remaining, total = _number(entity, "remainingAmount"), _number(entity, "totalAmountIncludingTax")
    return invoices.payment_status(str(entity.get("status") or ""), remaining, total)


def _discount(entity: Entity) -> Decimal:
    return Decimal(0) if _includes_tax(entity) else _number(entity, "discountAmount")


def _includes_tax(entity: Entity) -> bool:
    value = entity.get(INCLUDES_TAX)
    if not isinstance(value, bool):
        raise ValueError(f"the answer lacks {INCLUDES_TAX}")
    return value


def _price(line: Entity) -> invoices.Price:
    record = line[OF_RECORD]
    assert isinstance(record, Mapping), "lines are read with their record"
    unit_price, amount = _number(line, "unitPrice"), _number(line, "netAmount")
    if _includes_tax(record):
        unit_price = invoices.without_tax(unit_price, _number(line, "taxPercent"))
    else:
        amount += _number(line, "invoiceDiscountAllocation")
    return invoices.price_of(_number(line, "quantity"), unit_price, amount)


def _credit(name: str, *further: str) -> Computed:
    """A number of a credit memo, as one of an invoice that gives it back."""
    return Computed((name, *further), lambda entity: -_number(entity, name), holds=Kind.DECIMAL)


def _settlement(entity: Entity) -> str:
    """A credit memo that was canceled is settled by the invoice that cancels it."""
    return invoices.OPEN if entity.get("status") == invoices.OPEN else invoices.PAID


def _price_back(line: Entity) -> invoices.Price:
    record = line[OF_RECORD]
    assert isinstance(record, Mapping), "lines are read with their record"
    unit_price = _number(line, "unitPrice")
    if _includes_tax(record):
        unit_price = invoices.without_tax(unit_price, _number(line, "taxPercent"))
    return invoices.price_of(-_number(line, "quantity"), unit_price, -_number(line, "netAmount"))


def _resource(line: Entity) -> str:
    return str(line.get("lineObjectNumber") or "") if line.get("lineType") == "Resource" else ""


def _item(line: Entity) -> str:
    return str(line.get("lineObjectNumber") or "") if line.get("lineType") == "Item" else ""


def _text(line: Entity) -> str:
    """What a line says; one that says nothing still is a line."""
    return str(line.get("description") or line.get("lineObjectNumber") or "–")


_PRICED = ("quantity", "unitPrice", "netAmount", "taxPercent", "invoiceDiscountAllocation")
_OBJECT = ("lineType", "lineObjectNumber")
_NAMES = {
    "text": Computed(("description", "lineObjectNumber"), _text),
    "itemNumber": Computed(_OBJECT, _item),
    "resourceNumber": Computed(_OBJECT, _resource),
}
COMPUTED: Mapping[str, Mapping[str, Computed]] = {
    "salesInvoices": {
        "paymentStatus": Computed(("status", "remainingAmount", "totalAmountIncludingTax"), _payment_status),
        "discountBeforeTax": Computed(("discountAmount", INCLUDES_TAX), _discount, holds=Kind.DECIMAL),
    },
    "salesInvoiceLines": {
        "pricePerUnit": Computed(_PRICED, lambda line: _price(line).per_unit, holds=Kind.DECIMAL),
        "lineDiscount": Computed(_PRICED, lambda line: _price(line).discount, holds=Kind.DECIMAL),
        **_NAMES,
    },
    "salesCreditMemos": {
        "paymentStatus": Computed(("status",), _settlement),
        "creditExcludingTax": _credit("totalAmountExcludingTax", INCLUDES_TAX),
        "creditTax": _credit("totalTaxAmount"),
        "creditIncludingTax": _credit("totalAmountIncludingTax"),
    },
    "salesCreditMemoLines": {
        "quantityBack": _credit("quantity"),
        "taxBack": _credit("netTaxAmount"),
        "pricePerUnit": Computed(_PRICED, lambda line: _price_back(line).per_unit, holds=Kind.DECIMAL),
        "lineDiscount": Computed(_PRICED, lambda line: _price_back(line).discount, holds=Kind.DECIMAL),
        **_NAMES,
    },
}
"""By entity set and column."""
