"""The plan: what is run on which systems, and what the report says of it."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import pytest

from benchmarks import report
from benchmarks.__main__ import arguments, some_of
from benchmarks.judging import Verdict
from benchmarks.plan import CLIENTS, FLOOR, LATENCIES, MOST_ONE_BY_ONE, ONE_BY_ONE, TANDEM, WORKS, Plan
from benchmarks.running import Results, Run

KEYS = {
    "client", "work", "latency", "rows", "rows_per_s", "requests_per_row", "client_cpu_us_per_row",
    "peak_rss_mb", "storage_transactions_per_row", "duplicates", "lost", "instances",
}  # fmt: skip


def a_run(work: str = "initial_load") -> Run:
    return Run(
        TANDEM, work, "fast", 100, 2.0, 0.01, 50.0, 40, 12, 130, {"bc GET customers": 12}, Verdict(1, 2)
    )


def test_the_names_are_those_that_were_agreed() -> None:
    assert set(CLIENTS) == {"floor", "floor_saving", "tandem", "sdk", "sdk_threads", "dlt", "one_by_one"}
    assert list(WORKS) == [
        "initial_load", "unchanged", "changed_1_percent", "changed_both_sides", "throttled", "lost_answers",
        "load_to_bc",
    ]  # fmt: skip
    assert list(LATENCIES) == ["published", "fast", "none"]


def test_works_after_a_load_share_its_systems_and_others_get_their_own() -> None:
    plan = Plan(clients=(TANDEM,), latencies=("fast",))
    assert [works for _, _, works in plan.stages()] == [
        ("initial_load", "unchanged", "changed_1_percent", "changed_both_sides"),
        ("throttled",),
        ("lost_answers",),
        ("load_to_bc",),
    ]


def test_who_cannot_write_to_business_central_is_not_asked_to() -> None:
    plan = Plan(works=("load_to_bc",), latencies=("fast",))
    assert [client for _, client, _ in plan.stages()] == ["floor", "floor_saving", "tandem", "one_by_one"]


def test_a_client_of_one_record_a_request_is_given_fewer() -> None:
    plan = Plan(rows=20_000)
    assert (plan.rows_of(ONE_BY_ONE), plan.rows_of(TANDEM)) == (MOST_ONE_BY_ONE, 20_000)
    with pytest.raises(ValueError):
        Plan(rows=5)


def test_a_run_is_told_with_all_its_figures_by_row() -> None:
    told = report.document(Results([a_run()]), {"rows": 100})
    (entry,) = told["runs"]
    assert entry.keys() == KEYS
    assert (entry["rows_per_s"], entry["requests_per_row"], entry["client_cpu_us_per_row"]) == (50, 0.12, 100)
    assert (entry["duplicates"], entry["lost"], entry["storage_transactions_per_row"]) == (1, 2, 0.4)
    json.dumps(told)


def test_instances_are_told_of_tandem_only_and_named_where_there_are_several() -> None:
    on_two, floor = replace(a_run(), instances=2), replace(a_run(), client=FLOOR)
    told = report.document(Results([on_two, floor]), {})["runs"]
    assert [each.get("instances") for each in told] == [2, None]
    assert "| tandem on 2 |" in report.table([on_two])
    assert "| tandem |" in report.table([a_run()])


def test_only_tandem_works_on_several_instances_and_on_no_more_than_are_deployed() -> None:
    plan = Plan(instances=3)
    assert [plan.instances_of(each) for each in (TANDEM, FLOOR)] == [3, 1]
    for wrong in (0, 41):
        with pytest.raises(ValueError, match="instances"):
            Plan(instances=wrong)


def test_the_table_has_a_row_for_each_run_in_the_order_of_the_works() -> None:
    lines = report.table([a_run("lost_answers"), a_run()]).splitlines()
    assert [each.split("|")[2].strip() for each in lines[2:]] == ["initial_load", "lost_answers"]
    assert "1.3000" in lines[2]


def test_names_on_the_command_line_are_checked_and_put_in_order() -> None:
    assert some_of(WORKS)("unchanged, initial_load") == ("initial_load", "unchanged")
    for text in ("", "sprint"):
        with pytest.raises(argparse.ArgumentTypeError):
            some_of(WORKS)(text)
    given = arguments().parse_args([])
    assert (given.rows, given.instances) == (2_000, 2)
