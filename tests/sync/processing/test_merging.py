"""Two people edit the two records of a pair: what merges, what is a conflict, what a person does about it."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.sync import views
from tests.sync import worlds

ADDRESS = {"addressLine1": "1 New Street", "address1_line1": "1 New Street"}


@pytest.fixture(params=[True, False], ids=["bulk", "no bulk"])
def world(request: pytest.FixtureRequest) -> World:
    return worlds.synced(bulk=request.param)


@pytest.fixture
def pair(world: World) -> Coupling:
    return worlds.pair(world)


def conflict(world: World) -> dict[str, Any]:
    (found,) = worlds.problems(world)
    assert found["code"] == "conflict"
    return found


def disagree(world: World, pair: Coupling) -> None:
    """Both sides get another phone number in the same minute."""
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, telephone1="+44 2")
    worlds.cycle(world)


def test_different_fields_changed_on_both_sides_are_merged(world: World, pair: Coupling) -> None:
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    worlds.assert_whole(world)


def test_the_same_field_changed_to_the_same_value_is_no_conflict(world: World, pair: Coupling) -> None:
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.edit_sales(world, pair, telephone1="+44 1")
    assert worlds.cycle(world) == 0
    assert worlds.problems(world) == []
    worlds.assert_whole(world)


def test_the_same_field_changed_to_different_values_keeps_both_and_lists_them(
    world: World, pair: Coupling
) -> None:
    old = worlds.customer_of(world, pair)["phoneNumber"] or None
    disagree(world, pair)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 2"
    listed = conflict(world)["details"]["fields"]
    assert listed == {
        "phone": {"base": {"phone": old}, "bc": {"phone": "+44 1"}, "sales": {"phone": "+44 2"}}
    }


def test_an_open_conflict_writes_nothing_in_later_cycles(world: World, pair: Coupling) -> None:
    disagree(world, pair)
    world.settle(2)
    assert [e for e in worlds.writes_of_a_cycle(world) if "update" in e or "create" in e] == []
    assert worlds.waiting_messages(world) == 0
    assert worlds.codes(world) == ["conflict"]


@pytest.mark.parametrize("side", list(Side))
def test_a_conflict_ends_when_a_person_writes_the_same_value_on_both_sides(
    world: World, pair: Coupling, side: Side
) -> None:
    disagree(world, pair)
    if side is Side.BC:
        worlds.edit_bc(world, pair, phoneNumber="+44 2")
    else:
        worlds.edit_sales(world, pair, telephone1="+44 1")
    worlds.cycle(world)
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", list(Side))
def test_a_later_edit_of_one_side_does_not_win_over_an_open_conflict(
    world: World, pair: Coupling, side: Side
) -> None:
    disagree(world, pair)
    if side is Side.BC:
        worlds.edit_bc(world, pair, phoneNumber="+44 3")
    else:
        worlds.edit_sales(world, pair, telephone1="+44 3")
    worlds.cycles(world, 2)
    kept = (worlds.customer_of(world, pair)["phoneNumber"], worlds.account_of(world, pair)["telephone1"])
    assert kept == (("+44 3", "+44 2") if side is Side.BC else ("+44 1", "+44 3"))
    shown = conflict(world)["details"]["fields"]["phone"]
    assert (shown["bc"]["phone"], shown["sales"]["phone"]) == kept


@pytest.mark.parametrize("side", list(Side))
def test_other_fields_flow_while_a_conflict_is_open(world: World, pair: Coupling, side: Side) -> None:
    disagree(world, pair)
    if side is Side.BC:
        worlds.edit_bc(world, pair, email="new@example.com")
    else:
        worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    worlds.cycles(world, 2)
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    assert worlds.account_of(world, pair)["emailaddress1"] == "new@example.com"
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 2"
    assert worlds.codes(world) == ["conflict"]


def test_street_here_and_city_there_is_one_conflict_of_the_address(world: World, pair: Coupling) -> None:
    worlds.edit_bc(world, pair, addressLine1="1 New Street")
    worlds.edit_sales(world, pair, address1_city="Leeds")
    worlds.cycle(world)
    assert list(conflict(world)["details"]["fields"]) == ["address"]
    assert worlds.account_of(world, pair)["address1_line1"] != "1 New Street"
    assert worlds.customer_of(world, pair)["city"] != "Leeds"


def test_a_whole_address_changed_on_one_side_flows_as_one(world: World, pair: Coupling) -> None:
    worlds.edit_sales(world, pair, address1_line1="2 Quay", address1_city="Leeds", address1_postalcode="LS1")
    worlds.cycle(world)
    made = worlds.customer_of(world, pair)
    assert (made["addressLine1"], made["city"], made["postalCode"]) == ("2 Quay", "Leeds", "LS1")
    worlds.assert_whole(world)


def test_a_one_way_field_changed_on_the_wrong_side_is_put_right(world: World, pair: Coupling) -> None:
    limit = worlds.account_of(world, pair)["creditlimit"]
    worlds.edit_sales(world, pair, creditlimit=12345)
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["creditlimit"] == limit
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", list(Side))
def test_a_value_that_is_emptied_is_emptied_on_the_other_side(
    world: World, pair: Coupling, side: Side
) -> None:
    if side is Side.BC:
        worlds.edit_bc(world, pair, email="")
    else:
        worlds.edit_sales(world, pair, emailaddress1=None)
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["email"] == ""
    assert worlds.account_of(world, pair)["emailaddress1"] is None
    worlds.assert_whole(world)


def test_a_value_emptied_here_and_changed_there_is_a_conflict(world: World, pair: Coupling) -> None:
    worlds.edit_bc(world, pair, email="")
    worlds.edit_sales(world, pair, emailaddress1="new@example.com")
    worlds.cycle(world)
    assert conflict(world)["details"]["fields"]["email"]["bc"] == {"email": None}


def test_an_edit_that_is_undone_before_the_next_look_writes_nothing(world: World, pair: Coupling) -> None:
    old = worlds.customer_of(world, pair)["phoneNumber"]
    worlds.edit_bc(world, pair, phoneNumber="+44 9")
    worlds.edit_bc(world, pair, phoneNumber=old)
    assert not [e for e in worlds.writes_of_a_cycle(world) if "update" in e]
    worlds.assert_whole(world)


def test_a_conflict_counts_as_one_outcome_in_each_job_that_met_it(world: World, pair: Coupling) -> None:
    disagree(world, pair)
    met = [views.job_view(world.at, job) for job in world.at.jobs.newest(2)]
    assert sorted(job["toSales"]["conflict"] + job["fromSales"]["conflict"] for job in met) == [1, 1]
    worlds.assert_jobs_add_up(world)


def test_our_own_write_causes_no_write_back(world: World, pair: Coupling) -> None:
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    assert [each for each in worlds.writes_of_a_cycle(world) if "update" in each] == []
    worlds.assert_quiet(world)


def test_an_edit_made_with_our_own_account_is_seen(world: World, pair: Coupling) -> None:
    person = world.person_in_sales
    person.token = "Bearer app"
    person.edit(f"accounts({pair.sales_id})", telephone1="+44 7")
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 7"
