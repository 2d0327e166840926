"""Lines of invoices: a product of the catalogue or one written in, its price and its amounts.

Microsoft docs: developer/entities/invoicedetail, add-product-order-invoice, product-discounting-methods,
and the error list.
"""

from __future__ import annotations

from decimal import Decimal

from local.simulators.dataverse.business_errors import (
    CURRENCIES_DIFFER,
    IS_INACTIVE,
    PRODUCT_AND_DESCRIPTION,
    PRODUCT_MISSING,
    QUANTITY_DECIMALS,
    UNIT_AND_DESCRIPTION,
    UNIT_MISSING,
    UNIT_NOT_IN_GROUP,
    WRONG_STATE,
)
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.invoices import (
    ACTIVE,
    HEADER,
    LINE,
    TABLE,
    calculates_prices,
    header_values,
    recalculate,
)
from local.simulators.dataverse.tables.pricing import (
    MISSING_UNIT_PRICE,
    PricingError,
    item_of,
    number,
    unit_price,
    volume_discount,
)
from local.simulators.dataverse.tables.products import ACTIVE as PRODUCT_ACTIVE
from local.simulators.dataverse.tables.products import GROUP, UNDER_REVISION
from local.simulators.dataverse.tables.rules import CURRENCY, Draft, TableRules, require, row_behind
from local.simulators.dataverse.values import rounded

PRODUCT, UNIT = "_productid_value", "_uomid_value"
PER_UNIT = 1
_SKIP_ON_CREATE, _SKIP_ON_UPDATE = (1, 3), (2, 3)


def _prepare(draft: Draft) -> None:
    """Currency, state, lock and owner are the invoice's; price and amounts are computed."""
    require(draft, invoiceid=None)
    invoice = draft.behind(HEADER, TABLE)
    assert invoice is not None, "the lookup was checked"
    if draft.sent(CURRENCY) and draft.values.get(CURRENCY) != invoice.values.get(CURRENCY):
        raise CURRENCIES_DIFFER.refused("invoice detail", "invoice")
    draft.keep(CURRENCY, invoice.values.get(CURRENCY))
    draft.values |= header_values(invoice.values)
    draft.kinds["_ownerid_value"] = invoice.kinds.get("_ownerid_value", "systemuser")
    _check_product(draft)
    product = draft.behind(PRODUCT, "product")
    draft.values.setdefault("invoicedetailname", _name(draft, product))
    if calculates_prices(draft.org) and not _skips(draft):
        _price(draft, invoice, product)


def _name(draft: Draft, product: Row | None) -> str:
    named = draft.values.get("productdescription") or (product.values.get("name") if product else "")
    return str(named)


def _check_product(draft: Draft) -> None:
    """A product and its unit, or a description; never both."""
    description, product = draft.values.get("productdescription"), draft.behind(PRODUCT, "product")
    if draft.values.get("isproductoverridden"):
        if draft.org.options.strict_required:
            require(draft, productdescription=None)
    else:
        require(draft, productid=PRODUCT_MISSING, uomid=UNIT_MISSING)
    if description is not None and product is not None:
        raise PRODUCT_AND_DESCRIPTION.refused()
    if description is not None and draft.values.get(UNIT) is not None:
        raise UNIT_AND_DESCRIPTION.refused()
    if product is not None:
        _check_catalogue(draft, product)


def _check_catalogue(draft: Draft, product: Row) -> None:
    unit = draft.behind(UNIT, "uom")
    if unit is not None and unit.values.get("_uomscheduleid_value") != product.values.get(GROUP):
        raise UNIT_NOT_IN_GROUP.refused()
    if draft.sent(PRODUCT) and product.values.get("statecode") not in (PRODUCT_ACTIVE, UNDER_REVISION):
        raise WRONG_STATE.refused()
    exponent = number(draft.values.get("quantity")).normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > product.values.get("quantitydecimal", 5):
        raise QUANTITY_DECIMALS.refused()


def _skips(draft: Draft) -> bool:
    wanted = _SKIP_ON_CREATE if draft.creating else _SKIP_ON_UPDATE
    return draft.values.get("skippricecalculation") in wanted


def _price(draft: Draft, invoice: Row, product: Row | None) -> None:
    quantity, discount, problem = number(draft.values.get("quantity")), Decimal(0), 0
    fixed = product is None or draft.values.get("ispriceoverridden")
    locked = bool(invoice.values.get("ispricelocked")) and not draft.creating
    try:
        if product is not None and not fixed and not locked:
            item = item_of(draft.org, _price_list(invoice), product.id, draft.values[UNIT])
            price = unit_price(item, product)
            discount = volume_discount(draft.org, item, price, quantity)
            draft.keep("priceperunit", _amount(draft, "priceperunit", price))
        elif draft.values.get("priceperunit") is None:
            raise PricingError(MISSING_UNIT_PRICE)
    except PricingError as error:
        problem = error.code
        if not fixed:
            draft.keep("priceperunit", None)
    draft.values["pricingerrorcode"] = problem
    _amounts(draft, quantity, discount)


def _price_list(invoice: Row) -> str:
    return str(invoice.values.get("_pricelevelid_value"))


def _amounts(draft: Draft, quantity: Decimal, discount: Decimal) -> None:
    """Base amount: price less volume discount, times quantity; extended: less manual discount, plus tax."""
    values = draft.values
    manual = number(values.get("manualdiscountamount"))
    if draft.org.setting("discountcalculationmethod") == PER_UNIT:
        manual *= quantity
    base = number(_amount(draft, "baseamount", (number(values.get("priceperunit")) - discount) * quantity))
    draft.keep("volumediscountamount", _amount(draft, "volumediscountamount", discount))
    draft.keep("baseamount", _amount(draft, "baseamount", base))
    extended = base - manual + number(values.get("tax"))
    draft.keep("extendedamount", _amount(draft, "extendedamount", extended))


def _amount(draft: Draft, name: str, amount: Decimal) -> float | Decimal:
    return rounded(amount, draft.org.money_digits(draft.table.columns[name], draft.values))


def _check(draft: Draft) -> None:
    """Lines of an active invoice only are written."""
    for name in (draft.values.get(HEADER), draft.old(HEADER)):
        invoice = None if name is None else draft.org.store.get(TABLE, name)
        if invoice is not None and invoice.values.get("statecode") != ACTIVE:
            raise IS_INACTIVE.refused()


def _saved(draft: Draft, row: Row) -> None:
    _recalculate(draft.org, draft.caller, row)


def _deleting(org: Organisation, row: Row) -> None:
    invoice = row_behind(org, row.values, HEADER, TABLE)
    if invoice is not None and invoice.values.get("statecode") != ACTIVE:
        raise IS_INACTIVE.refused()


def _recalculate(org: Organisation, caller: Caller, row: Row) -> None:
    invoice = row_behind(org, row.values, HEADER, TABLE)
    if invoice is not None:
        recalculate(org, caller, invoice)


RULES = {
    LINE: TableRules(prepare=_prepare, check=_check, saved=_saved, deleting=_deleting, deleted=_recalculate)
}
