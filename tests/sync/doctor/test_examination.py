"""The doctor: what is sound is said to be, and each fault comes with its subject and with what to do."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central.options import Permissions
from local.simulators.faults import Fault, FaultPlan
from shared_code.core.table_rules import Template
from shared_code.store import poison
from shared_code.store.mapping_files import MappingFile, MappingFileStore
from shared_code.store.tables import Entity
from shared_code.sync.api import answering
from shared_code.sync.doctor import examination
from shared_code.sync.doctor.findings import Area, Finding, Level, worst
from shared_code.sync.messages import BATCH_QUEUE
from shared_code.systems.http import Client
from tests.conformance import scenes
from tests.docs.openapi import faults_of_answer
from tests.sync import extended_worlds, ordering, worlds


def examined(world: World) -> list[Finding]:
    """The findings, as the described answer tells them, too."""
    answer = answering(lambda: examination.get(world.parts, {}))
    body = json.loads(answer.text())
    assert answer.status == 200, body
    assert faults_of_answer("get", "/doctor", 200, answer.content_type, body) == []
    found = examination.examine(world.parts, list(world.parts.connections.values()))
    told = [(each["area"], each["subject"], each["level"]) for each in body["findings"]]
    assert told == [(each.area, each.subject, each.level) for each in found]
    assert all(each.remedy for each in found if each.level is not Level.OK), found
    return found


def not_ok(world: World) -> list[tuple[Area, str, Level]]:
    return [(each.area, each.subject, each.level) for each in examined(world) if each.level is not Level.OK]


def healthy(**options: Any) -> World:
    world = worlds.synced(**options)
    worlds.cycle(world)
    return world


def test_a_sound_installation_has_only_good_findings() -> None:
    world = healthy()
    found = examined(world)
    assert worst(found) is Level.OK
    assert {each.area for each in found} == set(Area) - {Area.RIGHTS, Area.SETTINGS}
    assert {f"cronus: {name}" for name in world.at.mappings} <= {each.subject for each in found}


def of_templates(world: World) -> list[tuple[str, Level]]:
    found = [each for each in examined(world) if "posting groups" in each.text]
    assert all("TEMPLATES" in each.remedy for each in found)
    return [(each.subject, each.level) for each in found]


def test_whoever_makes_customers_without_a_template_is_told_what_a_bookkeeper_does() -> None:
    """API v2.0 takes none: nothing is wrong with the installation, and a bookkeeper still has to know."""
    assert of_templates(healthy()) == [("cronus: CUSTOMER", Level.OK)]


def test_a_template_that_could_be_named_and_is_not_deserves_a_look() -> None:
    extended = extended_worlds.synced("vendors", mappings=("CUSTOMER", "VENDOR"), templates="VENDOR=DOMESTIC")
    assert of_templates(extended) == [("cronus: CUSTOMER", Level.WARNING)]
    new = Template((("templateCode", "DOMESTIC"),))
    customer = extended.at.mappings["CUSTOMER"]
    scenes.change_mapping(extended, "CUSTOMER", bc=replace(customer.bc, new=(new,)))
    assert of_templates(extended) == []


@pytest.mark.parametrize(
    ("features", "told"),
    [(("orders",), [("cronus: SALESORDER-ORDER", Level.OK)]), (ordering.EXTENSION, [])],
    ids=["v2.0", "extension"],
)
def test_without_the_extension_it_is_told_what_the_external_document_number_is_for(
    features: tuple[str, ...], told: list[tuple[str, Level]]
) -> None:
    found = [each for each in examined(ordering.new_world(features)) if "external document" in each.text]
    assert [(each.subject, each.level) for each in found] == told
    assert all("anything else" in each.remedy for each in found)


def test_examining_writes_nothing() -> None:
    world = healthy()
    before = {
        name: list(world.tables.scan(name, limit=10_000)) for name in ("Couplings", "Schedules", "Jobs")
    }
    world.reset_requests()
    examined(world)
    assert {name: list(world.tables.scan(name, limit=10_000)) for name in before} == before
    reading = {"identity", "metadata", "read", "scan"}
    assert {kind for kinds in world.requests.values() for kind in kinds} <= reading


def test_a_system_that_does_not_answer_is_a_fault_and_its_mappings_are_not_asked() -> None:
    world = healthy()
    world.faults["sales"]._plan = FaultPlan(1, {Fault.STATUS_503: 1.0}, retry_after_s=600)
    found = not_ok(world)
    assert (Area.SYSTEM, "cronus: Sales", Level.FAULT) in found
    assert Area.MAPPING not in {area for area, *_ in found}


@pytest.mark.bulk
@pytest.mark.parametrize(
    ("ahead_s", "level"), [(-3.0, Level.OK), (42.0, Level.WARNING), (-301.0, Level.FAULT)]
)
def test_clocks_that_differ_are_told(ahead_s: float, level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    world = healthy()
    monkeypatch.setattr(Client, "clock_ahead", str(ahead_s))
    clocks = [each for each in examined(world) if each.area is Area.CLOCK]
    assert [each.level for each in clocks] == [level, level]
    assert f"{abs(ahead_s):.0f} s {'behind' if ahead_s < 0 else 'ahead of'} ours" in clocks[0].text


def test_a_table_whose_changes_are_not_tracked_is_a_fault_of_its_mappings() -> None:
    untracked = {"change_tracking": {**worlds.tracked(), "account": False}}
    world = worlds.new_world(sales_options=untracked)
    assert (Area.MAPPING, "cronus: CUSTOMER", Level.FAULT) in not_ok(world)


def test_a_right_that_lacks_is_a_fault_of_its_mapping() -> None:
    world = healthy()
    allowed = {*world.bc.env.types, "companies", "companyInformation"} - {"paymentTerms"}
    world.bc.env.options.users = {
        worlds.CLIENT: Permissions(read=allowed, write=allowed),
        worlds.PERSON: Permissions(),
    }
    found = [
        each
        for each in examined(world)
        if each.area in (Area.RIGHTS, Area.MAPPING) and each.level is not Level.OK
    ]
    assert {each.subject for each in found} == {"cronus: PAYMENT TERMS"}


def test_a_mapping_that_is_switched_off_and_one_that_is_late_are_faults() -> None:
    world = healthy()
    world.at.schedules.change("CURRENCY", 60, disabled_because="a right is missing")
    world.clock.now += 3600
    found = not_ok(world)
    assert (Area.SCHEDULE, "cronus: CURRENCY", Level.FAULT) in found
    assert (Area.SCHEDULE, "cronus: CUSTOMER", Level.FAULT) in found


def test_what_was_never_looked_at_is_a_warning() -> None:
    world = healthy()
    [row] = [each for each in world.tables.query("Schedules", "cronus") if each.row == "CUSTOMER"]
    world.tables.delete("Schedules", row.partition, row.row)
    assert (Area.SCHEDULE, "cronus: CUSTOMER", Level.WARNING) in not_ok(world)


def test_before_anything_was_looked_at_there_is_one_warning_and_not_one_for_each_mapping() -> None:
    world = worlds.new_world()
    found = [each for each in not_ok(world) if each[0] is Area.SCHEDULE]
    assert found == [(Area.SCHEDULE, "cronus: schedules", Level.WARNING)]


def test_an_administrator_s_questions_are_no_service_user_to_look_at() -> None:
    world = healthy()
    [row] = [each for each in world.tables.query("Permits", "permits") if each.row.startswith("sales")]
    world.tables.upsert("Permits", Entity(row.partition, "setup|somebody", {**row.values, "total": 1}))
    assert set(of_limits(world).values()) == {Level.OK}


def test_messages_that_were_given_up_and_files_that_were_set_aside_are_warnings() -> None:
    world = healthy()
    poison.keep(world.tables, BATCH_QUEUE, "nonsense", world.clock.now)
    MappingFileStore(world.tables).put(MappingFile("CURRENCY", "name = 1", world.clock.now))
    assert world.process is not None
    world.clock.now += 60
    world.parts = world.process.parts
    found = not_ok(world)
    assert (Area.QUEUE, BATCH_QUEUE, Level.WARNING) in found
    assert (Area.SETTINGS, "CURRENCY", Level.WARNING) in found


def test_an_unknown_connection_is_refused() -> None:
    answer = answering(lambda: examination.get(healthy().parts, {"connection": "nobody"}))
    assert answer.status == 400


def of_limits(world: World) -> dict[str, Level]:
    """The levels of what is said of limits, by the system."""
    found = [each for each in examined(world) if each.area is Area.LIMITS]
    return {re.findall("Sales|Business Central", each.subject)[0]: each.level for each in found}


def test_a_service_that_asked_to_wait_or_lets_little_through_deserves_a_look() -> None:
    world = healthy()
    assert set(of_limits(world).values()) == {Level.OK}
    [row] = [each for each in world.tables.query("Permits", "permits") if each.row.startswith("sales")]
    closed = {**row.values, "closed_until_s": world.clock.now + 300}
    world.tables.upsert("Permits", Entity(row.partition, row.row, closed))
    assert of_limits(world)["Sales"] is Level.WARNING
    world.tables.upsert("Permits", Entity(row.partition, row.row, {**row.values, "total": 1}))
    assert of_limits(world)["Sales"] is Level.WARNING
