"""Calm has lasted long enough once a night changes nothing that could lead to a write."""

from __future__ import annotations

import random

import pytest

from local.simulate.calm import state_of
from local.simulate.faults import Faults
from local.simulate.observing import Observer
from local.simulate.scheduler import Scheduler, Trace
from local.simulate.storage import Hooks, NotedTables, RestlessQueue, tables
from local.simulators.wire import ManualClock
from shared_code.store.table_list import TABLES
from shared_code.store.tables import Entity
from shared_code.sync.messages import QUEUES


@pytest.fixture
def parts() -> tuple[NotedTables, RestlessQueue, Observer]:
    clock = ManualClock()
    scheduler = Scheduler(clock, random.Random(1), Trace())
    hooks = Hooks(scheduler, Faults(scheduler, random.Random(1), 0.0))
    stores, queue = tables(hooks), RestlessQueue(clock.time, hooks, random.Random(1))
    stores.ensure(TABLES)
    queue.ensure(QUEUES)
    return stores, queue, Observer(clock.time)


def test_one_more_attempt_that_comes_to_the_same_end_changes_nothing(
    parts: tuple[NotedTables, RestlessQueue, Observer],
) -> None:
    stores, _, _ = parts
    problem = {"code": "refused", "attempts": 1, "next_attempt_at_s": 5.0, "stamp": "a"}
    stores.upsert("Couplings", Entity("c|CUSTOMER", "p|bc|1", problem))
    before = state_of(*parts)
    stores.upsert("Couplings", Entity("c|CUSTOMER", "p|bc|1", {**problem, "attempts": 2, "stamp": ""}))
    assert state_of(*parts) == before
    stores.upsert("Couplings", Entity("c|CUSTOMER", "p|bc|1", {**problem, "code": "conflict"}))
    assert state_of(*parts) != before


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ("Couplings", "in_step", True),
        ("Schedules", "disabled_because", "a right is missing"),
        ("FullSynchronizations", "phase", "matching"),
        ("Identities", "suspected_since_s", 7.0),
    ],
)
def test_whatever_work_follows_from_counts(
    parts: tuple[NotedTables, RestlessQueue, Observer], table: str, name: str, value: str | float
) -> None:
    stores, _, _ = parts
    before = state_of(*parts)
    stores.upsert(table, Entity("c", "b|1", {name: value}))
    assert state_of(*parts) != before


def test_a_message_that_waits_and_a_watermark_that_is_renewed_count(
    parts: tuple[NotedTables, RestlessQueue, Observer],
) -> None:
    stores, queue, _ = parts
    before = state_of(*parts)
    queue.send(next(iter(QUEUES)), "{}", delay_s=300)
    waiting = state_of(*parts)
    stores.upsert("Watermarks", Entity("c", "CUSTOMER|bc", {"cursor": ""}))
    assert len({before, waiting, state_of(*parts)}) == 3
