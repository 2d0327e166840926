"""Cleaning up: old jobs go with their batches and full synchronisations, the present stays."""

from __future__ import annotations

from local.simulation.world import World, build, published
from shared_code.store.jobs import BATCHES, JOBS
from shared_code.sync.clean_up import KEEP_JOBS_S, clean_up
from shared_code.sync.full_sync import Request, start


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
