"""What a person does with a full synchronisation: review, pause, resume, stop, and run a line once more."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.store.full_syncs import Phase
from shared_code.sync import api, full_sync_api
from shared_code.sync.api import Answer, answering
from shared_code.sync.dispatch import handle
from shared_code.sync.full_sync import Request, start
from shared_code.sync.messages import QUEUES
from shared_code.sync.tick import tick
from tests.conformance import scenes
from tests.sync import worlds


def begun(world: World, *mappings: str) -> str:
    return start(world.parts, world.at, Request(mappings)).id


def control(world: World, run: str, action: str) -> Answer:
    body = json.dumps({"action": action}).encode()
    return answering(lambda: full_sync_api.control(world.parts, run, body, {}))


def line_control(world: World, run: str, mapping: str, action: str) -> Answer:
    body = json.dumps({"action": action, "mapping": mapping}).encode()
    return answering(lambda: full_sync_api.control_line(world.parts, run, body, {}))


def shown(world: World, run: str) -> dict[str, Any]:
    return answering(lambda: api.get_full_sync(world.parts, run, {})).body


def statuses(world: World, run: str) -> dict[str, str]:
    return {each["mapping"]: each["jobQueueEntryStatus"] for each in shown(world, run)["lines"]}


def some_work(world: World, messages: int) -> None:
    """So many messages are worked on."""
    done = 0
    while done < messages:
        received = [(name, m) for name in QUEUES for m in world.queue.receive(name, 1, 600)]
        if not received:
            return
        for name, message in received:
            handle(world.parts, name, message.body)
            world.queue.delete(name, message)
            done += 1


def pass_time(world: World, minutes: int) -> None:
    for _ in range(minutes):
        world.clock.now += 60
        tick(world.parts)
        worlds.deliver(world)


@pytest.mark.bulk
@pytest.mark.parametrize("messages", [1, 5, 9, 14])
def test_nothing_is_begun_while_it_is_paused_and_all_goes_on_when_it_is_resumed(messages: int) -> None:
    world = worlds.new_world()
    run = begun(world)
    some_work(world, messages)
    answer = control(world, run, "pause")
    assert (answer.status, answer.body["status"]) == (202, "Paused")
    before = statuses(world, run)
    writes = [worlds.tap(world, side) for side in Side]
    for _ in range(3):
        world.clock.now += 60
        some_work(world, 60)
    assert not any(worlds.is_write(request) for wire in writes for request in wire.seen)
    assert statuses(world, run) == before
    assert control(world, run, "resume").body["status"] == "In Process"
    world.clock.now += 60
    worlds.deliver(world)
    pass_time(world, 3)
    assert set(statuses(world, run).values()) == {"Finished"}
    worlds.assert_whole(world)


@pytest.mark.bulk
@pytest.mark.parametrize("messages", [1, 6, 12])
def test_stopped_it_ends_after_the_batches_that_are_queued(messages: int) -> None:
    world = worlds.new_world()
    run = begun(world)
    some_work(world, messages)
    assert control(world, run, "stop").body["status"] in ("Stopping", "Finished")
    worlds.deliver(world)
    pass_time(world, 3)
    lines = shown(world, run)
    assert lines["status"] == "Finished"
    stopped = [each for each in lines["lines"] if each["jobQueueEntryStatus"] == "Error"]
    assert stopped
    assert all("stopped" in each["message"] for each in stopped)
    assert run not in world.at.full_syncs.running()
    worlds.assert_jobs_add_up(world)
    worlds.full(world)
    worlds.settled(world)
    worlds.assert_whole(world)


def test_a_run_that_has_ended_is_neither_paused_nor_stopped() -> None:
    world = worlds.new_world()
    run = begun(world, "CURRENCY")
    worlds.deliver(world)
    for action in ("pause", "resume", "stop"):
        answer = control(world, run, action)
        assert answer.status == 409
        assert "has ended" in str(answer.body["detail"])


@pytest.mark.bulk
def test_a_line_in_error_runs_once_more_and_lets_nothing_else_wait() -> None:
    world = worlds.new_world()
    run = begun(world)
    some_work(world, 1)
    world.at.schedules.change("CURRENCY", 60)
    lines = world.at.full_syncs.get(run)
    assert lines is not None
    worlds.deliver(world)
    assert line_control(world, run, "CURRENCY", "restart").status == 202
    assert statuses(world, run)["CURRENCY"] in ("Ready", "In Process")
    assert run in world.at.full_syncs.running()
    worlds.deliver(world)
    assert set(statuses(world, run).values()) == {"Finished"}
    assert run not in world.at.full_syncs.running()
    worlds.assert_jobs_add_up(world)


@pytest.mark.bulk
def test_a_line_that_is_put_back_waits_for_a_person_and_holds_what_depends_on_it() -> None:
    world = worlds.new_world()
    run = begun(world)
    worlds.deliver(world)
    assert line_control(world, run, "CUSTOMER", "reset").status == 202
    assert line_control(world, run, "CONTACT", "restart").status == 202
    pass_time(world, 3)
    found = statuses(world, run)
    assert (found["CUSTOMER"], found["CONTACT"]) == ("", "Ready")
    assert line_control(world, run, "CUSTOMER", "restart").status == 202
    pass_time(world, 3)
    assert set(statuses(world, run).values()) == {"Finished"}


def test_a_line_that_runs_is_not_restarted() -> None:
    world = worlds.new_world()
    run = begun(world)
    answer = line_control(world, run, "CURRENCY", "restart")
    assert answer.status == 409
    assert line_control(world, run, "CUSTOMER", "go").status == 400
    assert line_control(world, run, "NOTHING", "restart").status == 400
    assert line_control(world, "1", "CURRENCY", "restart").status == 404


@pytest.mark.bulk
def test_one_failed_record_holds_up_what_refers_to_it_and_no_other_line_or_record() -> None:
    world = worlds.new_world()
    scenes.refuse_in_sales(world, "accountnumber", "20000", "not this one")
    ended = worlds.full(world)
    assert {each["jobQueueEntryStatus"] for each in ended.values()} == {"Finished"}
    assert ended["CUSTOMER"]["toSales"]["inserted"] == 2
    assert worlds.codes(world) == ["refused"]
    waiting = worlds.problems(world, "CONTACT")
    assert waiting
    assert {each["code"] for each in waiting} == {"waits_for_lookup"}
    coupled = len(list(world.at.couplings("CONTACT").all_coupled()))
    assert coupled == ended["CONTACT"]["toSales"]["given"] - len(waiting)
    scenes.accept_in_sales(world)
    worlds.settled(world)
    assert worlds.problems(world, "CONTACT") == []


def test_progress_tells_the_pace_and_the_time_left() -> None:
    world = worlds.new_world()
    run = begun(world, "CUSTOMER")
    worlds.deliver(world)
    found = world.at.full_syncs.get(run)
    assert found is not None
    line = next(each for each in found[1] if each.mapping == "CUSTOMER")
    world.at.full_syncs.put_line(replace(line, started_at_s=line.finished_at_s - 30.0))
    progress = shown(world, run)["lines"][-1]["progress"]
    assert progress["recordsPerMinute"] == 2.0 * progress["done"]
    assert progress["secondsLeft"] is None


def test_the_time_left_follows_from_what_is_done_and_given() -> None:
    from shared_code.sync.views import _pace

    class Line:
        phase, started_at_s, finished_at_s = Phase.TO_SALES, 1000.0, 0.0

    assert _pace(Line, 100, 25, 1060.0) == {"recordsPerMinute": 25.0, "secondsLeft": 180}  # type: ignore[arg-type]
    assert _pace(Line, 100, 0, 1060.0) == {"recordsPerMinute": None, "secondsLeft": None}  # type: ignore[arg-type]


def test_the_review_recommends_by_what_both_sides_hold_and_writes_nothing() -> None:
    row = {
        "accountid": "a0000000-0000-4000-8000-000000000001",
        "name": "A",
        "customertypecode": 3,
        "statecode": 0,
    }
    world = worlds.new_world(sales={"account": [row]})
    wires = [worlds.tap(world, side) for side in Side]
    found = answering(lambda: full_sync_api.get_review(world.parts, {})).body["lines"]
    assert not any(worlds.is_write(request) for wire in wires for request in wire.seen)
    lines = {each["mapping"]: each for each in found}
    assert lines["CUSTOMER"]["initialSynchRecommendation"] == "Couple Records"
    assert lines["CUSTOMER"]["uncoupled"] == {"bc": 3, "sales": 1}
    assert lines["CURRENCY"]["initialSynchRecommendation"] == "Full Synchronization"
    assert lines["CUSTOMER"]["wave"] > lines["CURRENCY"]["wave"]
    assert [each["wave"] for each in found] == sorted(each["wave"] for each in found)


def test_where_all_is_in_step_and_nothing_there_the_review_says_so() -> None:
    company = worlds.company()
    company.records["contacts"] = []
    world = worlds.new_world([company])
    found = answering(lambda: full_sync_api.get_review(world.parts, {})).body["lines"]
    (contact,) = [each for each in found if each["mapping"] == "CONTACT"]
    assert contact["initialSynchRecommendation"] == "No Records To Synchronize Now"
