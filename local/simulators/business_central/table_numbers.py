"""Business Central's numbers of tables, and which property names a record to people.

The numbers are those of the base application; the extension writes them into its tombstones and keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

DELETIONS: Final = "tandem/deletions"
NOTES: Final = "tandem/orderNotes"
GONE_WITHOUT_A_WORD: Final = frozenset({NOTES})
"""Tables whose rows the platform takes away with their record: no tombstone tells of it."""
TABLE_NUMBERS: Final[Mapping[str, int]] = {
    "paymentTerms": 3,
    "currencies": 4,
    "tandem/customerPriceGroups": 6,
    "countriesRegions": 9,
    "shipmentMethods": 10,
    "salespeoplePurchasers": 13,
    "locations": 14,
    "customers": 18,
    "vendors": 23,
    "items": 27,
    "salesOrders": 36,
    "salesOrderLines": 37,
    "tandem/resources": 156,
    "unitsOfMeasure": 204,
    "tandem/resourceUnitsOfMeasure": 205,
    "tandem/shipToAddresses": 222,
    "tandem/shippingAgents": 291,
    "contacts": 5050,
    "opportunities": 5092,
    "tandem/unitGroups": 5400,
    "itemVariants": 5401,
    "tandem/itemUnitsOfMeasure": 5404,
    "tandem/priceListHeaders": 7000,
    "tandem/priceListLines": 7001,
    "tandem/salesPrices": 7002,
    NOTES: 2_000_000_068,
}
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "salesOrderLines": ("documentId", "sequence"),
    "itemVariants": ("itemNumber", "code"),
    "tandem/itemUnitsOfMeasure": ("itemNumber", "code"),
    "tandem/resourceUnitsOfMeasure": ("resourceNumber", "code"),
    "tandem/shipToAddresses": ("customerNumber", "code"),
    "tandem/priceListLines": ("priceListCode", "lineNumber"),
    "tandem/salesPrices": ("itemNumber",),
    "tandem/unitGroups": ("sourceNumber",),
}


def key_text(table: str, values: Mapping[str, Any]) -> str:
    """The number or code of a record, parts joined with a slash."""
    names = _KEYS.get(table) or (("number",) if "number" in values else ("code",))
    return "/".join(str(values[name]) for name in names)
