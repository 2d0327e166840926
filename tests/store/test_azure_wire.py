"""The wire of table requests: what comes back, and what is said where nothing does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from azure.core.exceptions import ServiceRequestError, ServiceResponseError

from shared_code.store.azure_signing import BySignature
from shared_code.store.azure_wire import Reply, Wire

DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: x\r\n\r\nbody"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbody"


class Server:
    """Answers each connection once, with what it is told; notes what was asked."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.answers: list[bytes] = []
        self.asked: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while self.answers or not self.asked:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with closing(connection):
                self.asked.append(_whole_request(connection))
                connection.sendall(self.answers.pop(0))


def _whole_request(connection: socket.socket) -> bytes:
    """Head and body: a client may send them apart, and either may come in pieces."""
    asked = b""
    while not asked.endswith(b"\r\n\r\n{}") and (piece := connection.recv(65536)):
        asked += piece
    return asked


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.listening.close()


def ask(url: str) -> Reply:
    return Wire(url, BySignature("?sig=x"), 2.0, 2.0).send("POST", "Couplings?a=b", {"If-Match": "*"}, b"{}")


def test_an_answer_comes_back_whole(server: Server) -> None:
    server.answers.append(DONE)
    answer = ask(server.url)
    assert (answer.status, answer.headers["etag"], answer.text) == (200, "x", "body")
    (asked,) = server.asked
    assert asked.startswith(b"POST /Couplings?a=b&sig=x HTTP/1.1\r\n")
    assert b"If-Match: *\r\n" in asked
    assert asked.endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n\r\n", CUT])
def test_an_answer_that_does_not_come_or_not_whole_may_have_been_carried_out(
    server: Server, answer: bytes
) -> None:
    server.answers.append(answer)
    with pytest.raises(ServiceResponseError):
        ask(server.url)
    assert len(server.asked) == 1, "whether it is repeated is for the store to say"


def test_where_nobody_listens_nothing_was_done() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with pytest.raises(ServiceRequestError):
        ask(url)


def test_a_proxy_of_the_surroundings_is_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "")
    server.answers.append(DONE)
    answer = ask("http://account.table.example")
    assert answer.status == 200
    assert server.asked[0].startswith(b"POST http://account.table.example/Couplings?a=b&sig=x HTTP/1.1\r\n")
