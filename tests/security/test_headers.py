"""What every answer of the app carries: it is kept nowhere, is what it says it is, and tells no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.security.conftest import App
from tests.security.notices import notification

pytestmark = [pytest.mark.host, pytest.mark.storage]

KNOWN = {
    "server", "date", "content-type", "content-length", "cache-control", "x-content-type-options", "location",
}  # fmt: skip
"""``server``, ``date`` and ``content-length`` are the host's."""
TELLING = ("python", "azure-functions", "traceback", "/site-packages", "werkzeug")


def answers(app: App) -> Iterator[requests.Response]:
    """An answer of each kind that the app itself gives."""
    yield app.with_key("POST", "/full-synchronizations", data=b"{}")
    yield app.with_key("POST", "/full-synchronizations", data=b"[")
    for path in ("/jobs", "/jobs?limit=0", "/jobs/1", "/full-synchronizations/1", "/problems", "/health"):
        yield app.with_key("GET", path)
    job = app.with_key("GET", "/jobs").json()["jobs"][-1]
    yield app.with_key("GET", f"/jobs/{job['id']}")
    yield app.call("POST", "/webhooks/business-central", params={"validationToken": "abc"})
    yield app.call("POST", "/webhooks/business-central", data=notification(app, "vendors", app.secret))
    yield app.call("POST", "/webhooks/business-central", data=b"\xff")
    yield app.call("POST", "/webhooks/sales", params={"code": app.secret})
    yield app.call("POST", "/webhooks/sales")


def test_every_answer_is_kept_nowhere_and_not_guessed_at(app: App) -> None:
    for answer in answers(app):
        told = f"{answer.request.method} {answer.request.path_url}: {answer.status_code} {answer.headers}"
        assert answer.headers.get("Cache-Control") == "no-store", told
        assert answer.headers.get("X-Content-Type-Options") == "nosniff", told


def test_every_answer_is_json_or_plain_text_in_utf_8(app: App) -> None:
    kinds = {answer.headers["Content-Type"] for answer in answers(app) if answer.content}
    assert kinds == {"application/json", "application/problem+json", "text/plain; charset=utf-8"}


def test_no_answer_tells_what_runs_here(app: App) -> None:
    for answer in answers(app):
        assert {name.lower() for name in answer.headers} <= KNOWN
        said = f"{answer.headers} {answer.text}".lower()
        assert not [word for word in TELLING if word in said]


def test_the_platforms_own_answers_have_no_content(app: App) -> None:
    for method, path in (("GET", "/jobs"), ("GET", "/nothing"), ("DELETE", "/jobs"), ("POST", "/health")):
        answer = app.call(method, path)
        assert (answer.status_code in (401, 404), answer.content) == (True, b"")
