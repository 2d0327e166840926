"""What becomes of a creation whose answer was lost when people go on working meanwhile."""

from __future__ import annotations

import re

import pytest

from local.simulation.world import World
from local.simulators.faults import AimedFault, Fault, Scope
from shared_code.core.records import Side
from shared_code.store.tables import Missing, StorageUnavailable
from tests.sync import worlds

NAME = "Fresh Ltd."


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def lose_the_creation(world: World) -> str:
    """A new account whose customer was made and whose answer was lost; the account's id."""
    account = worlds.new_account(world, NAME, telephone1="+44 1")
    wire = worlds.tap(world, Side.BC)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire.after = worlds.once(lose)
    worlds.cycle(world)
    assert worlds.codes(world) == ["outcome_unknown"]
    return account


def fresh_customers(world: World) -> list[str]:
    return [each["phoneNumber"] for each in worlds.customers(world) if each["displayName"] == NAME]


def test_an_account_edited_meanwhile_adopts_the_customer_and_carries_the_edit_over(world: World) -> None:
    account = lose_the_creation(world)
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 2")
    worlds.cycles(world, 4)
    worlds.settled(world)
    assert fresh_customers(world) == ["+44 2"]
    worlds.assert_whole(world)


def test_a_row_that_left_the_filter_meanwhile_is_coupled_and_holds_nobody_back(world: World) -> None:
    account = lose_the_creation(world)
    world.person_in_sales.edit(f"accounts({account})", statecode=1, statuscode=2)
    worlds.cycles(world, 4)
    worlds.settled(world)
    assert fresh_customers(world) == ["+44 1"]
    assert worlds.codes(world) == []
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_a_creation_that_slept_until_its_intent_was_given_up_is_coupled_all_the_same(world: World) -> None:
    """The process stopped just before the request went out; nobody could know that it would still come."""
    account = worlds.new_account(world, NAME, telephone1="+44 1")

    def sleep() -> None:
        world.person_in_sales.edit(f"accounts({account})", statecode=1, statuscode=2)
        worlds.settled(world)
        given_up.append(world.at.couplings("CUSTOMER").open_intents() == set())

    given_up: list[bool] = []
    worlds.tap(world, Side.BC).before = worlds.once(sleep)
    with pytest.raises(Missing):  # Its message went to somebody else meanwhile.
        worlds.cycle(world)
    worlds.settled(world)
    assert given_up == [True]
    assert fresh_customers(world) == ["+44 1"]
    assert [each.sales_id for each in world.at.couplings("CUSTOMER").all_coupled()].count(account) == 1
    assert [each["name"] for each in worlds.accounts(world)].count(NAME) == 1


def test_a_service_that_cannot_be_asked_what_was_made_is_no_fault_of_the_record(world: World) -> None:
    account = lose_the_creation(world)
    world.person_in_sales.edit(f"accounts({account})", statecode=1, statuscode=2)
    told: set[str] = set()
    worlds.tap(world, Side.BC).before = lambda request: told.update(worlds.codes(world))
    for _ in range(10):
        world.faults["bc"].aim(AimedFault(Fault.STATUS_503, Scope("POST", re.compile(r"\$batch"))))
    worlds.cycles(world, 3)
    assert told == {"outcome_unknown"}
    assert worlds.codes(world) == []
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_a_row_deleted_meanwhile_leaves_no_intent_and_its_customer_is_listed(world: World) -> None:
    account = lose_the_creation(world)
    world.person_in_sales.call("DELETE", f"accounts({account})", if_match="*")
    worlds.cycles(world, 4)
    worlds.settled(world)
    assert fresh_customers(world) == ["+44 1"]
    assert worlds.codes(world) == ["partner_deleted"]
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_a_row_that_cannot_be_sent_any_more_is_coupled_with_what_was_made(world: World) -> None:
    account = lose_the_creation(world)
    world.person_in_sales.edit(f"accounts({account})", name=f"{NAME} of {'x' * 100}")
    worlds.cycles(world, 4)
    worlds.settled(world)
    assert fresh_customers(world) == ["+44 1"]
    assert worlds.codes(world) == ["too_long"]
    assert account in {each.sales_id for each in world.at.couplings("CUSTOMER").all_coupled()}
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_a_row_of_which_nothing_came_and_that_cannot_be_sent_any_more_leaves_no_intent(world: World) -> None:
    account = worlds.new_account(world, NAME)
    wire = worlds.tap(world, Side.BC)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire.before = worlds.once(lose)
    worlds.cycle(world)
    world.person_in_sales.edit(f"accounts({account})", name=f"{NAME} of {'x' * 100}")
    worlds.settled(world)
    worlds.settled(world)
    assert worlds.codes(world) == ["too_long"]
    assert fresh_customers(world) == []
    assert world.at.couplings("CUSTOMER").open_intents() == set()


