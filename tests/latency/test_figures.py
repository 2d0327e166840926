"""The figures, and what is noted while watching."""

from __future__ import annotations

import pytest

from local.latency.figures import figures, notes, page, percentile, table
from local.latency.measuring import Watch
from local.latency.plan import BC_TO_SALES, SALES_TO_BC, Change, Pair, Plan
from local.latency.running import Run

PAIR = Pair("1", "bc-1", "sales-1")
THERE, BACK = Change(0, BC_TO_SALES, PAIR, "there"), Change(1, SALES_TO_BC, PAIR, "back")


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 2.0), (95, 4.0), (100, 4.0), (0, 1.0), (25, 1.0), (26, 2.0)]
)
def test_a_percentile_is_the_nearest_rank(percent: float, expected: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], percent) == expected


def test_a_change_is_seen_on_the_other_side_of_its_direction_alone() -> None:
    watch = Watch([THERE, BACK])
    watch.note(BC_TO_SALES, {"bc-1": "there", "sales-1": "back"}, 0.1)
    assert watch.seen == {}
    watch.note(BC_TO_SALES, {"sales-1": "there"}, 0.3)
    assert watch.missing() == [BACK]
    watch.note(SALES_TO_BC, {"bc-1": "back"}, 0.2)
    assert watch.missing() == []
    assert watch.longest_look_s == 0.3


def test_the_first_sight_counts() -> None:
    watch = Watch([THERE])
    watch.note(BC_TO_SALES, {"sales-1": "there"}, 0.1)
    first = dict(watch.seen)
    watch.note(BC_TO_SALES, {"sales-1": "there"}, 0.1)
    assert watch.seen == first


def run_of(webhooks: bool) -> Run:
    watch = Watch([THERE, BACK], {"there": 10.0, "back": 20.0}, {"there": 12.5})
    return Run(webhooks, watch, 61.0 if webhooks else None)


def test_what_did_not_arrive_is_told_and_not_averaged_away() -> None:
    found = figures(Plan(1, seed=9), [run_of(False), run_of(True)])
    assert [each["notArrived"] for each in found["runs"]] == [["back"], ["back"]]
    assert found["runs"][0]["directions"][BC_TO_SALES] == {
        "arrived": 1, "p50": 2.5, "p95": 2.5, "longest": 2.5, "all": [2.5]}  # fmt: skip
    assert found["runs"][0]["directions"][SALES_TO_BC] == {"arrived": 0}
    assert any("back" in each for each in notes(found))


def test_the_table_names_seed_and_the_services_own_delay() -> None:
    found = figures(Plan(1, seed=9), [run_of(False), run_of(True)])
    assert len(table(found).splitlines()) == 5
    text = page(found, "2 cores")
    assert "seed 9" in text
    assert "30 s are Business Central's own" in text
    assert "| BC->Sales | webhooks and minute timer | 1 | 2.5 | 2.5 | 2.5 |" in text
