"""The API under calls made up from its description: never a fault, never an answer it does not describe.

A third of the calls fit the description, a third break it somewhere, and a third name what exists; all are
sent to the running host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.environment.settings import ENVIRONMENT
from shared_code.core import match_report
from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_tables, compares, full_syncs
from shared_code.store.azure_tables import AzureTables
from shared_code.store.match_reports import MatchReportStore
from shared_code.store.undos import UndoStore
from tests.docs.openapi import DOCUMENT
from tests.security.conftest import App

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]

EXAMPLES = 25
"""Of each of the three kinds, for each operation; fewer where there are not as many different ones."""
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
type Operation = APIOperation[Any, Any, Any, Any]
type Case = schemathesis.Case[Any]
MODES = GenerationMode


def operations(document: dict[str, Any]) -> list[Operation]:
    described = schemathesis.openapi.from_dict(json.loads(json.dumps(document)))
    return [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]


OPERATIONS = operations(DOCUMENT)
WITHOUT_KEY = operations({**DOCUMENT, "security": []})
"""The same without a place for the app's key: none is made up, and so each call comes with the right one."""


@pytest.fixture(scope="module")
def session(app: App) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["x-functions-key"] = app.key
        yield session


def test_every_operation_of_the_description_is_called() -> None:
    assert len(OPERATIONS) == sum(len(item) for item in DOCUMENT["paths"].values())


@pytest.mark.parametrize("operation", WITHOUT_KEY, ids=lambda operation: operation.label)
def test_whatever_fits_the_description_the_answer_is_a_described_one(
    app: App, session: requests.Session, operation: Operation
) -> None:
    assert send(app, session, operation.as_strategy(MODES.POSITIVE))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_whatever_breaks_the_description_the_answer_is_a_described_one(
    app: App, session: requests.Session, operation: Operation
) -> None:
    assert send(app, session, operation.as_strategy(MODES.NEGATIVE))


@pytest.mark.parametrize("operation", WITHOUT_KEY, ids=lambda operation: operation.label)
def test_what_exists_is_answered_as_described(
    app: App, session: requests.Session, operation: Operation
) -> None:
    statuses = send(app, session, operation.as_strategy(MODES.POSITIVE, **existing(app, operation.label)))
    assert statuses & {200, 202, *REFUSED.get(operation.label, ())}, statuses


REFUSED = {
    "POST /mappings/{name}/brake/release": (409,),
    "GET /people/items/{number}/availability": (401,),
}
"""Calls that are refused although what they name is there: no brake holds here, and nobody is signed in."""


def existing(app: App, label: str) -> dict[str, Any]:
    """What makes a call name something that is there, as overrides of the made-up parameters."""
    if label in ("POST /webhooks/sales", "GET /health", "GET /mapping-schema", "GET /openapi.json"):
        return {"query": {"code": app.secret} if "webhooks" in label else {}}
    if "/mapping-files" in label or "/setup" in label:
        return existing_file(app, label) if "files" in label else existing_setup(app, label)
    if label in OF_RECORDS:
        return existing_pair(app, label)
    if "/undos/{id}" in label:
        return existing_undo(app)
    if "/compares/{id}" in label:
        return existing_compare(app)
    if "/couplings/{id}" in label or "/records" in label:
        return existing_record(app, label)
    if label in ALWAYS:
        return ALWAYS[label]
    if "{name}" in label:
        return {"path_parameters": {"name": "PAYMENT TERMS"}, "query": {"connection": "cronus"}}
    if "/match-reports/{id}" in label or label.startswith("POST /full-synchronizations/{id}"):
        return existing_work(app, label)
    if "/previews/{id}" in label:
        preview = app.with_key("POST", "/previews", data=b"{}").json()["id"]
        return {
            "path_parameters": {"id": preview},
            "query": {"mapping": "CURRENCY"} if "/changed" in label else {},
        }
    if "{id}" not in label:
        return {"query": {"connection": "cronus"}}
    [job, *_] = [each for each in jobs_of(app) if each["fullSynchronization"]]
    found = job["id"] if "/jobs/" in label else job["fullSynchronization"]
    return {"path_parameters": {"id": found}, "query": {}}


ALWAYS: dict[str, dict[str, Any]] = {
    "POST /problems/actions": {
        "query": {}, "body": {"mapping": "CUSTOMER", "action": "retry", "code": "too_large"},
    },
    "POST /connection/switch": {"query": {}, "body": {"connection": "cronus", "on": True}},
    "POST /connection/uncouple": {"query": {}, "body": {"connection": "cronus"}},
    "GET /items/{number}/availability": {"query": {}, "path_parameters": {"number": "1000"}},
    "GET /people/items/{number}/availability": {"query": {}, "path_parameters": {"number": "1000"}},
    "POST /items/availability": {"query": {}, "body": {"items": ["1000", {"item": "NOPE"}]}},
}  # fmt: skip
"""Calls that name what is there from the beginning."""


def jobs_of(app: App) -> list[dict[str, Any]]:
    """The newest jobs: single synchronisations that other calls asked for are among them."""
    jobs: list[dict[str, Any]] = app.with_key("GET", "/jobs", params={"limit": "200"}).json()["jobs"]
    return jobs


OF_RECORDS = (
    "GET /why", "GET /journal", "POST /journal/erase", "POST /conflicts/decide", "POST /undos",
)  # fmt: skip
"""Calls that name a record or a job."""


