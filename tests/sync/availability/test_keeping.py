"""What is kept for a moment: one request for an item set and period, its age told, older answers while there
are no new ones, and no queue behind a synchronisation.
"""

from __future__ import annotations

import pytest

from local.simulation.world import CLIENT, World
from local.simulators.business_central.options import Permissions
from local.simulators.faults import Fault, FaultPlan
from shared_code.store.permits import LeasedPermits
from shared_code.sync.availability.shelf import KEEP_S, REST_S, STALE_S
from shared_code.sync.doctor.availability import examine_availability
from shared_code.sync.doctor.findings import Level
from tests.sync.availability.shop import ask, ask_many, move, new_shop, plan, told
from tests.sync.invoicing import BICYCLE, CHAIR, DESK


@pytest.fixture
def world() -> World:
    return new_shop()


def break_down(world: World) -> None:
    """From now on Business Central answers nothing."""
    world.faults["bc"].replace(FaultPlan(0, {Fault.RESET_BEFORE: 1.0}))


def mend(world: World) -> None:
    world.faults["bc"].replace(FaultPlan(0, {}))


def test_one_request_answers_every_question_about_an_item_within_the_period(world: World) -> None:
    for query in ({}, {"quantity": "3"}, {"date": "2027-05-01"}, {"location": "BLUE", "unit": "PCS"}):
        told(ask(world, **query))
        world.clock.now += KEEP_S / 5
    assert world.requests["bc"] == ["availability"]
    world.clock.now += KEEP_S
    told(ask(world))
    assert world.requests["bc"] == ["availability"] * 2


def test_a_set_of_items_is_one_request_and_only_what_is_not_fresh_is_asked(world: World) -> None:
    told(ask_many(world, {"items": [BICYCLE, CHAIR]}))
    told(ask_many(world, {"items": [CHAIR, BICYCLE, CHAIR, "nope"]}))
    assert world.requests["bc"] == ["availability"] * 2
    told(ask_many(world, {"items": [CHAIR, BICYCLE, DESK, "NOPE"]}))
    assert world.requests["bc"] == ["availability"] * 3, "that there is no such item is remembered, too"
    told(ask_many(world, {"items": [CHAIR, BICYCLE, DESK, "NOPE"]}))
    assert world.requests["bc"] == ["availability"] * 3


def test_the_age_of_an_answer_is_told_and_a_movement_shows_after_the_period(world: World) -> None:
    first = told(ask(world))
    assert (first["ageSeconds"], first["stale"], first["inventory"]) == (0, False, 25)
    move(world, BICYCLE, 7)
    world.clock.now += 12.5
    second = told(ask(world))
    assert (second["ageSeconds"], second["inventory"], second["asOf"]) == (12.5, 25, first["asOf"])
    world.clock.now += KEEP_S
    assert told(ask(world))["inventory"] == 32


def test_a_clock_that_was_put_back_makes_an_answer_old(world: World) -> None:
    told(ask(world))
    world.clock.now -= 3600
    told(ask(world))
    assert world.requests["bc"] == ["availability"] * 2


def test_while_business_central_does_not_answer_the_last_answer_is_told_with_its_age(world: World) -> None:
    plan(world, "Sale", -4, "2027-02-01")
    fresh = told(ask(world))
    break_down(world)
    world.clock.now += KEEP_S + 5
    old = told(ask(world, date="2027-02-01"))
    assert (old["stale"], old["inventory"], old["projected"]) == (True, fresh["inventory"], 21)
    assert old["ageSeconds"] >= KEEP_S + 5
    assert "does not answer" in old["remarks"][0]
    world.clock.now += STALE_S
    refused = ask(world)
    assert refused.status == 503
    assert "Retry-After" in refused.headers
    mend(world)
    world.clock.now += REST_S
    assert told(ask(world))["stale"] is False


def test_whoever_asks_right_after_a_failure_does_not_wait_again(world: World) -> None:
    break_down(world)
    assert ask(world).status == 503
    asked = len(world.requests["bc"])
    before = world.clock.now
    assert ask(world).status == 503
    assert ask(world, CHAIR).status == 503
    assert (len(world.requests["bc"]), world.clock.now) == (asked, before)


def test_a_person_never_waits_long_for_a_service_that_does_not_answer(world: World) -> None:
    break_down(world)
    before = world.clock.now
    assert ask(world).status == 503
    assert world.clock.now - before <= 5
    assert len(world.requests["bc"]) == 2


def test_a_refusal_that_synchronising_met_does_not_hold_up_a_question(world: World) -> None:
    """The service asked the synchronisation's user to wait for five minutes; a question goes out at once."""
    permits = LeasedPermits(world.parts.runtime, world.tables, f"bc|{CLIENT}", 4, 4)
    permits.throttled(300)
    assert permits.wait_s() > 299
    before = world.clock.now
    told(ask(world))
    assert world.clock.now == before
    assert permits.limit() == 2, "the synchronisation's share is its own"


def of_doctor(world: World) -> tuple[Level, str]:
    """What the doctor says of availability."""
    [found] = examine_availability(world.parts, world.at)
    assert found.remedy or found.level is Level.OK
    return found.level, found.text


def test_the_doctor_asks_what_a_form_would_ask(world: World) -> None:
    assert of_doctor(world) == (Level.OK, "it is answered")
    assert world.requests["bc"] == ["availability"]


def test_the_doctor_tells_that_the_extension_lacks_what_is_asked(world: World) -> None:
    world.bc.env.options.extension = False
    level, text = of_doctor(world)
    assert level is Level.WARNING
    assert "404" in text


def test_a_right_that_lacks_is_told(world: World) -> None:
    world.bc.env.options.rights[CLIENT] = Permissions(frozenset(), frozenset())
    refused = ask(world)
    assert refused.status == 503
    assert "permission" in told(refused, 503)["detail"]
