"""A price that names a variant is the price of the variant's product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.simulation.world import World
from tests.sync import worlds
from tests.sync.price_worlds import CLASSIC, LISTS, day, group_price, line, new_world, of, prices, until

type Enter = Callable[..., dict[str, Any]]
KINDS = pytest.mark.parametrize(
    ("features", "enter"), [(LISTS, line), (CLASSIC, group_price)], ids=["lists", "groups"]
)


def with_variant(features: tuple[str, ...]) -> World:
    world = new_world((*features, "item_variants"))
    body = {"itemNumber": "1000", "code": "RED", "description": "Red"}
    world.person_in_bc().call("POST", "itemVariants", body)
    worlds.cycles(world, 2)
    return world


@KINDS
def test_item_and_variant_have_a_price_each(features: tuple[str, ...], enter: Enter) -> None:
    world = with_variant(features)
    enter(world, 10)
    enter(world, 12, variantCode="RED")
    worlds.cycles(world, 2)
    assert prices(world) == [("1000", "PCS", 10), ("1000/RED", "PCS", 12)]
    assert worlds.codes(world, of(features)) == []
    worlds.assert_quiet(world)


@KINDS
def test_the_price_of_a_variant_ends_alone(features: tuple[str, ...], enter: Enter) -> None:
    world = with_variant(features)
    enter(world, 10)
    enter(world, 12, variantCode="RED", endingDate=day(world))
    worlds.cycles(world, 2)
    until(world, 1)
    assert prices(world) == [("1000", "PCS", 10)]


@KINDS
def test_a_price_waits_for_its_variant(features: tuple[str, ...], enter: Enter) -> None:
    world = with_variant(features)
    world.at.schedules.change("ITEM VARIANT-PRODUCT", 60, disabled_because="not looked at yet")
    body = {"itemNumber": "1001", "code": "BLUE", "description": "Blue"}
    world.person_in_bc().call("POST", "itemVariants", body)
    enter(world, 12, "1001", variantCode="BLUE")
    worlds.cycles(world, 2)
    assert worlds.codes(world, of(features)) == ["waits_for_lookup"]
    world.at.schedules.change("ITEM VARIANT-PRODUCT", 60, disabled_because="")
    worlds.cycles(world, 3)
    assert prices(world) == [("1001/BLUE", "PCS", 12)]


@KINDS
def test_without_the_feature_a_price_of_a_variant_is_told(features: tuple[str, ...], enter: Enter) -> None:
    world = new_world(features)
    enter(world, 12, variantCode="RED")
    worlds.cycles(world, 2)
    (problem,) = worlds.problems(world, of(features))
    assert (problem["code"], "item_variants" in problem["message"]) == ("not_carried", True)
