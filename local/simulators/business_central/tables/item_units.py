"""Units of single items and resources: how many base units one holds.

Shown by Tandem's own API.  Choosing a base unit creates the item's unit with quantity 1, as the Item and
Resource tables do.
"""

from __future__ import annotations

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.rules import TableRules

ITEM_UNITS, RESOURCE_UNITS = "tandem/itemUnitsOfMeasure", "tandem/resourceUnitsOfMeasure"


def ensure_base_unit(session: Session, item: Row) -> None:
    """Create the unit for an item's base unit, or check that it holds exactly one."""
    number, code = item.values["number"], item.values["baseUnitOfMeasureCode"]
    if not code or ITEM_UNITS not in session.types:
        return
    found = unit_of(session, ITEM_UNITS, number, code)
    if found is None:
        put_unit(session, ITEM_UNITS, {"itemNumber": number, "code": code})
    elif found.values["quantityPerUnitOfMeasure"] != 1:
        held = found.values["quantityPerUnitOfMeasure"]
        raise business_rule(
            f"The quantity per base unit of measure must be 1. {code} is set up with {held} per unit of "
            "measure."
        )


def put_unit(session: Session, table: str, values: dict[str, object]) -> Row:
    """A new unit of an item or resource; one base unit unless ``values`` says otherwise."""
    row_id = session.new_id()
    filled = {**session.types[table].blank_values(), "quantityPerUnitOfMeasure": 1, **values, "id": row_id}
    return session.put(table, row_id, filled, {})


def remove_units(session: Session, table: str, number: str) -> None:
    """The units go with their item or resource."""
    for row_id in session.table(table).group(number):
        session.remove(table, row_id)


def unit_of(session: Session, table: str, number: str, code: str) -> Row | None:
    """The unit of an item or resource with that code."""
    rows = (session.table(table).rows[row_id] for row_id in session.table(table).group(number))
    return next((row for row in rows if row.values["code"] == code), None)


RULES = {
    ITEM_UNITS: TableRules(source=ITEM_UNITS, unique=("itemNumber", "code"), group="itemNumber"),
    RESOURCE_UNITS: TableRules(
        source=RESOURCE_UNITS, unique=("resourceNumber", "code"), group="resourceNumber"
    ),
}
