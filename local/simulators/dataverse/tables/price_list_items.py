"""Price list items: one per price list, product and unit; an amount, or a percentage of the product's.

Microsoft docs: developer/entities/productpricelevel and the error list.
"""

from __future__ import annotations

from decimal import Decimal

from local.simulators.dataverse.business_errors import (
    DISCOUNT_CURRENCY,
    PERCENTAGE_CURRENCY,
    PRICE_EXISTS,
    PRICE_LIST_CURRENCY,
    PRICE_LIST_MISSING,
    PRICE_OF_FAMILY,
    PRICE_OF_RETIRED_PRODUCT,
    PRICE_PERCENTAGE,
    PRODUCT_MISSING,
    UNIT_MISSING,
    UNIT_NOT_IN_GROUP,
)
from local.simulators.dataverse.tables.products import CURRENCY_AMOUNT, FAMILY, GROUP, RETIRED
from local.simulators.dataverse.tables.rules import CURRENCY, Draft, TableRules, require, rows_pointing

TABLE = "productpricelevel"
PRICE_LIST, PRODUCT, UNIT = "_pricelevelid_value", "_productid_value", "_uomid_value"
_MAX_PERCENTAGE = 100_000


def _prepare(draft: Draft) -> None:
    """Number and unit group follow the product; a new item is in the currency of its price list."""
    require(draft, pricelevelid=PRICE_LIST_MISSING, productid=PRODUCT_MISSING, uomid=UNIT_MISSING)
    product, price_list = draft.behind(PRODUCT, "product"), draft.behind(PRICE_LIST, "pricelevel")
    if product is not None:
        draft.keep("productnumber", product.values.get("productnumber"))
        draft.keep("_uomscheduleid_value", product.values.get(GROUP))
    if draft.creating and price_list is not None:
        draft.keep(CURRENCY, price_list.values.get(CURRENCY))


def _check(draft: Draft) -> None:
    _check_product(draft)
    _check_method(draft)
    _check_currency(draft)
    _refuse_second(draft)


def _check_product(draft: Draft) -> None:
    product, unit = draft.behind(PRODUCT, "product"), draft.behind(UNIT, "uom")
    if product is not None and draft.sent(PRODUCT):
        if product.values.get("productstructure") == FAMILY:
            raise PRICE_OF_FAMILY.refused()
        if product.values.get("statecode") == RETIRED:
            raise PRICE_OF_RETIRED_PRODUCT.refused()
    group = None if unit is None else unit.values.get("_uomscheduleid_value")
    if product is not None and group != product.values.get(GROUP):
        raise UNIT_NOT_IN_GROUP.refused()


def _check_method(draft: Draft) -> None:
    if draft.values.get("pricingmethodcode") == CURRENCY_AMOUNT:
        if draft.org.options.strict_required:
            require(draft, amount=None)
        return
    if draft.org.options.strict_required:
        require(draft, percentage=None)
    percentage = draft.values.get("percentage")
    if percentage is not None and not 0 <= Decimal(str(percentage)) < _MAX_PERCENTAGE:
        raise PRICE_PERCENTAGE.refused()
    product, price_list = draft.behind(PRODUCT, "product"), draft.behind(PRICE_LIST, "pricelevel")
    if product is not None and price_list is not None:
        if product.values.get(CURRENCY) != price_list.values.get(CURRENCY):
            raise PERCENTAGE_CURRENCY.refused()


def _check_currency(draft: Draft) -> None:
    price_list = draft.behind(PRICE_LIST, "pricelevel")
    if price_list is not None and price_list.values.get(CURRENCY) != draft.values.get(CURRENCY):
        raise PRICE_LIST_CURRENCY.refused()
    discount = draft.behind("_discounttypeid_value", "discounttype")
    if discount is not None and discount.values.get("isamounttype"):
        if discount.values.get(CURRENCY) != draft.values.get(CURRENCY):
            raise DISCOUNT_CURRENCY.refused()


def _refuse_second(draft: Draft) -> None:
    product, place = draft.values[PRODUCT], (draft.values[PRICE_LIST], draft.values[UNIT])
    for item in rows_pointing(draft.org, TABLE, PRODUCT, "product", product):
        if item.id != draft.row_id and (item.values.get(PRICE_LIST), item.values.get(UNIT)) == place:
            raise PRICE_EXISTS.refused()


RULES = {TABLE: TableRules(prepare=_prepare, check=_check)}
