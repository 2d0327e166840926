"""Odd inputs of the HTTP API, each chosen by hand: an answer that says what is wrong, never a fault."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.docs.openapi import faults_of_answer
from tests.security.conftest import App
from tests.security.texts import HOSTILE

pytestmark = [pytest.mark.host, pytest.mark.storage]

RUN = "/full-synchronizations"
BODIES = {
    "nested deeply": b"[" * 60_000,
    "nested deeply in a field": b'{"mappings":' + b"[" * 60_000,
    "half a surrogate pair as a field": b'{"\\ud800": 1}',
    "half a surrogate pair as a mapping": b'{"mappings": ["\\ud800"]}',
    "half a surrogate pair as the connection": b'{"connection": "\\udfff"}',
    "a number too long to write": b'{"connection": ' + b"9" * 60_000 + b"}",
    "no number": b'{"mappings": NaN}',
    "too long": b" " + b"{" * 70_000,
    "another encoding": '{"mappings": ["Ü"]}'.encode("utf-16"),
    "no text": b"\xff\x00\xfe",
    "a list": b"[]",
    "a name twice": b'{"connection": "cronus", "connection": "x"}',
    "an unknown field": b'{"<script>": 1}',
    "a hostile mapping": json.dumps({"mappings": HOSTILE}).encode(),
    "a mapping that is very long": json.dumps({"mappings": ["x" * 60_000]}).encode(),
    "a hostile release": json.dumps({"release": ["CUSTOMER' or 1 eq 1"]}).encode(),
}
LIMITS = ["9" * 5000, "0", "201", "-1", "1e2", "٣", "1 ", "+1", "1,1", "' or 1 eq 1", "²"]


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_used_is_400(app: App, name: str) -> None:
    answer = app.with_key("POST", RUN, data=BODIES[name])
    assert answer.status_code == 400
    kind = answer.headers["Content-Type"].split(";")[0]
    assert faults_of_answer("post", RUN, 400, kind, answer.json()) == []


@pytest.mark.parametrize("text", LIMITS)
def test_a_limit_that_is_no_small_number_is_400(app: App, text: str) -> None:
    answer = app.with_key("GET", f"/jobs?limit={quote(text, safe='')}")
    assert (answer.status_code, answer.json()["field"]) == (400, "limit")


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 5000, "CRONUS", "cronus ", "cronus\x00", "*"])
@pytest.mark.parametrize("path", ["/jobs", "/problems", "/jobs/1", f"{RUN}/1"])
def test_a_connection_that_is_not_there_is_400_and_not_repeated(app: App, path: str, text: str) -> None:
    answer = app.with_key("GET", f"{path}?connection={quote(text, safe='')}")
    assert (answer.status_code, answer.json()["field"]) == (400, "connection")
    assert answer.json()["detail"] == "name one of cronus"


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 5000, "a/b", "~", "%00", "\x7f", "٣", "*"])
@pytest.mark.parametrize("path", ["/jobs/", f"{RUN}/"])
def test_an_id_that_is_none_is_404(app: App, path: str, text: str) -> None:
    answer = app.with_key("GET", path + quote(text, safe=""))
    assert answer.status_code == 404


def test_the_id_of_one_kind_is_no_id_of_another(app: App) -> None:
    job = app.with_key("GET", "/jobs").json()["jobs"][0]
    assert app.with_key("GET", f"{RUN}/{job['id']}").status_code == 404
    assert app.with_key("GET", f"/jobs/{job['fullSynchronization']}").status_code == 404


def test_nothing_of_all_this_was_queued_or_kept(app: App) -> None:
    """After the tests above: refusing writes nothing at all."""
    before = app.stored.tables(), app.stored.lengths()
    for body in BODIES.values():
        app.with_key("POST", RUN, data=body)
    for text in HOSTILE:
        app.with_key("GET", f"/jobs/{quote(text, safe='')}?connection={quote(text, safe='')}")
    assert (app.stored.tables(), app.stored.lengths()) == before
