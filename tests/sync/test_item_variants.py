"""Variants of items are products of their own, called and priced after their item."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World, build
from tests.sync import invoicing, worlds
from tests.sync.copies import copied
from tests.sync.invoicing import BICYCLE, CHAIR

NAME, ITEMS = "ITEM VARIANT-PRODUCT", "ITEM-PRODUCT"
BOTH = pytest.mark.parametrize(
    "features",
    [("item_variants",), ("item_variants", "extension", "unit_groups")],
    ids=["plain", "extension"],
)


@copied
def synchronised(features: tuple[str, ...] = ("item_variants",)) -> World:
    world = build(
        [invoicing.company()], worlds.sales_setup(), mappings=[NAME], features=features,
        bc_options={"extension": "extension" in features},
    )  # fmt: skip
    variant(world, BICYCLE, "RED", "Red")
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    return world


def variant(world: World, item: str, code: str, description: str) -> str:
    """A new variant in Business Central; its id."""
    body = {"itemNumber": item, "code": code, "description": description}
    return str(world.person_in_bc().call("POST", "itemVariants", body)["id"])


def products(world: World) -> dict[str, dict[str, Any]]:
    rows = world.person_in_sales.call("GET", "products")["value"]
    return {each["productnumber"]: each for each in rows}


def item(world: World, number: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = world.person_in_bc().call("GET", "items")["value"]
    return next(each for each in rows if each["number"] == number)


@pytest.fixture
def world() -> World:
    return synchronised()


@BOTH
def test_a_variant_is_an_active_product_with_name_price_and_unit_of_its_item(
    features: tuple[str, ...],
) -> None:
    world = synchronised(features)
    found, of_item = products(world)[f"{BICYCLE}/RED"], products(world)[BICYCLE]
    assert found["name"] == f"{of_item['name']}, Red"
    assert (found["description"], found["tandem_variantcode"]) == ("Red", "RED")
    assert (found["price"], found["statecode"]) == (of_item["price"], 0)
    for column in ("_defaultuomid_value", "_defaultuomscheduleid_value", "_transactioncurrencyid_value"):
        assert found[column] == of_item[column]
    assert worlds.codes(world, NAME) == worlds.codes(world, ITEMS) == []
    worlds.assert_quiet(world)


def test_a_variant_never_becomes_an_item(world: World) -> None:
    """Products that are items flow both ways: a variant must not come back as one."""
    before = len(world.person_in_bc().call("GET", "items")["value"])
    row = products(world)[f"{BICYCLE}/RED"]
    world.person_in_sales.edit(f"products({row['productid']})", size="L")
    worlds.cycles(world, 3)
    worlds.full(world)
    assert len(world.person_in_bc().call("GET", "items")["value"]) == before
    assert worlds.codes(world, ITEMS) == []


def test_a_new_variant_arrives_with_the_next_cycle(world: World) -> None:
    variant(world, CHAIR, "OAK", "Oak")
    world.cycle()
    assert products(world)[f"{CHAIR}/OAK"]["name"].endswith(", Oak")


def test_name_and_price_follow_the_item(world: World) -> None:
    """A change of the item leaves the variant's time of change alone."""
    found = item(world, BICYCLE)
    world.person_in_bc().edit(f"items({found['id']})", displayName="Cycle", unitPrice=1234.5)
    worlds.cycles(world, 2)
    row = products(world)[f"{BICYCLE}/RED"]
    assert (row["name"], row["price"]) == ("Cycle, Red", 1234.5)
    worlds.assert_quiet(world)


def test_a_description_that_is_changed_is_in_name_and_description(world: World) -> None:
    made = variant(world, CHAIR, "OAK", "Oak")
    world.cycle()
    world.person_in_bc().edit(f"itemVariants({made})", description="Old oak")
    world.cycle()
    row = products(world)[f"{CHAIR}/OAK"]
    assert (row["name"].endswith(", Old oak"), row["description"]) == (True, "Old oak")


def test_a_name_that_is_too_long_together_is_cut_and_the_description_is_whole(world: World) -> None:
    found = item(world, CHAIR)
    world.person_in_bc().edit(f"items({found['id']})", displayName="c" * 95)
    variant(world, CHAIR, "OAK", "o" * 90)
    worlds.cycles(world, 2)
    row = products(world)[f"{CHAIR}/OAK"]
    assert row["name"] == f"{'c' * 95}, {'o' * 3}"
    assert row["description"] == "o" * 90
    assert worlds.codes(world, NAME) == []


def test_a_variant_of_a_blocked_item_is_not_created(world: World) -> None:
    found = item(world, CHAIR)
    world.person_in_bc().edit(f"items({found['id']})", blocked=True)
    variant(world, CHAIR, "OAK", "Oak")
    worlds.cycles(world, 2)
    assert f"{CHAIR}/OAK" not in products(world)


@BOTH
def test_a_cycle_without_a_change_costs_one_request(features: tuple[str, ...]) -> None:
    world = synchronised(features)
    for name, mapping in world.at.mappings.items():
        if name != NAME:
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at")
    world.cycle(1200)
    world.reset_requests()
    world.cycle()
    assert [kind for kind in world.requests["bc"] if kind not in ("identity", "deletions")] == ["scan"]


def test_without_the_feature_there_are_no_variants() -> None:
    world = build([invoicing.company()], worlds.sales_setup(), mappings=[ITEMS])
    assert NAME not in world.at.mappings
