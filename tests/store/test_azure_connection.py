"""Connections that are kept: what is read as an answer, what is none, and when one is used again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.simulators import certificates
from shared_code.store.azure_connection import Answer, Connections, NoAnswer, NotSent
from tests.store.answering import Server

BARE = b"HTTP/1.1 204 No Content\r\n\r\n"
IN_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
NOBODY = Path(__file__)
"""No file of authorities; where nothing is encrypted none is asked for."""


@pytest.fixture
def connections(server: Server) -> Connections:
    return Connections(server.url, str(NOBODY), 2.0, 2.0)


def get(connections: Connections) -> Answer:
    return connections.exchange("GET", "/x", {"Accept": "*/*"})


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (BARE, 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", 200, b"ab"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", 200, b"a"),
        (IN_CHUNKS + b"2;x=y\r\nab\r\nA\r\n0123456789\r\n0\r\nt: u\r\n\r\n", 200, b"ab0123456789"),
    ],
)
def test_an_answer_ends_where_it_says_and_another_one_may_follow(
    server: Server, connections: Connections, answer: bytes, status: int, body: bytes
) -> None:
    server.connections.append([answer, BARE])
    found = get(connections)
    assert (found.status, found.body) == (status, body)
    assert get(connections).status == 204
    assert len(server.asked) == 1, "the connection was used twice"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na",
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
        b"HTTP/1.1 200 OK\r\n\r\na",
    ],
)
def test_a_connection_that_ends_with_its_answer_is_not_used_again(
    server: Server, connections: Connections, answer: bytes
) -> None:
    server.connections += [[answer], [BARE]]
    assert get(connections).body == b"a"
    assert get(connections).status == 204
    assert [len(each) for each in server.asked] == [1, 1]


def test_a_connection_that_the_service_closed_meanwhile_is_given_up_before_anything_is_sent(
    server: Server, connections: Connections
) -> None:
    server.connections += [[BARE], [BARE]]
    get(connections)
    assert server.closed.wait(5.0)
    assert get(connections).status == 204
    assert [len(each) for each in server.asked] == [1, 1]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        IN_CHUNKS + b"2\r\nab",
        IN_CHUNKS + b"2\r\nabc\r\n0\r\n\r\n",
        IN_CHUNKS,
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n",
    ],
)
def test_what_is_no_whole_answer_is_none_and_ends_the_connection(
    server: Server, connections: Connections, answer: bytes
) -> None:
    server.connections += [[answer], [BARE]]
    with pytest.raises(NoAnswer):
        get(connections)
    assert get(connections).status == 204
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda connections: connections.exchange("GET", "/x y", {"Accept": "*/*"}),
        lambda connections: connections.exchange("GET", "/x\r\nHost: y", {"Accept": "*/*"}),
        lambda connections: connections.exchange("GET", "/x", {"If-Match": "a\r\nHost: y"}),
        lambda connections: connections.exchange("GET", "/x", {"If-Match": "a\nb", "Accept": "*/*"}),
        lambda connections: connections.exchange("GET", "/x", {"If-Match": "æ"}),
    ],
)
def test_nothing_can_be_put_into_a_request_by_an_address_or_a_header(
    server: Server, connections: Connections, ask: Callable[[Connections], Answer]
) -> None:
    with pytest.raises(ValueError, match="may not stand there"):
        ask(connections)
    assert server.asked == []


def test_names_of_headers_are_the_same_however_they_are_written(
    server: Server, connections: Connections
) -> None:
    server.connections.append([b"HTTP/1.1 204 No Content\r\nx-MS-a:  b \r\n\r\n"])
    headers = get(connections).headers
    assert (headers["X-ms-A"], headers.get("x-ms-a"), headers.get("x-ms-b")) == ("b", "b", "")


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[tuple[Server, certificates.CertificateFiles]]:
    files = certificates.ensure(tmp_path / "own")
    made = Server(certificates.server_context(files))
    yield made, files
    made.listening.close()


def test_what_is_encrypted_is_sent_to_whoever_an_authority_vouches_for(
    secret: tuple[Server, certificates.CertificateFiles],
) -> None:
    server, files = secret
    server.connections += [[BARE, BARE]]
    connections = Connections(f"https://localhost:{server.port}", str(files.authority), 2.0, 2.0)
    assert [get(connections).status, get(connections).status] == [204, 204]
    assert len(server.asked) == 1


@pytest.mark.parametrize("place", ["localhost", "127.0.0.2"])
def test_nothing_is_sent_to_whom_nobody_vouches_for(
    secret: tuple[Server, certificates.CertificateFiles], tmp_path: Path, place: str
) -> None:
    server, files = secret
    others = certificates.ensure(tmp_path / "others").authority
    believed = [str(others), str(tmp_path)] if place == "localhost" else [str(files.authority)]
    for authorities in believed:
        with pytest.raises(NotSent):
            get(Connections(f"https://{place}:{server.port}", authorities, 2.0, 2.0))
    assert server.asked == []
