"""Brakes over worlds: what trips them, what is shown, and the one action that releases them."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World, build, published
from shared_code.core.brakes import Brakes
from shared_code.core.mapping import BySide, DeletionRule
from shared_code.core.records import Side
from shared_code.sync import views
from shared_code.sync.api import Answer, answering
from shared_code.sync.full_sync import Request, start
from shared_code.sync.mapping_action_api import release, reset_mapping
from tests.conformance import scenes
from tests.sync import worlds

DAY_S = 86_400.0


def currencies() -> World:
    """160 currencies, coupled."""
    world = build([published()])
    start(world.parts, world.at, Request(("CURRENCY",)))
    worlds.deliver(world)
    for name, mapping in world.at.mappings.items():
        if name != "CURRENCY":
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not in this test")
    worlds.cycles(world, 2)
    return world


def brakes(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = views.health_view(world.parts)["connections"][world.at.name]["brakes"]
    return found


def answer_of(world: World, act: Any, name: str = "CURRENCY") -> Answer:
    return answering(lambda: act(world.parts, name, {}))


def delete_in_bc(world: World, count: int) -> None:
    person = world.person_in_bc()
    for each in person.call("GET", f"currencies?$top={count}&$filter=code%20ne%20'USD'")["value"]:
        person.call("DELETE", f"currencies({each['id']})", if_match="*")


def codes(world: World) -> list[str]:
    return worlds.codes(world, "CURRENCY")


def test_what_is_missing_in_business_central_is_found_by_the_daily_look_at_everything() -> None:
    world = currencies()
    delete_in_bc(world, 3)
    worlds.cycles(world, 3)
    assert codes(world) == []
    worlds.cycle(world, DAY_S)
    assert codes(world) == ["partner_deleted"] * 3
    worlds.cycles(world, 2)
    world.reset_requests()
    worlds.cycle(world)
    assert sum(len(kinds) for kinds in world.requests.values()) <= 2


def test_a_mapping_may_do_without_the_daily_look() -> None:
    world = currencies()
    scenes.change_mapping(world, "CURRENCY", sweep_hours=0)
    delete_in_bc(world, 3)
    worlds.cycles(world, 3, DAY_S)
    assert codes(world) == []


def test_too_many_missing_trip_the_brake_which_is_shown_with_what_it_saw() -> None:
    world = currencies()
    delete_in_bc(world, 80)
    worlds.cycle(world, DAY_S)
    (brake,) = brakes(world)
    assert (brake["mapping"], brake["saw"], brake["side"]) == ("CURRENCY", "missing", "bc")
    assert (brake["records"], brake["of"]) == (80, 160)
    assert brake["release"] == "/api/mappings/CURRENCY/brake/release"
    assert brake["since"] is not None
    assert codes(world) == []
    worlds.cycles(world, 3, DAY_S)
    assert brakes(world) == [brake], "it holds, and since the first time"


def test_the_one_action_releases_it_and_concludes_once() -> None:
    world = currencies()
    delete_in_bc(world, 80)
    worlds.cycle(world, DAY_S)
    started = answer_of(world, release)
    assert started.status == 202
    worlds.deliver(world)
    assert codes(world) == ["partner_deleted"] * 80
    assert brakes(world) == []
    worlds.cycles(world, 2, DAY_S)
    assert brakes(world) == [], "what waits for a person is no news"
    assert answer_of(world, release).status == 409


def test_what_the_daily_look_missed_on_the_side_nothing_flows_from_is_concluded_by_a_release_too() -> None:
    world = currencies()
    sales_ids = [each.sales_id for each in world.at.couplings("CURRENCY").all_coupled()]
    for sales_id in sales_ids[:80]:
        world.sales.org.store.tables["transactioncurrency"].rows.pop(sales_id, None)
    worlds.cycle(world, DAY_S)
    (brake,) = brakes(world)
    assert (brake["saw"], brake["side"]) == ("missing", "sales")
    assert answer_of(world, release).status == 202
    worlds.deliver(world)
    assert brakes(world) == []
    assert len(codes(world)) >= 78
    assert set(codes(world)) == {"partner_deleted"}
    worlds.cycles(world, 2, DAY_S)
    assert brakes(world) == [], "what was concluded is no news"


def test_a_release_of_the_brake_releases_no_creation() -> None:
    world = currencies()
    world.at.schedules.change("CURRENCY", 60, released=False)
    delete_in_bc(world, 80)
    worlds.cycle(world, DAY_S)
    answer_of(world, release)
    worlds.deliver(world)
    found = world.at.full_syncs.get(str(answer_of(world, reset_mapping).body["id"]))
    assert found is not None
    assert (found[0].release, found[0].believe) == ((), ())


def test_many_deletions_that_sales_tells_at_once_trip_the_brake_before_any_is_carried_over() -> None:
    world = worlds.synced([published()])
    worlds.only_customers(world)
    worlds.cycles(world, 2)
    scenes.change_mapping(world, "CUSTOMER", deletion=BySide(sales=DeletionRule.DELETE))
    worlds.cycles(world, 3)
    coupled, customers = list(world.at.couplings("CUSTOMER").all_coupled()), len(worlds.customers(world))
    assert len(coupled) > 50
    for each in coupled[:40]:
        world.person_in_sales.call("DELETE", f"accounts({each.sales_id})")
    worlds.cycles(world, 3)
    (brake,) = [each for each in brakes(world) if each["mapping"] == "CUSTOMER"]
    assert (brake["saw"], brake["side"], brake["records"]) == ("deleted", "sales", 40)
    assert brake["of"] == len(coupled)
    assert len(worlds.customers(world)) == customers
    answer_of(world, release, "CUSTOMER")
    worlds.cycles(world, 3)
    assert brakes(world) == []
    assert len(worlds.customers(world)) < customers - 30, "but for those that Business Central still needs"


@pytest.mark.parametrize(("percent", "expected"), [(60, 0), (49, 1)])
def test_the_share_is_the_mappings_own(percent: int, expected: int) -> None:
    world = currencies()
    scenes.change_mapping(world, "CURRENCY", brake=Brakes(deleted_percent=percent))
    delete_in_bc(world, 80)
    worlds.cycle(world, DAY_S)
    assert len(brakes(world)) == expected


def test_a_mass_change_trips_the_brake_where_the_mapping_asks_for_it() -> None:
    world = currencies()
    scenes.change_mapping(world, "CURRENCY", brake=Brakes(changed_percent=20))
    before = {each["isocurrencycode"]: each["currencyname"] for each in sales_currencies(world)}
    person = world.person_in_bc()
    for each in person.call("GET", "currencies?$top=40")["value"]:
        person.edit(f"currencies({each['id']})", displayName="overwritten")
    worlds.cycles(world, 3)
    (brake,) = brakes(world)
    assert (brake["saw"], brake["side"], brake["records"]) == ("changed", "bc", 40)
    assert {each["isocurrencycode"]: each["currencyname"] for each in sales_currencies(world)} == before
    answer_of(world, release)
    worlds.cycles(world, 3)
    assert brakes(world) == []
    assert sum(each["currencyname"] == "overwritten" for each in sales_currencies(world)) >= 39


@pytest.mark.parametrize("percent", [20, 100])
def test_a_mass_change_trips_it_too_where_sales_forgot_what_was_seen_last(percent: int) -> None:
    world = worlds.synced([published()])
    worlds.only_customers(world)
    scenes.change_mapping(world, "CUSTOMER", brake=Brakes(changed_percent=percent))
    worlds.cycles(world, 3)
    pairs = list(world.at.couplings("CUSTOMER").all_coupled())
    for each in pairs[:40]:
        worlds.edit_sales(world, each, address1_city="overwritten")
    world.sales.org.schema.tables["account"].changed_at_version = world.sales.org.store.next_version()
    worlds.cycles(world, 3)
    told = [(each["saw"], each["side"], each["records"]) for each in brakes(world)]
    written = sum(each["city"] == "overwritten" for each in worlds.customers(world))
    assert (told, written) == (([("changed", "sales", 40)], 0) if percent < 100 else ([], 40))


def sales_currencies(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    return rows


def test_a_reset_looks_at_everything_and_writes_nothing() -> None:
    world = currencies()
    before = list(world.at.couplings("CURRENCY").all_coupled())
    assert answer_of(world, reset_mapping).status == 202
    assert world.at.watermarks.get("CURRENCY", Side.BC).cursor is None
    worlds.deliver(world)
    assert world.at.watermarks.get("CURRENCY", Side.BC).cursor is not None
    after = list(world.at.couplings("CURRENCY").all_coupled())
    assert [(c.bc_id, c.base) for c in after] == [(c.bc_id, c.base) for c in before]
    assert worlds.writes_of_a_cycle(world) == []


def test_deletions_in_many_small_pages_trip_the_brake_once_they_are_too_many_within_an_hour() -> None:
    world = worlds.synced([published()])
    worlds.only_customers(world)
    worlds.cycles(world, 2)
    pairs = list(world.at.couplings("CUSTOMER").all_coupled())
    enough = len(pairs) * 34 // 100 + 1
    for minute, each in enumerate(pairs[:enough]):
        assert brakes(world) == [], minute
        world.person_in_sales.call("DELETE", f"accounts({each.sales_id})")
        worlds.cycle(world)
    worlds.cycle(world)
    (brake,) = brakes(world)
    assert (brake["saw"], brake["side"], brake["records"]) == ("deleted", "sales", enough)
    assert brake["of"] == len(pairs)
    assert len(worlds.codes(world)) == enough - 1, "the last one was not believed"


def test_the_same_number_over_more_than_an_hour_is_believed() -> None:
    world = worlds.synced([published()])
    worlds.only_customers(world)
    worlds.cycles(world, 2)
    pairs = list(world.at.couplings("CUSTOMER").all_coupled())
    half = len(pairs) * 34 // 200 + 1
    for some in (pairs[:half], pairs[half : 2 * half]):
        for each in some:
            world.person_in_sales.call("DELETE", f"accounts({each.sales_id})")
        worlds.cycles(world, 2)
        worlds.cycle(world, 3700)
    assert brakes(world) == []
    assert len(worlds.codes(world)) == 2 * half


def test_after_a_release_the_hour_begins_anew() -> None:
    world = worlds.synced([published()])
    worlds.only_customers(world)
    worlds.cycles(world, 2)
    pairs = list(world.at.couplings("CUSTOMER").all_coupled())
    for each in pairs[:40]:
        world.person_in_sales.call("DELETE", f"accounts({each.sales_id})")
    worlds.cycles(world, 2)
    answer_of(world, release, "CUSTOMER")
    worlds.cycles(world, 3)
    world.person_in_sales.call("DELETE", f"accounts({pairs[41].sales_id})")
    worlds.cycles(world, 3)
    assert brakes(world) == []
    assert len(worlds.codes(world)) == 41


def test_a_record_that_is_edited_again_and_again_is_no_mass_change() -> None:
    world = currencies()
    scenes.change_mapping(world, "CURRENCY", brake=Brakes(changed_percent=10))
    person = world.person_in_bc()
    some = person.call("GET", "currencies?$top=2")["value"]
    for minute in range(30):
        for each in some:
            person.edit(f"currencies({each['id']})", displayName=f"name {minute}")
        worlds.cycle(world)
    assert brakes(world) == []


@pytest.mark.parametrize("act", [release, reset_mapping])
def test_an_unknown_mapping_is_told(act: Any) -> None:
    assert answer_of(currencies(), act, "NOTHING").status == 404


def test_a_full_synchronisation_that_reads_both_sides_trips_the_brake_too() -> None:
    """After a change of rules every pair is read: so many gone are not believed there either."""
    world = worlds.synced([published()])
    worlds.only_customers(world)
    coupled, customers = list(world.at.couplings("CUSTOMER").all_coupled()), len(worlds.customers(world))
    for each in coupled[:40]:
        world.person_in_sales.call("DELETE", f"accounts({each.sales_id})")
    scenes.change_mapping(world, "CUSTOMER", deletion=BySide(sales=DeletionRule.DELETE))
    worlds.cycles(world, 3)
    (brake,) = [each for each in brakes(world) if each["mapping"] == "CUSTOMER"]
    assert (brake["saw"], brake["side"], brake["of"]) == ("missing", "sales", len(coupled))
    assert len(worlds.customers(world)) == customers
