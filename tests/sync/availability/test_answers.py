"""What a question about an item is answered: by any of its names, with the extension and without."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from tests.sync import worlds
from tests.sync.availability.shop import ask, ask_many, move, new_shop, plan, told
from tests.sync.copies import copied
from tests.sync.invoicing import BICYCLE, CHAIR

TODAY, SOON, LATER = "2027-01-15", "2027-02-01", "2027-03-01"


@pytest.fixture
@copied
def world() -> World:
    world = new_shop()
    plan(world, "Sale", -4, SOON, location="BLUE", reserved=3)
    plan(world, "Purchase", 50, LATER, location="BLUE")
    return world


@pytest.fixture(scope="module")
def still() -> World:
    """A world that no test changes."""
    return new_shop()


def bc_item(world: World, number: str) -> dict[str, Any]:
    return next(each for each in worlds.bc_rows(world, "items") if each["number"] == number)


def test_stock_orders_and_reservations_are_told_for_each_place(world: World) -> None:
    found = told(ask(world, date=SOON))
    assert (found["inventory"], found["reserved"], found["onSalesOrders"]) == (25, 3, 4)
    assert (found["onPurchaseOrders"], found["projected"], found["promisable"]) == (0, 21, 21)
    told_places = [(each["location"], each["inventory"], each["projected"]) for each in found["places"]]
    assert told_places == [("", 5, 5), ("BLUE", 20, 16)]
    assert (found["detail"], found["unit"], found["date"]) == ("places", "PCS", SOON)
    assert found["item"]["number"] == BICYCLE
    assert found["remarks"] == []


def test_the_earliest_day_of_a_quantity_is_told(world: World) -> None:
    found = told(ask(world, quantity="21"))
    assert (found["verdict"], found["earliestDate"], found["quantity"]) == ("enough", TODAY, 21)
    later = told(ask(world, quantity="22.5", location="BLUE"))
    assert (later["verdict"], later["earliestDate"]) == ("later", LATER)
    never = told(ask(world, quantity="1000"))
    assert (never["verdict"], never["earliestDate"]) == ("short", None)


def test_numbers_are_found_in_small_letters_and_codes_too(world: World) -> None:
    found = told(ask(world, "1896-s", location=" blue "))
    assert (found["item"]["number"], found["location"]) == ("1896-S", "BLUE")


def test_what_business_central_computes_itself_is_the_same(world: World) -> None:
    """Its own answer to the same question is calculated apart from ours."""
    plan(world, "Sale", -30, "2027-02-10", location="BLUE")
    plan(world, "Sale", -1, "2026-12-01")
    rows = world.person_in_bc()
    rows.root = rows.root.replace("/v2.0/companies", "/tandem/sync/v1.0/companies")
    for location in ("", "BLUE"):
        for day in (TODAY, SOON, "2027-02-10", LATER):
            for quantity in ("1", "5", "17", "40"):
                asked = f"itemNumber eq '{BICYCLE}' and date eq {day} and requestedQuantity eq {quantity}"
                where = f" and locationCode eq '{location}'"
                path = f"itemAvailability?$filter={asked}{where}".replace(" ", "%20")
                [theirs] = rows.call("GET", path)["value"]
                body = {"items": [{"item": BICYCLE, "location": location, "date": day, "quantity": quantity}]}
                [ours] = told(ask_many(world, body))["items"]
                assert ours["projected"] == theirs["projectedAvailableBalance"]
                assert ours["onSalesOrders"] == theirs["quantityOnSalesOrders"]
                assert ours["onPurchaseOrders"] == theirs["quantityOnPurchaseOrders"]
                assert (ours["earliestDate"] or "0001-01-01") == theirs["earliestDate"]


def test_figures_are_in_the_unit_that_is_asked_for() -> None:
    world = new_shop()
    item = bc_item(world, CHAIR)
    units = {"itemNumber": CHAIR, "code": "BOX", "quantityPerUnitOfMeasure": 4}
    company = world.bc.env.companies[world.at.connection.company_id]
    with world.bc.env.transaction(person=True) as unit:
        session = world.bc.env.session(company, unit)
        table = "tandem/itemUnitsOfMeasure"
        row_id = session.new_id()
        session.put(table, row_id, {**session.types[table].blank_values(), **units, "id": row_id}, {})
    before = told(ask(world, CHAIR))["inventory"]
    move(world, CHAIR, 10)
    world.clock.now += 60
    found = told(ask(world, CHAIR, unit="box", quantity="2"))
    assert (found["unit"], found["inventory"], found["item"]["baseUnit"]) == (
        "BOX",
        (before + 10) / 4,
        item["baseUnitOfMeasureCode"],
    )
    refused = told(ask(world, CHAIR, unit="PALLET"), 400)
    assert refused["field"] == "unit"
    assert "BOX" in refused["detail"]


def test_an_item_is_found_by_the_id_of_either_side() -> None:
    world = new_shop(synchronised=True)
    product = worlds_product(world, BICYCLE)
    bc_id = bc_item(world, BICYCLE)["id"]
    for name in (product, product.upper(), bc_id, BICYCLE):
        assert told(ask(world, name))["item"]["id"] == bc_id
    red = told(ask(world, worlds_product(world, f"{BICYCLE}/RED")))
    assert (red["item"]["id"], red["variant"], red["inventory"]) == (bc_id, "RED", 0)
    assert world.requests["bc"] == ["availability"], "names are on file, the item was read once"


def worlds_product(world: World, number: str) -> str:
    rows = world.person_in_sales.call("GET", "products")["value"]
    return str(next(each["productid"] for each in rows if each["productnumber"] == number))


def test_an_item_that_is_not_coupled_is_found_by_its_id(world: World) -> None:
    assert told(ask(world, bc_item(world, BICYCLE)["id"]))["item"]["number"] == BICYCLE
    [variant] = world.person_in_bc().call("GET", "itemVariants")["value"]
    found = told(ask(world, variant["id"]))
    assert (found["item"]["number"], found["variant"]) == (BICYCLE, "RED")


@pytest.mark.parametrize("name", ["NOPE", "00000000-0000-4000-8000-00000000dead", "A" * 30, "1000' or '1"])
def test_what_is_not_there_is_told(still: World, name: str) -> None:
    assert "no item" in told(ask(still, name), 404)["detail"]


def test_many_items_are_asked_at_once_and_a_wrong_one_leaves_the_others_alone(world: World) -> None:
    body = {"items": [BICYCLE, {"item": CHAIR, "quantity": 2}, "NOPE", {"item": BICYCLE, "unit": "KM"}],
            "date": SOON}  # fmt: skip
    bicycle, chair, nothing, wrong = told(ask_many(world, body))["items"]
    assert (bicycle["found"], bicycle["date"], bicycle["inventory"]) == (True, SOON, 25)
    assert (chair["quantity"], chair["date"]) == (2, SOON)
    assert (nothing["found"], nothing["wrong"], nothing["asked"]) == (False, "item", "NOPE")
    assert (wrong["found"], wrong["wrong"]) == (False, "unit")
    assert world.requests["bc"] == ["availability"]


def test_without_the_extension_only_the_inventory_is_known_and_the_answer_says_so() -> None:
    world = new_shop(())
    plan(world, "Sale", -4, SOON)
    found = told(ask(world, quantity="3", location="BLUE", date=SOON))
    assert (found["detail"], found["inventory"], found["places"]) == ("total", 25, [])
    assert [found[name] for name in ("reserved", "onSalesOrders", "projected", "earliestDate")] == [None] * 4
    assert found["verdict"] == "in_stock"
    assert "extension is not installed" in found["remarks"][0]
    assert told(ask(world, quantity="26"))["verdict"] == "not_in_stock"


def test_a_service_has_no_stock(world: World) -> None:
    made = world.person_in_bc().call("POST", "items", {"displayName": "Advice", "type": "Service"})
    found = told(ask(world, made["number"], quantity="1"))
    assert (found["verdict"], found["inventory"], found["places"]) == ("not_stocked", 0, [])


def test_a_blocked_item_says_so(world: World) -> None:
    world.person_in_bc().edit(f"items({bc_item(world, CHAIR)['id']})", blocked=True)
    assert told(ask(world, CHAIR))["item"]["blocked"] is True


WRONG = [
    ({"quantity": "0"}, "quantity"),
    ({"quantity": "-1"}, "quantity"),
    ({"quantity": "1e3"}, "quantity"),
    ({"quantity": "1.123456"}, "quantity"),
    ({"quantity": "x"}, "quantity"),
    ({"date": "2026-13-01"}, "date"),
    ({"date": "tomorrow"}, "date"),
    ({"date": "20260101"}, "date"),
    ({"location": "A" * 11}, "location"),
    ({"variant": "\x00"}, "variant"),
    ({"unit": "A" * 11}, "unit"),
    ({"place": "BLUE"}, "place"),
    ({"connection": "nowhere"}, "connection"),
]


@pytest.mark.parametrize(("query", "field"), WRONG)
def test_what_cannot_be_used_is_refused_by_name(still: World, query: dict[str, str], field: str) -> None:
    still.reset_requests()
    assert told(ask(still, **query), 400)["field"] == field
    assert still.requests["bc"] == []


BAD_DOCUMENTS = [
    ({}, "items"),
    ({"items": []}, "items"),
    ({"items": "1000"}, "items"),
    ({"items": ["1000"] * 101}, "items"),
    ({"items": [7]}, "items"),
    ({"items": [{}]}, "item"),
    ({"items": [{"item": ""}]}, "item"),
    ({"items": [{"item": "1000", "place": ""}]}, "place"),
    ({"items": [{"item": "1000", "quantity": True}]}, "quantity"),
    ({"items": [{"item": "1000", "date": 7}]}, "date"),
    ({"items": ["1000"], "unit": 7}, "unit"),
    ({"items": ["1000"], "more": 7}, "more"),
]


@pytest.mark.parametrize(("document", "field"), BAD_DOCUMENTS)
def test_a_document_that_cannot_be_used_is_refused_by_name(
    still: World, document: object, field: str
) -> None:
    assert told(ask_many(still, document), 400)["field"] == field
