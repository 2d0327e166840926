"""A connection as a whole: switched off and on, and all of its couplings ended at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.store.identities import Switch
from shared_code.sync import api, coupling_api, views
from shared_code.sync.api import answering
from shared_code.sync.connection_api import switch, uncouple
from shared_code.sync.doctor import examination
from shared_code.sync.full_sync import Request, start
from tests.conformance import scenes
from tests.sync import worlds

PLACE = "cronus"


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def call(world: World, route: Any, query: dict[str, str] | None = None, **body: object) -> tuple[int, Any]:
    answer = answering(lambda: route(world.parts, json.dumps(body).encode(), query or {}))
    return answer.status, answer.body


def turn(world: World, on: bool, **more: object) -> dict[str, Any]:
    status, shown = call(world, switch, connection=PLACE, on=on, **more)
    assert status == 200, shown
    return dict(shown)


def why(world: World) -> str:
    return str(views.health_view(world.parts)["connections"][PLACE]["stoppedBecause"])


@pytest.mark.conforms(
    "139196.DisableJobQueueEntriesOnDisableConnection",
    "139160.DisableCRMJobQueueEntriesOnDisableCRMConnection",
    "139195.IsIntegrationEnabledWhenDisabled",
)
def test_while_it_is_off_neither_system_is_asked_anything_and_health_says_so(world: World) -> None:
    pair = worlds.pair(world)
    scenes.refuse_in_sales(world, "name", "Bad", "no")
    worlds.edit_bc(world, pair, displayName="Bad Ltd.")
    worlds.cycle(world)
    assert worlds.codes(world) == ["refused"]  # It would be tried again by itself.
    shown = turn(world, on=False, by="Ann")
    assert (shown["on"], shown["by"]) == (False, "Ann")
    worlds.edit_bc(world, pair, city="Leeds")
    jobs = {each.id for each in world.at.jobs.newest(200)}
    world.reset_requests()
    worlds.cycles(world, 10)
    assert world.requests == {"bc": [], "sales": []}
    assert {each.id for each in world.at.jobs.newest(200)} == jobs
    assert why(world).startswith("The connection is switched off by Ann.")
    health = views.health_view(world.parts)
    assert (health["status"], health["connections"][PLACE]["offSince"]) == ("degraded", shown["offSince"])


@pytest.mark.conforms("139160.EnableCRMJobQueueEntriesOnEnableCRMConnection")
def test_switched_on_it_carries_over_what_changed_meanwhile_on_both_sides(world: World) -> None:
    one, two = worlds.pair(world), worlds.pair(world, "20000")
    turn(world, on=False)
    worlds.edit_bc(world, one, city="Leeds")
    worlds.edit_sales(world, two, telephone1="+44 7")
    worlds.cycles(world, 3)
    assert turn(world, on=True) == {"connection": PLACE, "on": True, "offSince": None, "by": ""}
    worlds.cycle(world)
    assert worlds.account_of(world, one)["address1_city"] == "Leeds"
    assert worlds.customer_of(world, two)["phoneNumber"] == "+44 7"
    assert why(world) == ""
    worlds.assert_whole(world)


@pytest.mark.conforms("139195.TestConnectionWhenDisabled")
def test_the_systems_can_be_examined_while_it_is_off(world: World) -> None:
    turn(world, on=False)
    findings = answering(lambda: examination.get(world.parts, {})).body["findings"]
    told = [(each["level"], each["text"]) for each in findings if each["area"] == "system"]
    assert ("fault", why(world)) in told
    answered = [text for level, text in told if level == "ok"]
    assert all(any(text.startswith(name) for text in answered) for name in ("CRONUS", "contoso"))


def test_what_a_person_starts_while_it_is_off_waits_and_goes_on_by_itself(world: World) -> None:
    pair = worlds.pair(world)
    turn(world, on=False)
    worlds.edit_bc(world, pair, city="Leeds")
    body = json.dumps({"side": "bc", "ids": [pair.bc_id]}).encode()
    answering(lambda: coupling_api.synchronize(world.parts, "CUSTOMER", body, {}))
    begun = start(world.parts, world.at, Request(mappings=["CUSTOMER"]))
    worlds.cycles(world, 6)
    assert worlds.account_of(world, pair)["address1_city"] != "Leeds"
    (line,) = answering(lambda: api.get_full_sync(world.parts, begun.id, {})).body["lines"]
    assert "switched off" in line["message"]
    turn(world, on=True)
    worlds.cycles(world, 8)
    assert worlds.account_of(world, pair)["address1_city"] == "Leeds"
    assert worlds.lines(world, begun.id)["CUSTOMER"]["jobQueueEntryStatus"] == "Finished"


def test_switching_off_twice_keeps_when_and_who(world: World) -> None:
    first = turn(world, on=False, by="Ann")
    world.clock.now += 60
    assert turn(world, on=False, by="Bob") == first


def test_whoever_is_slower_changes_nothing(world: World) -> None:
    turn(world, on=False, by="Ann")
    assert not world.at.identities.put_switch(Switch(5.0, "Bob"))
    assert world.at.identities.switch().by == "Ann"


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ({}, {"on": False}, 400),
        ({}, {"connection": "nobody", "on": False}, 400),
        ({"connection": "other"}, {"connection": PLACE, "on": False}, 400),
        ({}, {"connection": PLACE}, 400),
        ({}, {"connection": PLACE, "on": "false"}, 400),
        ({}, {"connection": PLACE, "on": False, "off": True}, 400),
    ],
)
def test_a_connection_is_switched_by_its_name_and_a_plain_word_only(
    world: World, query: dict[str, str], body: dict[str, object], status: int
) -> None:
    assert call(world, switch, query, **body)[0] == status
    assert why(world) == ""


@pytest.mark.bulk
@pytest.mark.conforms(
    "139195.CleanCDSIntegrationCleansCompanySelectedViaChangeCompany",
    "139195.CleanCDSIntegrationFallsBackToDeleteAllWhenTruncateUnsupported",
)
def test_all_pairs_of_one_company_end_and_another_company_keeps_its_own() -> None:
    second = worlds.company("second", "CRONUS USA, Inc.")
    world = worlds.new_world([worlds.company(), second])
    for name in (PLACE, "second"):
        worlds.full(world, connection=name, release=list(world.at.mappings))
    world.settle(3)

    def coupled(connection: str) -> int:
        at = world.parts.connection(connection)
        return sum(1 for name in at.mappings for _ in at.couplings(name).all_coupled())

    before, rows = coupled("second"), len(worlds.accounts(world))
    assert coupled(PLACE) > 0
    status, shown = call(world, uncouple, connection=PLACE)
    assert (status, set(shown["jobs"])) == (202, set(world.at.mappings))
    worlds.deliver(world)
    assert (coupled(PLACE), coupled("second")) == (0, before)
    assert len(worlds.accounts(world)) == rows


def test_the_pairs_of_a_connection_end_only_where_it_is_named(world: World) -> None:
    assert call(world, uncouple)[0] == 400
    assert sum(1 for _ in world.at.couplings("CUSTOMER").all_coupled()) == 3
