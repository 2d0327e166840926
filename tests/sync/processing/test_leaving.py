"""Records that leave the filter or are deleted: the partner stays as it is, and nothing is forgotten."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.records import Side
from shared_code.sync.tick import look
from tests.sync import worlds
from tests.sync.worlds import Crash, once


@pytest.fixture
def world() -> World:
    return worlds.synced()


@pytest.fixture
def pair(world: World) -> Coupling:
    return worlds.pair(world)


def leave(world: World, pair: Coupling, side: Side) -> None:
    if side is Side.BC:
        worlds.edit_bc(world, pair, blocked="All")
    else:
        worlds.edit_sales(world, pair, statecode=1)


def come_back(world: World, pair: Coupling, side: Side) -> None:
    if side is Side.BC:
        worlds.edit_bc(world, pair, blocked=" ")
    else:
        worlds.edit_sales(world, pair, statecode=0)


@pytest.mark.parametrize("side", list(Side))
def test_nothing_is_written_on_either_side_while_a_record_is_outside(
    world: World, pair: Coupling, side: Side
) -> None:
    leave(world, pair, side)
    worlds.cycle(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["email"] != "new@example.com"
    assert worlds.account_of(world, pair)["telephone1"] != "+44 1"
    assert worlds.problems(world) == []
    assert worlds.pair(world).state is CouplingState.COUPLED


@pytest.mark.parametrize("side", list(Side))
def test_what_changed_outside_is_merged_when_the_record_returns(
    world: World, pair: Coupling, side: Side
) -> None:
    leave(world, pair, side)
    worlds.cycle(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    worlds.cycles(world, 20)
    come_back(world, pair, side)
    worlds.cycles(world, 2)
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    worlds.assert_whole(world)


def test_what_leaves_with_an_edit_in_the_same_minute_is_not_written(world: World, pair: Coupling) -> None:
    worlds.edit_bc(world, pair, blocked="All", phoneNumber="+44 1")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["telephone1"] != "+44 1"


def test_a_record_that_is_outside_from_the_beginning_is_not_created(world: World) -> None:
    worlds.new_customer(world, "Blocked Ltd.", blocked="All")
    worlds.new_account(world, "Supplier Ltd.", customertypecode=10)
    worlds.cycles(world, 2)
    assert "Blocked Ltd." not in {a["name"] for a in worlds.accounts(world)}
    assert "Supplier Ltd." not in {c["displayName"] for c in worlds.customers(world)}
    worlds.assert_quiet(world)


def dies_after_creating(world: World, *names: str) -> list[str]:
    """Customers whose process died right after their accounts were created; their ids."""
    bc_ids = [worlds.new_customer(world, each) for each in names]

    def die() -> None:
        raise Crash

    wire = worlds.tap(world, Side.SALES)
    wire.after = once(die)
    look(world.parts, world.at, world.at.mapping("CUSTOMER"), (Side.BC,))
    assert worlds.deliver(world) == 1
    assert {a["name"] for a in worlds.accounts(world)} >= set(names)
    return bc_ids


def test_a_row_that_was_made_for_a_record_that_left_before_it_was_coupled_is_its_partner(
    world: World,
) -> None:
    """Else it would stay in Sales for good as it was then: nobody plans what is outside (seed 11174)."""
    (bc_id,) = dies_after_creating(world, "Fresh Ltd.")
    world.person_in_bc().edit(f"customers({bc_id})", blocked="All")
    worlds.cycles(world, 3)
    coupling = world.at.couplings("CUSTOMER").load(Side.BC, [bc_id])[bc_id]
    assert isinstance(coupling, Coupling)
    assert coupling.sales_id == worlds.account(world, "Fresh Ltd.")["accountid"]
    world.person_in_bc().edit(f"customers({bc_id})", blocked="_x0020_", phoneNumber="+44 1")
    worlds.cycles(world, 2)
    assert worlds.account(world, "Fresh Ltd.")["telephone1"] == "+44 1"
    worlds.assert_whole(world)


def test_a_row_that_was_made_for_a_record_whose_creation_is_held_back_since_is_its_partner(
    world: World,
) -> None:
    (bc_id,) = dies_after_creating(world, "Fresh Ltd.")
    schedule = world.at.schedules.all()["CUSTOMER"]
    world.at.schedules.change("CUSTOMER", schedule.interval_s, released=False)
    worlds.cycles(world, 3)
    coupling = world.at.couplings("CUSTOMER").load(Side.BC, [bc_id])[bc_id]
    assert isinstance(coupling, Coupling)
    assert worlds.codes(world) == []
    worlds.assert_whole(world)


@pytest.mark.bulk
def test_rows_that_were_left_behind_are_read_together(world: World) -> None:
    names = ("Fresh Ltd.", "Fruit Ltd.", "Grain Ltd.")
    bc_ids = dies_after_creating(world, *names)
    made = [worlds.account(world, each)["accountid"] for each in names]
    for each in bc_ids:
        world.person_in_bc().edit(f"customers({each})", blocked="All")
    wire = worlds.tap(world, Side.SALES)
    world.clock.now += 60
    worlds.deliver(world)
    reads = [each for each in wire.seen if made[0] in each.target]
    assert [all(own in each.target for own in made) for each in reads] == [True]
    assert len(world.at.couplings("CUSTOMER").load(Side.BC, bc_ids)) == len(names)


def delete(world: World, pair: Coupling, side: Side) -> None:
    if side is Side.BC:
        worlds.delete_customer(world, pair.bc_id)
    else:
        world.person_in_sales.call("DELETE", f"accounts({pair.sales_id})")


def test_a_deleted_account_is_told_and_its_customer_stays(world: World, pair: Coupling) -> None:
    before = worlds.customer_of(world, pair)
    delete(world, pair, Side.SALES)
    worlds.cycle(world)
    (told,) = worlds.problems(world)
    assert told["code"] == "partner_deleted"
    assert "Sales was deleted" in told["message"]
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair) == before
    assert len(worlds.accounts(world)) == 2


def test_a_deleted_customer_is_told_at_the_next_edit_and_its_account_stays(
    world: World, pair: Coupling
) -> None:
    delete(world, pair, Side.BC)
    worlds.edit_sales(world, pair, telephone1="+44 1")
    worlds.cycle(world)
    (told,) = worlds.problems(world)
    assert told["code"] == "partner_deleted"
    assert "Business Central was deleted" in told["message"]
    worlds.cycles(world, 3)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert len(worlds.customers(world)) == 2


def test_an_edit_of_the_survivor_is_neither_lost_nor_makes_a_new_partner(
    world: World, pair: Coupling
) -> None:
    delete(world, pair, Side.SALES)
    worlds.cycle(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycles(world, 3)
    assert worlds.codes(world) == ["partner_deleted"]
    assert len(worlds.accounts(world)) == 2


@pytest.mark.parametrize("first", list(Side))
@pytest.mark.parametrize("apart", [True, False], ids=["one after the other", "in one minute"])
def test_a_pair_deleted_on_both_sides_is_uncoupled(
    world: World, pair: Coupling, first: Side, apart: bool
) -> None:
    delete(world, pair, first)
    if apart:
        worlds.cycle(world)
    delete(world, pair, first.other)
    worlds.cycles(world, 3, 7 * 3600)
    ended = world.at.couplings("CUSTOMER").load(Side.BC, [pair.bc_id]).get(pair.bc_id)
    assert not isinstance(ended, Coupling) or ended.state is CouplingState.ENDED
    assert worlds.problems(world) == []
