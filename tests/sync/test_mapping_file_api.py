"""The routes of mapping files: what they answer, and that bad input names what is wrong."""

from __future__ import annotations

import tomllib

import pytest
from jsonschema import Draft202012Validator

from local.simulation.world import World
from shared_code.core.mapping_file import MAX_BYTES
from shared_code.sync import mapping_file_api
from shared_code.sync.api import Answer, answering
from tests.sync import worlds
from tests.sync.test_mapping_files import LOCATIONS, later, without_phone


@pytest.fixture
def world() -> World:
    return worlds.new_world()


def put(world: World, name: str, body: bytes, **query: str) -> Answer:
    return answering(lambda: mapping_file_api.put(world.parts, name, body, query))


def delete(world: World, name: str) -> Answer:
    return answering(lambda: mapping_file_api.delete(world.parts, name, {}))


def get(world: World, name: str) -> Answer:
    return answering(lambda: mapping_file_api.get_file(world.parts, name, {}))


def test_a_file_is_checked_stored_read_and_taken_back(world: World) -> None:
    text = without_phone(world)
    checked = put(world, "CUSTOMER", text.encode(), check="true").body
    assert (checked["name"], checked["stored"]) == ("CUSTOMER", False)
    assert get(world, "CUSTOMER").body["origin"] == "catalogue"
    assert put(world, "CUSTOMER", text.encode("utf-8-sig")).body == {"name": "CUSTOMER", "stored": True}
    found = get(later(world), "CUSTOMER").body
    assert (found["origin"], found["text"], found["inUse"], found["setAside"]) == ("changed", text, True, "")
    assert delete(world, "CUSTOMER").status == 200
    assert get(world, "CUSTOMER").body["storedAt"] is None
    assert delete(world, "CUSTOMER").status == 404


def test_every_fault_comes_with_its_line(world: World) -> None:
    wrong = LOCATIONS.replace("to_sales", "up").replace("sales_length", "length")
    answer = put(world, "LOCATION", wrong.encode())
    assert (answer.status, answer.content_type, answer.body["field"]) == (
        400,
        "application/problem+json",
        "body",
    )
    assert [(each["line"], each["suggestion"]) for each in answer.body["faults"]] == [
        (3, "there are to_sales, from_sales, bidirectional"),
        (24, "did you mean “bc_length”?"),
    ]


@pytest.mark.parametrize(
    ("body", "query", "field"),
    [
        (b"\xff", {}, "body"),
        (b"#" * (MAX_BYTES + 1), {}, "body"),
        (LOCATIONS.encode(), {"check": "maybe"}, "check"),
        (LOCATIONS.encode(), {"chek": "true"}, "chek"),
    ],
)
def test_bad_input_names_the_part_that_is_wrong(
    world: World, body: bytes, query: dict[str, str], field: str
) -> None:
    answer = put(world, "LOCATION", body, **query)
    assert (answer.status, answer.body["field"]) == (400, field)


@pytest.mark.parametrize("name", ["NOTHING", "", "x" * 500, "\ud800", "a/b?#"])
def test_a_name_that_nothing_has_is_not_found_or_refused(world: World, name: str) -> None:
    assert get(world, name).status == 404
    assert delete(world, name).status == 404
    assert put(world, name, LOCATIONS.encode()).status == 400


def test_all_files_are_listed(world: World) -> None:
    listed = mapping_file_api.list_files(world.parts, {}).body["mappingFiles"]
    assert {each["name"] for each in listed} == set(world.parts.catalogue.texts)
    assert {each["name"] for each in listed if each["inUse"]} == set(world.at.mappings)


def test_the_schema_that_is_served_is_the_one_of_this_version() -> None:
    answer = mapping_file_api.schema({})
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert Draft202012Validator(answer.body).is_valid(tomllib.loads(LOCATIONS))


def test_a_check_tells_how_many_records_each_filter_takes_in(world: World) -> None:
    """As the services count them, and what they cannot be asked."""
    text = LOCATIONS.replace('table = "locations"', 'table = "locations"\nfilter = \'code != "BLUE"\'', 1)
    text = text.replace('table = "territories"', 'table = "territories"\nfilter = \'name contains "50%"\'', 1)
    world.person_in_sales.call("POST", "territories", {"name": "North"})
    codes = [each["code"] for each in world.person_in_bc().call("GET", "locations")["value"]]
    bc, sales = put(world, "LOCATION", text.encode(), check="true").body["takesIn"]
    assert (bc["side"], bc["filter"]) == ("bc", 'code != "BLUE"')
    assert (bc["records"], bc["of"]) == (sum(code != "BLUE" for code in codes), len(codes))
    assert (sales["records"], sales["of"], sales["orMore"]) == (1, 1, False)
    assert ["wildcard" in each for each in sales["onlyInTandem"]] == [True]
    assert bc["onlyInTandem"] == []
