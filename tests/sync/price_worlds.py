"""Worlds with prices: a few items and a resource, price lists or price groups, and dates that pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from local.simulation.world import World, build, published
from local.simulators.business_central.control_edits import delete_row, edit_row
from shared_code.core.in_force import place_id
from shared_code.core.journal import Entry
from tests.sync import worlds
from tests.sync.copies import copied

CLASSIC, LISTS = ("extension",), ("extension", "price_lists")
LINES, GROUP_PRICES = "PLLINE-PRODPRICE", "SALESPRC-PRODPRICE"
ITEMS = ("1000", "1001")


@cache
def _published() -> Any:
    return published()


def company(**records: list[dict[str, Any]]) -> Any:
    """Two items (their base unit is PCS) and what prices refer to."""
    made = worlds.company()
    whole = _published().records
    units = [each for each in whole["itemUnitsOfMeasure"] if each["itemNumber"] in ITEMS]
    made.records.update(
        items=[dict(each) for each in whole["items"] if each["number"] in ITEMS],
        unitsOfMeasure=whole["unitsOfMeasure"], itemUnitsOfMeasure=units,
        itemCategories=whole["itemCategories"], resources=whole["resources"],
        resourceUnitsOfMeasure=whole["resourceUnitsOfMeasure"],
        customerPriceGroups=[], priceListHeaders=[], priceListLines=[],
    )  # fmt: skip
    made.records.update(records)
    return made


@copied
def new_world(
    features: Sequence[str] = LISTS, sales: Mapping[str, Any] | None = None, **build_options: Any
) -> World:
    """A world after its first full synchronisation, with a list or group RETAIL and no price."""
    records = {"customerPriceGroups": [{"code": "RETAIL"}]} if of(features) == GROUP_PRICES else {}
    world = build(
        [company(**records)], {**worlds.sales_setup(), **(sales or {})}, mappings=[of(features)],
        features=features, bc_options={"extension": True}, **build_options,
    )  # fmt: skip
    if of(features) == LINES:
        price_list(world, "RETAIL")
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    return world


def of(features: Sequence[str]) -> str:
    return LINES if "price_lists" in features else GROUP_PRICES


def row(world: World, table: str, **values: object) -> dict[str, Any]:
    """Somebody changes (``id``) or adds a row in Business Central's client."""
    arguments: dict[str, Any] = {"table": f"tandem/{table}", "id": values.pop("id", None), "values": values}
    return edit_row(world.bc.env, world.bc.env.companies[world.at.connection.company_id], arguments)


def delete(world: World, table: str, row_id: str) -> None:
    """Somebody deletes a row in Business Central's client."""
    company = world.bc.env.companies[world.at.connection.company_id]
    delete_row(world.bc.env, company, f"tandem/{table}", row_id)


def price_list(world: World, code: str, **values: object) -> dict[str, Any]:
    blank = {"status": "Active", "priceType": "Sale", "amountType": "Price", "allowUpdatingDefaults": False}
    return row(world, "priceListHeaders", **{**blank, "code": code, **values})


def line(world: World, price: object, item: str = "1000", **values: object) -> dict[str, Any]:
    """A line of the list RETAIL."""
    number = 10_000 * (1 + len(worlds.bc_rows(world, "priceListLines")))
    asset = {"assetType": "Item", "assetNumber": item, "assetId": items(world)[item]}
    blank = {"status": "Active", "priceType": "Sale", "amountType": "Price", "unitOfMeasureCode": "PCS"}
    given = {"priceListCode": "RETAIL", "lineNumber": number, **asset, **blank, "unitPrice": price}
    return row(world, "priceListLines", **{**given, **values})


def items(world: World) -> dict[str, str]:
    return {each["number"]: each["id"] for each in world.person_in_bc().call("GET", "items")["value"]}


def group_price(world: World, price: object, item: str = "1000", **values: object) -> dict[str, Any]:
    """A sales price of the customer price group RETAIL."""
    given = {"salesType": "Customer_x0020_Price_x0020_Group", "salesCode": "RETAIL", "itemNumber": item}
    return row(world, "salesPrices", **{**given, "unitOfMeasureCode": "PCS", "unitPrice": price, **values})


def prices(world: World) -> list[tuple[str, str, float]]:
    """Product number, unit and amount of every price in Sales."""
    units = {each["uomid"]: each["name"] for each in world.person_in_sales.call("GET", "uoms")["value"]}
    return sorted(
        (each["productnumber"], units[each["_uomid_value"]], each["amount"]) for each in price_rows(world)
    )


def price_rows(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.person_in_sales.call("GET", "productpricelevels")["value"]
    return found


def day(world: World, offset: int = 0) -> str:
    """Today (UTC) or another day."""
    return datetime.fromtimestamp(world.clock.now + offset * 86_400, UTC).date().isoformat()


def until(world: World, days: int, hour: int = 1) -> None:
    """Let days pass, with a look now and then, until so many hours after a midnight (UTC)."""
    target = (world.clock.now // 86_400 + days) * 86_400 + hour * 3600
    while world.clock.now < target:
        worlds.cycle(world, min(6 * 3600.0, target - world.clock.now))
    worlds.cycles(world, 3)


def journal(world: World) -> list[Entry]:
    """What was written on the prices, removed ones included."""
    rule = world.at.mapping(LINES).bc.in_force
    assert rule is not None
    ids = {place_id(rule, each) for each in worlds.bc_rows(world, "priceListLines")}
    found = (world.at.journal.of_record(LINES, each, world.clock.now) for each in sorted(ids))
    return [entry for entries in found for entry in entries]


def person_price(world: World, item: str, amount: float) -> str:
    """A person enters a price of an item in the list RETAIL; its id."""
    product = next(
        each for each in world.person_in_sales.call("GET", "products")["value"]
        if each["productnumber"] == item
    )  # fmt: skip
    (retail,) = [
        each for each in world.person_in_sales.call("GET", "pricelevels")["value"] if each["name"] == "RETAIL"
    ]
    made = {
        "pricelevelid@odata.bind": f"/pricelevels({retail['pricelevelid']})",
        "productid@odata.bind": f"/products({product['productid']})",
        "uomid@odata.bind": f"/uoms({product['_defaultuomid_value']})",
        "amount": amount, "pricingmethodcode": 1,
    }  # fmt: skip
    answer = world.person_in_sales.call("POST", "productpricelevels", made, prefer="return=representation")
    return str(answer["productpricelevelid"])
