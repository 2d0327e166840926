"""Published orders of Sales, 862 with 2,697 lines, become orders beside the 54 that CRONUS has already."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from local.simulation.world import World, published, published_in_sales
from shared_code.core.records import ZERO_ID
from tests.sync import ordering, worlds
from tests.sync.ordering import NAME, SUBMITTED

HALF_A_CENT = Decimal("0.005")
DATA = Path(__file__).parents[1] / "data" / "orders"


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return found


def id_of(table: str, number: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{table}/{number}"))


def new_world(features: tuple[str, ...]) -> World:
    """CRONUS with its orders, and the customers and items of the published orders of Sales as its own."""
    whole = published()
    customer, item = whole.records["customers"][0], whole.records["items"][0]
    customers = [
        {**customer, "id": id_of("customers", number), "number": number, "displayName": account["name"],
         "country": "US", "currencyCode": "", "currencyId": ZERO_ID, "billToCustomerNumber": "",
         "primaryContactNumber": ""}
        for number, account in accounts().items()
    ]  # fmt: skip
    items = [
        {**item, "id": id_of("items", each["productnumber"]), "number": each["productnumber"],
         "displayName": each["name"][:100]}
        for each in products().values()
    ]  # fmt: skip
    unit = next(u for u in whole.records["itemUnitsOfMeasure"] if u["itemNumber"] == item["number"])
    units = [
        {**unit, "id": id_of("units", each["number"]), "itemNumber": each["number"], "itemId": each["id"]}
        for each in items
    ]
    records = {
        **ordering.company().records,
        "customers": [*whole.records["customers"], *customers],
        "items": [*whole.records["items"], *items],
        "itemUnitsOfMeasure": [*whole.records["itemUnitsOfMeasure"], *units],
        "salesOrders": rows("cronus"),
    }
    return ordering.new_world(features, company=replace(whole, records=records))


@cache
def accounts() -> dict[str, dict[str, Any]]:
    """The accounts that ordered, by a customer number of their own."""
    used = {each["_customerid_value"] for each in rows("salesorders")}
    found = [each for each in published_in_sales("accounts") if each["accountid"] in used]
    return {f"P{place:05}": each for place, each in enumerate(found)}


@cache
def products() -> dict[str, dict[str, Any]]:
    """The products that were ordered, by their published id."""
    used = {each["_productid_value"] for each in rows("salesorderdetails")}
    return {each["productid"]: each for each in published_in_sales("products") if each["productid"] in used}


def load_orders(world: World) -> dict[str, list[dict[str, Any]]]:
    """The published orders, submitted, of the accounts and products as this organisation has them.

    Amounts are at the decimals of the currency, as Sales keeps them.  The lines of each order.
    """
    person = world.person_in_sales
    by_number = {each["accountnumber"]: each["accountid"] for each in person.call("GET", "accounts")["value"]}
    customers = {each["accountid"]: by_number[number] for number, each in accounts().items()}
    sold = {each["productnumber"]: each for each in person.call("GET", "products")["value"]}
    lines: dict[str, list[dict[str, Any]]] = {}
    for place, line in enumerate(rows("salesorderdetails")):
        number = products()[line["_productid_value"]]["productnumber"]
        lines.setdefault(line["_salesorderid_value"], []).append(
            {
                **line,
                "salesorderdetailid": id_of("salesorderdetails", str(place)),
                "_productid_value": sold[number]["productid"],
                "_uomid_value": sold[number]["_defaultuomid_value"],
                "sequencenumber": line["lineitemnumber"],
                "number": number,
                "extendedamount": round(line["extendedamount"], 2),
                "manualdiscountamount": round(line["manualdiscountamount"], 2),
            }
        )
    orders = []
    for order in rows("salesorders"):
        net = round(sum(each["extendedamount"] for each in lines[order["salesorderid"]]), 2)
        freight = round(order["freightamount"], 2)
        amounts = {"totallineitemamount": net, "totalamountlessfreight": net, "freightamount": freight}
        orders.append(
            {**order, **amounts, **SUBMITTED, "totalamount": round(net + freight, 2), "totaltax": 0,
             "_customerid_value": customers[order["_customerid_value"]],
             "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account"}
        )  # fmt: skip
    loaded = [{name: value for name, value in line.items() if name != "number"}
              for order in lines.values() for line in order]  # fmt: skip
    world.sales.load({"salesorder": orders, "salesorderdetail": loaded})
    return lines


def expected(order: Mapping[str, Any], lines: list[dict[str, Any]]) -> float:
    """The net amount: that of the lines, each rounded, and the freight."""
    net = sum(each["extendedamount"] for each in lines)
    return round(net + round(order["freightamount"], 2), 2)


def of_header(order: Mapping[str, Any]) -> Decimal:
    """What the published header comes to before tax."""
    return Decimal(str(order["totallineitemamount"])) + Decimal(str(order["freightamount"]))


def headers_that_fit() -> set[str]:
    """The orders whose published header is the sum of its published lines: all but 32 of AdventureWorks."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in rows("salesorderdetails"):
        sums[line["_salesorderid_value"]] += Decimal(str(line["extendedamount"]))
    totals = {each["salesorderid"]: Decimal(str(each["totallineitemamount"])) for each in rows("salesorders")}
    return {order for order, total in totals.items() if abs(sums[order] - total) <= 2 * HALF_A_CENT}


def test_the_published_headers_are_the_sums_of_their_lines_but_for_thirty_two() -> None:
    assert len(headers_that_fit()) == 862 - 32


@pytest.mark.bulk
@pytest.mark.parametrize("features", [("orders",), ordering.EXTENSION], ids=["v2.0", "extension"])
def test_published_orders_are_in_business_central_once_with_their_amounts(features: tuple[str, ...]) -> None:
    assert (len(rows("salesorders")), len(rows("salesorderdetails"))) == (862, 2_697)
    world = new_world(features)
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    before = {each["id"]: each for each in ordering.in_bc(world)}
    assert len(before) == 54
    lines = load_orders(world)
    worlds.cycles(world, 12, 120)

    orders, fitting = rows("salesorders"), headers_that_fit()
    pairs = {each["salesorderid"]: ordering.coupling(world, each["salesorderid"]) for each in orders}
    refused = worlds.problems(world, NAME)
    made = {each["id"]: each for each in ordering.in_bc(world)}
    assert {order for order, pair in pairs.items() if pair is None} == set()
    assert refused == []
    assert len(made) == len(orders) + len(before)
    assert {key: made[key] for key in before} == before
    for order in orders:
        pair = pairs[order["salesorderid"]]
        assert pair is not None
        found = made[pair.bc_id]
        own = lines[order["salesorderid"]]
        assert found["shipToAddressLine1"] == order["shipto_line1"]
        assert found["shipToCountry"] != ""
        assert found["totalAmountExcludingTax"] == expected(order, own), order["ordernumber"]
        if order["salesorderid"] in fitting:
            off = abs(Decimal(str(found["totalAmountExcludingTax"])) - of_header(order))
            assert off <= HALF_A_CENT * (len(own) + 3), "more than what rounding each line adds up to"
        sold = [each for each in found["salesOrderLines"] if each["lineType"] == "Item"]
        assert [(each["lineObjectNumber"], each["quantity"], each["unitPrice"]) for each in sold] == [
            (line["number"], line["quantity"], line["priceperunit"]) for line in own
        ]
