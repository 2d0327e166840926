"""Discount lists: percentages or amounts for ranges of quantities that do not overlap.

Microsoft docs: developer/reference/entities/discounttype and discount, and the error list.
"""

from __future__ import annotations

from decimal import Decimal

from local.simulators.dataverse import errors
from local.simulators.dataverse.business_errors import (
    DISCOUNT_BOTH,
    DISCOUNT_NO_AMOUNT,
    DISCOUNT_NO_PERCENTAGE,
    DISCOUNT_OVERLAP,
)
from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.rules import CURRENCY, Draft, TableRules, require, rows_pointing

LIST = "_discounttypeid_value"


def _prepare(draft: Draft) -> None:
    """A discount is of its list's type and currency."""
    discount_list = draft.behind(LIST, "discounttype")
    if discount_list is not None:
        draft.values["isamounttype"] = bool(discount_list.values.get("isamounttype"))
        draft.keep(CURRENCY, discount_list.values.get(CURRENCY))


def _check(draft: Draft) -> None:
    amount, percentage = draft.values.get("amount"), draft.values.get("percentage")
    if amount is not None and percentage is not None:
        raise DISCOUNT_BOTH.refused()
    is_amount = draft.values.get("isamounttype")
    if is_amount and percentage is not None:
        raise DISCOUNT_NO_PERCENTAGE.refused()
    if not is_amount and amount is not None:
        raise DISCOUNT_NO_AMOUNT.refused()
    if draft.org.options.strict_required:
        require(draft, **{"amount" if is_amount else "percentage": None})
    _check_range(draft)


def _check_range(draft: Draft) -> None:
    low, high = Decimal(str(draft.values["lowquantity"])), Decimal(str(draft.values["highquantity"]))
    if low > high:
        raise bad_request("The range of quantities ends before it begins.", errors.INVALID_ARGUMENT)
    others = rows_pointing(draft.org, "discount", LIST, "discounttype", draft.values[LIST])
    if any(row.id != draft.row_id and _overlaps(row, low, high) for row in others):
        raise DISCOUNT_OVERLAP.refused()


def _overlaps(row: Row, low: Decimal, high: Decimal) -> bool:
    begin, end = Decimal(str(row.values["lowquantity"])), Decimal(str(row.values["highquantity"]))
    return begin <= high and low <= end


RULES = {"discount": TableRules(prepare=_prepare, check=_check)}
