"""A scan of many pages is weighed a share at a time, and concludes what a scan of one page would."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest

from local.simulation.world import CompanyRecords, World
from shared_code.core.jobs import JobKind
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.store.jobs import BATCHES
from shared_code.sync import detect, scanning
from shared_code.sync.full_sync import Request, start
from shared_code.sync.messages import ScanMode, ScanStep
from shared_code.sync.weighing import Weighing
from shared_code.systems import business_central_scan, dataverse
from tests.sync import worlds

pytestmark = pytest.mark.bulk

MAPPING = "CUSTOMER"
PAGE = 8
CUSTOMERS = 60


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in (
        (business_central_scan, "PAGE_SIZE"),
        (dataverse, "PAGE_SIZE"),
        (scanning, "MOST_SEEN"),
    ):
        monkeypatch.setattr(owner, name, PAGE)


def company() -> CompanyRecords:
    """A company with many customers."""
    made = worlds.company()
    (like, *_) = made.records["customers"]
    customers = [
        {**like, "id": str(uuid5(NAMESPACE_OID, str(n))), "number": f"N{n:04d}", "displayName": f"Shop {n}",
         "email": f"shop{n}@example.com"}
        for n in range(CUSTOMERS)
    ]  # fmt: skip
    kept = {t: [] if t in ("contacts", "contactBusinessRelations") else r for t, r in made.records.items()}
    return replace(made, records={**kept, "customers": customers})


@pytest.fixture
def world() -> World:
    return worlds.synced([company()])


def synchronise(world: World, *release: str) -> None:
    start(world.parts, world.at, Request((MAPPING,), release))
    worlds.deliver(world)


def scanned(world: World, side: Side) -> str:
    """A scan of everything on a side and all that it leads to; its job."""
    job = world.parts.new_job_id()
    step = ScanStep(world.at.name, MAPPING, side, job, JobKind.SCHEDULED, ScanMode.FULL)
    detect.take_step(world.parts, step)
    worlds.deliver(world)
    return job


def counts(world: World, job: str) -> dict[Outcome, int]:
    found: dict[Outcome, int] = {}
    for batch in world.at.jobs.batches(job):
        for outcome, number in batch.counts.items():
            found[outcome] = found.get(outcome, 0) + number
    return {outcome: number for outcome, number in found.items() if number}


def given(world: World, job: str) -> list[str]:
    return sorted(each for batch in world.at.jobs.batches(job) for each in batch.ids)


def kept(world: World) -> list[str]:
    rows = [each.row for p in world.tables._tables[BATCHES].values() for each in p.entities.values()]
    return [each for each in rows if each.startswith(("seen|", "pair|", "gone|"))]


def delete_in_bc(world: World, count: int) -> None:
    for each in sorted(worlds.customers(world), key=lambda each: each["number"])[:count]:
        worlds.delete_customer(world, each["id"])


def test_a_load_of_many_pages_creates_each_record_once(world: World) -> None:
    assert len(worlds.accounts(world)) == CUSTOMERS
    (job,) = [j.id for j in world.at.jobs.newest(100) if j.mapping == MAPPING and j.kind is JobKind.FULL]
    batches = [each for each in world.at.jobs.batches(job) if each.side is Side.BC]
    assert sorted(i for each in batches for i in each.ids) == sorted(c["id"] for c in worlds.customers(world))
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", Side)
def test_what_is_in_step_is_accounted_for_once_without_being_read(world: World, side: Side) -> None:
    job = scanned(world, side)
    pairs = list(world.at.couplings(MAPPING).all_coupled())
    assert counts(world, job) == {Outcome.UNCHANGED: len(pairs)}
    assert given(world, job) == sorted(each.id_on(side) for each in pairs)


@pytest.mark.parametrize("side", Side)
def test_nothing_stays_that_was_kept_for_a_scan(world: World, side: Side) -> None:
    scanned(world, side)
    assert kept(world) == []


def test_a_share_holds_no_more_than_a_page_however_many_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    weigh = Weighing.weigh

    def noted(self: Any, *arguments: Any) -> Any:
        sizes.append(len(self._seen.records))
        return weigh(self, *arguments)

    monkeypatch.setattr(Weighing, "weigh", noted)
    for side in Side:
        scanned(world, side)
    assert len(sizes) >= 2 * CUSTOMERS // PAGE
    assert max(sizes) <= PAGE


def test_batches_hold_neighbours(world: World) -> None:
    job = scanned(world, Side.SALES)
    ranges = sorted((min(each.ids), max(each.ids)) for each in world.at.jobs.batches(job))
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def test_what_is_missing_from_many_pages_is_found(world: World) -> None:
    delete_in_bc(world, 3)
    scanned(world, Side.BC)
    assert worlds.codes(world) == ["partner_deleted"] * 3


def test_what_is_missing_is_counted_over_all_shares_before_anything_is_concluded(world: World) -> None:
    delete_in_bc(world, 30)
    scanned(world, Side.BC)
    assert worlds.codes(world) == []
    assert "30 of 60" in world.at.schedules.get(MAPPING, 60).disabled_because


def test_what_a_person_believes_is_missing_is_given_a_page_at_a_time(world: World) -> None:
    delete_in_bc(world, 30)
    synchronise(world, MAPPING)
    assert worlds.codes(world) == ["partner_deleted"] * 30
    assert kept(world) == []


def test_a_table_that_shows_a_page_of_many_pairs_is_weighed_in_shares(world: World) -> None:
    delete_in_bc(world, CUSTOMERS - 5)
    scanned(world, Side.BC)
    assert worlds.codes(world) == []
    assert f"{CUSTOMERS - 5} of 60" in world.at.schedules.get(MAPPING, 60).disabled_because


@pytest.mark.parametrize("side", Side)
def test_a_scan_that_dies_at_any_operation_is_carried_on_and_gives_each_record_once(
    world: World, side: Side
) -> None:
    operations = 0
    deaths = iter(range(5, 100_000, 41))
    dies_at = next(deaths)

    def die(operation: str, table: str) -> None:
        nonlocal operations, dies_at
        operations += 1
        if operations == dies_at:
            dies_at = next(deaths)
            raise worlds.Crash

    job = world.parts.new_job_id()
    step = ScanStep(world.at.name, MAPPING, side, job, JobKind.SCHEDULED, ScanMode.FULL)
    world.parts.send(step)
    world.tables.after = die
    for _ in range(60):
        worlds.deliver(world)
        world.clock.sleep(30.0)
    world.tables.after = lambda operation, table: None
    worlds.deliver(world)
    pairs = list(world.at.couplings(MAPPING).all_coupled())
    assert world.at.jobs.steps_complete(job, side)
    assert given(world, job) == sorted(each.id_on(side) for each in pairs)
    assert counts(world, job) == {Outcome.UNCHANGED: len(pairs)}


def test_a_scan_that_an_older_tandem_began_begins_anew(world: World) -> None:
    job = world.parts.new_job_id()
    step = ScanStep(world.at.name, MAPPING, Side.BC, job, JobKind.FULL, ScanMode.FULL, full_sync="any")
    detect.take_step(world.parts, step)
    partition = world.tables._tables[BATCHES][f"{world.at.name}|{job}"]
    for each in list(partition.entities.values()):
        if each.row.startswith("step|"):
            each.values.pop("take")  # type: ignore[attr-defined]
    world.clock.sleep(60.0)
    worlds.deliver(world)
    world.clock.sleep(60.0)
    worlds.deliver(world)
    assert world.at.jobs.steps_complete(job, Side.BC)
    assert worlds.codes(world) == []
