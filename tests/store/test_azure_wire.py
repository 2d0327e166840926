"""The wire of table requests: what comes back, and what is said where nothing does."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest
from azure.core.exceptions import ServiceRequestError, ServiceResponseError

from shared_code.store.azure_signing import BySignature
from shared_code.store.azure_wire import Reply, Wire
from tests.store.answering import Server

DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: x\r\n\r\nbody"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbody"


def ask(url: str) -> Reply:
    return Wire(url, BySignature("?sig=x"), 2.0, 2.0).send("POST", "Couplings?a=b", {"If-Match": "*"}, b"{}")


def test_an_answer_comes_back_whole(server: Server) -> None:
    server.connections.append([DONE])
    answer = ask(server.url)
    assert (answer.status, answer.headers["etag"], answer.text) == (200, "x", "body")
    ((asked,),) = server.asked
    assert asked.startswith(b"POST /Couplings?a=b&sig=x HTTP/1.1\r\n")
    assert b"If-Match: *\r\n" in asked
    assert asked.endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n\r\n", CUT])
def test_an_answer_that_does_not_come_or_not_whole_may_have_been_carried_out(
    server: Server, answer: bytes
) -> None:
    server.connections.append([answer])
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
    server.connections.append([DONE])
    answer = ask("http://account.table.example")
    assert answer.status == 200
    ((asked,),) = server.asked
    assert asked.startswith(b"POST http://account.table.example/Couplings?a=b&sig=x HTTP/1.1\r\n")
