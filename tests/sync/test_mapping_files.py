"""People's own mapping files: in force within seconds, refused whole, taken back, known to every process."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.compose import LOOK_EVERY_S, Process
from shared_code.core.mapping_file import FileRefused
from shared_code.core.records import Side
from shared_code.store.full_syncs import LineStatus
from shared_code.store.tables import StorageUnavailable
from shared_code.sync import views
from shared_code.sync.full_sync import Request, start
from shared_code.sync.mapping_files import all_files, file_of, put_file, remove_file
from shared_code.sync.tick import tick
from tests.sync import worlds

LOCATIONS = """\
name = "LOCATION"
title = "Locations → territories"
direction = "to_sales"

[bc]
table = "locations"
display = ["code", "displayName"]

[sales]
table = "territories"
key = "territoryid"
display = ["name"]

[[match]]
field = "code"
identifies = true

[[fields]]
name = "code"
type = "code"
bc = "code"
sales = "name"
bc_length = 10
sales_length = 200
rules = [{ template = "{code} {displayName}" }]
"""


def world_with_locations(**options: Any) -> World:
    whole = worlds._published("cronus", "CRONUS International Ltd.")
    few = worlds.company()
    records = {**few.records, "locations": [dict(each) for each in whole.records["locations"]]}
    return worlds.new_world([replace(few, records=records)], **options)


def process_of(world: World) -> Process:
    assert world.process is not None
    return world.process


def later(world: World) -> World:
    """The same process some seconds later."""
    world.clock.now += LOOK_EVERY_S
    world.parts = process_of(world).parts
    return world


def without_phone(world: World) -> str:
    text = world.parts.catalogue.texts["CUSTOMER"]
    start_of = text.index('[[fields]]\nname = "phone"')
    end = text.index("[[fields]]", start_of + 5)
    return text[:start_of] + text[end:]


def test_a_changed_file_is_in_force_within_seconds_and_taken_back_as_fast() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    put_file(world.parts, "CUSTOMER", without_phone(world))
    worlds.cycles(later(world), 3)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycles(world, 2)
    assert worlds.account_of(world, pair)["telephone1"] != "+44 1"
    assert remove_file(world.parts, "CUSTOMER")
    worlds.cycles(later(world), 4, 100)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert not remove_file(world.parts, "CUSTOMER")


@pytest.mark.bulk
def test_a_mapping_of_ones_own_is_synchronised_by_one_file_alone() -> None:
    world = world_with_locations()
    put_file(world.parts, "LOCATION", LOCATIONS)
    ended = worlds.full(later(world), release=["LOCATION"])
    assert ended["LOCATION"]["jobQueueEntryStatus"] == LineStatus.FINISHED
    names = {row["name"] for row in world.person_in_sales.call("GET", "territories?$select=name")["value"]}
    known = world.person_in_bc().call("GET", "locations")["value"]
    assert {f"{each['code']} {each['displayName']}".upper() for each in known} <= names
    world.settle(2)
    world.reset_requests()
    worlds.cycle(world)
    assert not [kind for kind in world.requests["sales"] if "create" in kind or "update" in kind]


@pytest.mark.parametrize("wrong", [LOCATIONS + "x", LOCATIONS.replace("to_sales", "up")])
def test_a_wrong_file_is_refused_and_the_one_before_stays(wrong: str) -> None:
    world = world_with_locations()
    put_file(world.parts, "LOCATION", LOCATIONS)
    with pytest.raises(FileRefused):
        put_file(world.parts, "LOCATION", wrong)
    found = file_of(later(world).parts, "LOCATION")
    assert found
    assert (found.text, found.in_use, found.origin) == (LOCATIONS, True, "own")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('sales = "name"', 'sales = "nmae"', 22, "Sales, nmae"),
        ('bc = "code"', 'bc = "kode"', 21, "Business Central, kode"),
        ("sales_length = 200", "sales_length = 2000", 22, "Sales, name"),
        ('table = "locations"', 'table = "localities"', 0, "Business Central"),
        ('table = "territories"', 'table = "territory"', 0, "Sales"),
    ],
)
def test_what_a_system_does_not_hold_is_refused_with_its_line(
    old: str, new: str, line: int, words: str
) -> None:
    world = world_with_locations()
    with pytest.raises(FileRefused) as raised:
        put_file(world.parts, "LOCATION", LOCATIONS.replace(old, new, 1))
    assert words in str(raised.value)
    assert all(each.suggestion for each in raised.value.faults)
    assert line in {each.line for each in raised.value.faults}
    assert file_of(world.parts, "LOCATION") is None


def test_stock_and_numbers_are_not_written_to_business_central() -> None:
    world = worlds.new_world(features=["extension"], bc_options={"extension": True})
    text = world.parts.catalogue.texts["CUSTOMER"]
    renaming = text.replace("fixed_in_bc = true\n", "", 1)
    start_of = renaming.index('name = "number"')
    renaming = renaming[:start_of] + renaming[start_of:].replace('direction = "to_sales"\n', "", 1)
    with pytest.raises(FileRefused, match="number"):
        put_file(world.parts, "CUSTOMER", renaming)


def test_a_file_that_is_only_checked_is_not_stored() -> None:
    world = world_with_locations()
    put_file(world.parts, "LOCATION", LOCATIONS, only_check=True)
    assert file_of(world.parts, "LOCATION") is None


def test_a_file_of_another_mapping_than_it_is_sent_as_is_refused() -> None:
    world = worlds.new_world()
    with pytest.raises(FileRefused, match="is of the mapping “LOCATION” and was sent as “PLACE”"):
        put_file(world.parts, "PLACE", LOCATIONS)


def test_mappings_that_would_wait_for_each_other_are_refused() -> None:
    world = worlds.new_world()
    circle = world.parts.catalogue.texts["CURRENCY"].replace("[bc]", 'depends_on = ["CUSTOMER"]\n[bc]', 1)
    with pytest.raises(FileRefused, match="wait for each other"):
        put_file(world.parts, "CURRENCY", circle)


def test_what_others_need_is_not_taken_back() -> None:
    world = world_with_locations()
    put_file(world.parts, "LOCATION", LOCATIONS)
    needing = without_phone(world).replace('depends_on = ["', 'depends_on = ["LOCATION", "', 1)
    put_file(world.parts, "CUSTOMER", needing)
    with pytest.raises(FileRefused, match="CUSTOMER needs the mapping"):
        remove_file(later(world).parts, "LOCATION")


def test_a_stored_file_that_does_not_fit_any_more_stops_its_mapping_alone_and_health_says_why() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    needing = without_phone(world).replace('depends_on = ["', 'depends_on = ["LOCATION", "', 1)
    put_file(world.parts, "LOCATION", LOCATIONS)
    put_file(world.parts, "CUSTOMER", needing)
    world.tables.delete("MappingFiles", "files", "LOCATION")
    worlds.edit_bc(later(world), pair, displayName="Other")
    worlds.cycles(world, 2)
    assert worlds.account_of(world, pair)["name"] != "Other"
    health = views.health_view(world.parts)
    assert health["status"] == "degraded"
    assert "there is no mapping “LOCATION”" in health["setAside"]["CUSTOMER"]
    assert "CURRENCY" in world.at.mappings


def test_work_for_a_mapping_this_process_has_not_heard_of_yet_is_done_and_not_thrown_away() -> None:
    world = world_with_locations()
    elder = process_of(world).parts
    put_file(world.parts, "LOCATION", LOCATIONS)
    world.clock.now += LOOK_EVERY_S
    younger = Process(**vars_of(world))
    started = start(
        younger.parts,
        at := next(iter(younger.parts.connections.values())),
        Request(("LOCATION",), ("LOCATION",)),
    )
    assert "LOCATION" not in next(iter(elder.connections.values())).mappings
    world.parts = elder
    worlds.deliver(world)
    assert views.poison_view(elder)["kept"] == 0
    found = at.full_syncs.get(started.id)
    assert found
    assert found[0].finished


def away(*_: object) -> None:
    raise StorageUnavailable("storage is away")


def vars_of(world: World) -> dict[str, Any]:
    """What another process of the same app is made of."""
    made = process_of(world)._assemble.args
    return dict(zip(("settings", "runtime", "tables", "queue", "clients"), made, strict=True))


@pytest.mark.bulk
def test_the_line_of_a_mapping_that_was_taken_back_ends() -> None:
    world = world_with_locations()
    put_file(world.parts, "LOCATION", LOCATIONS)
    started = start(later(world).parts, world.at, Request())
    remove_file(world.parts, "LOCATION")
    worlds.deliver(later(world))
    lines = worlds.lines(world, started.id)
    assert "taken back" in lines["LOCATION"]["message"]
    assert lines["CUSTOMER"]["jobQueueEntryStatus"] == LineStatus.FINISHED


def test_every_file_is_listed_with_where_it_comes_from() -> None:
    world = world_with_locations()
    put_file(world.parts, "LOCATION", LOCATIONS)
    put_file(world.parts, "CUSTOMER", without_phone(world))
    origins = {each.name: each.origin for each in all_files(later(world).parts)}
    assert (origins["LOCATION"], origins["CUSTOMER"], origins["CONTACT"]) == ("own", "changed", "catalogue")


def test_while_storage_is_away_a_process_goes_on_with_what_it_knows() -> None:
    world = worlds.synced()
    before = world.parts
    world.clock.now += LOOK_EVERY_S
    world.tables.before = away
    assert process_of(world).parts is before
    world.tables.before = lambda *_: None
    tick(process_of(world).parts)
    assert Side.BC in world.at.systems
