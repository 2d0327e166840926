"""Numbers of customers: to Sales always, to Business Central at creation at most, renamed never."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from tests.sync import extended_worlds as extended
from tests.sync import worlds

NAME = "Fresh Ltd."


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def fresh(world: World) -> dict[str, Any]:
    (found,) = [each for each in worlds.customers(world) if each["displayName"] == NAME]
    return found


def test_a_number_that_is_edited_in_sales_is_a_conflict_and_renames_nothing(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, accountnumber="MINE", telephone1="+44 9")
    worlds.cycles(world, 2)
    (problem,) = worlds.problems(world)
    assert problem["code"] == "conflict"
    assert "renames the record in all documents" in problem["message"]
    assert problem["details"]["fields"]["number"]["sales"] == {"number": "MINE"}
    row = worlds.customer_of(world, pair)
    assert (row["number"], row["phoneNumber"]) == ("10000", "+44 9")
    assert worlds.account_of(world, pair)["accountnumber"] == "MINE"


def test_the_conflict_ends_once_sales_holds_the_number_again(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, accountnumber="MINE")
    worlds.cycle(world)
    worlds.edit_sales(world, pair, accountnumber="10000")
    worlds.cycle(world)
    assert worlds.codes(world) == []
    worlds.assert_whole(world)


def test_a_rename_in_business_central_goes_to_sales(world: World) -> None:
    pair = worlds.pair(world)
    worlds.company_settings(world, manual_customers=True)
    worlds.edit_bc(world, pair, number="NEW")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["accountnumber"] == "NEW"
    assert worlds.codes(world) == []


def test_business_central_numbers_a_new_customer_and_sales_takes_it_over(world: World) -> None:
    account = worlds.new_account(world, NAME, accountnumber="MINE")
    worlds.cycles(world, 2)
    number = fresh(world)["number"]
    assert number != "MINE"
    assert world.person_in_sales.call("GET", f"accounts({account})")["accountnumber"] == number
    assert worlds.codes(world) == []


def test_where_numbers_may_be_chosen_sales_chooses_that_of_a_new_customer() -> None:
    world = worlds.synced(features=("manual_numbers",))
    worlds.company_settings(world, manual_customers=True)
    worlds.new_account(world, NAME, accountnumber="mine")
    worlds.cycles(world, 2)
    assert fresh(world)["number"] == "MINE"
    assert worlds.codes(world) == []


def test_where_it_chooses_none_the_series_does() -> None:
    world = worlds.synced(features=("manual_numbers",))
    worlds.company_settings(world, manual_customers=True)
    account = worlds.new_account(world, NAME)
    worlds.cycles(world, 2)
    number = fresh(world)["number"]
    assert world.person_in_sales.call("GET", f"accounts({account})")["accountnumber"] == number != ""


def test_a_series_that_does_not_let_it_says_so() -> None:
    world = worlds.synced(features=("manual_numbers",))
    worlds.company_settings(world, manual_customers=False)
    worlds.new_account(world, NAME, accountnumber="MINE")
    worlds.cycle(world)
    (problem,) = worlds.problems(world)
    assert (problem["code"], "activate Manual Nos." in problem["message"]) == ("refused", True)


def test_a_number_that_is_taken_makes_no_second_customer() -> None:
    world = worlds.synced(features=("manual_numbers",))
    worlds.company_settings(world, manual_customers=True)
    worlds.new_account(world, NAME, accountnumber="10000")
    worlds.cycles(world, 3)
    assert len(worlds.customers(world)) == 3
    assert worlds.codes(world) != []


def test_through_the_extension_it_is_the_same() -> None:
    world = extended.synced("manual_numbers")
    worlds.company_settings(world, manual_customers=True)
    worlds.new_account(world, NAME, accountnumber="MINE")
    worlds.cycles(world, 2)
    assert fresh(world)["number"] == "MINE"
    pair = worlds.pair(world, "MINE")
    worlds.edit_sales(world, pair, accountnumber="OTHER")
    worlds.cycle(world)
    assert worlds.codes(world) == ["conflict"]
    assert fresh(world)["number"] == "MINE"
