"""Notifications really sent over HTTP."""

from __future__ import annotations

import socket
import threading

import pytest

from local.simulators.server import serve
from local.simulators.webhook_sender import (
    MAX_ANSWER_BYTES,
    NotDelivered,
    http_call,
    http_deliver,
    is_loopback,
)
from local.simulators.wire import ConnectionLost, Request, Response

TIMEOUT_S = 5.0


class Receiver:
    def __init__(self, response: Response | None) -> None:
        self.response = response
        self.seen: list[Request] = []
        self.release = threading.Event()

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        if self.response is None:
            raise ConnectionLost
        if request.target == "/slow":
            self.release.wait(TIMEOUT_S)
        return self.response


def test_a_notification_arrives_with_its_headers_and_body() -> None:
    receiver = Receiver(Response(202))
    with serve(receiver) as server:
        assert http_deliver(server.url + "/hook?code=1", {"X-Key": "k"}, b"{}", TIMEOUT_S) == 202
    (seen,) = receiver.seen
    assert (seen.method, seen.target, seen.headers["x-key"], seen.body) == (
        "POST",
        "/hook?code=1",
        "k",
        b"{}",
    )


def test_a_handshake_can_read_the_answer_up_to_a_limit() -> None:
    with serve(Receiver(Response(200, {}, b"a" * (MAX_ANSWER_BYTES + 5)))) as server:
        answer = http_call(server.url, {}, b"", TIMEOUT_S)
    assert (answer.status, len(answer.body)) == (200, MAX_ANSWER_BYTES)


def test_a_redirect_is_not_followed() -> None:
    receiver = Receiver(Response(302, {"Location": "http://127.0.0.1:1/elsewhere"}))
    with serve(receiver) as server:
        assert http_deliver(server.url, {}, b"", TIMEOUT_S) == 302


def test_a_reset_or_refused_connection_is_not_delivered() -> None:
    with serve(Receiver(None)) as server:
        with pytest.raises(NotDelivered):
            http_deliver(server.url, {}, b"", TIMEOUT_S)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(NotDelivered):
        http_deliver(f"http://127.0.0.1:{port}/", {}, b"", TIMEOUT_S)


def test_a_receiver_that_takes_too_long_is_not_waited_for() -> None:
    receiver = Receiver(Response(200))
    with serve(receiver) as server:
        with pytest.raises(NotDelivered, match="ReadTimeout"):
            http_deliver(server.url + "/slow", {}, b"", 0.1)
        receiver.release.set()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "http://localhost.example.org/",
        "http://10.0.0.1/",
        "ftp://localhost/",
        "http://[::1/",
        "",
    ],
)
def test_only_this_machine_is_called(url: str) -> None:
    assert not is_loopback(url)
    with pytest.raises(NotDelivered, match="not on this machine"):
        http_deliver(url, {}, b"", TIMEOUT_S)


@pytest.mark.parametrize("url", ["http://localhost:7071/x", "https://127.0.0.1/", "http://[::1]:80/"])
def test_loopback_names_and_addresses_are_known(url: str) -> None:
    assert is_loopback(url)
