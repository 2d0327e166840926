"""Item variants: a code below an item, found by the item's id or number."""

from __future__ import annotations

from local.simulators.business_central.errors import ApiError
from local.simulators.business_central.session import Edit
from local.simulators.business_central.tables.pairs import Pair, set_pair
from local.simulators.business_central.tables.rules import TableRules, require_code

_ITEM = Pair(
    "itemId",
    "itemNumber",
    "items",
    'The "itemId" does not match to an Item.',
    'The "itemNumber" does not match to an Item.',
    "The item values do not match to a specific Item.",
)


def _validate(edit: Edit) -> None:
    require_code(edit)
    set_pair(edit, _ITEM)
    if not edit.values["itemNumber"]:
        raise ApiError(400, "BadRequest_RequiredParamNotProvided", "Item No. must be filled in Item Variant.")


RULES = {
    "itemVariants": TableRules(
        source="itemVariants",
        unique=("itemNumber", "code"),
        group="itemId",
        parents={"items": "itemId"},
        validate=_validate,
    )
}
