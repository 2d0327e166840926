"""What the work tells: a change as one trace, figures that add up, nothing of a record."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from local.simulation.world import World
from local.simulators.faults import AimedFault, Fault, FaultPlan, Scope
from shared_code.core.records import Side
from shared_code.store.tables import StorageUnavailable
from shared_code.sync.dispatch import keep_poison
from shared_code.sync.messages import BATCH_QUEUE, DETECTION_QUEUE
from shared_code.sync.telling import tell_state
from shared_code.sync.tick import tick
from shared_code.telemetry import Recorder, root_id_of, trace_id_of
from tests.sync import worlds
from tests.sync.previewing.paper_worlds import previewed
from tests.telemetry.kept import Kept

SECRET_CITY = "Hiddenborough"


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def world(kept: Kept) -> World:
    recorder = Recorder(lambda: kept)
    built = worlds.synced(telemetry=recorder)
    recorder.flush(10)
    kept.metrics.clear()
    kept.spans.clear()
    return built


def test_one_change_is_one_trace_from_the_timer_to_the_write(world: World, kept: Kept) -> None:
    worlds.edit_bc(world, worlds.pair(world), city=SECRET_CITY)
    worlds.cycle(world)
    [batch] = [each for each in kept.spans if each.name == "BatchDue"]
    job = str(batch.attributes["job"])
    trace = [each for each in kept.spans if each.trace_id == trace_id_of(job)]
    names = Counter(each.name for each in trace)
    assert (names["look"], names["ScanStep"], names["BatchDue"]) == (1, 1, 1)
    look = next(each for each in trace if each.name == "look")
    assert (look.span_id, look.parent_id) == (root_id_of(job), None)
    assert batch.attributes["batch"]
    writes = [each for each in trace if each.name == "request" and each.parent_id == batch.span_id]
    assert "sales" in {each.attributes["side"] for each in writes}
    assert {each.attributes["status"] for each in writes} == {200}


def test_a_minute_in_which_nothing_changed_leaves_no_trace_but_its_figures(world: World, kept: Kept) -> None:
    worlds.cycle(world)
    assert kept.spans == []
    assert kept.sum("tandem.requests") == sum(map(len, world.requests.values())) > 0


def test_a_look_that_was_refused_is_told(world: World, kept: Kept) -> None:
    world.faults["bc"].aim(AimedFault(Fault.STATUS_503, Scope("GET", re.compile("customers"))))
    worlds.cycle(world)
    refused = [each for each in kept.spans if each.attributes.get("status") == 503]
    assert [each.attributes["kind"] for each in refused] == ["scan"]
    assert {each.trace_id for each in kept.spans} == {refused[0].trace_id}


def test_records_are_told_by_mapping_and_outcome_and_their_lag(world: World, kept: Kept) -> None:
    worlds.edit_bc(world, worlds.pair(world), city=SECRET_CITY)
    world.clock.now += 30
    worlds.cycle(world)
    assert kept.sum("tandem.records", mapping="CUSTOMER", outcome="modified", connection="cronus") == 1
    [lag] = [amount for name, amount, given in kept.metrics if name == "tandem.lag"]
    assert 30 <= lag <= 120
    assert kept.sum("tandem.lag", side="bc", mapping="CUSTOMER") == lag


def test_where_a_side_does_not_tell_when_it_was_edited_no_lag_is_made_up(world: World, kept: Kept) -> None:
    worlds.edit_sales(world, worlds.pair(world), telephone1="+44 1")
    worlds.cycle(world)
    assert kept.sum("tandem.records", outcome="modified") == 1
    assert [given for name, _, given in kept.metrics if name == "tandem.lag"] == []


def test_a_batch_that_is_delivered_twice_is_told_once(
    world: World, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    send = world.queue.send

    def noted(name: str, body: str, *, delay_s: float = 0) -> None:
        sent.extend([body] if name == BATCH_QUEUE else [])
        send(name, body, delay_s=delay_s)

    monkeypatch.setattr(world.queue, "send", noted)
    worlds.edit_bc(world, worlds.pair(world), city=SECRET_CITY)
    worlds.cycle(world)
    [text] = sent
    send(BATCH_QUEUE, text)
    worlds.deliver(world)
    assert [each.name for each in kept.spans].count("BatchDue") == 2
    assert kept.sum("tandem.records", outcome="modified") == 1


def test_requests_and_refusals_are_counted_by_side(world: World, kept: Kept) -> None:
    world.faults["bc"].aim(AimedFault(Fault.STATUS_429, Scope("GET", re.compile("customers"))))
    world.reset_requests()
    worlds.cycle(world)
    assert kept.sum("tandem.requests", side="bc") == len(world.requests["bc"])
    assert kept.sum("tandem.requests", side="sales") == len(world.requests["sales"])
    assert kept.sum("tandem.throttled", side="bc") == 1
    assert kept.sum("tandem.throttled", side="sales") == 0


def test_looks_that_were_answered_are_told_by_connection_and_side(world: World, kept: Kept) -> None:
    worlds.cycle(world)
    answered = {side: kept.sum("tandem.looks", connection="cronus", side=side) for side in ("bc", "sales")}
    assert min(answered.values()) > 0
    world.faults["sales"].replace(FaultPlan(1, {Fault.STATUS_503: 1.0}))
    worlds.cycle(world, 700)
    assert kept.sum("tandem.looks", side="sales") == answered["sales"]
    assert kept.sum("tandem.looks", side="bc") > answered["bc"]


def test_the_timer_tells_a_sign_of_life_and_the_backlog(world: World, kept: Kept) -> None:
    world.queue.send(BATCH_QUEUE, "x")
    tell_state(world.parts)
    assert kept.sum("tandem.ticks") == 1
    assert kept.sum("tandem.backlog", queue=BATCH_QUEUE) == 1
    assert kept.sum("tandem.backlog", queue=DETECTION_QUEUE) == 0


def test_a_mapping_that_stands_still_is_told_at_each_tick(world: World, kept: Kept) -> None:
    at = world.at
    tick(world.parts)
    assert kept.sum("tandem.standing") == 0
    at.schedules.hold("CUSTOMER", 60, "more than half were deleted", "{}")
    tick(world.parts)
    tick(world.parts)
    assert kept.sum("tandem.standing", connection=at.name, mapping="CUSTOMER") == 2


def test_a_backlog_that_cannot_be_asked_for_stops_nothing(
    world: World, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(name: str) -> int:
        raise StorageUnavailable("busy")

    monkeypatch.setattr(world.queue, "length", fails)
    tell_state(world.parts)
    assert kept.sum("tandem.ticks") == 1


def test_a_message_that_is_given_up_is_counted(world: World, kept: Kept) -> None:
    keep_poison(world.parts, BATCH_QUEUE, "no message of ours")
    assert kept.sum("tandem.poison", queue=BATCH_QUEUE) == 1


def test_nothing_of_a_record_is_told(world: World, kept: Kept) -> None:
    """No value, no name, no id of a record: only names of the mapping and ids of the work."""
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city=SECRET_CITY)
    worlds.cycle(world)
    customer = worlds.customer_of(world, pair)
    private = [str(value) for value in customer.values() if isinstance(value, str) and len(value) > 4]
    private += [pair.bc_id, pair.sales_id, SECRET_CITY]
    told = " ".join(map(str, kept.values()))
    assert kept.spans
    assert [value for value in private if value in told] == []


def test_a_side_is_told_by_its_short_name(world: World, kept: Kept) -> None:
    worlds.edit_sales(world, worlds.pair(world), telephone1="+44 1")
    worlds.cycle(world)
    sides = {each.attributes["side"] for each in kept.spans if "side" in each.attributes}
    assert sides <= {str(each) for each in Side}


def test_a_preview_adds_nothing_to_the_figures(world: World, kept: Kept) -> None:
    worlds.edit_bc(world, worlds.pair(world), city=SECRET_CITY)
    previewed(world)
    assert kept.sum("tandem.requests") > 0
    assert kept.sum("tandem.records") == 0
