"""The receivers under calls of strangers: always the same answer, nothing queued, nothing sent as a page."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import pytest

from tests.security.conftest import BODY_LIMIT_BYTES, App
from tests.security.notices import entry, notification
from tests.security.texts import HOSTILE

pytestmark = [pytest.mark.host, pytest.mark.storage]

BC, SALES = "/webhooks/business-central", "/webhooks/sales"
TOKENS = [
    *HOSTILE,
    "<img src=x onerror=alert(1)>",
    "<html><body onload=alert(1)>",
    "\r\nSet-Cookie: a=b",
    "\r\n\r\n<html>",
    "a\u2028b",
    "\ufeff<script>",
    "+/v8-<script>",
    "Ł" * 1200,
    "x" * 7000,
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_comes_back_as_plain_text_alone(app: App, token: str) -> None:
    answer = app.call("POST", f"{BC}?validationToken={quote(token, safe='')}")
    assert answer.status_code == 200
    assert answer.content == token[:1024].encode()
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {"Set-Cookie", "If-Match", "Location"}.isdisjoint(answer.headers)


def test_an_odd_token_is_answered_with_plain_text_too(app: App) -> None:
    for query in ("=%ff%fe", "=a&validationToken=b", "=%ed%a0%80", "=%", "=%zz", ""):
        answer = app.call("POST", f"{BC}?validationToken{query}", data=b"<html>")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert b"<" not in answer.content


def test_a_token_asked_for_as_a_page_stays_plain_text(app: App) -> None:
    headers = {"Accept": "text/html", "Content-Type": "text/html", "X-Forwarded-Host": "evil.example"}
    answer = app.call("POST", f"{BC}?validationToken=<b>", headers=headers)
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_page_in_a_browser_cannot_read_an_answer(app: App) -> None:
    answer = app.call("POST", f"{BC}?validationToken=x", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def forgeries(app: App) -> Iterator[bytes]:
    """Contents that no genuine sender sends."""
    wrong, right = "x" * len(app.secret), app.secret
    yield notification(app, "customers", wrong)
    yield notification(app, "customers", right)[:-1]
    yield json.dumps([entry(app, "customers", right)]).encode()
    yield json.dumps({"value": entry(app, "customers", right)}).encode()
    yield json.dumps({"Value": [entry(app, "customers", right)]}).encode()
    yield json.dumps({"value": [[entry(app, "customers", right)]]}).encode()
    yield json.dumps({"value": [{**entry(app, "customers", wrong), "ClientState": right}]}).encode()
    yield json.dumps({"value": [{"clientState": right}]}).encode()
    yield json.dumps({"value": [{"clientState": right, "resource": None}]}).encode()
    yield json.dumps({"value": [{"clientState": right, "resource": {"/customers": 1}}]}).encode()
    yield json.dumps({"value": [{"clientState": right, "resource": "/customers"}]}).encode()
    yield json.dumps({"value": [{**entry(app, "x", right), "resource": "companies(1)/customers"}]}).encode()
    yield json.dumps({"value": [entry(app, "items", right)], "clientState": right}).encode()
    yield gzip.compress(notification(app, "customers", right))
    yield notification(app, "customers", right).replace(b'"clientState"', b'"clientState\\u0000"')
    yield b'{"value":' * 50_000
    yield b'{"value": [' + b"9" * 100_000 + b"]}"
    yield b"clientState=" + right.encode()


def test_forged_contents_are_answered_like_any_other_and_queue_nothing(app: App) -> None:
    before = app.stored.tables(), app.stored.lengths()
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense")
    for content in forgeries(app):
        for kind in kinds:
            answer = app.call("POST", BC, data=content, headers={"Content-Type": kind})
            assert (answer.status_code, answer.content) == (200, b""), content[:80]
    assert (app.stored.tables(), app.stored.lengths()) == before


def test_forged_headers_of_sales_queue_nothing(app: App) -> None:
    before = app.stored.tables(), app.stored.lengths()
    for text in ("account' or 1 eq 1", "account,contact", "ACCOUNT\t", "../account", "", "x" * 30_000):
        headers = {"x-ms-dynamics-entity-name": text}
        answer = app.call("POST", SALES, params={"code": app.secret}, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"")
    assert (app.stored.tables(), app.stored.lengths()) == before


def test_a_notification_sent_again_and_again_is_looked_at_as_one(app: App) -> None:
    before = app.stored.lengths()["tandem-detection"]
    content = notification(app, *["customers"] * 50, app.secret)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: app.call("POST", BC, data=content), range(100)))
    assert {each.status_code for each in answers} == {200}
    assert 1 <= app.stored.lengths()["tandem-detection"] - before <= 6


def test_a_call_of_sales_sent_again_and_again_is_looked_at_as_one(app: App) -> None:
    before = app.stored.lengths()["tandem-detection"]
    headers = {"x-ms-dynamics-entity-name": "account"}

    def call(_: int) -> int:
        return app.call("POST", SALES, params={"code": app.secret}, headers=headers, data=b"{}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(call, range(100))) == {200}
    assert app.stored.lengths()["tandem-detection"] - before <= 6


@pytest.mark.parametrize("content", [b"", b"[" * 60_000, b"\xff\xfe\x00", b"{" + b" " * 17_000_000])
def test_what_a_stranger_sends_in_the_name_of_sales_queues_nothing(app: App, content: bytes) -> None:
    before = app.stored.tables(), app.stored.lengths()
    headers = {"x-ms-dynamics-entity-name": "account", "Content-Type": "application/json"}
    for code in ({}, {"code": "x" * len(app.secret)}, {"code": app.secret[:-1]}):
        answer = app.call("POST", SALES, params=code, headers=headers, data=content)
        assert (answer.status_code, answer.content) == (401, b"")
    assert (app.stored.tables(), app.stored.lengths()) == before


def test_what_is_queued_names_work_and_nothing_that_was_sent(app: App) -> None:
    marked = {**entry(app, "shipmentMethods", app.secret), "marker": "MARKER-A", "changeType": "MARKER-B"}
    app.call("POST", f"{BC}?x=MARKER-C", data=json.dumps({"value": [marked]}).encode())
    app.call("POST", SALES, params={"code": app.secret}, data=b"MARKER-D",
             headers={"x-ms-dynamics-entity-name": "contact", "x-marker": "MARKER-E"})  # fmt: skip
    kept = json.dumps([app.stored.queues(), app.stored.tables()], default=str)
    assert "SHIPMENT METHOD" in kept
    assert "MARKER" not in kept
    assert app.secret not in kept


def test_more_than_is_read_is_answered_and_queues_nothing(app: App) -> None:
    before = app.stored.tables(), app.stored.lengths()
    genuine = notification(app, "customers", app.secret)
    for size in (17_000_000, BODY_LIMIT_BYTES):
        answer = app.call("POST", BC, data=genuine + b" " * (size - len(genuine)))
        assert (answer.status_code, answer.content) == (200, b"")
    assert (app.stored.tables(), app.stored.lengths()) == before


def test_more_than_the_host_takes_is_refused_by_the_host(app: App) -> None:
    before = app.stored.tables(), app.stored.lengths()
    assert app.call("POST", BC, data=b" " * (BODY_LIMIT_BYTES + 1)).status_code == 413
    assert (app.stored.tables(), app.stored.lengths()) == before


def raw(app: App, *lines: bytes, body: bytes = b"") -> bytes:
    """What comes back for a request written by hand."""
    address = urlsplit(app.url)
    assert address.hostname
    assert address.port
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(b"\r\n".join([*lines, b"Host: x", b"Connection: close", b"", body]))
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_requests_written_by_hand_leave_the_receiver_as_it_is(app: App) -> None:
    before = app.stored.tables(), app.stored.lengths()
    start = b"POST /api/webhooks/business-central"
    for lines, body in (
        ((start + b"?validationToken=a%0d%0aX-Evil:%201 HTTP/1.1",), b""),
        ((start + b"?validationToken=a\tb HTTP/1.1",), b""),
        ((start + b" HTTP/1.1", b"Content-Length: 5"), b"\xff\xfe\x00\x01\x02"),
        ((start + b" HTTP/1.1", b"Transfer-Encoding: chunked"), b"3\r\n{{{\r\n0\r\n\r\n"),
        ((start + b" HTTP/1.1", b"Content-Encoding: gzip", b"Content-Length: 4"), b"\x1f\x8b\x08\x00"),
        ((start + b" HTTP/1.1", b"X-Odd: \xff\xfe", b"Content-Length: 0"), b""),
        ((start + b" HTTP/1.0",), b""),
    ):
        head = raw(app, *lines, body=body).partition(b"\r\n\r\n")[0].lower()
        assert b"x-evil" not in head
        assert head.split(b" ", 2)[1] in (b"200", b"400"), head
    assert app.call("POST", BC, params={"validationToken": "still here"}).text == "still here"
    assert (app.stored.tables(), app.stored.lengths()) == before
