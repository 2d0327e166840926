"""Tables that only the extension shows: prices, resources, units, shipping agents, ship-to addresses."""

from __future__ import annotations

from dataclasses import replace

from local.simulators.business_central.errors import ApiError, business_rule, field_rule
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.item_units import RESOURCE_UNITS, remove_units, unit_of
from local.simulators.business_central.tables.prices import PRICE_LINES, SALES_PRICES, remove_prices
from local.simulators.business_central.tables.rules import (
    TableRules,
    check_email,
    check_phone,
    check_relation,
)

PRICE_GROUPS, PRICE_LISTS = "tandem/customerPriceGroups", "tandem/priceListHeaders"
RESOURCES, SHIP_TO = "tandem/resources", "tandem/shipToAddresses"


def _resource(edit: Edit) -> None:
    """A resource's base unit must be one of its units; prices are not negative."""
    for name, caption in (
        ("unitPrice", "Unit Price"),
        ("unitCost", "Unit Cost"),
        ("directUnitCost", "Direct Unit Cost"),
    ):
        if edit.sent.get(name, 0) < 0:
            raise field_rule(f"{caption} must be greater than or equal to 0 in Resource.")
    check_relation(edit, "vendorNumber", "vendors")
    check_relation(edit, "baseUnitOfMeasureCode", "unitsOfMeasure")
    code = edit.sent.get("baseUnitOfMeasureCode", "")
    unit = unit_of(edit.session, RESOURCE_UNITS, edit.values["number"], code) if code else None
    if unit is not None and unit.values["quantityPerUnitOfMeasure"] != 1:
        raise business_rule("The quantity per base unit of measure must be 1.")


def _drop_units_and_prices(session: Session, row: Row) -> None:
    remove_units(session, RESOURCE_UNITS, row.values["number"])
    remove_prices(session, "Resource", row.values["number"])


def _ship_to(edit: Edit) -> None:
    """The address belongs to a customer and stays with it; codes must exist."""
    for name, caption in (("customerNumber", "Customer No."), ("code", "Code")):
        if edit.before is not None and edit.values[name] != edit.before.values[name]:
            raise field_rule(f"{caption} must be equal to '{edit.before.values[name]}'.")
    if edit.inserting and not edit.values["customerNumber"]:
        raise ApiError(
            400, "BadRequest_RequiredParamNotProvided", "Customer No. must be filled in Ship-to Address."
        )
    if edit.inserting and not edit.values["code"]:
        raise ApiError(400, "BadRequest_RequiredParamNotProvided", "Code must be filled in Ship-to Address.")
    for name, table in (
        ("customerNumber", "customers"),
        ("country", "countriesRegions"),
        ("shipmentMethodCode", "shipmentMethods"),
        ("shippingAgentCode", "tandem/shippingAgents"),
        ("locationCode", "locations"),
    ):
        check_relation(edit, name, table)
    check_phone(edit, "phoneNumber")
    check_email(edit)


def _priced(reader: Reader, row: Row) -> Row:
    """What a price is for: its variant, item or resource, and its unit; the base unit where it names none."""
    is_resource = row.values.get("assetType") == "Resource"
    table = reader.company.tables[RESOURCES if is_resource else "items"]
    number = row.values["assetNumber" if "assetNumber" in row.values else "itemNumber"]
    asset = table.rows.get(table.by_key.get(number, ""))
    base = asset.values["baseUnitOfMeasureCode"] if asset else ""
    variant = None if is_resource else _variant(reader, number, row.values["variantCode"])
    record = variant or asset
    computed = {
        "pricedRecordId": record.id if record else EMPTY_ID,
        "pricedUnitOfMeasureCode": row.values["unitOfMeasureCode"] or base,
    }
    return replace(row, values={**row.values, **computed})


def _variant(reader: Reader, item: str, code: str) -> Row | None:
    """The variant of an item that a price names."""
    rows = reader.company.tables["itemVariants"].rows.values() if code else ()
    return next(
        (each for each in rows if (each.values["itemNumber"], each.values["code"]) == (item, code)), None
    )


def _of_customer(reader: Reader, row: Row) -> Row:
    """An address names its customer by id, too."""
    customer = reader.company.tables["customers"].by_key.get(row.values["customerNumber"], EMPTY_ID)
    return replace(row, values={**row.values, "customerId": customer})


def _coded(name: str, *references: tuple[str, ...]) -> TableRules:
    return TableRules(source=name, key="code", references=references)


RULES = {
    PRICE_GROUPS: _coded(
        PRICE_GROUPS,
        ("customers", "customerPriceGroup"),
        (SALES_PRICES, "salesCode", "salesType", "Customer_x0020_Price_x0020_Group"),
        (PRICE_LINES, "sourceNumber", "sourceType", "Customer_x0020_Price_x0020_Group"),
        (PRICE_LISTS, "sourceNumber", "sourceType", "Customer_x0020_Price_x0020_Group"),
    ),
    PRICE_LISTS: _coded(PRICE_LISTS, (PRICE_LINES, "priceListCode")),
    PRICE_LINES: TableRules(
        source=PRICE_LINES,
        group="priceListCode",
        unique=("priceListCode", "lineNumber"),
        project=_priced,
    ),
    SALES_PRICES: TableRules(source=SALES_PRICES, group="itemNumber", project=_priced),
    RESOURCES: TableRules(
        source=RESOURCES,
        key="number",
        references=(
            (RESOURCE_UNITS, "resourceNumber"),
            (PRICE_LINES, "assetNumber", "assetType", "Resource"),
            ("salesInvoiceLines", "lineObjectNumber", "lineType", "Resource"),
            ("salesCreditMemoLines", "lineObjectNumber", "lineType", "Resource"),
        ),
        validate=_resource,
        deleted=_drop_units_and_prices,
    ),
    "tandem/shippingAgents": _coded(
        "tandem/shippingAgents",
        (SHIP_TO, "shippingAgentCode"),
        ("customers", "shippingAgentCode"),
        ("vendors", "shippingAgentCode"),
    ),
    SHIP_TO: TableRules(
        source=SHIP_TO,
        group="customerNumber",
        unique=("customerNumber", "code"),
        validate=_ship_to,
        project=_of_customer,
    ),
    "tandem/unitGroups": TableRules(source="tandem/unitGroups"),
    "tandem/deletions": TableRules(source="tandem/deletions"),
    "tandem/recordKeys": TableRules(source="tandem/recordKeys", group="tandemKey"),
}
