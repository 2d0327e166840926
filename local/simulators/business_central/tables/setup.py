"""Set-up tables: one code and a few fields each; most callers only read them."""

from __future__ import annotations

from collections.abc import Callable

from local.simulators.business_central.session import Edit
from local.simulators.business_central.tables.rules import (
    TableRules,
    check_date_formula,
    check_email,
    check_phone,
    check_relation,
    require_code,
)


def _payment_terms(edit: Edit) -> None:
    require_code(edit)
    check_date_formula(edit, "dueDateCalculation", "discountDateCalculation")


def _salesperson(edit: Edit) -> None:
    require_code(edit)
    check_email(edit)
    check_email(edit, "email2")
    check_phone(edit, "phoneNo")


def _currency(edit: Edit) -> None:
    """New currencies have two decimals unless told otherwise."""
    require_code(edit)
    if edit.inserting:
        edit.values["amountDecimalPlaces"] = edit.sent.get("amountDecimalPlaces", "2:2")
        edit.values["amountRoundingPrecision"] = edit.sent.get("amountRoundingPrecision", 0.01)


def _company_information(edit: Edit) -> None:
    check_relation(edit, "country", "countriesRegions")
    check_email(edit)
    check_phone(edit, "phoneNumber")


def _location(edit: Edit) -> None:
    require_code(edit)
    check_relation(edit, "country", "countriesRegions")
    check_phone(edit, "phoneNumber")
    check_email(edit)


def _coded(
    name: str, validate: Callable[[Edit], None] = require_code, *references: tuple[str, ...]
) -> TableRules:
    return TableRules(source=name, key="code", validate=validate, references=references)


def _used(property_name: str, *tables: str) -> tuple[tuple[str, ...], ...]:
    return tuple((table, property_name) for table in tables)


_ITEM_LINES = ("salesInvoiceLines", "salesCreditMemoLines")
RULES = {
    "companyInformation": TableRules(source="companyInformation", validate=_company_information),
    "generalLedgerSetup": TableRules(source="generalLedgerSetup"),
    "currencies": _coded(
        "currencies",
        _currency,
        *_used("currencyCode", "customers", "vendors", "currencyExchangeRates"),
        *_used("currencyCode", "salesInvoices", "salesCreditMemos", "contacts"),
        *_used("currencyCode", "tandem/priceListHeaders", "tandem/priceListLines", "tandem/salesPrices"),
    ),
    "currencyExchangeRates": TableRules(source="currencyExchangeRates"),
    "paymentTerms": _coded("paymentTerms", _payment_terms),
    "shipmentMethods": _coded(
        "shipmentMethods", require_code, *_used("shipmentMethodCode", "vendors", "tandem/shipToAddresses")
    ),
    "paymentMethods": _coded("paymentMethods"),
    "salespeoplePurchasers": _coded(
        "salespeoplePurchasers",
        _salesperson,
        *_used("salespersonCode", "customers", "contacts", "opportunities"),
        *_used("purchaserCode", "vendors"),
        *_used("salesperson", "salesInvoices", "salesCreditMemos"),
    ),
    "countriesRegions": _coded(
        "countriesRegions",
        require_code,
        *_used("country", "customers", "vendors", "contacts", "companyInformation", "locations"),
        *_used("country", "tandem/shipToAddresses"),
    ),
    "taxAreas": _coded("taxAreas"),
    "taxGroups": _coded("taxGroups", require_code, *_used("taxGroupCode", "items")),
    "unitsOfMeasure": _coded(
        "unitsOfMeasure",
        require_code,
        *_used("baseUnitOfMeasureCode", "items", "tandem/resources"),
        *_used("salesUnitOfMeasureCode", "items"),
        *_used("code", "tandem/itemUnitsOfMeasure", "tandem/resourceUnitsOfMeasure"),
        *_used("unitOfMeasureCode", *_ITEM_LINES, "tandem/priceListLines", "tandem/salesPrices"),
    ),
    "itemCategories": _coded("itemCategories", require_code, *_used("itemCategoryCode", "items")),
    "inventoryPostingGroups": _coded("inventoryPostingGroups"),
    "generalProductPostingGroups": _coded("generalProductPostingGroups"),
    "locations": _coded(
        "locations", _location, *_used("locationCode", "customers", "tandem/shipToAddresses")
    ),
    "disputeStatus": _coded("disputeStatus", require_code, *_used("disputeStatus", "salesInvoices")),
    "customerReturnReasons": _coded("customerReturnReasons"),
}
