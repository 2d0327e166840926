"""Products: number, units, life cycle.

States: 0 Active, 1 Retired, 2 Draft, 3 Under Revision.  Microsoft docs: developer/entities/product,
publish-revise-revert-retire-activate-products, and the error list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from local.simulators.dataverse import errors
from local.simulators.dataverse.business_errors import (
    PRODUCT_ACTIVE_ALREADY,
    PRODUCT_ACTIVE_TO_DRAFT,
    PRODUCT_CHILDREN_NOT_RETIRED,
    PRODUCT_CURRENCY_FIXED,
    PRODUCT_DRAFT_ALREADY,
    PRODUCT_DRAFT_TO_RETIRED,
    PRODUCT_DRAFT_TO_REVISED,
    PRODUCT_IN_USE,
    PRODUCT_NOT_ACTIVE,
    PRODUCT_NOT_PUBLISHABLE,
    PRODUCT_NOT_TO_DRAFT,
    PRODUCT_NUMBER_EXISTS,
    PRODUCT_NUMBER_MISSING,
    PRODUCT_ONLY_IN_DRAFT,
    PRODUCT_PARENT_NO_FAMILY,
    PRODUCT_RETIRED_ALREADY,
    PRODUCT_RETIRED_TO_ACTIVE,
    PRODUCT_RETIRED_TO_DRAFT,
    PRODUCT_UNIT_GROUP_MISSING,
    UNIT_MISSING,
    UNIT_NOT_IN_GROUP,
    Fault,
)
from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.rules import (
    CURRENCY,
    Draft,
    TableRules,
    edits_more_than_state,
    refuse_taken,
    require,
    row_behind,
    rows_pointing,
)

ACTIVE, RETIRED, DRAFT, UNDER_REVISION = 0, 1, 2, 3
FAMILY = 2
CURRENCY_AMOUNT = 1
PARENT, GROUP, UNIT = "_parentproductid_value", "_defaultuomscheduleid_value", "_defaultuomid_value"
_REFUSED: Final[Mapping[tuple[int, int], Fault]] = {
    (DRAFT, DRAFT): PRODUCT_DRAFT_ALREADY,
    (DRAFT, RETIRED): PRODUCT_DRAFT_TO_RETIRED,
    (DRAFT, UNDER_REVISION): PRODUCT_DRAFT_TO_REVISED,
    (ACTIVE, ACTIVE): PRODUCT_ACTIVE_ALREADY,
    (ACTIVE, DRAFT): PRODUCT_ACTIVE_TO_DRAFT,
    (RETIRED, RETIRED): PRODUCT_RETIRED_ALREADY,
    (RETIRED, DRAFT): PRODUCT_RETIRED_TO_DRAFT,
    (RETIRED, UNDER_REVISION): PRODUCT_DRAFT_TO_REVISED,
    (UNDER_REVISION, UNDER_REVISION): PRODUCT_NOT_ACTIVE,
    (UNDER_REVISION, DRAFT): PRODUCT_NOT_TO_DRAFT,
}


def children_of(org: Organisation, product_id: str) -> Iterator[Row]:
    """The products directly below a family."""
    return rows_pointing(org, "product", PARENT, "product", product_id)


def _prepare(draft: Draft) -> None:
    if not draft.creating:
        return
    orphan = draft.values.get(PARENT) is None
    active = orphan and bool(draft.org.setting("createproductswithoutparentinactivestate"))
    state, status = (ACTIVE, 1) if active else (DRAFT, 0)
    draft.values |= {"statecode": state, "statuscode": status}


def _check(draft: Draft) -> None:
    if draft.before is not None:
        _check_editable(draft, draft.before)
    _check_columns(draft)
    _check_units(draft)
    if draft.before is not None:
        _check_currency(draft, draft.before)
        if draft.sent("statecode"):
            _check_transition(draft, draft.before)


def _check_editable(draft: Draft, before: Row) -> None:
    """Families and bundles change in draft only, a retired product not at all."""
    if draft.by_action or not edits_more_than_state(draft):
        return
    state = before.values.get("statecode")
    structured = before.values.get("productstructure", 1) != 1
    retired = state == RETIRED and draft.org.options.retired_products_are_read_only
    if retired or (structured and state not in (DRAFT, UNDER_REVISION)):
        raise PRODUCT_ONLY_IN_DRAFT.refused()


def _check_columns(draft: Draft) -> None:
    require(draft, productnumber=PRODUCT_NUMBER_MISSING)
    refuse_taken(draft, "productnumber", PRODUCT_NUMBER_EXISTS)
    family = draft.behind(PARENT, "product")
    if family is not None and family.values.get("productstructure") != FAMILY:
        raise PRODUCT_PARENT_NO_FAMILY.refused()


def _check_units(draft: Draft) -> None:
    """A product has a unit group, decimals and a unit of that group; a family has none of them."""
    if draft.values.get("productstructure") == FAMILY:
        return
    require(draft, defaultuomscheduleid=PRODUCT_UNIT_GROUP_MISSING, defaultuomid=UNIT_MISSING)
    if draft.org.options.strict_required:
        require(draft, quantitydecimal=None)
    unit = draft.behind(UNIT, "uom")
    if unit is not None and unit.values.get("_uomscheduleid_value") != draft.values[GROUP]:
        raise UNIT_NOT_IN_GROUP.refused()
    if not draft.creating and draft.old(GROUP) is not None and draft.changed(GROUP):
        raise bad_request("The unit group of a product cannot be changed.", errors.INVALID_ARGUMENT)


def _check_currency(draft: Draft, before: Row) -> None:
    if not draft.changed(CURRENCY) or before.values.get(CURRENCY) is None:
        return
    items = rows_pointing(draft.org, "productpricelevel", "_productid_value", "product", draft.row_id)
    if any(item.values.get("pricingmethodcode") != CURRENCY_AMOUNT for item in items):
        raise PRODUCT_CURRENCY_FIXED.refused()


def _check_transition(draft: Draft, before: Row) -> None:
    old, new = before.values.get("statecode", DRAFT), draft.values["statecode"]
    if (old, new) in _REFUSED:
        raise _REFUSED[old, new].refused()
    structured = before.values.get("productstructure", 1) != 1
    if new == ACTIVE and structured and not draft.by_action:
        raise (PRODUCT_RETIRED_TO_ACTIVE if old == RETIRED else PRODUCT_NOT_PUBLISHABLE).refused()
    if (old, new) == (RETIRED, ACTIVE) and before.values.get(PARENT) and not before.values.get("iskit"):
        raise PRODUCT_RETIRED_TO_ACTIVE.refused()
    if new == RETIRED:
        _check_retirement(draft.org, before)


def _check_retirement(org: Organisation, row: Row) -> None:
    if any(child.values.get("statecode") != RETIRED for child in children_of(org, row.id)):
        raise PRODUCT_CHILDREN_NOT_RETIRED.refused()
    if not org.options.products_in_price_lists_stay:
        return
    for item in rows_pointing(org, "productpricelevel", "_productid_value", "product", row.id):
        price_list = row_behind(org, item.values, "_pricelevelid_value", "pricelevel")
        if price_list is not None and price_list.values.get("statecode") == 0:
            raise PRODUCT_IN_USE.refused()


RULES = {"product": TableRules(prepare=_prepare, check=_check)}
