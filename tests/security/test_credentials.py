"""Who may call which route.  A new route without a decision here fails the first test."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.security.conftest import App
from tests.security.notices import notification

pytestmark = [pytest.mark.host, pytest.mark.storage]

KEY, CODE, CONTENT = "function key", "webhook secret in the address", "webhook secret in the content"
PERSON = "somebody who is signed in and has a role"
DECISIONS = {
    ("POST", "/full-synchronizations"): KEY,
    ("GET", "/full-synchronizations/{id}"): KEY,
    ("POST", "/full-synchronizations/{id}/control"): KEY,
    ("POST", "/full-synchronizations/{id}/lines"): KEY,
    ("GET", "/full-synchronization-review"): KEY,
    ("GET", "/conflicts"): KEY,
    ("POST", "/conflicts/decide"): KEY,
    ("GET", "/why"): KEY,
    ("GET", "/journal"): KEY,
    ("POST", "/journal/erase"): KEY,
    ("POST", "/compares"): KEY,
    ("GET", "/compares"): KEY,
    ("GET", "/compares/{id}"): KEY,
    ("GET", "/compares/{id}/findings"): KEY,
    ("POST", "/compares/{id}/repair"): KEY,
    ("POST", "/undos"): KEY,
    ("GET", "/undos/{id}"): KEY,
    ("GET", "/undos/{id}/records"): KEY,
    ("POST", "/undos/{id}/run"): KEY,
    ("GET", "/previews"): KEY,
    ("POST", "/previews"): KEY,
    ("GET", "/previews/{id}"): KEY,
    ("DELETE", "/previews/{id}"): KEY,
    ("GET", "/previews/{id}/writes"): KEY,
    ("GET", "/previews/{id}/changed"): KEY,
    ("GET", "/jobs"): KEY,
    ("GET", "/jobs/{id}"): KEY,
    ("GET", "/problems"): KEY,
    ("POST", "/match-reports"): KEY,
    ("GET", "/match-reports"): KEY,
    ("GET", "/match-reports/{id}"): KEY,
    ("GET", "/match-reports/{id}/lines"): KEY,
    ("GET", "/match-reports/{id}/download"): KEY,
    ("POST", "/match-reports/{id}/accept"): KEY,
    ("GET", "/problem-groups"): KEY,
    ("POST", "/problems/actions"): KEY,
    ("POST", "/mappings/{name}/options"): KEY,
    ("POST", "/mappings/{name}/couplings"): KEY,
    ("GET", "/mappings/{name}/couplings/{id}"): KEY,
    ("GET", "/mappings/{name}/records"): KEY,
    ("POST", "/mappings/{name}/partners"): KEY,
    ("POST", "/mappings/{name}/uncouple"): KEY,
    ("POST", "/mappings/{name}/synchronize"): KEY,
    ("POST", "/mappings/{name}/brake/release"): KEY,
    ("POST", "/mappings/{name}/reset"): KEY,
    ("GET", "/mapping-files"): KEY,
    ("GET", "/mapping-files/{name}"): KEY,
    ("PUT", "/mapping-files/{name}"): KEY,
    ("DELETE", "/mapping-files/{name}"): KEY,
    ("GET", "/mapping-schema"): KEY,
    ("GET", "/openapi.json"): KEY,
    ("GET", "/items/{number}/availability"): KEY,
    ("POST", "/items/availability"): KEY,
    ("GET", "/people/items/{number}/availability"): PERSON,
    ("POST", "/connection/switch"): KEY,
    ("POST", "/connection/uncouple"): KEY,
    ("GET", "/setup"): KEY,
    ("PUT", "/setup"): KEY,
    ("GET", "/setup/companies"): KEY,
    ("POST", "/setup/sign-in"): KEY,
    ("POST", "/setup/preparation"): KEY,
    ("GET", "/doctor"): KEY,
    ("GET", "/health"): KEY,
    ("POST", "/webhooks/business-central"): CONTENT,
    ("POST", "/webhooks/sales"): CODE,
}
"""What each route of the app asks for."""

PAGES = [("GET", "/{home:maxlength(0)?}"), ("GET", "/app/{*path}"), ("POST", "/app/{*path}")]
"""Pages for people: who may see them is decided in code (tests/web)."""

WITH_KEY = [each for each, needed in DECISIONS.items() if needed == KEY]
WITH_ACCESS = {200, 202, 400, 404}
"""Ids of these calls are made up and bodies empty: 400 and 404 are answers to somebody who may ask."""


def test_every_route_of_the_app_has_a_decision_and_the_level_that_goes_with_it(app: App) -> None:
    levels = {
        (str(method).upper(), f"/{each['route']}"): str(each["authLevel"]).lower()
        for each in app.bindings()
        for method in each["methods"]
    }
    api = {
        (method, f"/api{path}"): "function" if needed == KEY else "anonymous"
        for (method, path), needed in DECISIONS.items()
    }
    assert levels == {**api, **dict.fromkeys(PAGES, "anonymous")}


def made_up(path: str) -> str:
    """The path with an id and a name that nothing has."""
    return path.replace("{id}", "1").replace("{name}", "nothing").replace("{number}", "nothing")


@pytest.mark.parametrize(("method", "path"), WITH_KEY)
def test_with_the_key_a_route_answers(app: App, method: str, path: str) -> None:
    found = made_up(path)
    assert app.with_key(method, found).status_code in WITH_ACCESS
    assert app.call(method, found, params={"code": app.key}).status_code in WITH_ACCESS


def test_a_disguised_address_of_a_route_asks_for_the_key_too(app: App) -> None:
    for path in ("/Jobs", "//jobs", "/jobs/", "/%6aobs", "/./jobs", "/x/../jobs", "/jobs;x", "/jobs%00"):
        assert app.call("GET", path).status_code in (401, 404)


def test_the_functions_key_opens_no_administration(app: App) -> None:
    for path in ("host/status", "functions", "functions/minute"):
        for key in ("", app.key, app.secret):
            answer = app.call("GET", f"/../admin/{path}", headers={"x-functions-key": key})
            assert answer.status_code in (401, 404)


def test_the_receiver_of_sales_takes_the_secret_in_the_address_alone(app: App) -> None:
    table = {"x-ms-dynamics-entity-name": "account"}
    before = app.stored.lengths()
    wrong: list[Mapping[str, Any]] = [
        *({"params": {"code": text}} for text in ("", "x", app.secret[:-1], app.secret + "x", app.key)),
        {"params": {"code": [app.secret, app.secret]}},
        {"params": {"Code": app.secret}},
        {"headers": {"code": app.secret, "x-functions-key": app.secret}},
        {"data": json.dumps({"code": app.secret})},
        {"params": {"code": "ключ"}},
        {"params": {"code": "\udcff".encode("utf-8", "surrogatepass")}},
    ]
    for each in wrong:
        headers = {**table, **each.get("headers", {})}
        answer = app.call("POST", "/webhooks/sales", **{**each, "headers": headers})
        assert (answer.status_code, answer.content) == (401, b"")
    assert app.stored.lengths() == before
    right = app.call("POST", "/webhooks/sales", params={"code": app.secret}, headers=table)
    assert right.status_code == 200
    assert app.stored.lengths()["tandem-detection"] == before["tandem-detection"] + 1


def test_the_receiver_of_business_central_believes_the_secret_alone(app: App) -> None:
    before = app.stored.lengths()
    for secret in ("", "x", app.secret[:-1], app.secret + "x", app.key, None, [app.secret], {"": app.secret}):
        answer = app.call("POST", "/webhooks/business-central", data=notification(app, "contacts", secret))
        assert (answer.status_code, answer.content) == (200, b"")
    assert app.stored.lengths() == before
    genuine = notification(app, "contacts", app.secret)
    assert app.call("POST", "/webhooks/business-central", data=genuine).status_code == 200
    assert app.stored.lengths()["tandem-detection"] == before["tandem-detection"] + 1


def test_what_is_for_people_takes_neither_a_key_nor_what_anybody_can_write(app: App) -> None:
    """The header of the platform counts only behind it."""
    claims = [{"typ": "tid", "val": app.environment.addresses.tenant_id},
              {"typ": "roles", "val": "Tandem.Administrator"}]  # fmt: skip
    forged = base64.b64encode(json.dumps({"claims": claims}).encode()).decode()
    token = {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}
    stranger = {"cookie": "tandem-stand-in=root"}
    for headers in ({}, {"x-functions-key": app.key}, {"X-MS-CLIENT-PRINCIPAL": forged}, token, stranger):
        answer = app.call("GET", "/people/items/1000/availability", headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (401, "Nobody is signed in.")
    signed_in = app.call(
        "GET", "/people/items/1000/availability", headers={"cookie": "tandem-stand-in=reader"}
    )
    assert signed_in.json()["item"]["number"] == "1000"
