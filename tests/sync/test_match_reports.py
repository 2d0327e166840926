"""Matching reports: exact, possible, several and none, each with its reason; accepted all or one by one."""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from local.matching.__main__ import Bounds, parts_over
from local.matching.generated import expected
from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.store.memory import MemoryTables
from shared_code.sync import match_acceptance, match_api, match_reports, views, walks
from shared_code.sync.api import Answer, answering
from shared_code.sync.full_sync import Request, start
from shared_code.sync.messages import DETECTION_QUEUE, MatchStep, from_text
from tests.sync import worlds
from tests.sync.worlds import Operations
from tools.checks.sources import ROOT


def row(number: int, **values: object) -> dict[str, Any]:
    row_id = f"a0000000-0000-4000-8000-{number:012d}"
    return {"accountid": row_id, "name": f"Row {number}", "customertypecode": 3, "statecode": 0} | values


EMAIL = {c["number"]: c["email"] for c in worlds.company().records["customers"]}
NAME = {c["number"]: c["displayName"] for c in worlds.company().records["customers"]}
ONE, TWO, THREE = sorted(worlds.CUSTOMERS)


def world_with(*rows: dict[str, Any]) -> World:
    """Three customers and these accounts; what customers refer to is coupled, they are not."""
    made = worlds.new_world(sales={"account": list(rows)})
    start(made.parts, made.at, Request(tuple(made.at.mapping("CUSTOMER").depends_on)))
    worlds.deliver(made)
    worlds.only_customers(made)
    return made


def post(world: World, **body: object) -> Answer:
    sent = {"mapping": "CUSTOMER", **body}
    return answering(lambda: match_api.begin(world.parts, json.dumps(sent).encode(), {}))


def made(world: World, **body: object) -> str:
    answer = post(world, **body)
    assert answer.status == 202, answer.text()
    worlds.deliver(world)
    return str(answer.body["id"])


def shown(world: World, report: str) -> dict[str, Any]:
    answer = answering(lambda: match_api.get(world.parts, report, {}))
    assert answer.status == 200, answer.text()
    return answer.body


def lines(world: World, report: str, result: str = "", limit: int = 100) -> Iterator[dict[str, Any]]:
    query = {"limit": str(limit)} | ({"result": result} if result else {})
    while True:
        page = answering(lambda: match_api.lines(world.parts, report, query)).body
        yield from page["lines"]
        if page["next"] is None:
            return
        query["cursor"] = page["cursor"]


def results(world: World, report: str) -> dict[tuple[str, str], str]:
    """The result of each record, by side and the first word of its name."""
    return {(each["side"], each["name"]): each["result"] for each in lines(world, report)}


def accept(world: World, report: str, **body: object) -> dict[str, Any]:
    answer = answering(lambda: match_api.accept(world.parts, report, json.dumps(body).encode(), {}))
    assert answer.status == 202, answer.text()
    worlds.deliver(world)
    return answer.body


def pairs(world: World) -> set[tuple[str, str]]:
    return {(each.bc_id, each.sales_id) for each in world.at.couplings("CUSTOMER").all_coupled()}


