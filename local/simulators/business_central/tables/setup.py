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


def _coded(
    name: str, validate: Callable[[Edit], None] = require_code, *references: tuple[str, str]
) -> TableRules:
    return TableRules(source=name, key="code", validate=validate, references=references)


RULES = {
    "companyInformation": TableRules(source="companyInformation", validate=_company_information),
    "generalLedgerSetup": TableRules(source="generalLedgerSetup"),
    "currencies": _coded(
        "currencies", _currency, ("customers", "currencyCode"), ("currencyExchangeRates", "currencyCode")
    ),
    "currencyExchangeRates": TableRules(source="currencyExchangeRates"),
    "paymentTerms": _coded("paymentTerms", _payment_terms),
    "shipmentMethods": _coded("shipmentMethods"),
    "paymentMethods": _coded("paymentMethods"),
    "salespeoplePurchasers": _coded("salespeoplePurchasers", _salesperson, ("customers", "salespersonCode")),
    "countriesRegions": _coded(
        "countriesRegions",
        require_code,
        ("customers", "country"),
        ("contacts", "country"),
        ("companyInformation", "country"),
    ),
    "taxAreas": _coded("taxAreas"),
}
