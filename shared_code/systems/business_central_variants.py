"""What a variant of an item tells of its item, which API v2.0 shows beside it.  Pure.

A variant has a code and a description of its own; name, price and unit are the item's.
Source: microsoft/BCApps, APIV2ItemVariants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared_code.core.descriptions import Kind
from shared_code.core.records import Value
from shared_code.systems import odata
from shared_code.systems.business_central_invoices import Computed, Entity

_OF_ITEM = {
    "itemDisplayName": "displayName",
    "itemUnitPrice": "unitPrice",
    "itemBaseUnitOfMeasureId": "baseUnitOfMeasureId",
    "itemBaseUnitOfMeasureCode": "baseUnitOfMeasureCode",
    "itemBlocked": "blocked",
}
"""The item's own names of what a variant tells of it."""
_HOLDS = {"itemUnitPrice": Kind.DECIMAL, "itemBlocked": Kind.BOOLEAN, "itemBaseUnitOfMeasureId": Kind.ID}
EXPAND = f"item($select={','.join(_OF_ITEM.values())})"


def _of_item(theirs: str) -> Callable[[Entity], Value]:
    def value(entity: Entity) -> Value:
        item = entity.get("item")
        if not isinstance(item, Mapping) or theirs not in item:
            raise ValueError(f"the answer lacks {theirs} of the item")
        return odata.scalar(item[theirs])

    return value


COMPUTED: Mapping[str, Mapping[str, Computed]] = {
    "itemVariants": {
        name: Computed((), _of_item(theirs), _HOLDS.get(name, Kind.TEXT)) for name, theirs in _OF_ITEM.items()
    }
}
"""By entity set and column."""
