"""A field with transformation rules: written as they say, quiet afterwards, a problem where they fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.mapping import Direction, FieldMapping, FieldType
from shared_code.core.rule_reading import read_rules
from tests.sync import worlds
from tests.sync.test_rule_changes import deployed


def with_field(world: World, direction: Direction, bc: str, sales: str, *entries: Any) -> World:
    """The world with one more field of customers."""
    rules, problems = read_rules(list(entries))
    assert problems == []
    added = FieldMapping(
        "added", FieldType.TEXT, direction, bc, (sales,), "added", sales_length=100, rules=rules
    )
    old = [f for f in world.at.mappings["CUSTOMER"].fields if bc != f.bc and sales not in f.sales]
    return deployed(world, fields=(*old, added))


@pytest.mark.bulk
def test_a_template_fills_one_column_from_several_fields_and_follows_each_of_them() -> None:
    world = worlds.new_world()
    template = {"template": "{addressLine1}, {postalCode} {city}"}
    world = with_field(world, Direction.TO_SALES, "addressLine1", "description", template, {"cut": 100})
    worlds.full(world)
    pair = worlds.pair(world)
    customer = worlds.customer_of(world, pair)
    expected = f"{customer['addressLine1']}, {customer['postalCode']} {customer['city']}"
    assert worlds.account_of(world, pair)["description"] == expected
    worlds.edit_bc(world, pair, city="Ely")
    worlds.cycles(world, 2, 100)
    assert worlds.account_of(world, pair)["description"].endswith(" Ely")
    world.settle(2)
    world.reset_requests()
    worlds.cycle(world)
    assert worlds.codes(world) == []


@pytest.mark.bulk
def test_a_rule_that_tidies_both_ways_writes_nothing_for_what_it_makes_equal() -> None:
    world = with_field(worlds.new_world(), Direction.BIDIRECTIONAL, "website", "websiteurl", "trim", "lower")
    worlds.full(world)
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, websiteurl="HTTP://WWW.CONTOSO.COM")
    worlds.cycles(world, 2, 100)
    assert worlds.customer_of(world, pair)["website"] == "http://www.contoso.com"
    assert worlds.account_of(world, pair)["websiteurl"] == "HTTP://WWW.CONTOSO.COM"
    assert worlds.codes(world) == []


def test_what_a_rule_cannot_read_is_a_problem_of_that_record_and_goes_when_it_is_corrected() -> None:
    world = worlds.new_world()
    table = {"table": {"cambridge": "East", "london": "South"}}
    world = with_field(world, Direction.TO_SALES, "city", "description", "lower", table)
    worlds.full(world)
    codes = set(worlds.codes(world))
    assert codes == {"unreadable"}
    bad = next(p for p in worlds.problems(world) if p["code"] == "unreadable")
    assert "is not in the table of the rule" in bad["message"]
    world.person_in_bc().edit(f"customers({bad['id']})", city="London")
    worlds.cycles(world, 2, 100)
    assert bad["id"] not in {p["id"] for p in worlds.problems(world)}


@pytest.mark.bulk
def test_the_same_field_with_another_rule_is_written_anew_everywhere() -> None:
    world = with_field(worlds.new_world(), Direction.TO_SALES, "city", "description", "upper")
    worlds.full(world)
    pair = worlds.pair(world)
    assert worlds.account_of(world, pair)["description"].isupper()
    fields = world.at.mappings["CUSTOMER"].fields
    rules, _ = read_rules(["lower"])
    lower = [replace(each, rules=rules) if each.name == "added" else each for each in fields]
    world = deployed(world, fields=tuple(lower))
    worlds.cycles(world, 4, 100)
    assert worlds.account_of(world, pair)["description"].islower()
