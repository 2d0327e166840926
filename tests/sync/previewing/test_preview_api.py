"""What the HTTP functions for previews answer; each answer is as the API's description says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.sync.api import Answer, answering
from shared_code.sync.previewing import preview_api, previews
from tests.docs.openapi import faults_of_answer
from tests.sync import worlds
from tests.sync.copies import copied

ONE = "/previews/{id}"


@pytest.fixture
@copied
def world() -> World:
    made = worlds.synced()
    for number, city in zip(worlds.CUSTOMERS, ("Here", "There", "Nowhere"), strict=True):
        worlds.edit_bc(made, worlds.pair(made, number), city=city)
    worlds.new_account(made, "Newcomer Ltd.", creditlimit=500)
    return made


def body_of(method: str, path: str, status: int, answer: Answer) -> dict[str, Any]:
    """The body of an answer that is the described one."""
    assert answer.status == status, answer.text()
    assert faults_of_answer(method, path, status, answer.content_type, json.loads(answer.text())) == []
    return answer.body


def begun(world: World, **request: object) -> str:
    answer = answering(lambda: preview_api.start(world.parts, json.dumps(request).encode(), {}))
    return str(body_of("post", "/previews", 202, answer)["id"])


def finished(world: World, **request: object) -> str:
    preview = begun(world, **request)
    worlds.deliver(world)
    previews.look_after(world.parts, world.at)
    return preview


def refused(world: World, body: bytes, status: int = 400) -> dict[str, Any]:
    return body_of("post", "/previews", status, answering(lambda: preview_api.start(world.parts, body, {})))


def test_a_preview_tells_its_lines_with_counts_and_samples(world: World) -> None:
    preview = begun(world)
    running = body_of("get", ONE, 200, answering(lambda: preview_api.get(world.parts, preview, {})))
    assert running["status"] == "In Process"
    worlds.deliver(world)
    previews.look_after(world.parts, world.at)
    shown = body_of("get", ONE, 200, answering(lambda: preview_api.get(world.parts, preview, {})))
    assert shown["status"] == "Finished"
    lines = {each["mapping"]: each for each in shown["lines"]}
    assert lines["CUSTOMER"]["writes"] == {
        "bc": {"create": 1, "update": 0, "delete": 0},
        "sales": {"create": 0, "update": 4, "delete": 0},
    }
    assert lines["CUSTOMER"]["toSales"]["modified"] == 3
    assert len(lines["CUSTOMER"]["samples"]) == 5
    assert lines["CURRENCY"]["samples"] == []
    assert shown["writes"]["bc"]["create"] == 1


def test_every_write_is_told_page_by_page(world: World) -> None:
    preview, cursor, found = finished(world), "", list[dict[str, Any]]()
    for _ in range(3):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = body_of(
            "get",
            f"{ONE}/writes",
            200,
            answering(lambda q=query: preview_api.writes(world.parts, preview, q)),
        )
        found += page["writes"]
        if not page["next"]:
            break
        cursor = dict(part.split("=", 1) for part in page["next"].split("?")[1].split("&"))["cursor"]
        cursor = cursor.replace("%7C", "|")
    assert page["next"] is None
    assert len(found) == len({(w["side"], w["kind"], w["id"]) for w in found}) == 5
    cities = {w["fields"]["address1_city"]["new"] for w in found if "address1_city" in w["fields"]}
    assert cities == {"Here", "There", "Nowhere"}


def test_the_writes_of_one_mapping_can_be_asked_for(world: World) -> None:
    preview = finished(world)
    page = preview_api.writes(world.parts, preview, {"mapping": "CONTACT"}).body
    assert page["writes"] == []


def test_what_changed_since_is_told(world: World) -> None:
    preview, pair = finished(world), worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1="222")
    answer = answering(lambda: preview_api.changed(world.parts, preview, {"mapping": "CUSTOMER"}))
    changed = body_of("get", f"{ONE}/changed", 200, answer)
    record = {"mapping": "CUSTOMER", "side": "sales", "id": pair.sales_id, "gone": False}
    assert changed == {"changed": [record], "more": False}


def test_previews_are_listed_and_removed(world: World) -> None:
    one = finished(world)
    world.clock.now += 60
    two = finished(world, mappings=["CUSTOMER"])
    listed = body_of("get", "/previews", 200, answering(lambda: preview_api.list_all(world.parts, {})))
    assert [each["id"] for each in listed["previews"]] == [two, one]
    body_of("delete", ONE, 200, answering(lambda: preview_api.remove(world.parts, one, {})))
    body_of("delete", ONE, 404, answering(lambda: preview_api.remove(world.parts, one, {})))
    body_of("get", ONE, 404, answering(lambda: preview_api.get(world.parts, one, {})))
    body_of("get", f"{ONE}/writes", 404, answering(lambda: preview_api.writes(world.parts, one, {})))


def test_a_mapping_file_is_tried_and_a_faulty_one_refused_with_its_faults(world: World) -> None:
    text = world.parts.catalogue.texts["CUSTOMER"]
    preview = finished(world, mappingFile={"name": "CUSTOMER", "text": text})
    shown = body_of("get", ONE, 200, answering(lambda: preview_api.get(world.parts, preview, {})))
    assert shown["mappingFile"] == "CUSTOMER"
    faulty = {"mappingFile": {"name": "CUSTOMER", "text": text.replace('bc = "city"', 'bc = "town"')}}
    answer = refused(world, json.dumps(faulty).encode())
    assert answer["field"] == "mappingFile"
    assert "town" in answer["faults"][0]["reason"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"[]", "body"),
        (b'{"mapping": "CUSTOMER"}', "mapping"),
        (b'{"mappings": ["NONE"]}', "mappings"),
        (b'{"mappingFile": "CUSTOMER"}', "mappingFile"),
        (b'{"mappingFile": {"name": 1, "text": ""}}', "mappingFile"),
        (b'{"acceptSystems": true}', "acceptSystems"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(world: World, body: bytes, field: str) -> None:
    assert refused(world, body)["field"] == field


@pytest.mark.parametrize(
    "query", [{"cursor": "\x00"}, {"cursor": "x" * 2000}, {"limit": "0"}, {"other": "1"}]
)
def test_a_page_that_cannot_be_given_is_refused(world: World, query: dict[str, str]) -> None:
    preview = begun(world)
    body_of("get", f"{ONE}/writes", 400, answering(lambda: preview_api.writes(world.parts, preview, query)))
