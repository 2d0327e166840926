"""The compare proves that nothing drifted, lists what did, and has it repaired."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.sync.api import Answer, answering
from shared_code.sync.comparing import compare_api, comparing
from tests.docs.openapi import faults_of_answer
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def checked(method: str, path: str, answer: Answer) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(answer.text())
    assert faults_of_answer(method, path, answer.status, answer.content_type, sent) == []
    return sent


def compare(world: World, *mappings: str) -> str:
    """Begin a compare and let it come to its end, its second look included."""
    body = json.dumps({"mappings": list(mappings)}).encode()
    begun = checked("post", "/compares", answering(lambda: compare_api.begin(world.parts, body, {})))
    worlds.deliver(world)
    world.clock.now += comparing.CONFIRM_AFTER_S + 1
    worlds.deliver(world)
    return str(begun["id"])


def result(world: World, compare_id: str, mapping: str = "CUSTOMER") -> dict[str, Any]:
    shown = checked("get", "/compares/{id}", answering(lambda: compare_api.get(world.parts, compare_id, {})))
    assert shown["status"] == "Finished"
    return next(each for each in shown["lines"] if each["mapping"] == mapping)


def findings(world: World, compare_id: str) -> list[tuple[str, str, str]]:
    answer = answering(lambda: compare_api.findings(world.parts, compare_id, {}))
    found = checked("get", "/compares/{id}/findings", answer)["findings"]
    return [(each["side"], each["id"], each["finding"]) for each in found]


def repair(world: World, compare_id: str) -> None:
    answer = answering(lambda: compare_api.repair_findings(world.parts, compare_id, b"", {}))
    checked("post", "/compares/{id}/repair", answer)
    worlds.deliver(world)


def passed_over(world: World, pair: Coupling, side: Side, **changes: object) -> None:
    """An edit that no look sees: the watermark passed it."""
    edit = worlds.edit_bc if side is Side.BC else worlds.edit_sales
    edit(world, pair, **changes)
    world.clock.now += 3600
    for name in world.at.mappings:
        page = world.at.systems[side].scan(comparing.table_of(world.at.mapping(name), side), None)
        while page.next:
            page = world.at.systems[side].scan(comparing.table_of(world.at.mapping(name), side), page.next)
        assert page.watermark is not None
        world.at.watermarks.set(name, side, page.watermark.text)


def test_nothing_drifted_is_proved_by_equal_sums_and_costs_a_page_a_side(world: World) -> None:
    world.reset_requests()
    found = result(world, compare(world, "CUSTOMER"))
    assert (found["verdict"], found["suspects"], found["findings"]) == ("in_step", 0, 0)
    for side in ("bc", "sales"):
        assert found[side]["coupled"] == found[side]["stored"]
        assert found[side]["coupled"]["count"] == 3
    kinds = {side: [k for k in found if k != "identity"] for side, found in world.requests.items()}
    assert kinds == {"bc": ["scan"], "sales": ["scan"]}


@pytest.mark.parametrize(
    ("side", "change"), [(Side.BC, {"phoneNumber": "+44 9"}), (Side.SALES, {"telephone1": "+44 9"})]
)
def test_a_change_that_was_passed_over_is_found_on_its_side_and_repaired(
    world: World, side: Side, change: dict[str, object]
) -> None:
    pair = worlds.pair(world)
    passed_over(world, pair, side, **change)
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["phoneNumber"] != worlds.account_of(world, pair)["telephone1"]
    compared = compare(world)
    assert result(world, compared)["verdict"] == "drifted"
    assert findings(world, compared) == [(side.value, pair.id_on(side), "differs")]
    repair(world, compared)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 9"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 9"
    assert result(world, compare(world))["verdict"] == "in_step"


def test_a_change_that_is_carried_over_between_the_two_looks_is_no_finding(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 9")
    begun = comparing.start(world.parts, world.at)
    worlds.deliver(world)
    worlds.cycles(world, 2)
    world.clock.now += comparing.CONFIRM_AFTER_S
    worlds.deliver(world)
    found = result(world, begun)
    assert (found["verdict"], found["suspects"]) == ("in_step", 1)


def test_a_conflict_is_listed_elsewhere_and_no_finding(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.edit_sales(world, pair, address1_city="York")
    worlds.cycle(world)
    assert findings(world, compare(world)) == []


def test_an_undone_value_is_no_finding(world: World) -> None:
    from tests.sync.history.test_undos import begin, carried, run

    pair = worlds.pair(world)
    carried(world, pair, phoneNumber="+44 0")
    run(world, begin(world, job=carried(world, pair, phoneNumber="+44 1")))
    worlds.settled(world)
    assert result(world, compare(world))["verdict"] == "in_step"


def test_a_record_that_is_gone_is_found_missing(world: World) -> None:
    pair = worlds.pair(world)
    worlds.delete_customer(world, pair.bc_id)
    compared = compare(world)
    assert (Side.BC.value, pair.bc_id, "missing") in findings(world, compared)
    repair(world, compared)
    assert "partner_deleted" in worlds.codes(world)


def test_a_record_that_nobody_gave_a_partner_is_found_and_gets_one(world: World) -> None:
    bc_id = worlds.new_customer(world, "Passed over Ltd.")
    passed_over(world, worlds.pair(world), Side.BC)
    worlds.cycles(world, 2)
    compared = compare(world)
    assert findings(world, compared) == [("bc", bc_id, "not_created")]
    repair(world, compared)
    assert worlds.account(world, "Passed over Ltd.")


def test_a_coupling_that_knows_an_older_version_than_it_should_is_no_finding_where_the_values_are_equal(
    world: World,
) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, description="Calls on Mondays")
    passed_over(world, pair, Side.SALES)
    found = result(world, compare(world))
    assert (found["verdict"], found["suspects"]) == ("in_step", 1)


def test_a_step_that_is_delivered_twice_counts_once(world: World) -> None:
    begun = comparing.start(world.parts, world.at, ["CUSTOMER"])
    for _ in range(12):
        for number in range(8):
            comparing.take_step(world.parts, comparing.WalkStep(world.at.name, "CUSTOMER", begun, number))
    worlds.deliver(world)
    assert result(world, begun)["bc"]["coupled"]["count"] == 3


def test_a_compare_survives_processes_that_die(world: World) -> None:
    pair = worlds.pair(world)
    passed_over(world, pair, Side.BC, phoneNumber="+44 9")
    worlds.cycle(world)
    operations = worlds.Operations(world)
    begun = comparing.start(world.parts, world.at, ["CUSTOMER"])
    for number in range(1, 20, 3):
        operations.arm(number, late=bool(number % 2))
        worlds.deliver(world)
        world.clock.now += 40
    operations.disarm()
    for _ in range(3):
        world.clock.now += comparing.CONFIRM_AFTER_S + 60
        worlds.deliver(world)
    assert findings(world, begun) == [("bc", pair.bc_id, "differs")]
    assert result(world, begun)["bc"]["coupled"]["count"] == 3


def test_a_right_that_lacks_ends_its_mapping_alone(world: World) -> None:
    def deny(table: object, cursor: object) -> object:
        raise comparing.AccessDenied("no right to read customers")

    system = world.at.systems[Side.BC]
    original = system.scan
    object.__setattr__(system, "scan", lambda t, c: deny(t, c) if t.name == "customers" else original(t, c))
    compared = compare(world)
    found = result(world, compared)
    assert (found["verdict"], found["message"]) == ("unknown", "no right to read customers")
    assert result(world, compared, "CURRENCY")["verdict"] == "in_step"


def test_a_compare_is_not_repaired_before_its_end(world: World) -> None:
    begun = comparing.start(world.parts, world.at)
    answer = answering(lambda: compare_api.repair_findings(world.parts, begun, b"", {}))
    assert answer.status == 409
    checked("post", "/compares/{id}/repair", answer)


def test_thirty_compares_are_kept(world: World) -> None:
    for _ in range(comparing.KEPT + 3):
        comparing.start(world.parts, world.at, ["CURRENCY"])
        worlds.deliver(world)
        world.clock.now += 60
    listed = checked("get", "/compares", answering(lambda: compare_api.list_all(world.parts, {})))["compares"]
    assert len(listed) == comparing.KEPT
    assert listed[0]["createdAt"] > listed[-1]["createdAt"]


@pytest.mark.parametrize("compare_id", ["x", "compare-1", "../x"])
def test_an_unknown_compare_is_404(world: World, compare_id: str) -> None:
    for path, ask in (
        ("/compares/{id}", compare_api.get),
        ("/compares/{id}/findings", compare_api.findings),
    ):
        answer = answering(lambda ask=ask: ask(world.parts, compare_id, {}))  # type: ignore[misc]
        assert answer.status == 404
        checked("get", path, answer)