def existing_pair(app: App, label: str) -> dict[str, Any]:
    """A currency that is coupled, the conflicts of a mapping, or the job that created something."""
    if label == "POST /conflicts/decide":
        return {"query": {}, "body": {"mapping": "CUSTOMER", "winner": "bc", "all": True}}
    if label == "POST /undos":
        return {"query": {}, "body": {"job": app.with_key("GET", "/jobs").json()["jobs"][0]["id"]}}
    query = {"side": "bc", "text": "EUR"}
    [found] = app.with_key("GET", "/mappings/CURRENCY/records", params=query).json()["records"]
    named = {"mapping": "CURRENCY", "id": found["id"]}
    return {"query": {}, "body": named} if label.startswith("POST") else {"query": named}


def existing_setup(app: App, label: str) -> dict[str, Any]:
    """The environment that is there, a setting as it is, or a sign-in under way."""
    if "sign-in" in label:
        return {"query": {}, "body": {}}
    if "preparation" in label:
        code = app.with_key("POST", "/setup/sign-in", data=b"{}").json()["deviceCode"]
        return {"query": {}, "body": {"deviceCode": code}}
    settings = {"MAPPINGS": app.environment.settings["MAPPINGS"]}
    body = {"body": {"settings": settings, "check": True}} if "PUT" in label else {}
    return {"query": {"environment": ENVIRONMENT} if "companies" in label else {}, **body}


def tables_of(app: App) -> AzureTables:
    """The app's storage: nothing works off its queues here, so what has to be at its end is put there."""
    storage = app.environment.addresses.storage
    return AzureTables(ThreadRuntime(), azure_tables.connect({"AzureWebJobsStorage": storage}))


def existing_compare(app: App) -> dict[str, Any]:
    """A compare of one mapping, at its end."""
    body = json.dumps({"mappings": ["CURRENCY"]}).encode()
    found = app.with_key("POST", "/compares", data=body).json()
    store = compares.CompareStore(tables_of(app), found["connection"])
    assert all(store.put(replace(each, phase=compares.Phase.DONE)) for each in store.lines(found["id"]))
    return {"path_parameters": {"id": found["id"]}, "query": {}}


def existing_undo(app: App) -> dict[str, Any]:
    """The undo of a job, after its preview."""
    jobs = app.with_key("GET", "/jobs").json()["jobs"]
    body = json.dumps({"job": jobs[0]["id"]}).encode()
    found = app.with_key("POST", "/undos", data=body).json()
    store = UndoStore(tables_of(app), found["connection"])
    undo = store.get(found["id"])
    assert undo
    assert store.put(replace(undo, position=len(undo.lines)))
    return {"path_parameters": {"id": undo.id}, "query": {}}


def existing_record(app: App, label: str) -> dict[str, Any]:
    """A currency that is coupled, by its code and its id."""
    path, query = {"name": "CURRENCY"}, {"side": "bc", "text": "EUR"}
    if "/records" in label:
        return {"path_parameters": path, "query": query}
    [found] = app.with_key("GET", "/mappings/CURRENCY/records", params=query).json()["records"]
    return {"path_parameters": {**path, "id": found["id"]}, "query": {"side": "bc"}}


def existing_work(app: App, label: str) -> dict[str, Any]:
    """A report, a run that can be stopped, or a line that can be run once more."""
    if "/match-reports/{id}" in label:
        return existing_report(app, label)
    if label.endswith("/lines"):
        return ended_line(app)
    run = app.with_key("POST", "/full-synchronizations", data=b"{}").json()["id"]
    return {"path_parameters": {"id": run}, "query": {}, "body": {"action": "stop"}}


def existing_report(app: App, label: str) -> dict[str, Any]:
    """A finished matching report, of no records."""
    sent = json.dumps({"mapping": "CURRENCY"}).encode()
    found = app.with_key("POST", "/match-reports", data=sent).json()
    report, store = found["id"], MatchReportStore(tables_of(app), found["connection"])
    begun = store.get(report)
    assert begun
    assert store.put(replace(begun, phase=match_report.Phase.READY, finished_at_s=time.time()))
    body = {"body": {"result": "exact"}} if label.startswith("POST") else {}
    return {"path_parameters": {"id": report}, "query": {}, **body}


def ended_line(app: App) -> dict[str, Any]:
    """A line that can be run once more."""
    sent = json.dumps({"mappings": ["CURRENCY"]}).encode()
    found = app.with_key("POST", "/full-synchronizations", data=sent).json()
    run, store = found["id"], full_syncs.FullSyncStore(tables_of(app), found["connection"])
    begun = store.get(run)
    assert begun
    assert all(store.put_line(replace(each, phase=full_syncs.Phase.DONE)) for each in begun[1])
    body = {"mapping": "CURRENCY", "action": "reset"}
    return {"path_parameters": {"id": run}, "query": {}, "body": body}


def existing_file(app: App, label: str) -> dict[str, Any]:
    """The file of a mapping nobody else here needs; one is stored so that it can be taken back."""
    if "{name}" not in label:
        return {"query": {}}
    name, found = "PAYMENT TERMS", app.with_key("GET", "/mapping-files/PAYMENT%20TERMS").json()
    if label.startswith("DELETE"):
        app.with_key("PUT", "/mapping-files/PAYMENT%20TERMS", data=found["text"].encode())
    body = {"body": found["text"]} if label.startswith("PUT") else {}
    return {"path_parameters": {"name": name}, "query": {}, **body}


def send(app: App, session: requests.Session, cases: SearchStrategy[Case]) -> set[int]:
    """Send the calls and check each answer; the statuses that came."""
    statuses: set[int] = set()
    sent: list[Case] = []

    def check(case: Case) -> None:
        answer = case.call(base_url=f"{app.url}/api", session=session)
        case.validate_response(answer, checks=CHECKS)
        statuses.add(answer.status_code)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def call(case: Case) -> None:
        check(case)
        sent.append(case)

    call()
    if len(sent) == 1:
        check(sent[0])  # who asks for the same once more is answered, too
    return statuses
