"""The pairs of the further catalogue, which only some seeds keep in step (see ``parts``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.simulate.fields import Pair, Text, is_blank
from local.simulate.pairs import (
    ADDRESS,
    CONTACT,
    CUSTOMER,
    NAME,
    ONLINE,
    PHONE,
    VENDOR_KIND,
    account_is_inside,
    person_is_inside,
)

_FROM_BC = ("bc",)
_CURRENCY = frozenset({"_transactioncurrencyid_value", "exchangerate"})


def _vendor_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return is_blank(values.get("blocked")) if side == "bc" else account_is_inside(values, VENDOR_KIND)


VENDOR = Pair(
    "VENDOR",
    "vendors",
    "account",
    "accounts",
    (NAME, *ADDRESS, PHONE, *ONLINE),
    frozenset({"country", "currencyId", "currencyCode", "paymentTermsId", "paymentTermsCode"}),
    CUSTOMER.allowed_sales,
    _vendor_is_inside,
    told=lambda values: values.get("customertypecode") == VENDOR_KIND,
)


def _contact_of_all_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return person_is_inside(side, values, kinds, ("Customer", "Vendor", "Multiple"))


CONTACT_OF_ALL = replace(CONTACT, inside=_contact_of_all_is_inside)
"""Contacts where vendors are accounts too."""


_PARTNER_IN_BC = frozenset({
    "faxNumber", "mobilePhoneNumber", "shippingAgentCode", "contact", "primaryContactNumber",
    "shipmentMethodCode", "paymentTermsCode", "salespersonCode", "purchaserCode",
})  # fmt: skip
_PARTNER_IN_SALES = frozenset({
    "fax", "telephone2", "address1_shippingmethodcode", "address1_primarycontactname",
    "_primarycontactid_value",
})  # fmt: skip


def with_extension(pair: Pair) -> Pair:
    """What more of customers, vendors and contacts there is where Business Central has Tandem's extension."""
    if pair.mapping in ("CUSTOMER", "VENDOR"):
        bc, sales = pair.allowed_bc | _PARTNER_IN_BC, pair.allowed_sales | _PARTNER_IN_SALES
        return replace(pair, allowed_bc=bc, allowed_sales=sales)
    if pair.mapping != "CONTACT":
        return pair
    name = Text("name", "displayName", ("firstname", "middlename", "lastname"), "parts", 100, 50)
    more = {"fax", "pager", "salutation", "_ownerid_value", "_transactioncurrencyid_value", "exchangerate"}
    return replace(
        pair,
        texts=(name, *pair.texts[1:]),
        allowed_bc=pair.allowed_bc | {"faxNumber", "pager", "salespersonCode", "currencyCode"},
        allowed_sales=pair.allowed_sales | more,
    )


def _item_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    if side == "bc":
        return not values.get("blocked")
    return values.get("statecode") == 0 and values.get("producttypecode") == 1


ITEM = Pair(
    "ITEM-PRODUCT",
    "items",
    "product",
    "products",
    (
        Text("name", "displayName", ("name",), "text", 100, 100),
        Text("unit_price", "unitPrice", ("price",), "amount", 0, 0, flow="to_sales"),
    ),
    frozenset({"baseUnitOfMeasureId", "baseUnitOfMeasureCode"}),
    frozenset({
        "productnumber", "standardcost", "currentcost", "quantityonhand", "_defaultuomscheduleid_value",
        "_defaultuomid_value", "quantitydecimal", "productstructure", "producttypecode", "statecode",
        "statuscode", "tandem_companyid", "stockvolume", "stockweight", "vendorid", "vendorpartnumber",
    }) | _CURRENCY,
    _item_is_inside,
)  # fmt: skip


def _always(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return True


UNIT = Pair(
    "UNIT OF MEASURE",
    "unitsOfMeasure",
    "uomschedule",
    "uomschedules",
    (Text("description", "displayName", ("description",), "text", 50, 2000, flow="to_sales"),),
    frozenset(),
    frozenset({"name", "baseuomname"}),
    _always,
    _FROM_BC,
)

ITEM_UNIT = Pair(
    "ITEM UOM",
    "tandem/itemUnitsOfMeasure",
    "uom",
    "uoms",
    (Text("quantity", "quantityPerUnitOfMeasure", ("quantity",), "amount", 0, 0, flow="to_sales"),),
    frozenset(),
    frozenset({"name", "_baseuom_value"}),
    lambda side, values, kinds: side == "bc" or not values.get("isschedulebaseuom"),
    _FROM_BC,
)


def _opportunity_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return not values.get("closed") if side == "bc" else values.get("statecode") == 0


OPPORTUNITY = Pair(
    "OPPORTUNITY",
    "opportunities",
    "opportunity",
    "opportunities",
    (Text("name", "description", ("name",), "text", 100, 300),),
    frozenset({"contactNumber", "contactName", "contactCompanyName", "salespersonCode"}),
    frozenset({
        "_parentcontactid_value", "_parentaccountid_value", "_customerid_value", "_ownerid_value",
        "estimatedvalue", "estimatedclosedate", "closeprobability", "isrevenuesystemcalculated", "statecode",
        "statuscode", "actualclosedate", "tandem_companyid",
    }) | _CURRENCY,
    _opportunity_is_inside,
)  # fmt: skip


def _list_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    if side == "sales":
        return values.get("description") != "For invoices of Business Central"
    of_sales = values.get("priceType") == "Sale" and values.get("amountType") in ("Price", "Any")
    return of_sales and not values.get("allowUpdatingDefaults") and values.get("status") != "Draft"


_DESCRIPTION = Text("description", "description", ("description",), "text", 100, 2000, flow="to_sales")
_LIST_IN_SALES = frozenset({"name", "begindate", "enddate", "statecode", "statuscode", "tandem_companyid"})

PRICE_LIST = Pair(
    "PLHEADER-PRICE",
    "tandem/priceListHeaders",
    "pricelevel",
    "pricelevels",
    (_DESCRIPTION,),
    frozenset(),
    _LIST_IN_SALES | _CURRENCY,
    _list_is_inside,
    _FROM_BC,
)

PRICE_GROUP = Pair(
    "CUSTPRCGRP-PRICE",
    "tandem/customerPriceGroups",
    "pricelevel",
    "pricelevels",
    (_DESCRIPTION,),
    frozenset(),
    _LIST_IN_SALES | _CURRENCY,
    lambda side, values, kinds: True,
    _FROM_BC,
)

CURRENCY = Pair(
    "CURRENCY",
    "currencies",
    "transactioncurrency",
    "transactioncurrencies",
    (Text("name", "displayName", ("currencyname",), "text", 30, 100, flow="to_sales"),),
    frozenset(),
    frozenset({
        "isocurrencycode", "currencysymbol", "exchangerate", "currencyprecision", "tandem_companyid",
    }),
    _always,
    _FROM_BC,
)  # fmt: skip

SALESPERSON = Pair(
    "SALESPEOPLE",
    "salespeoplePurchasers",
    "systemuser",
    "systemusers",
    (Text("phone", "phoneNo", ("mobilephone",), "phone", 30, 64, flow="from_sales"),),
    frozenset({"displayName", "email"}),
    frozenset(),
    lambda side, values, kinds: side == "bc" or not values.get("isdisabled"),
    (),
)
