"""A system that was put back to an earlier state is noticed; a person says whether it is meant."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest

from local.simulate import backups
from local.simulate.observing import Observer
from local.simulation.world import World
from shared_code.core.jobs import Job, JobKind
from shared_code.core.reconcile import Known
from shared_code.core.records import Side, Version
from shared_code.store.jobs import step_key
from shared_code.sync import views, witnesses
from shared_code.sync.detect import new_batch
from shared_code.sync.full_sync import Request, start
from shared_code.sync.messages import BatchDue
from shared_code.sync.processing import rounds
from shared_code.sync.processing.work import Work
from shared_code.sync.selecting import DELETED
from shared_code.systems.interface import Sighting
from tests.sync import worlds


def backup(world: World, side: Side) -> backups.SalesBackup | backups.BcBackup:
    return backups.back_up_sales(world.sales) if side is Side.SALES else backups.back_up_bc(world.bc)


def restore(world: World, kept: backups.SalesBackup | backups.BcBackup) -> None:
    nobody = Observer(world.clock.time)
    if isinstance(kept, backups.SalesBackup):
        backups.restore_sales(world.sales, kept, nobody)
    else:
        backups.restore_bc(world.bc, kept, nobody)
    world.clock.now += 1000  # A restore takes its time.


def edit(world: World, side: Side, value: str) -> None:
    pair = worlds.pair(world)
    if side is Side.SALES:
        worlds.edit_sales(world, pair, telephone1=value)
    else:
        worlds.edit_bc(world, pair, phoneNumber=value)


def phones(world: World) -> tuple[str, str]:
    pair = worlds.pair(world)
    return worlds.customer_of(world, pair)["phoneNumber"], worlds.account_of(world, pair)["telephone1"]


def restored(side: Side) -> World:
    """Both sides held +44 2 when a backup that holds +44 1 was put back on one."""
    world = worlds.synced()
    edit(world, side, "+44 1")
    worlds.cycle(world)
    kept = backup(world, side)
    edit(world, side, "+44 2")
    edit_another(world, side)
    worlds.cycle(world)
    restore(world, kept)
    return world


@pytest.mark.parametrize("side", Side)
def test_nothing_of_a_backup_is_taken_for_an_edit_and_the_connection_says_what_happened(side: Side) -> None:
    world = restored(side)
    edit_other_field(world, side)
    worlds.cycles(world, 3, 400)
    assert sorted(phones(world)) == ["+44 1", "+44 2"]
    stopped = views.health_view(world.parts)["connections"]["cronus"]["stoppedBecause"]
    assert side.system_name in stopped
    assert "acceptSystems" in stopped


def edit_another(world: World, side: Side) -> None:
    pair = worlds.pair(world, "20000")
    if side is Side.SALES:
        worlds.edit_sales(world, pair, websiteurl="https://new.example")
    else:
        worlds.edit_bc(world, pair, website="https://new.example")


def edit_other_field(world: World, side: Side) -> None:
    """Somebody edits the restored record: it comes with a newer version and the values of the backup."""
    pair = worlds.pair(world)
    if side is Side.SALES:
        worlds.edit_sales(world, pair, address1_city="Leeds")
    else:
        worlds.edit_bc(world, pair, city="Leeds")


@pytest.mark.parametrize("side", Side)
def test_accepted_equal_pairs_are_in_step_and_different_ones_conflicts(side: Side) -> None:
    world = restored(side)
    worlds.cycles(world, 3, 400)
    start(world.parts, world.at, Request(accept=True))
    worlds.settled(world)
    assert sorted(phones(world)) == ["+44 1", "+44 2"]
    assert worlds.codes(world) == ["conflict"]
    edit(world, side.other, {Side.SALES: "+44 1", Side.BC: "+44 1"}[side])
    worlds.settled(world)
    worlds.assert_whole(world)


def test_a_replica_that_lags_for_a_moment_stops_nothing_for_good() -> None:
    world = worlds.synced()
    edit(world, Side.SALES, "+44 1")
    worlds.cycle(world)
    world.clock.now += 1000
    seen = world.parts.newest["cronus", Side.SALES]
    ahead = tuple(replace(each, stamp="9" * len(each.stamp)) for each in seen)
    world.parts.newest["cronus", Side.SALES] = ahead
    worlds.cycle(world)
    assert world.at.identities.get().suspected_since_s > 0
    world.parts.newest["cronus", Side.SALES] = seen
    worlds.cycles(world, 3, 400)
    stored = world.at.identities.get()
    assert (stored.suspected_since_s, stored.went_back) == (0, "")
    worlds.assert_whole(world)


def test_another_organisation_may_be_accepted_too() -> None:
    world = worlds.synced()
    stored = world.at.identities.get()
    known = {**stored.known, "organizationId": "00000000-0000-0000-0000-00000000dead"}
    world.at.identities.put(replace(stored, known=known))
    world.parts.confirmed.clear()
    worlds.cycle(world)
    assert world.at.identities.get().stopped_because
    start(world.parts, world.at, Request(accept=True))
    worlds.settled(world)
    assert world.at.identities.get().stopped_because == ""
    worlds.assert_whole(world)


def test_a_batch_that_was_held_up_for_long_touches_no_system_before_they_are_asked_again() -> None:
    """A process stands still between two steps; whatever it knows may be of another state by then."""
    world = worlds.synced()
    edit(world, Side.BC, "+44 1")
    wires = [worlds.tap(world, side) for side in Side]
    asked: list[int] = []

    def held_up(work: Work) -> None:
        world.clock.now += 0 if asked else 1000
        before = sum(len(each.seen) for each in wires)
        rounds.run_rounds(work)
        asked.append(sum(len(each.seen) for each in wires) - before)

    with patch("shared_code.sync.processing.batch.run_rounds", held_up):
        worlds.cycles(world, 3)
    assert asked[0] == 0
    assert phones(world) == ("+44 1", "+44 1")


def test_an_older_version_that_is_read_does_not_replace_the_newer_one_that_was_seen() -> None:
    """A process that asked just before a restore works on for a while, and reads what was put back."""
    world = worlds.synced()
    newer, older = (Known("1", Version("", f"2027-01-0{day}T00:00:00.000Z"), {}) for day in (2, 1))
    world.parts.newest.clear()
    for known in (newer, older):
        witnesses.remember(world.parts, world.at, "CUSTOMER", [(Side.BC, known)])
    (kept,) = world.parts.newest["cronus", Side.BC]
    assert kept.stamp == newer.version.stamp


def test_a_row_told_as_deleted_before_it_was_put_back_is_taken_in_after_a_minute_of_rests() -> None:
    """A stale answer would show the row too, but not for so long; its edit does not wait for an hour."""
    world = worlds.synced()
    pair = worlds.pair(world)
    edit(world, Side.SALES, "+44 1")
    batch = new_batch(
        "j1", "CUSTOMER", Side.SALES, step_key(Side.SALES, 0), [Sighting(pair.sales_id, DELETED)],
        world.at.digests["CUSTOMER"], ordered=False,
    )  # fmt: skip
    world.at.jobs.add(Job("j1", "CUSTOMER", JobKind.SCHEDULED, world.parts.runtime.now()))
    world.at.jobs.add_batches([batch])
    world.parts.send(BatchDue(world.at.name, "j1", batch.id))
    for _ in range(30):
        worlds.deliver(world)
        assert phones(world)[0] != "+44 1"
        world.clock.now += 1.0
    for _ in range(60):
        worlds.deliver(world)
        world.clock.now += 1.0
    assert phones(world) == ("+44 1", "+44 1")
    assert not world.at.jobs.has_open("j1", Side.SALES)
    worlds.assert_whole(world)
