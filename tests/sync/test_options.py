"""A code without an option in Sales: a problem with that fix, and the administrator's step that adds it."""

from __future__ import annotations

from local.simulation.world import World
from local.simulators.dataverse.people import User
from shared_code.sync.api import add_options, answering
from tests.sync import worlds

TERMS = "PAYMENT TERMS"


def without_options() -> World:
    """A world whose codes have no options in Sales yet, after its first full synchronisation."""
    world = worlds.new_world(options=False)
    worlds.full(world)
    return world


def test_a_code_without_an_option_is_a_problem_that_names_the_option_and_the_step() -> None:
    problem = worlds.problems(without_options(), TERMS)[0]
    assert (problem["code"], problem["outcome"]) == ("option_missing", "failed")
    assert problem["details"]["option"] in problem["message"]
    assert "/api/mappings/{name}/options" in problem["remedy"]


def test_the_step_adds_what_is_lacking_and_everything_goes_through() -> None:
    world = without_options()
    lacking = {each["details"]["option"] for each in worlds.problems(world, TERMS)}
    answer = answering(lambda: add_options(world.parts, TERMS, {}))
    assert (answer.status, set(answer.body["added"])) == (200, lacking)
    world.settle(3)
    assert worlds.codes(world, TERMS) == []
    coupled = list(world.at.couplings(TERMS).all_coupled())
    assert len(coupled) >= len(lacking)


def test_asking_again_adds_nothing_twice() -> None:
    world = without_options()
    answering(lambda: add_options(world.parts, TERMS, {}))
    again = answering(lambda: add_options(world.parts, TERMS, {}))
    assert again.body["added"] == []


def test_a_user_without_the_right_is_told_what_to_do_instead() -> None:
    world = without_options()
    for user_id in list(world.sales.org.people.users):
        world.sales.org.people.users[user_id] = User(customizer=False)
    answer = answering(lambda: add_options(world.parts, TERMS, {}))
    assert answer.status == 403
    assert "by hand" in answer.body["detail"]


def test_only_a_choice_column_takes_options() -> None:
    world = without_options()
    assert answering(lambda: add_options(world.parts, "CUSTOMER", {})).status == 400
    assert answering(lambda: add_options(world.parts, "NONSENSE", {})).status == 404
