"""Why a field holds what it holds is told for every coupled record and each of its fields, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.sync import match_api
from shared_code.sync.api import Answer, answering
from shared_code.sync.history import history_api
from tests.docs.openapi import faults_of_answer
from tests.sync import worlds
from tests.sync.previewing.paper_worlds import previewed


@pytest.fixture
def world() -> World:
    return worlds.synced()


def checked(method: str, path: str, answer: Answer) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(answer.text())
    assert faults_of_answer(method, path, answer.status, answer.content_type, sent) == []
    return sent


def why(world: World, pair: Coupling, field: str | None = None, **query: str) -> dict[str, Any]:
    asked = {"mapping": "CUSTOMER", "id": pair.bc_id, **query} | ({"field": field} if field else {})
    return checked("get", "/why", answering(lambda: history_api.why(world.parts, asked)))


def field(world: World, pair: Coupling, name: str) -> dict[str, Any]:
    (found,) = why(world, pair, name)["fields"]
    assert isinstance(found, dict)
    return found


def entries(world: World, pair: Coupling) -> list[dict[str, Any]]:
    asked = {"mapping": "CUSTOMER", "id": pair.sales_id}
    found = checked("get", "/journal", answering(lambda: history_api.journal(world.parts, asked)))
    listed: list[dict[str, Any]] = found["entries"]
    return listed


def test_a_value_of_a_created_record_was_written_by_tandem_from_the_other_side(world: World) -> None:
    found = field(world, worlds.pair(world), "name")
    assert (found["sales"]["writtenBy"], found["bc"]["writtenBy"]) == ("tandem", "other_side")
    assert "the record was created from the other side's" in found["sales"]["why"]
    assert "It was written in Business Central" in found["bc"]["why"]
    assert found["next"] == "Nothing: both sides hold the same."


def test_an_edit_that_was_carried_over_tells_job_reason_and_the_value_before(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1="+44 0")
    worlds.cycle(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    found = field(world, pair, "phone")
    assert found["sales"]["writtenBy"] == "tandem"
    assert found["sales"]["job"] == world.at.jobs.newest(1)[0].id
    assert "Before it was “+44 0”" in found["sales"]["why"]
    assert (found["bc"]["base"], found["bc"]["value"]) == ("+44 1", "+44 1")


def test_an_edit_that_waits_is_a_persons_and_will_be_written(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1="+44 7")
    found = field(world, pair, "phone")
    assert found["sales"]["writtenBy"] == "person"
    assert found["next"].startswith("“+44 7” is written to Business Central, because it had changed there")
    assert why(world, pair)["salesChanged"]["by"] == "Pat"


def test_a_conflict_waits_for_a_person(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.edit_sales(world, pair, address1_city="York")
    worlds.cycle(world)
    shown = why(world, pair, "address")
    assert shown["problem"]["code"] == "conflict"
    city = next(each for each in shown["fields"] if each["field"] == "city")
    assert city["next"] == "Nothing until a person decides the conflict."
    assert {city["bc"]["writtenBy"], city["sales"]["writtenBy"]} == {"person"}


@pytest.mark.bulk
def test_a_pair_without_any_entry_is_explained_by_how_it_was_coupled() -> None:
    bare = {"name": "The Cannon Group PLC", "accountnumber": "10000", "customertypecode": 3}
    world = worlds.new_world(sales={"account": [bare]})
    worlds.full(world, release=["CUSTOMER"])
    pair = worlds.pair(world)
    found = field(world, pair, "number")
    assert found["bc"]["writtenBy"] == found["sales"]["writtenBy"] == "equal_from_the_start"
    assert "the pair was coupled because its records match" in found["sales"]["why"]
    assert "match" in why(world, pair)["coupledBecause"]


def test_every_field_of_every_coupled_record_is_explained(world: World) -> None:
    for pair in world.at.couplings("CUSTOMER").all_coupled():
        shown = why(world, pair)
        assert [each["field"] for each in shown["fields"]] == [
            f.name for f in world.at.mapping("CUSTOMER").fields
        ]
        assert all(each[side]["why"] and each["next"] for each in shown["fields"] for side in ("bc", "sales"))


@pytest.mark.parametrize("side", list(Side))
def test_the_id_may_be_of_either_side(world: World, side: Side) -> None:
    pair = worlds.pair(world)
    assert why(world, pair, id=pair.id_on(side))["bcId"] == pair.bc_id
    assert why(world, pair, id=pair.id_on(side).upper(), side=side.value)["salesId"] == pair.sales_id


def test_asking_why_writes_nothing_and_costs_a_request_of_business_central_and_three_of_sales(
    world: World,
) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    world.reset_requests()
    before = {each.row: each.etag for each in world.tables.scan("Couplings", limit=1000)}
    why(world, pair)
    assert {each.row: each.etag for each in world.tables.scan("Couplings", limit=1000)} == before
    assert world.at.jobs.get("why") is None
    kinds = {side: [k for k in found if k != "identity"] for side, found in world.requests.items()}
    assert kinds == {"bc": ["read"], "sales": ["read", "read", "read"]}


def test_the_journal_lists_the_creation_too_the_newest_first(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    newest, oldest = entries(world, pair)
    assert [each["because"] for each in newest["fields"]] == ["changed"]
    assert {each["because"] for each in oldest["fields"]} == {"created"}


def test_what_was_erased_is_gone_from_storage_and_the_journal_says_so(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 5550100")
    worlds.cycle(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    body = json.dumps({"mapping": "CUSTOMER", "id": pair.bc_id}).encode()
    done = checked("post", "/journal/erase", answering(lambda: history_api.erase(world.parts, body, {})))
    assert done["erased"] == 3
    held = [str(each.values) for each in world.tables.scan("Journal", limit=1000)]
    assert not any("5550100" in text for text in held)
    assert all(
        each["erasedAt"] and {f["new"] for f in each["fields"]} == {None} for each in entries(world, pair)
    )
    assert "Its values were erased on" in field(world, pair, "phone")["sales"]["why"]
    other = worlds.pair(world, "20000")
    assert entries(world, other)[0]["erasedAt"] is None


def test_no_preview_and_no_matching_report_keeps_what_was_erased(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 5550100")
    world.person_in_bc().call("POST", "customers", {"displayName": "Lindbergh, Ada"})
    previewed(world)
    answering(lambda: match_api.begin(world.parts, b'{"mapping": "CUSTOMER"}', {}))
    worlds.deliver(world)
    assert any(secret in kept(world) for secret in ("5550100", "Lindbergh"))
    body = json.dumps({"mapping": "CUSTOMER", "id": pair.bc_id}).encode()
    done = checked("post", "/journal/erase", answering(lambda: history_api.erase(world.parts, body, {})))
    assert done["removed"] == 2
    assert "5550100" not in kept(world)
    assert "Lindbergh" not in kept(world)


def kept(world: World) -> str:
    """All that is in storage, as text."""
    names = list(world.tables._tables)
    return "".join(str(each.values) for name in names for each in world.tables.scan(name, limit=10**6))


BAD: dict[str, tuple[Mapping[str, str], int]] = {
    "no mapping": ({"id": "1"}, 400),
    "no id": ({"mapping": "CUSTOMER"}, 400),
    "an odd id": ({"mapping": "CUSTOMER", "id": "../x"}, 400),
    "an odd side": ({"mapping": "CUSTOMER", "id": "1", "side": "x"}, 400),
    "a record nobody knows": ({"mapping": "CUSTOMER", "id": "1"}, 404),
}


@pytest.mark.parametrize(("query", "status"), BAD.values(), ids=BAD.keys())
def test_a_question_that_names_nothing_is_refused(query: Mapping[str, str], status: int) -> None:
    world = worlds.new_world()
    for path, ask in (("/why", history_api.why), ("/journal", history_api.journal)):
        answer = answering(lambda ask=ask: ask(world.parts, query))  # type: ignore[misc]
        assert answer.status == status
        checked("get", path, answer)


def test_a_field_that_the_mapping_has_not_is_refused_with_those_it_has(world: World) -> None:
    query = {"mapping": "CUSTOMER", "id": worlds.pair(world).bc_id, "field": "fax"}
    answer = answering(lambda: history_api.why(world.parts, query))
    assert (answer.status, answer.body["field"]) == (400, "field")
    assert "phone" in answer.body["detail"]
