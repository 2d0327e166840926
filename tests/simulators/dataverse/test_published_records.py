"""The records of ``local/data/sales``: they load whole, and the service's rules take them one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulators.dataverse import Dataverse
from local.simulators.dataverse.loading import Loaded, table_of_file
from tests.simulators.dataverse.sales import bind, made, row_of
from tests.simulators.dataverse.support import USD, Client, make

FOLDER = Path(__file__).parents[3] / "local" / "data" / "sales"
NORTHWIND = "49fa48ee-29bd-5633-9f1b-c6237d10354d"
COUNTS = {
    "uomschedules": 39, "uoms": 39, "products": 484, "pricelevels": 4, "productpricelevels": 472,
    "opportunities": 5, "territories": 10, "transactioncurrencies": 14,
}  # fmt: skip


def records(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return rows


@pytest.fixture(scope="module")
def loaded() -> tuple[Dataverse, Loaded]:
    service = make()
    tables: dict[str, list[Any]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))
        tables.setdefault(table_of_file(service.org.schema, path).name, []).extend(rows)
    return service, service.load(tables)


def test_all_of_them_load_with_all_their_columns_and_lookups(loaded: tuple[Dataverse, Loaded]) -> None:
    service, told = loaded
    assert told.dropped_lookups == 0
    assert {name.partition(".")[2] for name in told.left_out} == {"@derived", "exchangeratedate"}
    client = Client(service)
    assert {name: int(client.get(f"{name}/$count").raw) for name in COUNTS} == COUNTS


def test_loaded_rows_are_as_complete_as_written_ones(loaded: tuple[Dataverse, Loaded]) -> None:
    client = Client(loaded[0])
    price = client.filter(
        "productpricelevels", "productnumber eq 'NW-001'", "amount,amount_base,exchangerate"
    ).rows
    assert (price[0]["amount"], price[0]["amount_base"], price[0]["exchangerate"]) == (18, 18, 1)
    lists = client.filter("pricelevels", "begindate eq 2022-05-30T00:00:00Z").rows
    assert [one["name"] for one in lists] == ["AdventureWorks list prices from 2022-05-30"]
    opportunity = client.get("opportunities?$top=1").rows[0]
    assert opportunity["_accountid_value"] == opportunity["_customerid_value"]
    expanded = client.get(
        f"pricelevels({NORTHWIND})?$expand=price_level_product_price_levels($select=amount)"
    )
    assert len(expanded.json["price_level_product_price_levels"]) == 77


def families_first(products: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Products in an order in which every parent comes before its children."""
    waiting, placed = list(products), {None}
    while waiting:
        ready = [one for one in waiting if one.get("_parentproductid_value") in placed]
        assert ready, "a family is missing"
        yield from ready
        placed.update(one["productid"] for one in ready)
        waiting = [one for one in waiting if one["productid"] not in placed]


def body_of(record: dict[str, Any], units: dict[str, str]) -> dict[str, Any]:
    """A published product as a request creates it: a draft, without its default price list."""
    left_out = ("statecode", "statuscode", "createdon", "modifiedon")
    body = {name: value for name, value in record.items() if name[0] != "_" and name not in left_out}
    if parent := record.get("_parentproductid_value"):
        body |= bind(parentproductid=f"products({parent})")
    return body | (units if record["productstructure"] == 1 else {})


def test_the_northwind_catalogue_can_be_written_through_the_web_api(client: Client) -> None:
    group = made(client.post("uomschedules", {"name": "Default Unit", "baseuomname": "Primary Unit"}))
    unit = client.get("uoms?$select=uomid").rows[0]["uomid"]
    units = bind(defaultuomscheduleid=f"uomschedules({group})", defaultuomid=f"uoms({unit})")
    products = [one for one in records("products") if one["productnumber"].startswith("NW")]
    for record in families_first(products):
        made(client.post("products", body_of(record, units)))
    for record in products:
        address = f"products({record['productid']})"
        if record["productstructure"] == 1:
            assert client.patch(address, {"statecode": 0, "statuscode": 1}).status == 204
    made(client.post("pricelevels", {"pricelevelid": NORTHWIND, "name": "Northwind unit prices"}))
    items = [one for one in records("productpricelevels") if one["_pricelevelid_value"] == NORTHWIND]
    for item in items:
        lookups = bind(
            pricelevelid=f"pricelevels({NORTHWIND})", productid=f"products({item['_productid_value']})",
            uomid=f"uoms({unit})",
        )  # fmt: skip
        body = {name: item[name] for name in ("productpricelevelid", "amount", "pricingmethodcode")}
        made(client.post("productpricelevels", body | lookups))
        row = row_of(client, f"productpricelevels({item['productpricelevelid']})")
        assert (row["amount"], row["productnumber"]) == (item["amount"], item["productnumber"])
        assert (row["_transactioncurrencyid_value"], row["_uomscheduleid_value"]) == (USD, group)
    assert len(items) == 77
