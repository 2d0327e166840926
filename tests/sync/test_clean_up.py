"""Cleaning up: old jobs go with their batches and full synchronisations, the present stays."""

from __future__ import annotations

import pytest

from local.simulation.world import World, build, published
from shared_code.core.journal import Entry
from shared_code.core.records import Side
from shared_code.store import poison
from shared_code.store.jobs import BATCHES, JOBS
from shared_code.store.journal import month
from shared_code.sync.clean_up import KEEP_JOBS_S, SETTLED_S, clean_up
from shared_code.sync.full_sync import Request, start
from shared_code.sync.messages import BATCH_QUEUE, QUEUES
from shared_code.sync.retries import queue_records

DAY_S = 86_400.0


def _synchronised() -> tuple[World, str]:
    world = build([published()])
    full_sync = start(world.parts, world.at, Request(mappings=("CURRENCY",)))
    world.drain()
    return world, full_sync.id


def _rows(world: World, table: str) -> int:
    return sum(1 for _ in world.tables.scan(table, limit=10_000))


def test_a_young_job_stays() -> None:
    world, full_sync = _synchronised()
    world.clock.now += KEEP_JOBS_S - 60

    assert clean_up(world.parts) == 0
    assert world.at.full_syncs.get(full_sync) is not None


def test_an_old_job_goes_with_everything_that_belongs_to_it() -> None:
    world, full_sync = _synchronised()
    couplings = list(world.at.couplings("CURRENCY").all_coupled())
    world.clock.now += KEEP_JOBS_S + 60

    assert clean_up(world.parts) == 1
    assert world.at.full_syncs.get(full_sync) is None
    assert (_rows(world, JOBS), _rows(world, BATCHES)) == (0, 0)
    assert list(world.at.couplings("CURRENCY").all_coupled()) == couplings


def test_cleaning_up_again_finds_nothing() -> None:
    world, _ = _synchronised()
    world.clock.now += KEEP_JOBS_S + 60
    clean_up(world.parts)

    assert clean_up(world.parts) == 0


def test_the_journal_keeps_thirteen_months() -> None:
    world, _ = _synchronised()
    bc_id = next(each.bc_id for each in world.at.couplings("CURRENCY").all_coupled())
    written = world.clock.now
    world.at.journal.add(
        "CURRENCY", [Entry("CURRENCY", bc_id, Side.SALES, "1", written, "job", "batch", {}, {"name": "x"})]
    )

    world.clock.now = written + 360 * DAY_S
    clean_up(world.parts)
    assert len(list(world.at.journal.of_record("CURRENCY", bc_id, world.clock.now))) == 1

    world.clock.now = written + 430 * DAY_S
    clean_up(world.parts)
    assert _rows(world, "Journal") == 0


@pytest.mark.parametrize(
    ("back", "expected"), [(0, "2027-01"), (1, "2026-12"), (12, "2026-01"), (13, "2025-12")]
)
def test_months_are_counted_back_over_the_turn_of_the_year(back: int, expected: str) -> None:
    assert month(1_800_000_000.0, back) == expected


def test_a_batch_whose_message_was_never_sent_is_sent_again_and_its_job_ends() -> None:
    world, _ = _synchronised()
    coupling = next(iter(world.at.couplings("CURRENCY").all_coupled()))
    job = queue_records(world.parts, world.at, "CURRENCY", Side.BC, [coupling.bc_id])
    for message in world.queue.receive(BATCH_QUEUE, 32, 60):
        world.queue.delete(BATCH_QUEUE, message)
    world.clock.now += SETTLED_S - 60
    clean_up(world.parts)
    assert world.at.jobs.has_open(job, Side.BC)

    world.clock.now += 120
    clean_up(world.parts)
    world.drain()

    assert not world.at.jobs.has_open(job, Side.BC)


def test_poison_is_kept_for_ninety_days_and_then_removed() -> None:
    world = build([published()])
    for queue in QUEUES:
        poison.keep(world.tables, queue, "old", world.clock.now)
    world.clock.now += poison.KEEP_S - 60
    poison.keep(world.tables, BATCH_QUEUE, "young", world.clock.now)
    clean_up(world.parts)
    assert _rows(world, poison.TABLE) == 3
    world.clock.now += 120
    clean_up(world.parts)
    assert [each.values["text"] for each in poison.kept(world.tables, BATCH_QUEUE)] == ["young"]
    assert _rows(world, poison.TABLE) == 1


def test_a_flood_of_poison_is_removed_in_several_runs() -> None:
    world = build([published()])
    for number in range(poison.MAX_REMOVED + 1):
        poison.keep(world.tables, BATCH_QUEUE, str(number), world.clock.now)
    assert poison.count(world.tables, BATCH_QUEUE) == poison.Count(poison.MAX_COUNTED, world.clock.now)
    world.clock.now += poison.KEEP_S + 60
    clean_up(world.parts)
    assert _rows(world, poison.TABLE) == 1
    clean_up(world.parts)
    assert _rows(world, poison.TABLE) == 0
