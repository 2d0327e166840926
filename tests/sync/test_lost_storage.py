"""Storage is lost in part: what is equal is coupled again, what differs is a conflict, nothing is doubled."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from local.simulate import losses
from local.simulation.world import World
from shared_code.core.records import Side
from tests.sync import worlds


def lose_customers(world: World) -> None:
    losses.lose(world.tables, "Couplings", lambda each: each.partition == "cronus|CUSTOMER")


def numbers(world: World) -> tuple[int, int]:
    return len(worlds.customers(world)), len(worlds.accounts(world))


def noted(world: World) -> Mapping[str, str]:
    """The pairs of customers that are on file beside the couplings."""
    store = world.at.pairs("CUSTOMER")
    return dict(store.partners(Side.BC, list(store.noted())).living)


def test_lost_couplings_come_back_with_the_next_full_synchronisation() -> None:
    world = worlds.synced()
    before = numbers(world)
    assert losses.lose_couplings(world.tables) > 0
    worlds.full(world)
    worlds.settled(world)
    assert numbers(world) == before
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", Side)
def test_a_record_without_its_coupling_that_is_edited_gets_no_second_partner_and_is_a_conflict(
    side: Side,
) -> None:
    world = worlds.synced()
    made = worlds.new_account(world, "Made in Sales", telephone1="+45 1")
    worlds.cycles(world, 2)
    (bc_id,) = [c["id"] for c in worlds.customers(world) if c["displayName"] == "Made in Sales"]
    before = numbers(world)
    lose_customers(world)
    if side is Side.BC:
        world.person_in_bc().edit(f"customers({bc_id})", phoneNumber="+45 2")
    else:
        world.person_in_sales.edit(f"accounts({made})", telephone1="+45 2")
    worlds.cycles(world, 3)
    assert numbers(world) == before
    assert worlds.codes(world) == ["conflict"]


@pytest.mark.parametrize("seed", range(5))
def test_couplings_lost_in_part_are_mended(seed: int) -> None:
    world = worlds.synced()
    before = numbers(world)
    losses.lose_part(world.tables, random.Random(seed))
    worlds.full(world)
    worlds.settled(world)
    assert numbers(world) == before
    worlds.assert_whole(world)


def test_couplings_that_are_lost_while_a_batch_is_in_hand_are_made_again_and_nothing_is_doubled() -> None:
    world = worlds.synced()
    made = worlds.new_account(world, "Made in Sales")
    worlds.cycles(world, 2)
    before, pairs = numbers(world), noted(world)
    world.person_in_sales.edit(f"accounts({made})", telephone1="+44 8")
    wire = worlds.tap(world, Side.BC)
    wire.after = worlds.once(lambda: lose_customers(world))
    worlds.cycles(world, 2)
    assert noted(world) == pairs
    worlds.full(world, release=["CUSTOMER"])
    worlds.settled(world)
    assert numbers(world) == before
    worlds.assert_whole(world)


def test_where_the_pairs_are_lost_too_creating_waits_until_both_sides_were_matched() -> None:
    world = worlds.synced()
    worlds.new_account(world, "Made in Sales", emailaddress1="made@sales.example")
    worlds.cycles(world, 2)
    before = numbers(world)
    lose_customers(world)
    losses.lose_pairs(world.tables)
    (customer,) = [c for c in worlds.customers(world) if c["displayName"] == "Made in Sales"]
    world.person_in_bc().edit(f"customers({customer['id']})", phoneNumber="+45 3")
    worlds.cycles(world, 4, 100)
    assert numbers(world) == before
    assert len(list(world.at.couplings("CUSTOMER").all_coupled())) == before[0]


@pytest.mark.parametrize("side", Side)
def test_a_lost_watermark_costs_one_full_reading_and_no_change(side: Side) -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    losses.lose_watermarks(world.tables)
    if side is Side.BC:
        worlds.edit_bc(world, pair, phoneNumber="+44 5")
    else:
        worlds.edit_sales(world, pair, telephone1="+44 5")
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 5"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 5"
    assert world.at.watermarks.get("CUSTOMER", side).cursor


@pytest.mark.parametrize("side", Side)
def test_a_lost_watermark_is_noticed_where_nothing_is_coupled_yet(side: Side) -> None:
    world = worlds.new_world(sales={"contact": [], "account": []})
    for each in worlds.customers(world):
        worlds.delete_customer(world, each["id"])
    worlds.full(world)
    assert list(world.at.couplings("CUSTOMER").all_coupled()) == []
    losses.lose_watermarks(world.tables)
    if side is Side.BC:
        worlds.new_customer(world, "The first one")
    else:
        worlds.new_account(world, "The first one")
    worlds.cycles(world, 4)
    assert [each["displayName"] for each in worlds.customers(world)] == ["The first one"]
    assert [each["name"] for each in worlds.accounts(world)] == ["The first one"]


def test_a_pair_that_ended_is_not_coupled_again_by_what_is_on_file_of_it() -> None:
    world = worlds.synced()
    bc_id = worlds.new_customer(world, "Soon gone")
    worlds.cycles(world, 2)
    sales_id = noted(world)[bc_id]
    worlds.delete_customer(world, bc_id)
    world.person_in_sales.call("DELETE", f"accounts({sales_id})")
    worlds.cycles(world, 2)
    assert bc_id not in noted(world)
