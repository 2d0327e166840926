"""`python dev.py demo --once --report FILE`, run as a person runs it; the report's figures agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.demo.review import OUTCOMES
from local.dev.places import ROOT
from local.environment import WHOLE

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]

TIMEOUT_S = 600
MAPPINGS = {each.name for each in WHOLE.chosen}
SUBMITTED, INVOICED = 1, 4
"""States of an order in Sales."""
FOR_GOOD = {"PLLINE-PRODPRICE": {"not_carried": 1}}
"""Records that Sales has no place for: a price in another currency than its list."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What was shown, and the report."""
    file = tmp_path_factory.mktemp("demo") / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "local.demo", "--once", "--report", str(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads(file.read_text("utf-8"))


@pytest.fixture
def report(story: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return story[1]


def test_without_a_terminal_there_are_plain_lines(story: tuple[str, dict[str, Any]]) -> None:
    shown = story[0]
    assert "\x1b" not in shown
    assert "\r" not in shown
    told = [line for line in shown.splitlines() if not line.lstrip().startswith(("curl", "{"))]
    assert max(map(len, told)) <= 80
    assert "Everything came out as told" in shown


def test_every_record_given_has_exactly_one_outcome(report: dict[str, Any]) -> None:
    assert set(report["mappings"]) == MAPPINGS
    for mapping in report["mappings"].values():
        for direction in ("to_sales", "from_sales"):
            counts = mapping[direction]
            assert counts["given"] == sum(counts[name] for name in OUTCOMES)


def test_every_record_inside_the_filters_is_coupled_or_waits_with_its_reason(report: dict[str, Any]) -> None:
    for name, account in report["accounted"].items():
        assert account["missing"] == []
        assert account["inside_filter"] == account["coupled"] + sum(account["waiting"].values())
        assert account["coupled"] <= report["mappings"][name]["couplings"]
        assert account["inside_filter"] > 0


def test_the_whole_catalogue_is_synchronised(report: dict[str, Any]) -> None:
    """149 items, 66 vendors, resources, price lists with their prices, opportunities and invoices."""
    coupled = {name: each["couplings"] for name, each in report["mappings"].items()}
    wanted = {"ITEM-PRODUCT": 149, "VENDOR": 66, "RESOURCE-PRODUCT": 5, "PLHEADER-PRICE": 3, "ITEM UOM": 168}
    assert {name: coupled[name] for name in wanted} == wanted
    assert (coupled["PLLINE-PRODPRICE"], coupled["CURRENCY"], coupled["UNIT GROUP"]) == (83, 160, 149)
    assert coupled["OPPORTUNITY"] >= 20
    assert coupled["POSTEDSALESINV-INV"] >= 13
    waiting = {name: each["waiting"] for name, each in report["accounted"].items()}
    assert {name: waiting[name] for name in FOR_GOOD} == FOR_GOOD


def test_a_record_costs_little(report: dict[str, Any]) -> None:
    """A mapping costs its looks, whatever it holds, and a record next to nothing.

    The minute's own looks go on meanwhile, once for each minute that has begun.
    """
    first, second = report["full_synchronization_costs"]
    looks = sum(report["quiet_cycle"]["requests"].values())
    meanwhile = [looks * (1 + each["seconds"] // 60) for each in (first, second)]
    for each, beside, a_mapping, a_record in (
        (first, meanwhile[0], 5, 0.05),
        (second, meanwhile[1], 3.5, 0.03),
    ):
        most = beside + a_mapping * len(MAPPINGS) + a_record * each["records"]
        assert sum(each["requests"].values()) < most
    assert first["writes"]["sales"] > 1000


def test_the_counters_are_the_sums_of_the_jobs(report: dict[str, Any]) -> None:
    """What was created is coupled; the couplings are those found by match and those made.

    A customer that is created and waits for its primary contact counts as waiting.
    """
    mapping, first = report["mappings"]["CONTACT"], report["full_synchronizations"][0]["CONTACT"]
    created = sum(mapping[direction]["inserted"] for direction in ("to_sales", "from_sales"))
    by_match = first["to_sales"]["given"] - first["to_sales"]["waiting"]
    assert mapping["couplings"] == by_match + created


def test_nothing_is_doubled_and_nothing_failed(report: dict[str, Any]) -> None:
    assert report["duplicates"] == {"bc": 0, "sales": 0}
    assert [(each["mapping"], each["code"]) for each in report["failures"]] == [
        ("PLLINE-PRODPRICE", "not_carried")
    ]


def test_conflicts_hold_both_values(report: dict[str, Any]) -> None:
    assert report["conflicts"]
    for conflict in report["conflicts"]:
        for values in conflict["fields"].values():
            assert values["bc"] != values["sales"]


def test_all_requests_are_counted_by_kind(report: dict[str, Any]) -> None:
    for side in ("bc", "sales"):
        assert report["requests"][side] == sum(report["requests"]["by_kind"][side].values()) > 0


def test_a_quiet_cycle_asks_each_side_once_for_a_mapping_and_writes_nothing(report: dict[str, Any]) -> None:
    quiet = report["quiet_cycle"]
    assert quiet["writes"] == 0
    assert set(quiet["mappings"]) == MAPPINGS
    for side in ("bc", "sales"):
        tables = quiet["requests_by_table"][side].values()
        assert all(each["requests"] <= len(each["mappings"]) for each in tables)
        told = quiet["batches"][side] + sum(each["requests"] for each in tables)
        most = sum(len(each["mappings"]) for each in tables) + (quiet["deletions"] if side == "bc" else 0)
        assert told == quiet["requests"][side] <= most


def test_an_order_comes_from_sales_and_its_invoice_and_payment_come_back(report: dict[str, Any]) -> None:
    first, second = report["orders"]
    assert (first["transfer"], first["status"], first["reason"]) == ("In Business Central", "Invoiced", None)
    assert (first["state"], first["amount"]) == (INVOICED, 6 * 149.5 + 5 * 4000 + 4 * 107)
    assert (second["transfer"], second["status"], second["state"]) == (
        "In Business Central",
        "Open",
        SUBMITTED,
    )
    proofs = [proof for step in report["steps"] for proof in step["proofs"]]
    told = ("is refused, and nothing of it is carried: Line 1", "is Fulfilled in Sales", "is Paid in Sales")
    assert all(any(part in proof for proof in proofs) for part in told)


def test_the_report_is_written_where_it_was_asked_for(report: dict[str, Any]) -> None:
    assert {"look_back_seconds", "settle_seconds"} == set(report["settings"])
    assert [each["step"] for each in report["steps"]]
    assert all(each["proofs"] for each in report["steps"][1:])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.demo", "--once", "--report", str(tmp_path / "none" / "report.json")],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 2
    assert "report.json" in done.stderr