def test_a_report_tells_of_each_record_what_a_match_would_do_and_couples_nothing() -> None:
    world = world_with(
        row(1, accountnumber=f" {ONE} "), row(2, name=NAME[TWO].upper()), row(3, name="Stranger"),
        row(4, emailaddress1=EMAIL[THREE]), row(5, emailaddress1=EMAIL[THREE]),
    )  # fmt: skip
    wires = [worlds.tap(world, side) for side in Side]
    report = made(world)
    assert not any(worlds.is_write(request) for wire in wires for request in wire.seen)
    assert pairs(world) == set()
    found = {(each["side"], each["id"]): each for each in lines(world, report)}
    customer = {n: worlds.customer(world, n)["id"] for n in (ONE, TWO, THREE)}
    exact = found["bc", customer[ONE]]
    assert (exact["result"], exact["candidates"][0]["id"]) == ("exact", row(1)["accountid"])
    assert exact["candidates"][0]["reason"] == "the same number"
    possible = found["bc", customer[TWO]]
    assert (possible["result"], possible["candidates"][0]["id"]) == ("possible", row(2)["accountid"])
    assert possible["candidates"][0]["reason"] == "the same name, which only suggests"
    several = found["bc", customer[THREE]]
    assert {each["id"] for each in several["candidates"]} == {row(4)["accountid"], row(5)["accountid"]}
    assert several["result"] == "several"
    assert found["sales", row(4)["accountid"]]["result"] == "several"
    assert found["sales", row(3)["accountid"]]["result"] == "none"
    counts = shown(world, report)["counts"]
    assert counts == {
        "exact": 1, "possible": 1, "severalInBc": 1, "severalInSales": 2, "noneInBc": 0, "noneInSales": 1,
    }  # fmt: skip
    assert (shown(world, report)["status"], shown(world, report)["percent"]) == ("Finished", 100)


@pytest.mark.parametrize(
    ("case_sensitive", "wanted"), [(False, "exact"), (True, "none")], ids=["any case", "case counts"]
)
def test_criteria_of_ones_own_count_in_their_order_and_case_where_it_is_wanted(
    case_sensitive: bool, wanted: str
) -> None:
    world = world_with(row(1, name=NAME[ONE].upper()))
    report = made(world, criteria=[{"fields": ["name"], "caseSensitive": case_sensitive}])
    assert results(world, report)["sales" if wanted == "none" else "bc", _label(world, wanted)] == wanted


def _label(world: World, wanted: str) -> str:
    return NAME[ONE].upper() if wanted == "none" else f"{ONE} {NAME[ONE]}"


def test_all_fields_of_a_criterion_must_be_equal_and_a_blank_one_matches_nothing() -> None:
    city = next(c["city"] for c in worlds.company().records["customers"] if c["number"] == ONE)
    world = world_with(
        row(1, name=NAME[ONE], address1_city=city), row(2, name=NAME[TWO], address1_city="Elsewhere")
    )
    report = made(world, criteria=[{"fields": ["name", "city"]}])
    found = list(lines(world, report, "exact"))
    assert [each["name"].split()[0] for each in found] == [ONE]
    assert found[0]["candidates"][0]["reason"] == "the same name and city"


def test_an_earlier_criterion_outweighs_a_later_one() -> None:
    world = world_with(
        row(1, accountnumber=ONE, emailaddress1=EMAIL[TWO]),
        row(2, accountnumber="x", emailaddress1=EMAIL[ONE]),
    )
    by_number = made(world, criteria=[{"fields": ["number"]}, {"fields": ["email"]}])
    by_email = made(world, criteria=[{"fields": ["email"]}, {"fields": ["number"]}])
    first = {e["name"].split()[0]: e["candidates"][0]["id"] for e in lines(world, by_number, "exact")}
    second = {e["name"].split()[0]: e["candidates"][0]["id"] for e in lines(world, by_email, "exact")}
    assert first[ONE] == row(1)["accountid"]
    assert second == {ONE: row(2)["accountid"], TWO: row(1)["accountid"]}


@pytest.mark.conforms("139199.MasterDataListCouplingRunsButNoSynchByUserChoice")
def test_accepted_pairs_are_coupled_and_left_as_they_are_where_nothing_else_is_said() -> None:
    world = world_with(row(1, accountnumber=ONE), row(2, accountnumber=TWO))
    report = made(world)
    done = accept(world, report, result="exact")
    assert len(pairs(world)) == 2
    assert {each["name"] for each in worlds.accounts(world)} == {"Row 1", "Row 2"}
    job = world.at.jobs.get(done["job"])
    assert job is not None
    view = views.job_view(world.at, job)
    assert (view["kind"], view["status"], view["toSales"]["coupled"]) == ("coupling", "Finished", 2)
    assert {each["state"] for each in lines(world, report, "exact")} == {"coupled"}


