"""What a mapping's deletion rule does, over both simulated systems, with the other side edited or not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.wire import Request
from shared_code.core.coupling import Coupling
from shared_code.core.mapping import BySide, DeletionRule
from shared_code.core.outcome import LONGEST_RETRY_S
from shared_code.core.records import Side
from tests.conformance import scenes
from tests.sync import worlds

DEACTIVATE = {Side.BC: (("blocked", "All"),), Side.SALES: (("statecode", 1), ("statuscode", 2))}


def world_with(rule: DeletionRule | BySide) -> World:
    world = worlds.synced()
    customer = world.at.mappings["CUSTOMER"]
    bc = replace(customer.bc, deactivate=DEACTIVATE[Side.BC])
    sales = replace(customer.sales, deactivate=DEACTIVATE[Side.SALES])
    scenes.change_mapping(world, "CUSTOMER", deletion=rule, bc=bc, sales=sales)
    return world


def delete_account(world: World) -> Coupling:
    pair = worlds.pair(world)
    scenes.delete_account(world, pair)
    worlds.cycles(world, 3)
    return pair


def delete_customer(world: World) -> Coupling:
    """Only a complete scan finds it."""
    pair = worlds.pair(world)
    worlds.delete_customer(world, pair.bc_id)
    worlds.full(world)
    worlds.cycles(world, 2)
    return pair


def account(world: World, pair: Coupling) -> dict[str, Any] | None:
    return next((row for row in worlds.accounts(world) if row["accountid"] == pair.sales_id), None)


def customer(world: World, pair: Coupling) -> dict[str, Any] | None:
    rows = world.person_in_bc().call("GET", "customers")["value"]
    return next((row for row in rows if row["id"] == pair.bc_id), None)


def is_coupled(world: World, pair: Coupling) -> bool:
    return scenes.coupled(world, "CUSTOMER", Side.BC, pair.bc_id) is not None


def test_a_deletion_in_sales_is_carried_over_where_the_mapping_asks_for_it_by_name() -> None:
    world = world_with(BySide(sales=DeletionRule.DELETE))
    pair = delete_account(world)
    assert customer(world, pair) is None
    assert not is_coupled(world, pair)
    assert worlds.codes(world) == []


def test_one_rule_for_both_sides_deletes_nothing_in_business_central() -> None:
    world = world_with(DeletionRule.DELETE)
    pair = delete_account(world)
    assert customer(world, pair) is not None
    assert "partner_deleted" in worlds.codes(world)


def test_a_customer_that_somebody_edited_is_not_deleted() -> None:
    world = world_with(BySide(sales=DeletionRule.DELETE))
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    scenes.delete_account(world, pair)
    worlds.cycles(world, 3)
    found = customer(world, pair)
    assert found is not None
    assert found["city"] == "Leeds"
    assert "partner_deleted" in worlds.codes(world)


def test_a_deletion_whose_answer_is_lost_is_found_done() -> None:
    world = world_with(BySide(sales=DeletionRule.DELETE))
    pair = worlds.pair(world)
    scenes.delete_account(world, pair)
    once = worlds.once(partial(worlds.lose_answer, world, Side.BC), _deletes)
    worlds.tap(world, Side.BC).before = once
    worlds.cycles(world, 4)
    assert customer(world, pair) is None
    assert not is_coupled(world, pair)
    assert worlds.codes(world) == []


def test_a_customer_whose_account_was_deleted_is_blocked() -> None:
    world = world_with(BySide(sales=DeletionRule.DEACTIVATE))
    pair = delete_account(world)
    found = customer(world, pair)
    assert found is not None
    assert found["blocked"] == "All"
    assert not is_coupled(world, pair)
    assert worlds.codes(world) == []
    assert len(worlds.accounts(world)) == 2, "it is outside the filter and gets no new account"
    world.reset_requests()
    worlds.cycle(world)
    assert {kind for kinds in world.requests.values() for kind in kinds} <= {"scan", "identity", "read"}


def test_an_account_whose_customer_was_deleted_is_made_inactive() -> None:
    world = world_with(BySide(bc=DeletionRule.DEACTIVATE))
    pair = delete_customer(world)
    found = account(world, pair)
    assert found is not None
    assert (found["statecode"], found["statuscode"]) == (1, 2)
    assert not is_coupled(world, pair)
    assert worlds.codes(world) == []


def test_an_account_whose_contacts_sales_would_delete_with_it_is_not_deleted() -> None:
    """What people wrote there and nobody has carried yet would be gone (seed 676)."""
    world = world_with(BySide(bc=DeletionRule.DELETE))
    of_account = {each["_parentcustomerid_value"] for each in worlds.contacts(world, Side.SALES)}
    coupled = world.at.couplings("CUSTOMER").all_coupled()
    pair = next(each for each in coupled if each.sales_id in of_account)
    worlds.delete_customer(world, pair.bc_id)
    worlds.full(world)
    worlds.cycles(world, 2)
    assert account(world, pair) is not None
    (problem,) = [each for each in worlds.problems(world) if each["code"] == "partner_deleted"]
    assert "move or delete these first" in problem["message"]
    for row in worlds.contacts(world, Side.SALES):
        if row["_parentcustomerid_value"] == pair.sales_id:
            world.person_in_sales.call("DELETE", f"contacts({row['contactid']})")
    world.clock.now += LONGEST_RETRY_S + 60.0
    worlds.cycles(world, 2)
    assert account(world, pair) is None, "now nothing goes with it"


def _deletes(request: Request) -> bool:
    return b'"DELETE"' in request.body


@pytest.mark.parametrize("rule", [DeletionRule.DELETE, DeletionRule.DEACTIVATE])
@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_at_any_operation(rule: DeletionRule, late: bool) -> None:
    """Whatever was done by then, the record ends deleted or out of use, and uncoupled; nothing is doubled."""
    counted = world_with(BySide(sales=rule))
    scenes.delete_account(counted, worlds.pair(counted))
    worlds.only_customers(counted)
    operations = worlds.Operations(counted)
    worlds.cycles(counted, 3)
    for at in range(1, operations.count, STRIDE):
        world = world_with(BySide(sales=rule))
        pair = worlds.pair(world)
        worlds.only_customers(world)
        scenes.delete_account(world, pair)
        dying = worlds.Operations(world)
        dying.arm(at, late)
        with suppress(worlds.Crash):
            worlds.cycles(world, 3)
        dying.disarm()
        worlds.cycles(world, 4, 700)
        found = customer(world, pair)
        assert (found is None) if rule is DeletionRule.DELETE else (found and found["blocked"] == "All"), at
        assert not is_coupled(world, pair), at
        assert len(worlds.accounts(world)) == 2, at
        assert worlds.codes(world) == [], at


STRIDE = 17
"""Every so many operations a process dies; a world is made for each."""


@pytest.mark.parametrize("side", Side)
def test_with_the_rule_to_ask_nothing_is_written(side: Side) -> None:
    world = world_with(DeletionRule.ASK)
    pair = delete_account(world) if side is Side.SALES else delete_customer(world)
    assert is_coupled(world, pair)
    assert "partner_deleted" in worlds.codes(world)


@pytest.mark.parametrize("side", list(Side))
def test_what_the_rule_to_uncouple_leaves_alone_gets_no_partner_at_the_next_look_at_everything(
    side: Side,
) -> None:
    world = world_with(DeletionRule.UNCOUPLE)
    pair = delete_account(world) if side is Side.SALES else delete_customer(world)
    worlds.cycle(world, 86_400.0)
    worlds.full(world)
    worlds.cycles(world, 2)
    assert (customer(world, pair) is None) == (side is Side.BC)
    assert (account(world, pair) is None) == (side is Side.SALES)
    assert len(list(world.at.couplings("CUSTOMER").all_coupled())) == 2
    (problem,) = worlds.problems(world)
    assert (problem["code"], problem["setAside"]) == ("parted", True)
    worlds.assert_quiet(world)
