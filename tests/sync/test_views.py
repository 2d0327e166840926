"""What a person is shown: words, counters and problems."""

from __future__ import annotations

import json

import pytest

from local.simulation.world import World
from shared_code.core.outcome import PROBLEMS, Outcome
from shared_code.store.full_syncs import LineStatus
from shared_code.sync import views
from shared_code.sync.dispatch import keep_poison
from shared_code.sync.full_sync import Request, start
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def test_a_full_synchronisation_that_has_not_begun_shows_ready_lines() -> None:
    world = worlds.new_world()
    started = start(world.parts, world.at, Request())
    lines = worlds.lines(world, started.id)
    assert {line["jobQueueEntryStatus"] for line in lines.values()} == {LineStatus.READY.value}
    assert {line["progress"]["percent"] for line in lines.values()} == {0}
    assert lines["CONTACT"]["dependencyFilter"] == "CUSTOMER"


def test_every_outcome_has_a_counter(world: World) -> None:
    view = views.job_view(world.at, world.at.jobs.newest(1)[0])
    assert {each.value for each in Outcome} <= set(view["toSales"])


def test_a_running_job_says_so_and_a_finished_one_too(world: World) -> None:
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    seen: list[str] = []
    wire = worlds.tap(world, worlds.Side.SALES)
    wire.before = worlds.once(
        lambda: seen.append(views.job_view(world.at, world.at.jobs.newest(1)[0])["status"])
    )
    worlds.cycle(world)
    assert seen == ["In Process"]
    assert views.job_view(world.at, world.at.jobs.newest(1)[0])["status"] == "Finished"


def test_a_problem_tells_cause_remedy_and_whether_it_heals(world: World) -> None:
    worlds.new_account(world, "x" * 101)
    worlds.cycle(world)
    (shown,) = worlds.problems(world)
    assert shown["remedy"] == PROBLEMS["too_long"].remedy
    assert shown["healsByItself"] is False
    assert shown["details"]["name"].startswith("x")
    assert shown["since"].endswith("+00:00")


def test_everything_shown_is_plain_json(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1", currencyId="00000000-0000-0000-0000-000000000000")
    worlds.edit_sales(world, pair, telephone1="+44 2")
    worlds.cycle(world)
    assert json.dumps(worlds.listed(world.at))
    assert json.dumps([views.job_view(world.at, job) for job in world.at.jobs.newest(100)])
    assert json.dumps(views.health_view(world.parts))


def test_a_disabled_mapping_makes_health_degraded_and_says_why(world: World) -> None:
    world.at.schedules.change("CUSTOMER", 60, disabled_because="no right to read customers")
    health = views.health_view(world.parts)
    assert health["status"] == "degraded"
    assert health["connections"]["cronus"]["disabled"] == {"CUSTOMER": "no right to read customers"}


def test_health_counts_the_messages_that_were_given_up_and_stays_ok(world: World) -> None:
    assert views.health_view(world.parts)["poison"] == {"kept": 0, "newestAt": None}
    for queue, text in (("tandem-detection", "a"), ("tandem-batches", "b"), ("tandem-batches", "c")):
        keep_poison(world.parts, queue, text)
    health = views.health_view(world.parts)
    assert health["poison"] == {"kept": 3, "newestAt": views.instant(world.clock.now)}
    assert health["status"] == "ok"


def test_no_moment_is_shown_for_what_has_not_happened() -> None:
    assert views.instant(0) is None
    assert views.instant(1_800_000_000) == "2027-01-15T08:00:00+00:00"
