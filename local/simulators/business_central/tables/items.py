"""Items and their variants.

Rules of the API page (microsoft/BCApps, APIV2Items) and of the Item table: ids and codes of category, tax
group and base unit must agree; ``inventory`` is refused on POST and posts an adjustment on PATCH; what the
ledger depends on cannot change once something was posted.
"""

from __future__ import annotations

from local.simulators.business_central.errors import business_rule, field_rule, invalid_relation
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.documents import KIND_OF_LINES, is_posted
from local.simulators.business_central.tables.item_units import (
    ITEM_UNITS,
    ensure_base_unit,
    remove_units,
    unit_of,
)
from local.simulators.business_central.tables.ledger import (
    has_entries,
    has_open_entries,
    inventory_of,
    post_movement,
    tidy,
)
from local.simulators.business_central.tables.pairs import Pair, set_pair
from local.simulators.business_central.tables.prices import remove_prices
from local.simulators.business_central.tables.rules import TableRules, assign_number

_CATEGORY = Pair(
    "itemCategoryId",
    "itemCategoryCode",
    "itemCategories",
    'The "itemCategoryId" does not match to a specific Item Category group.',
    'The "itemCategoryCode" does not match to a Item Category.',
    "The item categories values do not match to a specific item category.",
)
_TAX_GROUP = Pair(
    "taxGroupId",
    "taxGroupCode",
    "taxGroups",
    'The "taxGroupId" does not match to a Tax Group.',
    'The "taxGroupCode" does not match to a Tax Group.',
    "The tax group values do not match to a specific Tax Group.",
)
_UNIT = Pair(
    "baseUnitOfMeasureId",
    "baseUnitOfMeasureCode",
    "unitsOfMeasure",
    'The "baseUnitOfMeasureId" does not match to a Unit of Measure.',
    "The Unit of Measure with Code {value} does not exist.",
    "The unit of measure values do not match to a specific Unit of Measure.",
    by="internationalStandardCode",
)
_GROUPS = (
    ("generalProductPostingGroupId", "generalProductPostingGroupCode", "generalProductPostingGroups"),
    ("inventoryPostingGroupId", "inventoryPostingGroupCode", "inventoryPostingGroups"),
)


def _validate(edit: Edit) -> None:
    if edit.inserting and "inventory" in edit.sent:
        raise business_rule("Inventory cannot be changed during on insert.")
    _check_amounts(edit)
    assign_number(edit, "items")
    _check_type(edit)
    set_pair(edit, _CATEGORY)
    set_pair(edit, _TAX_GROUP)
    set_pair(edit, _UNIT)
    for id_name, code_name, table in _GROUPS:
        _set_group(edit, id_name, code_name, table)
    _check_base_unit(edit)


def _check_amounts(edit: Edit) -> None:
    for name, caption in (("unitPrice", "Unit Price"), ("unitCost", "Unit Cost")):
        if edit.sent.get(name, 0) < 0:
            raise field_rule(f"{caption} must be greater than or equal to 0 in Item.")
    by_standard = edit.extra.get("costingMethod") == "Standard"
    if _changed(edit, "unitCost") and not by_standard and _is_posted(edit) and _is_stocked(edit):
        raise business_rule(
            "You cannot change Unit Cost because there are one or more ledger entries for this item."
        )


def _check_type(edit: Edit) -> None:
    """A type stays once something was posted; only stock has an inventory posting group."""
    if _changed(edit, "type") and _is_posted(edit):
        raise business_rule(
            f"You cannot change the Type field on Item {edit.values['number']} because at least one "
            "Item Ledger Entry exists for this item."
        )
    if _is_stocked(edit):
        return
    if (
        edit.sent.get("inventoryPostingGroupCode")
        or edit.sent.get("inventoryPostingGroupId", EMPTY_ID) != EMPTY_ID
    ):
        raise field_rule(f"Type must be equal to 'Inventory' in Item: No.={edit.values['number']}.")
    edit.values |= {"inventoryPostingGroupId": EMPTY_ID, "inventoryPostingGroupCode": ""}


