"""Conflicts are listed with all that helps to decide; a decision holds for what was seen, and is done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.journal import Reason
from shared_code.core.records import Side
from shared_code.sync import problem_api
from shared_code.sync.api import Answer, answering
from shared_code.sync.conflicts import conflict_api, deciding
from tests.docs.openapi import faults_of_answer
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def contest(world: World, number: str = "10000") -> Coupling:
    """City and phone are changed on both sides to different values."""
    pair = worlds.pair(world, number)
    worlds.edit_bc(world, pair, city="Leeds", phoneNumber="+44 1")
    worlds.edit_sales(world, pair, address1_city="York", telephone1="+44 2")
    worlds.cycle(world)
    assert "conflict" in worlds.codes(world)
    return pair


def listed(world: World, **query: str) -> list[dict[str, Any]]:
    answer = answering(lambda: conflict_api.list_conflicts(world.parts, query))
    assert (
        faults_of_answer("get", "/conflicts", answer.status, answer.content_type, json.loads(answer.text()))
        == []
    )
    found: list[dict[str, Any]] = answer.body["conflicts"]
    return found


def decide(world: World, **document: object) -> Answer:
    body = json.dumps({"mapping": "CUSTOMER", **document}).encode()
    answer = answering(lambda: conflict_api.decide(world.parts, body, {}))
    sent = json.loads(answer.text())
    assert faults_of_answer("post", "/conflicts/decide", answer.status, answer.content_type, sent) == []
    return answer


def both(world: World, pair: Coupling, column: str, other: str) -> tuple[object, object]:
    return worlds.customer_of(world, pair)[column], worlds.account_of(world, pair)[other]


def test_a_conflict_tells_both_values_the_base_and_who_changed_the_records_when(world: World) -> None:
    before = worlds.customer_of(world, worlds.pair(world))["city"]
    pair = contest(world)
    (found,) = listed(world)
    assert (found["bcId"], found["salesId"]) == (pair.bc_id, pair.sales_id)
    address = next(each for each in found["fields"] if each["group"] == "address")
    assert [address[name]["city"] for name in ("base", "bc", "sales")] == [before, "Leeds", "York"]
    assert found["salesChanged"]["by"] == "Pat"
    assert found["salesChanged"]["at"]
    assert found["bcChanged"]["at"]


@pytest.mark.parametrize("winner", list(Side))
def test_a_decided_record_holds_the_winners_values_on_both_sides_and_the_loser_is_in_the_journal(
    world: World, winner: Side
) -> None:
    pair = contest(world)
    answer = decide(world, winner=winner, records=[pair.bc_id], by="Chris")
    assert (answer.status, answer.body["groups"], answer.body["records"]) == (202, 2, [pair.bc_id])
    worlds.deliver(world)
    won, lost = ("Leeds", "York") if winner is Side.BC else ("York", "Leeds")
    assert both(world, pair, "city", "address1_city") == (won, won)
    assert worlds.problems(world) == []
    entries = world.at.journal.of_record("CUSTOMER", pair.bc_id, world.clock.now)
    (kept,) = [each for each in entries if each.old.get("city") == lost]
    assert (kept.by, kept.because["city"], "city" in kept.overruled) == ("Chris", Reason.DECIDED, True)
    worlds.assert_whole(world)


def test_one_field_may_be_decided_alone_and_the_rest_stays_in_conflict(world: World) -> None:
    pair = contest(world)
    assert decide(world, winner="bc", records=[pair.bc_id], fields=["phone"]).body["groups"] == 1
    worlds.deliver(world)
    assert both(world, pair, "phoneNumber", "telephone1") == ("+44 1", "+44 1")
    assert both(world, pair, "city", "address1_city") == ("Leeds", "York")
    (found,) = listed(world)
    assert [each["group"] for each in found["fields"]] == ["address"]
    decide(world, winner="sales", records=[pair.bc_id], fields=["city"])
    worlds.deliver(world)
    assert both(world, pair, "city", "address1_city") == ("York", "York")


def test_all_conflicts_of_a_mapping_may_be_decided_at_once(world: World) -> None:
    pairs = [contest(world, number) for number in ("10000", "20000")]
    answer = decide(world, winner="sales", all=True)
    assert set(answer.body["records"]) == {each.bc_id for each in pairs}
    worlds.deliver(world)
    assert worlds.problems(world) == []
    assert [both(world, each, "city", "address1_city") for each in pairs] == [("York", "York")] * 2


def test_a_value_edited_after_the_decision_is_asked_anew_and_never_overwritten(world: World) -> None:
    pair = contest(world)
    decide(world, winner="bc", records=[pair.bc_id])
    worlds.edit_sales(world, pair, address1_city="Hull")
    worlds.deliver(world)
    worlds.cycle(world)
    assert both(world, pair, "city", "address1_city") == ("Leeds", "Hull")
    assert both(world, pair, "phoneNumber", "telephone1") == ("+44 1", "+44 1")
    (found,) = listed(world)
    assert [(each["group"], each["decided"]) for each in found["fields"]] == [("address", None)]


def test_a_decision_about_a_version_that_is_not_there_any_more_decides_nothing(world: World) -> None:
    pair = contest(world)
    (seen,) = listed(world)
    worlds.edit_sales(world, pair, address1_city="Hull")
    worlds.cycle(world)
    old = decide(world, winner="bc", records=[{"id": pair.bc_id, "version": seen["version"]}])
    assert (old.body["groups"], old.body["changed"], old.body["job"]) == (0, [pair.bc_id], None)
    (now,) = listed(world)
    new = decide(world, winner="bc", records=[{"id": pair.bc_id, "version": now["version"]}])
    assert new.body["groups"] == 2


def test_a_decision_whose_write_is_refused_is_carried_out_when_it_can_be(world: World) -> None:
    pair = worlds.pair(world)
    long = "x" * 120
    worlds.edit_bc(world, pair, displayName="Short")
    worlds.edit_sales(world, pair, name=long)
    worlds.cycle(world)
    decide(world, winner="sales", records=[pair.bc_id])
    worlds.deliver(world)
    assert worlds.codes(world) == ["too_long"]
    assert worlds.customer_of(world, pair)["displayName"] == "Short"
    worlds.edit_sales(world, pair, name="Fits")
    worlds.cycles(world, 2)
    assert worlds.codes(world) == ["conflict"]


def test_a_decision_survives_a_process_that_dies(world: World) -> None:
    pair = contest(world)
    decide(world, winner="bc", records=[pair.bc_id])
    wire = worlds.tap(world, Side.SALES)

    def die() -> None:
        raise worlds.Crash

    wire.before = worlds.once(die)
    assert worlds.deliver(world) == 1
    world.clock.now += 60
    worlds.cycles(world, 2)
    assert both(world, pair, "city", "address1_city") == ("Leeds", "Leeds")
    worlds.assert_whole(world)


def test_the_pages_of_the_conflicts_together_are_every_conflict_once(world: World) -> None:
    pairs = {contest(world, number).bc_id for number in ("10000", "20000", "01121212")}
    seen, start = [], None
    while True:
        page, start = deciding.page_of_conflicts(world.at, list(world.at.mappings), 1, start)
        seen += [each.record_id for _, each in page]
        if start is None:
            break
    assert sorted(seen) == sorted(pairs)


BAD: dict[str, tuple[dict[str, object], str]] = {
    "no winner": ({"records": ["1"]}, "winner"),
    "an odd winner": ({"winner": "both", "records": ["1"]}, "winner"),
    "nothing named": ({"winner": "bc"}, "records"),
    "records and all": ({"winner": "bc", "records": ["1"], "all": True}, "records"),
    "an odd record": ({"winner": "bc", "records": ["../x"]}, "records"),
    "a record with more": ({"winner": "bc", "records": [{"id": "1", "x": 1}]}, "records"),
    "too many records": ({"winner": "bc", "records": ["1"] * 1001}, "records"),
    "a field it has not": ({"winner": "bc", "all": True, "fields": ["x"]}, "fields"),
    "a person on two lines": ({"winner": "bc", "all": True, "by": "a\nb"}, "by"),
    "an unknown mapping": ({"winner": "bc", "all": True, "mapping": "X"}, "mapping"),
    "an unknown field": ({"winner": "bc", "all": True, "force": True}, "force"),
}


@pytest.mark.parametrize(("document", "field"), BAD.values(), ids=BAD.keys())
def test_a_decision_that_cannot_be_meant_is_refused_with_field_and_reason(
    document: dict[str, object], field: str
) -> None:
    answer = decide(worlds.new_world(), **document)
    assert (answer.status, answer.body["field"]) == (400, field)


@pytest.mark.parametrize("cursor", ["x", "CUSTOMER|b|bc|1", "CUSTOMER|p|bc|../x", "X|p|bc|1"])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    world = worlds.new_world()
    answer = answering(lambda: conflict_api.list_conflicts(world.parts, {"cursor": cursor}))
    assert (answer.status, answer.body["field"]) == (400, "cursor")


def test_a_record_without_a_conflict_is_told(world: World) -> None:
    pair = worlds.pair(world)
    answer = decide(world, winner="bc", records=[pair.bc_id])
    assert (answer.body["records"], answer.body["notFound"]) == ([], [pair.bc_id])


def test_a_decision_made_while_the_record_is_in_hand_is_carried_out(world: World) -> None:
    """A batch that read the conflict before writes it back after: it must not put the old one over it."""
    pair = contest(world)
    acted = problem_actions(world, "retry")
    assert acted.status == 202

    def decide_now(request: object) -> None:
        assert decide(world, winner="bc", records=[pair.bc_id]).body["records"] == [pair.bc_id]

    worlds.tap(world, Side.SALES).after = worlds.once(lambda: decide_now(None), lambda request: True)
    worlds.deliver(world)
    worlds.cycles(world, 2)
    assert listed(world) == []
    assert both(world, pair, "city", "address1_city") == ("Leeds", "Leeds")


def problem_actions(world: World, action: str) -> Answer:
    body = json.dumps({"mapping": "CUSTOMER", "action": action, "code": "conflict"}).encode()
    return answering(lambda: problem_api.act(world.parts, body, {}))