@pytest.mark.parametrize("name", [NAME, "Renamed Ltd."])
def test_a_creation_that_was_held_back_meanwhile_is_coupled_with_what_was_made(
    world: World, name: str
) -> None:
    """As when new rules, or a loss of storage, make creating wait for a person."""
    account = lose_the_creation(world)
    hold_creations(world)
    world.person_in_sales.edit(f"accounts({account})", name=name)
    worlds.cycles(world, 4)
    worlds.settled(world)
    assert account in {each.sales_id for each in world.at.couplings("CUSTOMER").all_coupled()}
    assert [each["displayName"] for each in worlds.customers(world)].count(name) == 1
    assert worlds.codes(world) == []
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_a_held_creation_of_which_nothing_came_waits_for_a_person_without_an_intent(world: World) -> None:
    worlds.new_account(world, NAME)
    wire = worlds.tap(world, Side.BC)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire.before = worlds.once(lose)
    worlds.cycle(world)
    hold_creations(world)
    worlds.settled(world)
    worlds.settled(world)
    assert worlds.codes(world) == ["couple_first"]
    assert fresh_customers(world) == []
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def hold_creations(world: World) -> None:
    schedules = world.at.schedules
    schedules.change("CUSTOMER", schedules.get("CUSTOMER", 60).interval_s, released=False)


def test_an_intent_of_which_nothing_came_ends_with_its_row(world: World) -> None:
    account = worlds.new_account(world, NAME)
    wire = worlds.tap(world, Side.BC)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire.before = worlds.once(lose)
    worlds.cycle(world)
    world.person_in_sales.call("DELETE", f"accounts({account})", if_match="*")
    world.clock.now += 1300
    worlds.cycles(world, 3)
    worlds.settled(world)
    assert fresh_customers(world) == []
    assert worlds.codes(world) == []
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_a_made_customer_that_somebody_edited_is_not_made_again_and_a_person_decides(world: World) -> None:
    lose_the_creation(world)
    (made,) = [each for each in worlds.customers(world) if each["displayName"] == NAME]
    world.person_in_bc().edit(f"customers({made['id']})", phoneNumber="+44 3")
    world.clock.now += 1300
    worlds.cycles(world, 3)
    worlds.settled(world)
    assert fresh_customers(world) == ["+44 3"]
    assert len(worlds.accounts(world)) == 4
    assert set(worlds.codes(world)) == {"several_found"}


def test_an_edit_of_what_was_made_is_carried_where_storage_failed_after_the_pair_was_noted(
    world: World,
) -> None:
    """The pair leads to the customer as it is by now: what was sent is what both sides had in common."""
    account = worlds.new_account(world, NAME, telephone1="+44 1")
    failed: list[bool] = []

    def fail(operation: str, table: str) -> None:
        if (operation, table) == ("transact", "Couplings") and not failed and fresh_customers(world):
            failed.append(True)
            raise StorageUnavailable("storage does not answer")

    world.tables.before = fail
    worlds.cycle(world)
    assert failed == [True]
    (made,) = [each for each in worlds.customers(world) if each["displayName"] == NAME]
    world.person_in_bc().edit(f"customers({made['id']})", phoneNumber="+44 2")
    worlds.cycles(world, 4)
    worlds.settled(world)
    assert world.person_in_sales.call("GET", f"accounts({account})")["telephone1"] == "+44 2"
    worlds.assert_whole(world)
