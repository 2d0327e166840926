"""Prices are added to an installation whose items are coupled and were never found by their number."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import replace

from local.simulation.world import World, build
from shared_code.core.mapping import Mapping
from shared_code.sync.parts import ConnectionParts
from tests.sync import worlds
from tests.sync.price_worlds import CLASSIC, GROUP_PRICES, company, group_price, prices

ADDED = {GROUP_PRICES, "CUSTPRCGRP-PRICE"}


def with_mappings(world: World, mappings: MappingOf[str, Mapping], started_s: float) -> World:
    """The same world with a process that knows these mappings."""
    at = world.at
    connection = ConnectionParts(at.connection, mappings, at.systems, at.tables, at.alone)
    parts = replace(world.parts, connections={at.name: connection}, confirmed={}, started_s=started_s)
    return replace(world, parts=parts)


def without_references(mapping: Mapping) -> Mapping:
    """As it was before anything found its records by number or code."""
    if mapping.name not in ("ITEM-PRODUCT", "BASE UNIT"):
        return mapping
    return replace(mapping, bc=replace(mapping.bc, reference=()))


def test_they_find_the_products_and_units_that_were_there_before() -> None:
    world = build(
        [company(customerPriceGroups=[{"code": "RETAIL"}])], worlds.sales_setup(), mappings=[GROUP_PRICES],
        features=CLASSIC, bc_options={"extension": True},
    )  # fmt: skip
    now = world.at.mappings
    before = {name: without_references(each) for name, each in now.items() if name not in ADDED}
    world = with_mappings(world, before, world.clock.now)
    worlds.full(world, release=list(before))
    world.settle(2)
    group_price(world, 10)
    world = with_mappings(world, now, world.clock.now + 1)
    worlds.cycles(world, 3)
    worlds.full(world, release=sorted(ADDED))
    worlds.cycles(world, 5)
    assert prices(world) == [("1000", "PCS", 10)]
    assert worlds.codes(world, GROUP_PRICES) == []
    worlds.assert_quiet(world)
