"""An API page of a company's own and a Sales table of its own: kept in step by one file and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.mapping_file import FileRefused
from shared_code.store.full_syncs import LineStatus
from shared_code.sync.mapping_files import put_file
from tests.sync import worlds
from tests.sync.copies import copied
from tests.sync.test_mapping_files import later

API = "contoso/fleet/v1.0"
VEHICLES: Mapping[str, Any] = {
    "entity": "vehicle", "table": "Vehicle", "since": 26, "key": "id", "webhooks": True, "required": [],
    "operations": ["get", "post", "patch", "delete"], "navigation": [],
    "properties": [
        {"name": "id", "type": "guid", "readOnly": True, "required": True},
        {"name": "plate", "type": "code", "max": 12, "required": True},
        {"name": "model", "type": "text", "max": 60},
        {"name": "seats", "type": "integer"},
        {"name": "firstRegistered", "type": "date"},
        {"name": "customerNumber", "type": "code", "max": 20},
        {"name": "lastModifiedDateTime", "type": "datetime", "readOnly": True},
    ],
}  # fmt: skip
TABLE: Mapping[str, Any] = {
    "set": "con_vehicles", "id": "con_vehicleid", "name": "con_plate", "ownership": "UserOwned",
    "object_type_code": 10_001, "schema_name": "con_Vehicle", "required_on_create": ["con_plate"],
    "collections": {},
    "columns": {
        "con_vehicleid": {"type": "Uniqueidentifier", "create": True, "required": "SystemRequired"},
        "con_plate": {"type": "String", "max_length": 20, "create": True, "update": True},
        "con_model": {"type": "String", "max_length": 100, "create": True, "update": True},
        "con_seats": {"type": "Integer", "min": 0, "max": 100, "create": True, "update": True},
        "con_registered": {"type": "DateTime", "date_only": True, "format": "DateOnly",
                           "create": True, "update": True},
        "ownerid": {"type": "Owner", "read": "_ownerid_value", "create": True, "update": True,
                    "targets": ["systemuser", "team"], "navigation": "ownerid"},
        "createdon": {"type": "DateTime"}, "modifiedon": {"type": "DateTime"},
        "createdby": {"type": "Lookup", "read": "_createdby_value", "targets": ["systemuser"],
                      "navigation": "createdby"},
        "modifiedby": {"type": "Lookup", "read": "_modifiedby_value", "targets": ["systemuser"],
                       "navigation": "modifiedby"},
        "versionnumber": {"type": "BigInt"},
    },
}  # fmt: skip
FILE = f"""\
name = "VEHICLE"
title = "Vehicles ⇄ vehicles"
direction = "bidirectional"

[bc]
api = "{API}"
table = "vehicles"
display = ["plate", "model"]

[sales]
table = "con_vehicles"
key = "con_vehicleid"
display = ["con_plate"]

[[match]]
field = "plate"
identifies = true

[[fields]]
name = "plate"
type = "code"
bc = "plate"
sales = "con_plate"
bc_length = 12
sales_length = 20

[[fields]]
name = "model"
bc = "model"
sales = "con_model"
bc_length = 60
sales_length = 100
rules = ["collapse"]

[[fields]]
name = "seats"
type = "integer"
bc = "seats"
sales = "con_seats"

[[fields]]
name = "registered"
type = "date"
bc = "firstRegistered"
sales = "con_registered"
"""
RECORDS = [
    {"plate": "AB-1", "model": "Transit", "seats": 3, "firstRegistered": "2024-02-29"},
    {"plate": "AB-2", "model": "Газель", "seats": 0, "firstRegistered": "0001-01-01"},
]


@pytest.fixture
@copied
def world() -> World:
    company = worlds.company()
    records = {**company.records, f"{API}/vehicles": [dict(each) for each in RECORDS]}
    enabled = {"con_vehicle": True}
    sales_options = {
        "tables": {"con_vehicle": TABLE},
        "change_tracking": {**worlds.tracked(), **enabled},
        "optimistic_concurrency": {**worlds.guarded(), **enabled},
    }
    world = worlds.new_world(
        [replace(company, records=records)],
        sales_options=sales_options,
        bc_options={"own_pages": {f"{API}/vehicles": VEHICLES}},
    )
    put_file(world.parts, "VEHICLE", FILE)
    return later(world)


def rows(world: World) -> dict[str, dict[str, Any]]:
    found = world.person_in_sales.call("GET", "con_vehicles")["value"]
    return {row["con_plate"]: row for row in found}


def vehicles(world: World) -> dict[str, dict[str, Any]]:
    person = world.person_in_bc()
    person.root = person.root.replace("/v2.0/companies", f"/{API}/companies")
    return {row["plate"]: row for row in person.call("GET", "vehicles")["value"]}


@pytest.mark.bulk
def test_records_go_both_ways_and_a_quiet_cycle_follows(world: World) -> None:
    world.person_in_sales.call(
        "POST", "con_vehicles", {"con_plate": "zz-9", "con_model": "e-Golf", "con_seats": 5}
    )
    ended = worlds.full(world, release=["VEHICLE"])
    assert ended["VEHICLE"]["jobQueueEntryStatus"] == LineStatus.FINISHED
    assert {plate: row["con_model"] for plate, row in rows(world).items()} == {
        "AB-1": "Transit", "AB-2": "Газель", "zz-9": "e-Golf",
    }  # fmt: skip
    assert vehicles(world)["ZZ-9"]["seats"] == 5
    assert (rows(world)["AB-1"]["con_registered"], rows(world)["AB-2"]["con_registered"]) == (
        "2024-02-29",
        None,
    )
    worlds.cycles(world, 3, 700)
    world.reset_requests()
    worlds.cycle(world, 700)
    assert {kind for kinds in world.requests.values() for kind in kinds} <= {"scan", "read", "identity"}


@pytest.mark.bulk
def test_edits_on_both_sides_are_merged_by_field(world: World) -> None:
    worlds.full(world, release=["VEHICLE"])
    worlds.cycles(world, 2, 700)
    row = rows(world)["AB-1"]
    world.person_in_sales.edit(f"con_vehicles({row['con_vehicleid']})", con_seats=7)
    person = world.person_in_bc()
    person.root = person.root.replace("/v2.0/companies", f"/{API}/companies")
    person.edit(f"vehicles({vehicles(world)['AB-1']['id']})", model="Transit  Custom")
    worlds.cycles(world, 2, 100)
    assert (rows(world)["AB-1"]["con_model"], vehicles(world)["AB-1"]["seats"]) == ("Transit Custom", 7)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"con_seats"', '"con_model"', "con_model"),
        ('"con_vehicles"', '"con_vehicle"', "con_vehicle"),
        ('table = "vehicles"', 'table = "vehicle"', "vehicle"),
        ("sales_length = 100", "sales_length = 101", "con_model"),
        ('bc = "firstRegistered"', 'bc = "firstregistered"', "firstregistered"),
    ],
)
def test_a_file_that_does_not_fit_them_is_refused(world: World, old: str, new: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        put_file(world.parts, "VEHICLE", FILE.replace(old, new, 1))
