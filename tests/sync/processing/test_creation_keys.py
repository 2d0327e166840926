"""Creations through the extension: the key makes a repeat harmless, so that nothing waits for certainty."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.faults import AimedFault, Fault, Scope
from shared_code.core.instructions import Instruction
from shared_code.core.mapping import DeletionRule
from shared_code.core.outcome import NEVER_S, Outcome
from shared_code.core.records import Side
from shared_code.sync.by_hand import couple
from shared_code.sync.processing.creation_keys import TAKEN
from tests.conformance import scenes
from tests.sync import extended_worlds as extended
from tests.sync import worlds

NAME = "Fresh Ltd."


@pytest.fixture
def world() -> World:
    made = extended.synced()
    worlds.only_customers(made)
    return made


def lose_answer(world: World) -> None:
    """The next creation in Business Central is carried out and its answer lost."""

    def lose() -> None:
        raise worlds.ConnectionLost

    worlds.tap(world, Side.BC).after = worlds.once(lose)


def fresh(world: World) -> list[dict[str, Any]]:
    return [each for each in worlds.customers(world) if each["displayName"] == NAME]


def test_a_creation_whose_answer_was_lost_is_known_by_its_key(world: World) -> None:
    account = worlds.new_account(world, NAME, telephone1="+44 1")
    lose_answer(world)
    worlds.cycle(world)
    assert worlds.codes(world) == ["outcome_unknown"]
    worlds.cycles(world, 2)
    (made,) = fresh(world)
    found = world.at.couplings("CUSTOMER").load(Side.BC, [made["id"]])[made["id"]]
    assert found.sales_id == account
    assert worlds.codes(world) == []
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_edits_on_both_sides_meanwhile_are_carried_over(world: World) -> None:
    """API v2.0 would not know its own customer again: it holds something else than was sent."""
    account = worlds.new_account(world, NAME, telephone1="+44 1")
    lose_answer(world)
    worlds.cycle(world)
    extended.edit_customer(world, fresh(world)[0]["id"], faxNumber="123")
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 2")
    worlds.cycles(world, 3)
    (made,) = fresh(world)
    assert made["phoneNumber"] == "+44 2"
    assert world.person_in_sales.call("GET", f"accounts({account})")["fax"] == "123"
    assert worlds.codes(world) == []


def test_what_was_left_to_a_person_because_nobody_claimed_it_is_solved_by_the_coupling(world: World) -> None:
    account = worlds.new_account(world, NAME)
    lose_answer(world)
    worlds.cycle(world)
    (made,) = fresh(world)
    store = world.at.couplings("CUSTOMER")
    store.postpone(list(store.problems(Side.SALES, [account]).values()), world.clock.now + 90.0)
    worlds.cycle(world)
    seen = store.problems(Side.BC, [made["id"]])[made["id"]]
    left = replace(seen, outcome=Outcome.FAILED, code="several_found", next_attempt_at_s=NEVER_S)
    store.transact([store.problem_operation(left)])
    worlds.cycles(world, 2)
    assert worlds.pair(world, made["number"]).sales_id == account
    assert worlds.codes(world) == []


def test_a_request_that_never_arrived_is_sent_again_within_minutes(world: World) -> None:
    """Without a key nothing is sent for 20 minutes."""
    worlds.new_account(world, NAME)

    def break_off(request: object) -> None:
        raise worlds.ConnectionLost

    worlds.tap(world, Side.BC).before = worlds.once(lambda: break_off(None))
    worlds.cycles(world, 3)
    assert len(fresh(world)) == 1
    assert worlds.codes(world) == []


def test_a_new_customer_is_made_from_the_template_of_its_company() -> None:
    world = extended.synced(templates="CUSTOMER=EU")
    templates = {"customers": {"EU": {"city": "Rome", "faxNumber": "9"}}}
    worlds.company_settings(world, templates=templates)
    account = worlds.new_account(world, NAME, address1_city="Oslo")
    worlds.cycles(world, 2)
    (made,) = fresh(world)
    assert (made["city"], extended.customer(world, made["id"])["faxNumber"]) == ("Oslo", "9")
    assert world.person_in_sales.call("GET", f"accounts({account})")["fax"] == "9"
    assert worlds.codes(world) == []


def test_a_template_that_is_not_there_is_told() -> None:
    world = extended.synced(templates="CUSTOMER=NOPE")
    worlds.new_account(world, NAME)
    worlds.cycle(world)
    (problem,) = worlds.problems(world)
    assert (problem["code"], "NOPE" in problem["message"]) == ("refused", True)
    assert fresh(world) == []


def test_a_creation_that_the_network_repeats_makes_one_customer(world: World) -> None:
    worlds.new_account(world, NAME)
    world.faults["bc"].aim(AimedFault(Fault.DUPLICATE, Scope("POST", re.compile(r"\$batch"))))
    worlds.cycles(world, 5)
    assert len(fresh(world)) == 1
    assert worlds.codes(world) == []


def test_what_was_made_and_deleted_meanwhile_is_told_and_not_made_again(world: World) -> None:
    worlds.new_account(world, NAME)
    lose_answer(world)
    worlds.cycle(world)
    worlds.delete_customer(world, fresh(world)[0]["id"])
    worlds.cycles(world, 4)
    assert fresh(world) == []
    assert worlds.codes(world) == ["partner_deleted"]


def test_a_row_that_left_the_filter_meanwhile_is_coupled(world: World) -> None:
    account = worlds.new_account(world, NAME)
    lose_answer(world)
    worlds.cycle(world)
    world.person_in_sales.edit(f"accounts({account})", statecode=1, statuscode=2)
    worlds.cycles(world, 3)
    (made,) = fresh(world)
    assert world.at.couplings("CUSTOMER").load(Side.BC, [made["id"]])[made["id"]].sales_id == account
    assert world.at.couplings("CUSTOMER").open_intents() == set()


def test_a_refused_creation_is_sent_under_a_new_key_once_it_is_corrected(world: World) -> None:
    account = worlds.new_account(world, NAME, telephone1="call me")
    worlds.cycle(world)
    assert worlds.codes(world) == ["refused"]
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    worlds.cycle(world)
    assert [each["phoneNumber"] for each in fresh(world)] == ["+44 1"]
    assert worlds.codes(world) == []


def test_a_deleted_customer_is_restored_under_another_key(world: World) -> None:
    """The key of the first creation outlives its customer, and would keep the second from being made."""
    worlds.new_account(world, NAME)
    worlds.cycle(world)
    worlds.delete_customer(world, fresh(world)[0]["id"])
    scenes.rules(world, deletion=DeletionRule.RESTORE)
    worlds.full(world)
    worlds.cycles(world, 3)
    assert len(fresh(world)) == 1
    assert worlds.codes(world) == []


def test_what_was_made_and_renamed_before_anybody_knew_is_known_by_its_key(world: World) -> None:
    """By its name nobody could tell whose it is: it would get a second account."""
    account = worlds.new_account(world, NAME)
    lose_answer(world)
    worlds.cycle(world)
    (made,) = fresh(world)
    world.person_in_bc().edit(f"customers({made['id']})", displayName="Renamed Ltd.")
    store = world.at.couplings("CUSTOMER")
    store.postpone(list(store.problems(Side.SALES, [account]).values()), world.clock.now + 90.0)
    worlds.cycles(world, 4)
    assert store.load(Side.BC, [made["id"]])[made["id"]].sales_id == account
    assert [each["name"] for each in worlds.accounts(world)].count("Renamed Ltd.") == 1
    assert worlds.codes(world) == []


def test_what_was_made_and_has_another_partner_by_now_is_left_to_a_person(world: World) -> None:
    """It would be coupled in vain again and again."""
    account = worlds.new_account(world, NAME)
    lose_answer(world)
    worlds.cycle(world)
    (made,), other = fresh(world), worlds.new_account(world, "Other Ltd.")
    mapping, at = world.at.mapping("CUSTOMER"), world.at
    couple(world.parts, at, mapping, [(made["id"], other)], Instruction.BC_VALUES)
    worlds.settled(world)
    problem = at.couplings("CUSTOMER").problems(Side.SALES, [account])[account]
    assert (problem.code, problem.message) == ("several_found", TAKEN)
    assert len(fresh(world)) == 1
    assert worlds.waiting_messages(world) == 0
