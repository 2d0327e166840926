"""What the API answers fits its description: the real use cases over simulated systems."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.simulation.world import DATA, World, add_options, build, published
from shared_code.store.tables import StorageUnavailable, StoreError
from shared_code.sync import api, coupling_api, full_sync_api, match_api, problem_api
from shared_code.sync.api import Answer, answering
from tests.docs.openapi import faults, faults_of_answer, operation, operations

OPTIONS = {"paymenttermscode": "paymentTerms", "address1_freighttermscode": "shipmentMethods"}


@pytest.fixture(scope="module")
def world() -> World:
    """A world after a full synchronisation and an edit on both sides."""
    company = published()
    company.records["customers"][:] = company.records["customers"][:6]
    company.records["contacts"][:] = company.records["contacts"][:30]
    users = json.loads((DATA / "sales" / "overlap_systemusers.json").read_text("utf-8"))
    world = build([company], {"systemuser": [{**each, "islicensed": True} for each in users]})
    for column, table in OPTIONS.items():
        add_options(world, {column: [each["code"] for each in company.records[table]]})
    answering(lambda: api.start_full_sync(world.parts, b"", {}))
    world.drain()
    _conflict(world)
    return world


def _conflict(world: World) -> None:
    bc, sales = world.person_in_bc(), world.person_in_sales
    account = sales.call("GET", "accounts?$select=accountid,accountnumber")["value"][0]
    customers = bc.call("GET", "customers?$select=id,number")["value"]
    customer = next(each for each in customers if each["number"] == account["accountnumber"])
    bc.edit(f"customers({customer['id']})", displayName="one name")
    sales.edit(f"accounts({account['accountid']})", name="another name")
    world.cycle(700)


def faults_in(method: str, path: str, answer: Answer) -> list[str]:
    """Faults of an answer as it is sent: after a way through text."""
    return faults_of_answer(method, path, answer.status, answer.content_type, json.loads(answer.text()))


def answers(world: World) -> Iterator[tuple[str, str, int, Answer]]:
    """A call of each kind: method, path, the status that is meant, the answer."""
    parts, run, at = world.parts, "/full-synchronizations", "/full-synchronizations/{id}"
    body = json.dumps({"connection": "cronus", "mappings": ["CURRENCY"], "release": []}).encode()
    started = answering(lambda: api.start_full_sync(parts, body, {}))
    yield "post", run, 202, started
    own = str(started.body["id"])
    for action, status in (("pause", 202), ("resume", 202), ("go", 400)):
        body = json.dumps({"action": action}).encode()
        steered = answering(lambda sent=body: full_sync_api.control(parts, own, sent, {}))  # type: ignore[misc]
        yield "post", f"{at}/control", status, steered
    yield "get", at, 200, answering(lambda: api.get_full_sync(parts, str(started.body["id"]), {}))
    world.drain()
    yield "get", at, 200, answering(lambda: api.get_full_sync(parts, str(started.body["id"]), {}))
    again = json.dumps({"action": "restart", "mapping": "CURRENCY"}).encode()
    world.drain()
    yield (
        "post",
        f"{at}/control",
        409,
        answering(lambda: full_sync_api.control(parts, own, b'{"action": "stop"}', {})),
    )
    yield "post", f"{at}/lines", 202, answering(lambda: full_sync_api.control_line(parts, own, again, {}))
    review = answering(lambda: full_sync_api.get_review(parts, {}))
    yield "get", "/full-synchronization-review", 200, review
    yield "post", run, 400, answering(lambda: api.start_full_sync(parts, b"[]", {}))
    yield "get", at, 404, answering(lambda: api.get_full_sync(parts, "nothing", {}))
    jobs = answering(lambda: api.list_jobs(parts, {"limit": "200"}))
    yield "get", "/jobs", 200, jobs
    yield "get", "/jobs", 400, answering(lambda: api.list_jobs(parts, {"limit": "0"}))
    job = str(jobs.body["jobs"][0]["id"])
    yield "get", "/jobs/{id}", 200, answering(lambda: api.get_job(parts, job, {}))
    yield "get", "/jobs/{id}", 404, answering(lambda: api.get_job(parts, "../x", {}))
    yield "get", "/jobs/{id}", 400, answering(lambda: api.get_job(parts, job, {"connection": "x"}))
    yield "get", "/problems", 200, answering(lambda: api.list_problems(parts, {}))
    yield "get", "/problems", 400, answering(lambda: api.list_problems(parts, {"connection": "x"}))
    yield from answers_by_hand(world)
    yield "get", "/health", 400, answering(lambda: api.get_health(lambda: parts, {"x": "1"}))
    yield "get", "/health", 200, api.get_health(lambda: parts, {})


def answers_by_hand(world: World) -> Iterator[tuple[str, str, int, Answer]]:
    """Calls about couplings and problems."""
    parts, couplings = world.parts, "/mappings/{name}/couplings"
    pair = next(iter(world.at.couplings("CUSTOMER").all_coupled()))

    def sent(call: Callable[..., Answer], name: str, **body: object) -> Answer:
        return answering(lambda: call(parts, name, json.dumps(body).encode(), {}))

    pairs, ids = [{"bc": pair.bc_id, "sales": pair.sales_id}], {"side": "bc", "ids": [pair.bc_id]}
    yield "post", couplings, 200, sent(coupling_api.couple, "CUSTOMER", pairs=pairs, check=True)
    yield "post", couplings, 400, sent(coupling_api.couple, "CUSTOMER")
    yield "post", couplings, 404, sent(coupling_api.couple, "NOTHING", pairs=pairs)
    found = answering(lambda: coupling_api.get_pair(parts, "CUSTOMER", pair.bc_id, {}))
    yield "get", f"{couplings}/{{id}}", 200, found
    query = {"text": "10000"}
    offered = answering(lambda: coupling_api.find_records(parts, "CUSTOMER", query))
    yield "get", "/mappings/{name}/records", 200, offered
    yield "post", "/mappings/{name}/partners", 202, sent(coupling_api.create_partners, "CUSTOMER", **ids)
    yield "post", "/mappings/{name}/partners", 409, sent(coupling_api.create_partners, "SALESPEOPLE", **ids)
    yield "post", "/mappings/{name}/synchronize", 202, sent(coupling_api.synchronize, "CUSTOMER", **ids)
    yield "post", "/mappings/{name}/uncouple", 202, sent(coupling_api.uncouple, "CURRENCY", **ids)
    yield from answers_of_matching(world)
    groups = answering(lambda: problem_api.list_groups(parts, {}))
    assert groups.body["groups"]
    yield "get", "/problem-groups", 200, groups
    body = json.dumps({"mapping": "CONTACT", "action": "retry", "records": [{"side": "bc", "id": "x"}]})
    yield "post", "/problems/actions", 202, answering(lambda: problem_api.act(parts, body.encode(), {}))
    yield "post", "/problems/actions", 400, answering(lambda: problem_api.act(parts, b"", {}))


def answers_of_matching(world: World) -> Iterator[tuple[str, str, int, Answer]]:
    """Calls about a matching report."""
    parts, one = world.parts, "/match-reports/{id}"
    begun = answering(lambda: match_api.begin(parts, b'{"mapping": "CUSTOMER"}', {}))
    yield "post", "/match-reports", 202, begun
    report = str(begun.body["id"])
    early = answering(lambda: match_api.accept(parts, report, b'{"result": "exact"}', {}))
    yield "post", f"{one}/accept", 409, early
    world.drain()
    yield "post", "/match-reports", 400, answering(lambda: match_api.begin(parts, b"{}", {}))
    yield "get", "/match-reports", 200, answering(lambda: match_api.list_reports(parts, {}))
    yield "get", one, 200, answering(lambda: match_api.get(parts, report, {}))
    yield "get", one, 404, answering(lambda: match_api.get(parts, "1", {}))
    yield "get", f"{one}/lines", 200, answering(lambda: match_api.lines(parts, report, {}))
    accepted = answering(lambda: match_api.accept(parts, report, b'{"result": "exact"}', {}))
    yield "post", f"{one}/accept", 202, accepted


def test_every_answer_fits_its_description(world: World) -> None:
    for method, path, status, answer in answers(world):
        assert answer.status == status, f"{method} {path}: {answer.text()}"
        assert faults_in(method, path, answer) == []


def test_the_world_shows_what_the_description_is_about(world: World) -> None:
    problems = api.list_problems(world.parts, {}).body["problems"]
    assert {"conflict", "waits_for_lookup"} <= {each["code"] for each in problems}


def test_health_with_a_mapping_switched_off_fits_its_description(world: World) -> None:
    world.at.schedules.change("CURRENCY", 60, disabled_because="a right is missing")
    answer = api.get_health(lambda: world.parts, {})
    assert answer.body["status"] == "degraded"
    assert faults_in("get", "/health", answer) == []


def test_health_without_storage_fits_its_description(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> Any:
        raise StoreError("storage does not answer")

    monkeypatch.setattr(type(world.at.schedules), "all", fail)
    answer = api.get_health(lambda: world.parts, {})
    assert answer.status == 503
    assert faults_in("get", "/health", answer) == []


@pytest.mark.parametrize("fault", [StorageUnavailable("busy"), KeyError("hidden")])
def test_a_call_that_fails_fits_its_description(world: World, fault: Exception) -> None:
    def fail() -> Answer:
        raise fault

    for method, path, _ in operations():
        if not path.startswith("/webhooks") and path != "/health":
            assert faults_in(method, path, answering(fail, "a reference")) == []


@pytest.mark.parametrize("sent", [{}, {"release": ["CUSTOMER"]}, {"mappings": [], "connection": "cronus"}])
def test_a_request_that_is_accepted_fits_its_description(world: World, sent: dict[str, object]) -> None:
    answer = answering(lambda: api.start_full_sync(world.parts, json.dumps(sent).encode(), {}))
    assert answer.status == 202
    assert faults(_request_schema(), sent) == []


@pytest.mark.parametrize("sent", [{"relase": []}, {"mappings": "CUSTOMER"}, {"release": [1]}])
def test_a_request_that_is_refused_does_not_fit_its_description(
    world: World, sent: dict[str, object]
) -> None:
    answer = answering(lambda: api.start_full_sync(world.parts, json.dumps(sent).encode(), {}))
    assert answer.status == 400
    assert faults(_request_schema(), sent)


def _request_schema() -> dict[str, Any]:
    body = operation("post", "/full-synchronizations")["requestBody"]
    schema: dict[str, Any] = body["content"]["application/json"]["schema"]
    return schema