def _set_group(edit: Edit, id_name: str, code_name: str, table: str) -> None:
    """A posting group by id or code; the code stays where the group itself is not known."""
    if edit.sent.get(id_name, EMPTY_ID) != EMPTY_ID:
        group = edit.session.current(table, edit.sent[id_name])
        if group is None:
            raise invalid_relation(id_name, "Item", edit.sent[id_name], edit.session.types[table].table)
        edit.values[code_name] = group.values["code"]
    elif edit.sent.get(code_name):
        group = edit.session.by_key(table, edit.sent[code_name])
        if group is None:
            raise invalid_relation(code_name, "Item", edit.sent[code_name], edit.session.types[table].table)
        edit.values[id_name] = group.id
    elif code_name in edit.sent or id_name in edit.sent:
        edit.values |= {id_name: EMPTY_ID, code_name: ""}


def _check_base_unit(edit: Edit) -> None:
    code = "baseUnitOfMeasureCode"
    if _changed(edit, code) and edit.before and has_open_entries(edit.session, edit.before.values["number"]):
        raise business_rule(
            "You cannot change Base Unit of Measure because there are one or more open ledger entries for "
            "this item."
        )


def _written(edit: Edit, row: Row) -> None:
    ensure_base_unit(edit.session, row)
    _check_sales_unit(edit, row)
    if not edit.inserting and "inventory" in edit.sent:
        _adjust(edit.session, row, edit.sent["inventory"])


def _check_sales_unit(edit: Edit, row: Row) -> None:
    """The unit for sales, which only the extension shows, must be one of the item's."""
    code = edit.sent.get("salesUnitOfMeasureCode")
    if code and unit_of(edit.session, ITEM_UNITS, row.values["number"], code) is None:
        raise invalid_relation("salesUnitOfMeasureCode", "Item", code, "Item Unit of Measure")


def _adjust(session: Session, row: Row, wanted: float) -> None:
    """The oddity of the API: writing ``inventory`` posts the difference to the ledger, without location."""
    held = inventory_of(Reader(session.company, float("inf"), session.types), row.values["number"])
    if wanted == held:
        return
    if row.values["type"] != "Inventory":
        raise business_rule(f"Type must be equal to 'Inventory' in Item: No.={row.values['number']}.")
    if row.values["blocked"]:
        raise business_rule(f"Blocked must be equal to 'No' in Item: No.={row.values['number']}.")
    post_movement(session, row, tidy(wanted - held))


def _deleting(session: Session, row: Row) -> None:
    number = row.values["number"]
    for lines, kind in KIND_OF_LINES.items():
        for line in session.table(lines).rows.values():
            document = session.current(kind.table, line.values["documentId"])
            if line.values["itemId"] == row.id and document and not is_posted(document):
                raise business_rule(
                    f"You cannot delete Item {number} because there is at least one outstanding "
                    "sales document that includes this item."
                )
    if has_entries(session, number):
        raise business_rule(
            f"You cannot delete Item {number} because it has ledger entries in a fiscal year that has not "
            "been closed yet."
        )


def _deleted(session: Session, row: Row) -> None:
    for row_id in session.table("itemVariants").group(row.id):
        session.remove("itemVariants", row_id)
    remove_units(session, ITEM_UNITS, row.values["number"])
    remove_prices(session, "Item", row.values["number"])


def _with_inventory(reader: Reader, row: Row) -> Row:
    values = {**row.values, "inventory": inventory_of(reader, row.values["number"])}
    return Row(row.id, values, row.modified_ms, row.etag, row.extra, row.version)


def _changed(edit: Edit, name: str) -> bool:
    return edit.before is not None and edit.values[name] != edit.before.values[name]


def _is_posted(edit: Edit) -> bool:
    return edit.before is not None and has_entries(edit.session, edit.before.values["number"])


def _is_stocked(edit: Edit) -> bool:
    return bool(edit.values["type"] == "Inventory")


RULES = {
    "items": TableRules(
        source="items",
        key="number",
        references=(
            ("itemVariants", "itemNumber"),
            ("itemLedgerEntries", "itemNumber"),
            ("tandem/itemUnitsOfMeasure", "itemNumber"),
            ("tandem/salesPrices", "itemNumber"),
            ("tandem/priceListLines", "assetNumber", "assetType", "Item"),
            ("salesInvoiceLines", "lineObjectNumber", "lineType", "Item"),
            ("salesCreditMemoLines", "lineObjectNumber", "lineType", "Item"),
            ("tandem/postedSalesInvoiceLines", "number", "lineType", "Item"),
        ),
        validate=_validate,
        written=_written,
        deleting=_deleting,
        deleted=_deleted,
        project=_with_inventory,
    ),
}
