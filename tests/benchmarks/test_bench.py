"""A small benchmark: every client that needs no package of its own, and every work, so that none rots."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.plan import FLOOR, FLOOR_SAVING, ONE_BY_ONE, TANDEM, WORKS, Plan
from benchmarks.running import Results, Run, run

ROWS = 200
PLANS = (
    ((FLOOR, FLOOR_SAVING, ONE_BY_ONE, TANDEM), ("initial_load", "unchanged", "changed_both_sides")),
    ((ONE_BY_ONE, TANDEM), ("lost_answers",)),
    ((TANDEM,), ("changed_1_percent",)),
    ((FLOOR,), ("throttled",)),
    ((FLOOR, FLOOR_SAVING, ONE_BY_ONE, TANDEM), ("load_to_bc",)),
)

pytestmark = [pytest.mark.storage, pytest.mark.slow]


@pytest.fixture(scope="module")
def results() -> Results:
    found = Results()
    for clients, works in PLANS:
        plan = Plan(rows=ROWS, clients=clients, works=works, latencies=("none",))
        each = run(plan, lambda client: Path(sys.executable), lambda text: None)
        found.runs += each.runs
        found.missed += each.missed
    return found


@pytest.fixture(scope="module")
def on_two() -> Results:
    """More batches than one instance has in hand at once."""
    plan = Plan(
        rows=5_000,
        clients=(FLOOR, TANDEM),
        works=("initial_load", "unchanged"),
        latencies=("none",),
        instances=2,
    )
    return run(plan, lambda client: Path(sys.executable), lambda text: None)


def of(results: Results, client: str, work: str) -> Run:
    (found,) = [each for each in results.runs if (each.client, each.work) == (client, work)]
    return found


def test_every_client_does_its_work_to_the_end(results: Results) -> None:
    assert results.missed == []
    wanted = {(client, work) for clients, works in PLANS for client in clients for work in works}
    assert {(each.client, each.work) for each in results.runs if not each.stopped} == wanted
    assert {each.work for each in results.runs} == set(WORKS)
    assert all(each.seconds > 0 and each.cpu_s > 0 and each.peak_rss_mb > 10 for each in results.runs)


def test_tandem_loses_and_doubles_nothing(results: Results) -> None:
    verdicts = [each.verdict for each in results.runs if each.client == TANDEM]
    assert {(each.duplicates, each.lost) for each in verdicts} == {(0, 0)}


def test_who_knows_no_base_loses_what_both_sides_edited(results: Results) -> None:
    assert of(results, FLOOR, "changed_both_sides").verdict.lost > 0


def test_who_lets_the_service_choose_ids_doubles_what_was_lost(results: Results) -> None:
    assert of(results, ONE_BY_ONE, "lost_answers").verdict.duplicates > 0


def test_nothing_changed_costs_tandem_one_request_a_side(results: Results) -> None:
    assert of(results, TANDEM, "unchanged").requests <= 2


def test_only_who_saves_uses_storage(results: Results) -> None:
    assert of(results, FLOOR, "initial_load").storage_transactions == 0
    assert of(results, FLOOR_SAVING, "initial_load").storage_transactions == 2 * ROWS // 100


def test_tandem_on_two_instances_does_its_work_to_the_end_and_doubles_nothing(on_two: Results) -> None:
    assert on_two.missed == []
    load, look = of(on_two, TANDEM, "initial_load"), of(on_two, TANDEM, "unchanged")
    assert [(each.stopped, each.verdict.duplicates, each.verdict.lost) for each in (load, look)] == [
        ("", 0, 0), ("", 0, 0)
    ]  # fmt: skip
    assert look.requests <= 2
    assert (load.instances, look.instances, of(on_two, FLOOR, "initial_load").instances) == (2, 2, 1)


def test_what_both_instances_used_is_added_up(on_two: Results) -> None:
    """One of two that share a load has not seen all of it: half of it, more or less."""
    load = of(on_two, TANDEM, "initial_load")
    assert load.storage_transactions / load.rows > 0.1, "four entities a row in transactions of 100, and more"
    assert load.peak_rss_mb < 250, "of the larger one"
