"""The pairs of the wider catalogue: resources, variants, delivery addresses, posted documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.simulate.fields import Pair, Text, is_blank
from local.simulate.further_pairs import ITEM_UNIT

_FROM_BC = ("bc",)
_SERVICE = 3
"""``producttypecode`` of a product that is a service."""
_OF_PRODUCT = frozenset({
    "productnumber", "name", "price", "standardcost", "currentcost", "quantityonhand", "quantitydecimal",
    "_defaultuomscheduleid_value", "_defaultuomid_value", "_transactioncurrencyid_value", "exchangerate",
    "productstructure", "producttypecode", "statecode", "statuscode", "tandem_companyid", "vendorid",
})  # fmt: skip


def _resource_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    if side == "bc":
        return not values.get("blocked")
    return values.get("statecode") == 0 and values.get("producttypecode") == _SERVICE


RESOURCE = Pair(
    "RESOURCE-PRODUCT",
    "tandem/resources",
    "product",
    "products",
    (
        Text("name", "displayName", ("name",), "text", 100, 100),
        Text("unit_price", "unitPrice", ("price",), "amount", 0, 0, flow="to_sales"),
    ),
    frozenset(),
    _OF_PRODUCT,
    _resource_is_inside,
    _FROM_BC,
    told=lambda values: values.get("producttypecode") == _SERVICE,
)

RESOURCE_UNIT = replace(ITEM_UNIT, mapping="RESOURCE UOM", bc="tandem/resourceUnitsOfMeasure")


def _is_variant(values: Mapping[str, Any]) -> bool:
    return not is_blank(values.get("tandem_variantcode"))


def _variant_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return side == "bc" or (values.get("statecode") == 0 and _is_variant(values))


VARIANT = Pair(
    "ITEM VARIANT-PRODUCT",
    "itemVariants",
    "product",
    "products",
    (Text("description", "description", ("description",), "text", 100, 2000, flow="to_sales"),),
    frozenset(),
    _OF_PRODUCT | {"tandem_variantcode"},
    _variant_is_inside,
    _FROM_BC,
    told=_is_variant,
)
"""Its name, price and unit are its item's, which the checker of variants compares."""

OWN_ADDRESSES = (1, 2)
"""``addressnumber`` of the addresses that Sales makes with each account."""


def _text(name: str, bc: str, sales: str, kind: str, lengths: tuple[int, int], group: str = "") -> Text:
    return Text(name, bc, (sales,), kind, *lengths, group, "to_sales")


def _address_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    return side == "bc" or values.get("addressnumber") not in OWN_ADDRESSES


SHIP_TO = Pair(
    "SHIP-TO ADDRESS",
    "tandem/shipToAddresses",
    "customeraddress",
    "customeraddresses",
    (
        _text("contact", "contact", "primarycontactname", "text", (100, 150)),
        _text("street_2", "addressLine2", "line2", "text", (50, 250), "address"),
        _text("city", "city", "city", "text", (30, 80), "address"),
        _text("county", "state", "stateorprovince", "text", (30, 50), "address"),
        _text("postal_code", "postalCode", "postalcode", "code", (20, 20), "address"),
        _text("phone", "phoneNumber", "telephone1", "phone", (30, 50)),
        _text("fax", "faxNumber", "fax", "phone", (30, 50)),
    ),
    frozenset(),
    frozenset({"name", "line1", "country", "addresstypecode", "_parentid_value"}),
    _address_is_inside,
    _FROM_BC,
)
