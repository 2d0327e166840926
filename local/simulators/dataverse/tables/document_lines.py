"""Lines of quotes, orders and invoices: a product of the catalogue or one written in, price and amounts.

Microsoft docs: developer/entities/quotedetail, salesorderdetail, invoicedetail, add-product-order-invoice,
product-discounting-methods, and the error list.
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
from local.simulators.dataverse.tables.documents import (
    ACTIVE,
    KIND_OF_LINE,
    Kind,
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
    """Currency, state, lock and owner are the document's; price and amounts are computed."""
    kind = KIND_OF_LINE[draft.table.name]
    require(draft, **{kind.lookup: None})
    document = draft.behind(kind.header, kind.table)
    assert document is not None, "the lookup was checked"
    if draft.sent(CURRENCY) and draft.values.get(CURRENCY) != document.values.get(CURRENCY):
        raise CURRENCIES_DIFFER.refused(f"{kind.table} detail", kind.table)
    draft.keep(CURRENCY, document.values.get(CURRENCY))
    draft.values |= header_values(kind, document.values)
    draft.kinds["_ownerid_value"] = document.kinds.get("_ownerid_value", "systemuser")
    _check_product(draft)
    product = draft.behind(PRODUCT, "product")
    draft.values.setdefault(f"{kind.line}name", _name(draft, product))
    if calculates_prices(draft.org) and not _skips(draft):
        _price(draft, document, product)


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


def _price(draft: Draft, document: Row, product: Row | None) -> None:
    quantity, discount, problem = number(draft.values.get("quantity")), Decimal(0), 0
    fixed = product is None or draft.values.get("ispriceoverridden")
    locked = bool(document.values.get("ispricelocked")) and not draft.creating
    try:
        if product is not None and not fixed and not locked:
            item = item_of(draft.org, _price_list(document), product.id, draft.values[UNIT])
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


def _price_list(document: Row) -> str:
    return str(document.values.get("_pricelevelid_value"))


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
    """Lines of an active document only are written."""
    kind = KIND_OF_LINE[draft.table.name]
    for name in (draft.values.get(kind.header), draft.old(kind.header)):
        document = None if name is None else draft.org.store.get(kind.table, name)
        if document is not None and document.values.get("statecode") != ACTIVE:
            raise IS_INACTIVE.refused()


def _document_of(org: Organisation, kind: Kind, row: Row) -> Row | None:
    return row_behind(org, row.values, kind.header, kind.table)


def _rules(kind: Kind) -> TableRules:
    def saved(draft: Draft, row: Row) -> None:
        follow(draft.org, draft.caller, row)

    def deleting(org: Organisation, row: Row) -> None:
        document = _document_of(org, kind, row)
        if document is not None and document.values.get("statecode") != ACTIVE:
            raise IS_INACTIVE.refused()

    def follow(org: Organisation, caller: Caller, row: Row) -> None:
        document = _document_of(org, kind, row)
        if document is not None:
            recalculate(org, caller, kind, document)

    return TableRules(prepare=_prepare, check=_check, saved=saved, deleting=deleting, deleted=follow)


RULES = {kind.line: _rules(kind) for kind in KIND_OF_LINE.values()}