def test_accepted_pairs_take_the_values_of_the_chosen_side() -> None:
    world = world_with(row(1, accountnumber=ONE))
    accept(world, made(world), result="exact", then="bc_values")
    assert worlds.account_of(world, worlds.pair(world, ONE))["name"] == NAME[ONE]


def test_possible_pairs_are_coupled_only_where_they_are_accepted_too() -> None:
    world = world_with(row(1, name=NAME[ONE]))
    report = made(world)
    accept(world, report, result="exact")
    assert pairs(world) == set()
    accept(world, report, result="possible")
    assert pairs(world) == {(worlds.customer(world, ONE)["id"], row(1)["accountid"])}


def test_what_has_no_partner_gets_one_where_a_person_wants_it() -> None:
    world = world_with(
        row(1, accountnumber=ONE), row(2, emailaddress1=EMAIL[TWO]), row(3, emailaddress1=EMAIL[TWO])
    )
    report = made(world)
    accept(world, report, result="none", side="bc")
    names = Counter(each["name"] for each in worlds.accounts(world))
    assert names[NAME[THREE]] == 1
    assert NAME[TWO] not in names


def test_a_record_that_got_another_partner_meanwhile_stays_with_it() -> None:
    world = world_with(row(1, accountnumber=ONE), row(2))
    report = made(world)
    body = {"pairs": [{"bc": worlds.customer(world, ONE)["id"], "sales": row(2)["accountid"]}]}
    from shared_code.sync import coupling_api

    answering(lambda: coupling_api.couple(world.parts, "CUSTOMER", json.dumps(body).encode(), {}))
    done = accept(world, report, result="exact")
    assert pairs(world) == {(worlds.customer(world, ONE)["id"], row(2)["accountid"])}
    job = world.at.jobs.get(done["job"])
    assert job is not None
    assert views.job_view(world.at, job)["toSales"]["skipped"] == 1
    assert {each["state"] for each in lines(world, report, "exact")} == {"coupled_otherwise"}


def test_lines_with_several_candidates_are_never_accepted_in_bulk() -> None:
    world = world_with(row(1, emailaddress1=EMAIL[ONE]), row(2, emailaddress1=EMAIL[ONE]))
    report = made(world)
    body = json.dumps({"result": "several"}).encode()
    answer = answering(lambda: match_api.accept(world.parts, report, body, {}))
    assert (answer.status, answer.body["field"]) == (400, "result")


def test_the_report_is_downloaded_as_a_table_that_a_spreadsheet_takes_for_text() -> None:
    world = world_with(row(1, accountnumber=ONE), row(2, name="=1+1"))
    report = made(world)
    answer = answering(lambda: match_api.download(world.parts, report, {}))
    assert answer.content_type == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text())))
    assert len(rows) == 4
    assert {each["result"] for each in rows} == {"exact", "none"}
    assert "'=1+1" in {each["name"] for each in rows}


