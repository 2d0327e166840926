"""Creations whose answer is lost or whose request is refused: found again, never doubled."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from local.simulators.faults import AimedFault, Fault, Scope
from shared_code.core.records import Side
from tests.sync import worlds


def world_of(bulk: bool = True) -> World:
    made = worlds.synced(bulk=bulk)
    worlds.only_customers(made)
    return made


@pytest.fixture
def world() -> World:
    return world_of()


def write_paths(side: Side) -> str:
    return r"\$batch" if side is Side.BC else r"\$batch|CreateMultiple|accounts$"


def lose_next_creation(world: World, side: Side) -> None:
    """The answer to the next write is lost after it was carried out."""
    wire = worlds.tap(world, side)

    def lose(request: object) -> None:
        raise worlds.ConnectionLost

    wire.after = worlds.once(lambda: lose(None))


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "no bulk"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_lost_answer_of_a_creation_in_sales_doubles_nothing(bulk: bool, count: int) -> None:
    world = world_of(bulk)
    for number in range(count):
        worlds.new_customer(world, f"Fresh {number}")
    lose_next_creation(world, Side.SALES)
    worlds.cycles(world, 3)
    worlds.settled(world)
    worlds.assert_whole(world)
    assert len(worlds.accounts(world)) == 3 + count


def test_a_lost_answer_of_a_creation_in_bc_is_adopted_and_not_sent_again(world: World) -> None:
    for number in range(3):
        worlds.new_account(world, f"Fresh {number}", telephone1=f"+44 {number}")
    lose_next_creation(world, Side.BC)
    worlds.cycle(world)
    assert worlds.codes(world).count("outcome_unknown") >= 3
    worlds.cycles(world, 3)
    worlds.assert_whole(world)
    assert len(worlds.customers(world)) == 6


def test_what_a_lost_creation_left_behind_waits_for_a_person_when_several_are_equal(world: World) -> None:
    worlds.new_account(world, "Twins Ltd.")
    lose_next_creation(world, Side.BC)
    worlds.cycle(world)
    worlds.new_customer(world, "Twins Ltd.", currencyCode="USD")
    worlds.cycles(world, 40)
    assert "several_found" in worlds.codes(world)
    assert len([c for c in worlds.customers(world) if c["displayName"] == "Twins Ltd."]) == 2


def lost_before_it_ran(world: World) -> None:
    """The connection breaks before the service got the request; the caller cannot tell."""
    worlds.new_account(world, "Fresh Ltd.")
    wire = worlds.tap(world, Side.BC)

    def lose() -> None:
        raise worlds.ConnectionLost

    wire.before = worlds.once(lose)
    worlds.cycle(world)


def test_a_creation_that_cannot_be_found_waits_until_it_can_no_longer_be_running(world: World) -> None:
    lost_before_it_ran(world)
    worlds.cycles(world, 15)
    assert worlds.codes(world) == ["outcome_unknown"]
    assert len(worlds.customers(world)) == 3


def test_a_creation_that_was_never_carried_out_is_sent_again_after_it_settled(world: World) -> None:
    lost_before_it_ran(world)
    worlds.cycles(world, 25)
    worlds.assert_whole(world)
    assert len(worlds.customers(world)) == 4


def test_a_creation_that_runs_long_after_its_answer_was_lost_is_adopted(world: World) -> None:
    lost_before_it_ran(world)
    worlds.cycles(world, 5)
    late = worlds.account(world, "Fresh Ltd.")
    worlds.new_customer(world, late["name"], currencyCode="USD")
    worlds.cycles(world, 25)
    worlds.assert_whole(world)
    assert len(worlds.customers(world)) == 4


def test_a_refused_record_fails_alone_with_the_words_of_the_service(world: World) -> None:
    worlds.new_account(world, "Good Ltd.")
    worlds.new_account(world, "Bad Ltd.", telephone1="call me maybe!")
    worlds.new_account(world, "Better Ltd.")
    worlds.cycle(world)
    (failed,) = worlds.problems(world)
    assert (failed["outcome"], failed["code"]) == ("failed", "refused")
    assert "Business Central answered: " in failed["message"]
    assert "phone" in failed["message"].lower()
    assert {"Good Ltd.", "Better Ltd."} <= {c["displayName"] for c in worlds.customers(world)}


def test_a_failed_creation_is_retried_with_growing_rests_and_counts_as_skipped_after_five(
    world: World,
) -> None:
    worlds.new_account(world, "Bad Ltd.", telephone1="call me maybe!")
    attempts = []
    for _ in range(40):
        worlds.cycle(world)
        (problem,) = worlds.problems(world)
        attempts.append(problem["attempts"])
    assert attempts[:4] == [1, 2, 2, 3]
    assert attempts[-1] == 6
    (problem,) = worlds.problems(world)
    assert problem["outcome"] == "skipped"


def test_a_failed_creation_goes_through_when_its_cause_is_gone(world: World) -> None:
    account = worlds.new_account(world, "Bad Ltd.", telephone1="call me maybe!")
    worlds.cycles(world, 3)
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    worlds.cycle(world)
    worlds.assert_whole(world)


def test_a_throttled_creation_is_handed_on_and_made_once(world: World) -> None:
    worlds.new_account(world, "Fresh Ltd.")
    for _ in range(3):
        world.faults["bc"].aim(AimedFault(Fault.STATUS_429, Scope("POST", None)))
    worlds.cycles(world, 5)
    worlds.settled(world)
    worlds.assert_whole(world)


@pytest.mark.parametrize("fault", [Fault.STATUS_503, Fault.HTML_INSTEAD, Fault.TRUNCATED, Fault.DUPLICATE])
@pytest.mark.parametrize("side", list(Side))
def test_a_creation_under_a_fault_of_the_service_is_made_once(world: World, side: Side, fault: Fault) -> None:
    if side is Side.BC:
        worlds.new_account(world, "Fresh Ltd.")
    else:
        worlds.new_customer(world, "Fresh Ltd.")
    if fault is Fault.DUPLICATE and side is Side.BC:
        pytest.skip("a POST that the network repeats makes two records; nothing above it can tell")
    import re

    world.faults[side.value].aim(AimedFault(fault, Scope("POST", re.compile(write_paths(side)))))
    worlds.cycles(world, 5)
    worlds.settled(world)
    worlds.assert_whole(world)


def test_what_a_customer_template_fills_is_carried_to_sales(world: World) -> None:
    worlds.company_settings(world, customer_template={"paymentTermsId": terms_of(world), "city": "Hull"})
    account = worlds.new_account(world, "Fresh Ltd.")
    worlds.cycles(world, 3)
    row = world.person_in_sales.call("GET", f"accounts({account})")
    assert row["address1_city"] == "Hull"
    assert row["paymenttermscode"] is not None
    worlds.assert_whole(world)


def terms_of(world: World) -> str:
    return str(world.person_in_bc().call("GET", "paymentTerms")["value"][0]["id"])


def test_a_default_country_is_carried_to_sales(world: World) -> None:
    worlds.company_settings(world, default_country="GB")
    account = worlds.new_account(world, "Fresh Ltd.")
    worlds.cycles(world, 3)
    country = world.person_in_sales.call("GET", f"accounts({account})")["address1_country"]
    assert country in ("GB", "United Kingdom")
    worlds.assert_whole(world)


def test_a_lost_creation_that_a_template_completed_is_adopted(world: World) -> None:
    worlds.company_settings(world, default_country="GB", customer_template={"city": "Hull"})
    worlds.new_account(world, "Fresh Ltd.")
    lose_next_creation(world, Side.BC)
    worlds.cycles(world, 4)
    worlds.assert_whole(world)
    assert len(worlds.customers(world)) == 4
