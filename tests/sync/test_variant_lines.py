"""A line of an invoice or credit memo that names a variant names the variant's product in Sales."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.sync.processing.documents import PATIENCE_S
from tests.sync import invoicing, worlds
from tests.sync.invoicing import BICYCLE, CHAIR, NAME, invoice, row, sold

VARIANTS = "ITEM VARIANT-PRODUCT"


@pytest.fixture(params=[False, True], ids=["plain", "extension"])
def world(request: pytest.FixtureRequest) -> World:
    features = ("invoices", "item_variants", *(("extension", "unit_groups") if request.param else ()))
    made = invoicing.new_world(features=features, bc_options={"extension": request.param})
    variant(made, "RED")
    worlds.full(made, release=list(made.at.mappings))
    made.settle(2)
    return made


def variant(world: World, code: str, item: str = BICYCLE) -> str:
    body = {"itemNumber": item, "code": code, "description": code.title()}
    return str(world.person_in_bc().call("POST", "itemVariants", body)["id"])


def variant_id(world: World, code: str) -> str:
    rows = world.person_in_bc().call("GET", "itemVariants")["value"]
    return next(str(each["id"]) for each in rows if each["code"] == code)


def products(world: World, made: str) -> list[str | None]:
    """The numbers of the products of an invoice's lines; nothing for what is written in."""
    known = {each["productid"]: each["productnumber"] for each in _all(world, "products")}
    return [known.get(each["_productid_value"] or "") for each in row(world, made)["lines"]]


def _all(world: World, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.person_in_sales.call("GET", table)["value"]
    return rows


@pytest.mark.bulk
def test_a_line_with_a_variant_names_its_product(world: World) -> None:
    lines = (sold(BICYCLE, 2, itemVariantId=variant_id(world, "RED")), sold(BICYCLE, 1), sold(CHAIR, 1))
    made = invoice(world, *lines)
    worlds.cycles(world, 2)
    assert products(world, made) == [f"{BICYCLE}/RED", BICYCLE, CHAIR]
    assert row(world, made)["totalamount"] == invoicing.in_bc(world, made)["totalAmountIncludingTax"]
    assert worlds.codes(world, NAME) == []
    worlds.assert_quiet(world)


@pytest.mark.bulk
def test_a_variant_that_never_comes_leaves_its_item_on_the_line(world: World) -> None:
    world.at.schedules.change(VARIANTS, 60, disabled_because="not looked at in this test")
    made = invoice(world, sold(BICYCLE, 2, itemVariantId=variant(world, "BLUE")))
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["waits_for_lookup"]
    worlds.cycles(world, 3, PATIENCE_S)
    assert products(world, made) == [BICYCLE]
    assert worlds.codes(world, NAME) == []