def test_pages_hold_every_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared_code.store import match_reports as store

    monkeypatch.setattr(store, "LINES_OF_ROW", 2)
    world = world_with(*(row(n) for n in range(9)))
    report = made(world)
    ids = [each["id"] for each in lines(world, report, limit=2)]
    assert len(ids) == len(set(ids)) == 12


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_whatever_dies_on_the_way_the_report_is_the_same(monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    monkeypatch.setattr(match_reports, "LEAF", 2)
    monkeypatch.setattr(match_reports, "STEP_RECORDS", 2)
    world = world_with(
        row(1, accountnumber=ONE), row(2, name=NAME[TWO]), row(3), row(4, emailaddress1=EMAIL[THREE])
    )
    wanted = results(world, made(world))
    counts = shown(world, made(world))["counts"]
    operations = Operations(world)
    for number in range(1, 400, 7):
        answer = post(world)
        operations.arm(number, late)
        worlds.deliver(world)
        died = operations.count >= number
        operations.disarm()
        world.clock.now += 60
        worlds.deliver(world)
        report = str(answer.body["id"])
        assert results(world, report) == wanted
        assert shown(world, report)["counts"] == counts
        if not died:
            return
    raise AssertionError("more operations than were tried")


def test_a_bulk_acceptance_of_many_goes_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared_code.store import match_reports as store

    monkeypatch.setattr(store, "LINES_OF_ROW", 1)
    monkeypatch.setattr(match_acceptance, "ROWS", 1)
    world = world_with(row(1, accountnumber=ONE), row(2, accountnumber=TWO), row(3, accountnumber=THREE))
    done = accept(world, made(world), result="exact", then="merge")
    assert len(pairs(world)) == 3
    job = world.at.jobs.get(done["job"])
    assert job is not None
    assert walks.is_complete(world.at, job)
    assert views.job_view(world.at, job)["toSales"]["given"] == 3


BAD = [
    ({"mapping": "X"}, "mapping"),
    ({"criteria": []}, "criteria"),
    ({"criteria": "name"}, "criteria"),
    ({"criteria": [{"fields": ["nothing"]}]}, "criteria"),
    ({"criteria": [{"fields": []}]}, "criteria"),
    ({"criteria": [{"fields": ["name"], "case": True}]}, "criteria"),
    ({"criteria": [{"fields": ["name"], "caseSensitive": 1}]}, "criteria"),
    ({"criteria": [{"fields": ["name"]}] * 9}, "criteria"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_criteria_that_cannot_be_used_are_400_with_the_field(body: dict[str, Any], field: str) -> None:
    answer = post(world_with(), **body)
    assert (answer.status, answer.body["field"]) == (400, field)


def test_a_report_that_is_not_there_is_404() -> None:
    world = world_with()
    assert answering(lambda: match_api.get(world.parts, "1", {})).status == 404
    assert answering(lambda: match_api.lines(world.parts, "1", {})).status == 404
    assert answering(lambda: match_api.accept(world.parts, "1", b'{"result": "exact"}', {})).status == 404


def test_many_records_are_matched_a_page_at_a_time() -> None:
    """The generated records of the measurement, fewer of them."""
    parts = parts_over(MemoryTables(), 10_000)
    at = parts.connection("generated")
    report = match_reports.begin(parts, at, at.mapping("CUSTOMER"), at.mapping("CUSTOMER").match)
    for _ in range(1000):
        received = parts.queue.receive(DETECTION_QUEUE, 1, 600)
        if not received:
            break
        step = from_text(received[0].body)
        assert isinstance(step, MatchStep)
        match_reports.take_step(parts, step)
        parts.queue.delete(DETECTION_QUEUE, received[0])
    counts = match_api.get(parts, report.id, {}).body["counts"]
    assert {name: counts[name] for name in expected(10_000)} == expected(10_000)
    assert list(at.match_reports._tables.query("MatchReports", f"generated|{report.id}|work")) == []


@pytest.mark.storage
@pytest.mark.slow
def test_a_report_over_many_takes_seconds_and_the_memory_of_a_page() -> None:
    """The measurement itself, over a fifth of its records and as a process of its own."""
    command = [sys.executable, "-m", "local.matching", "--records", "20000"]
    done = subprocess.run([*command, "--within", "60", "--memory", "60"], cwd=ROOT, text=True, timeout=300)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("bounds", "faults"), [((9, 9), 0), ((1, 9), 1), ((9, 1), 1), ((1, 1), 2), ((math.inf, math.inf), 0)]
)
def test_a_measurement_fails_where_a_bound_is_broken(bounds: tuple[float, float], faults: int) -> None:
    assert len(Bounds(*bounds).broken(5.0, 5.0)) == faults
