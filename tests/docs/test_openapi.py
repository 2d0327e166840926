"""The description of the API is well-formed, complete and in the words of the code."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import azure.functions as func
import pytest
from jsonschema import Draft202012Validator

from functions import (
    api,
    availability,
    compares,
    conflicts,
    connection,
    coupling,
    history,
    matching,
    previews,
    problems,
    setup,
    webhooks,
)
from shared_code.core.availability import Detail, Verdict
from shared_code.core.compare import Finding
from shared_code.core.jobs import JobKind
from shared_code.core.journal import Reason
from shared_code.core.mapping import Direction
from shared_code.core.outcome import PROBLEMS, Outcome
from shared_code.core.records import Side
from shared_code.core.undo import Otherwise, Why
from shared_code.core.why import Author
from shared_code.store.full_syncs import LineStatus
from shared_code.store.undos import Phase
from shared_code.sync import description_api, full_sync
from shared_code.sync.api import MAX_JOBS, MAX_PROBLEMS
from shared_code.sync.api_input import MAX_ID
from shared_code.sync.availability.availability_api import MOST_QUESTIONS
from shared_code.sync.availability.shelf import KEEP_S
from shared_code.sync.comparing.compare_api import MAX_FOUND
from shared_code.sync.conflicts.conflict_api import MAX_CONFLICTS
from shared_code.sync.history.history_api import MAX_ENTRIES
from shared_code.sync.history.undo_api import MAX_RECORDS
from tests.docs.openapi import DOCUMENT, faults, operations, resolve

OPERATIONS = [pytest.param(*each, id=f"{each[0]} {each[1]}") for each in operations()]


def routes() -> dict[tuple[str, str], str]:
    """Method and path of every HTTP function, with who may call it."""
    app = func.FunctionApp()
    for module in (
        api, availability, coupling, matching, previews, problems, conflicts, connection, history, compares,
        setup, webhooks,
    ):  # fmt: skip
        app.register_functions(module.blueprint)
    triggers = [found.get_dict_repr() for each in app.get_functions() if (found := each.get_trigger())]
    assert all(str(each["route"]).startswith("api/") for each in triggers), "use functions.Api"
    return {
        (method.lower(), str(trigger["route"]).removeprefix("api")): str(trigger["authLevel"].name)
        for trigger in triggers
        for method in (str(getattr(each, "name", each)) for each in trigger["methods"])
    }


def test_every_route_of_the_app_is_described_and_nothing_else() -> None:
    assert {(method, path) for method, path, _ in operations()} == set(routes())


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_a_route_asks_for_a_key_exactly_where_its_function_does(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    asks_for_key = operation.get("security", DOCUMENT["security"]) == DOCUMENT["security"]
    assert asks_for_key is (routes()[method, path] == "FUNCTION")


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_an_operation_is_complete(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["operationId"]
    assert operation["summary"]
    assert operation["tags"][0] in {each["name"] for each in DOCUMENT["tags"]}
    assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
    assert all(resolve(each)["description"] for each in operation["responses"].values())
    given = [resolve(each) for each in operation.get("parameters", [])]
    in_path = {each["name"] for each in given if each["in"] == "path" and each["required"]}
    assert in_path == set(re.findall(r"{(\w+)}", path))
    assert all(each["description"] and each["schema"] for each in given)


def test_the_app_serves_the_description_of_its_version() -> None:
    assert description_api.get({}).body == DOCUMENT


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for *_, operation in operations()]
    assert len(ids) == len(set(ids))


def test_the_document_has_the_form_of_openapi_3_1() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    known = {"openapi", "info", "servers", "security", "tags", "paths", "components"}
    assert DOCUMENT.keys() <= known
    assert all(path.startswith("/") for path in DOCUMENT["paths"])


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_a_schema_is_one_and_says_what_it_is(name: str) -> None:
    schema = DOCUMENT["components"]["schemas"][name]
    Draft202012Validator.check_schema(schema)
    assert schema["description"]
    for example in schema.get("examples", []):
        assert faults(schema, example) == []


def nodes(node: object) -> Iterator[dict[str, Any]]:
    """Every object of the document."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(each)


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    used = {each["$ref"] for each in nodes(DOCUMENT) if isinstance(each.get("$ref"), str)}
    for reference in used:
        assert resolve({"$ref": reference})
    named = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "parameters")
        for name in DOCUMENT["components"][kind]
    }
    assert used == named


def test_every_security_requirement_is_a_scheme() -> None:
    required = [each for node in nodes(DOCUMENT) for each in node.get("security", []) if "paths" not in each]
    assert {name for each in required for name in each} == set(DOCUMENT["components"]["securitySchemes"])


def test_every_example_of_a_body_fits_its_schema() -> None:
    bodies = [each for each in nodes(DOCUMENT) if "schema" in each and "example" in each]
    assert bodies
    for each in bodies:
        assert faults(each["schema"], each["example"]) == []


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("Direction", Direction),
        ("Side", Side),
        ("Outcome", Outcome),
        ("JobKind", JobKind),
        ("WrittenBy", Author),
        ("WriteReason", Reason),
        ("Finding", Finding),
        ("Otherwise", Otherwise),
        ("WhyLeft", Why),
        ("UndoPhase", Phase),
        ("AvailabilityVerdict", Verdict),
    ],
)
def test_a_choice_has_the_members_of_the_code(name: str, members: type[StrEnum]) -> None:
    assert DOCUMENT["components"]["schemas"][name]["enum"] == [each.value for each in members]


def test_codes_statuses_and_recommendations_are_those_of_the_code() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["ProblemCode"]["enum"] == list(PROBLEMS)
    assert schemas["LineStatus"]["enum"] == [each.value for each in LineStatus]
    recommendations = {full_sync.FULL, full_sync.COUPLE, full_sync.NOTHING}
    assert set(schemas["Recommendation"]["enum"]) == {"", *recommendations}


def test_limits_are_those_of_the_code() -> None:
    most_of = {
        "/jobs": MAX_JOBS,
        "/problems": MAX_PROBLEMS,
        "/conflicts": MAX_CONFLICTS,
        "/journal": MAX_ENTRIES,
        "/undos/{id}/records": MAX_RECORDS,
        "/compares/{id}/findings": MAX_FOUND,
    }
    for path, most in most_of.items():
        parameters = DOCUMENT["paths"][path]["get"]["parameters"]
        limit = next(each for each in parameters if each.get("name") == "limit")
        assert limit["schema"]["maximum"] == most
    items = DOCUMENT["components"]["schemas"]["AvailabilityQuestions"]["properties"]["items"]
    assert items["maxItems"] == MOST_QUESTIONS
    told = DOCUMENT["components"]["schemas"]["Availability"]["properties"]
    assert told["detail"]["enum"] == [each.value for each in Detail]
    assert f"younger than {KEEP_S:g} seconds" in told["ageSeconds"]["description"]
    ids = [each for each in nodes(DOCUMENT) if each.get("in") == "path"]
    assert {each["schema"]["maxLength"] for each in ids} == {MAX_ID}
