"""The HTTP answers: bad input names field and reason, an unknown id is 404, what is asked for is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from local.simulation.world import World
from shared_code.core.outcome import NEVER_S, Outcome, Problem
from shared_code.core.records import Side
from shared_code.store.tables import StorageRefused, StorageUnavailable
from shared_code.sync import api
from shared_code.sync.api import RETRY_AFTER_S, Answer, answering
from shared_code.sync.api_input import MAX_BODY_BYTES
from shared_code.sync.parts import Parts
from shared_code.systems.interface import SystemUnavailable, Throttled
from tests.sync import worlds


@pytest.fixture(scope="module")
def world() -> World:
    return worlds.synced()


@pytest.fixture(scope="module")
def two() -> World:
    from tests.sync.test_two_companies import other_company

    return worlds.new_world([worlds.company(), other_company()])


def post(world: World, body: bytes, **query: str) -> Answer:
    return answering(lambda: api.start_full_sync(world.parts, body, query))


def document(answer: Answer) -> dict[str, Any]:
    """The answer as it goes over the wire."""
    found: dict[str, Any] = json.loads(answer.text().encode("utf-8"))
    return found


BAD_BODIES = {
    "no JSON": (b"{", "body"),
    "no UTF-8": (b"\xff\xfe{", "body"),
    "a list": (b"[]", "body"),
    "a text": (b'"x"', "body"),
    "too long": (b'{"mappings": [' + b" " * MAX_BODY_BYTES + b"]}", "body"),
    "deeply nested": (b"[" * 60_000, "body"),
    "an unknown field": (b'{"mapping": []}', "mapping"),
    "a field with half a surrogate pair": (b'{"\\ud800": 1}', "\ud800"),
    "mappings as text": (b'{"mappings": "CUSTOMER"}', "mappings"),
    "mappings as object": (b'{"mappings": {"CUSTOMER": 1}}', "mappings"),
    "a mapping that is a number": (b'{"mappings": [1]}', "mappings"),
    "a mapping that is null": (b'{"mappings": [null]}', "mappings"),
    "an unknown mapping": (b'{"mappings": ["VENDOR"]}', "mappings"),
    "an odd mapping": (b'{"mappings": ["\\ud800"]}', "mappings"),
    "release as truth": (b'{"release": true}', "release"),
    "an unknown release": (b'{"release": ["customer"]}', "release"),
    "an unknown connection": (b'{"connection": "nobody"}', "connection"),
    "a connection as number": (b'{"connection": 1}', "connection"),
    "a connection as list": (b'{"connection": []}', "connection"),
}


@pytest.mark.parametrize(("body", "field"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_body_that_cannot_be_used_is_400_with_field_and_reason(
    world: World, body: bytes, field: str
) -> None:
    before = world.at.full_syncs.running()
    answer = post(world, body)
    shown = document(answer)
    assert answer.status == 400
    assert answer.content_type == "application/problem+json"
    assert shown["status"] == 400
    assert shown["field"].replace("?", "") in (field, "\\ud800", "")
    assert shown["detail"]
    assert world.at.full_syncs.running() == before


def test_no_body_at_all_begins_a_full_synchronisation_of_everything(two: World) -> None:
    answer = post(two, b"  ", connection="usa")
    assert answer.status == 202
    assert answer.headers["Location"].startswith("/api/full-synchronizations/")
    shown = answering(lambda: api.get_full_sync(two.parts, answer.body["id"], {"connection": "usa"}))
    assert {line["mapping"] for line in shown.body["lines"]} == set(two.at.mappings)


def test_with_several_connections_one_must_be_named(two: World) -> None:
    answer = post(two, b"{}")
    assert (answer.status, document(answer)["field"]) == (400, "connection")
    assert "cronus, usa" in document(answer)["detail"]


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "201", "1.5", "ten", "１", "²", "9" * 5000, " 5", "+5", "1e2", "\ud800"]
)
def test_a_limit_that_is_no_number_of_ours_is_400(world: World, text: str) -> None:
    answer = answering(lambda: api.list_jobs(world.parts, {"limit": text}))
    assert (answer.status, document(answer)["field"]) == (400, "limit")


ODD_IDS = [
    "x",
    "0" * 64,
    "0" * 65,
    "a/b",
    "a|b",
    "..",
    "",
    "%2e",
    "é",
    "\ud800",
    "a b",
    "\x00",
    "' or 1 eq 1",
]


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_unknown_or_odd_id_is_404(world: World, odd: str) -> None:
    for ask in (api.get_job, api.get_full_sync):
        answer = answering(lambda ask=ask: ask(world.parts, odd, {}))  # type: ignore[misc]
        assert answer.status == 404
        assert document(answer)["title"]


def test_an_id_of_another_connection_is_404(two: World) -> None:
    started = post(two, b"{}", connection="usa").body["id"]
    answer = answering(lambda: api.get_full_sync(two.parts, started, {"connection": "cronus"}))
    assert answer.status == 404


def test_the_jobs_are_listed_newest_first_with_counters(world: World) -> None:
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 55")
    worlds.cycle(world)
    jobs = document(api.list_jobs(world.parts, {"limit": "3"}))["jobs"]
    assert len(jobs) == 3
    assert jobs[0]["createdAt"] >= jobs[1]["createdAt"] >= jobs[2]["createdAt"]
    assert jobs[0]["toSales"]["modified"] == 1
    assert document(api.get_job(world.parts, jobs[0]["id"], {})) == jobs[0]


def test_a_problem_whose_record_has_an_odd_name_is_listed_all_the_same(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, displayName="half \ud800 pair 😀")
    worlds.edit_sales(world, pair, name="another")
    worlds.cycle(world)
    listed = document(api.list_problems(world.parts, {}))["problems"]
    assert [each["code"] for each in listed] in (["conflict"], ["refused"])


def many_problems(world: World, count: int) -> None:
    for mapping in ("CUSTOMER", "CONTACT"):
        store = world.at.couplings(mapping)
        for number in range(count):
            record = f"00000000-0000-4000-8000-{number:012d}"
            for side in Side:
                problem = Problem(side, record, Outcome.FAILED, "refused", "no", next_attempt_at_s=NEVER_S)
                store.transact([store.problem_operation(problem)])


@pytest.mark.parametrize("limit", [1, 7, 100, 1000])
def test_the_pages_of_the_problems_together_are_every_problem_once(limit: int) -> None:
    world = worlds.new_world()
    many_problems(world, 13 if limit < 100 else 600)
    seen: list[tuple[str, str, str]] = []
    query = {"limit": str(limit)}
    while True:
        page = document(answering(lambda query=query: api.list_problems(world.parts, query)))  # type: ignore[misc]
        assert len(page["problems"]) == limit or page["next"] is None
        seen += [(each["mapping"], each["side"], each["id"]) for each in page["problems"]]
        if page["next"] is None:
            break
        address = urlsplit(page["next"])
        assert address.path == "/api/problems"
        query = dict(parse_qsl(address.query))
    assert len(seen) == len(set(seen)) == (13 if limit < 100 else 600) * 4


def test_a_page_goes_on_where_it_was_although_the_record_it_names_is_in_step_now(world: World) -> None:
    made = worlds.new_world()
    many_problems(made, 3)
    following = document(answering(lambda: api.list_problems(made.parts, {"limit": "2"})))["next"]
    query = dict(parse_qsl(urlsplit(following).query))
    store = made.at.couplings("CONTACT")
    gone = store.all_problems(3)[2]
    store.transact([store.solved_operation(gone)])
    page = document(answering(lambda: api.list_problems(made.parts, query)))
    assert gone.record_id != page["problems"][0]["id"] or gone.side != page["problems"][0]["side"]
    assert len(page["problems"]) == 2


CURSORS = ["", "x", "CUSTOMER", "CUSTOMER|bc", "CUSTOMER|bc|", "CUSTOMER|bc|../x", "VENDOR|bc|1",
           "CUSTOMER|x|1", "CUSTOMER|bc|" + "1" * 65, "CUSTOMER|bc|\ud800"]  # fmt: skip


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_is_none_of_ours_is_400(world: World, cursor: str) -> None:
    answer = answering(lambda: api.list_problems(world.parts, {"cursor": cursor}))
    assert (answer.status, document(answer)["field"]) == (400, "cursor")


@pytest.mark.parametrize("limit", ["0", "1001", "x", ""])
def test_a_page_has_a_limit(world: World, limit: str) -> None:
    answer = answering(lambda: api.list_problems(world.parts, {"limit": limit}))
    assert (answer.status, document(answer)["field"]) == (400, "limit")


def test_health_is_ok_while_all_is_well(world: World) -> None:
    answer = api.get_health(lambda: world.parts, {})
    assert (answer.status, answer.body["status"]) == (200, "ok")


def test_health_is_503_while_storage_does_not_answer() -> None:
    world = worlds.new_world()

    def fail(operation: str, table: str) -> None:
        raise StorageUnavailable("The table service does not answer.")

    world.tables.before = fail
    answer = api.get_health(lambda: world.parts, {})
    assert (answer.status, answer.body["status"]) == (503, "unavailable")
    assert "does not answer" in answer.body["message"]
    assert answer.headers["Retry-After"]


def test_health_is_503_while_storage_cannot_even_be_reached_for_the_first_time() -> None:
    def compose() -> Parts:
        raise StorageUnavailable("create table Jobs: storage did not answer properly.")

    answer = api.get_health(compose, {})
    assert (answer.status, answer.body["status"]) == (503, "unavailable")


type Ask = Callable[[Parts, dict[str, str]], Answer]

ASKS: dict[str, Ask] = {
    "start": lambda parts, query: api.start_full_sync(parts, b"", query),
    "full synchronisation": lambda parts, query: api.get_full_sync(parts, "1", query),
    "jobs": api.list_jobs,
    "job": lambda parts, query: api.get_job(parts, "1", query),
    "problems": api.list_problems,
    "health": lambda parts, query: api.get_health(lambda: parts, query),
}


@pytest.mark.parametrize("name", sorted(ASKS.keys() - {"health"}))
@pytest.mark.parametrize(
    "fault", [StorageUnavailable("busy"), StorageRefused("no right"), SystemUnavailable("off")]
)
def test_what_cannot_be_served_now_is_a_503_problem_that_says_when_to_come_back(
    name: str, fault: Exception
) -> None:
    world = worlds.new_world()

    def fail(operation: str, table: str) -> None:
        raise fault

    world.tables.before = fail
    answer = answering(lambda: ASKS[name](world.parts, {}))
    assert (answer.status, answer.content_type) == (503, "application/problem+json")
    assert document(answer)["detail"] == str(fault)
    assert answer.headers["Retry-After"] == str(RETRY_AFTER_S)


def test_a_system_that_asks_to_wait_says_for_how_long() -> None:
    def ask() -> Answer:
        raise Throttled("wait", 77.4)

    assert answering(ask).headers["Retry-After"] == "77"


def test_a_fault_of_our_own_is_a_500_problem_whose_reference_is_in_the_log_and_whose_text_is_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def ask() -> Answer:
        raise KeyError("pat@contoso.example")

    answer = answering(ask, "reference-17")
    shown = document(answer)
    assert (answer.status, answer.content_type) == (500, "application/problem+json")
    assert shown["reference"] == "reference-17"
    (line,) = caplog.messages
    assert "reference-17" in line
    assert "KeyError at answering" in line
    assert "contoso" not in answer.text() + caplog.text


@pytest.mark.parametrize("name", ASKS)
def test_an_unknown_parameter_is_400_and_named(world: World, name: str) -> None:
    answer = answering(lambda: ASKS[name](world.parts, {"limt": "3", "connection": "cronus"}))
    assert answer.status == 400
    assert document(answer)["field"] == ("connection" if name == "health" else "limt")


@pytest.mark.parametrize("name", ["jobs", "problems", "health"])
def test_a_function_key_may_stand_in_the_address(world: World, name: str) -> None:
    query = {"code": "a key", "clientId": "its name"}
    assert answering(lambda: ASKS[name](world.parts, query)).status == 200
