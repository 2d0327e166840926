"""Reading requests and writing responses: what is accepted, and what is refused."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local.simulators import http_messages
from local.simulators.http_messages import BadRequest, Received, read_request, response_bytes
from local.simulators.wire import Response

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


def read(raw: bytes) -> Received | None:
    return read_request(io.BytesIO(raw), lambda: None)


def test_a_request_arrives_as_it_was_sent_with_lower_case_header_names() -> None:
    received = read(
        b"PATCH /a%20b?$filter=x%20eq%201 HTTP/1.1\r\nHost: h\r\n"
        b'If-Match:  W/"1" \r\nContent-Length: 2\r\n\r\n{}'
    )
    assert received is not None
    request = received.request
    assert (request.method, request.target, request.body) == ("PATCH", "/a%20b?$filter=x%20eq%201", b"{}")
    assert request.headers == {"host": "h", "if-match": 'W/"1"', "content-length": "2"}
    assert received.keep_alive


def test_a_repeated_header_is_one_value_with_commas() -> None:
    received = read(b"GET / HTTP/1.1\r\nHost: h\r\nPrefer: a\r\nPrefer: b\r\n\r\n")
    assert received is not None
    assert received.request.headers["prefer"] == "a, b"


def test_a_chunked_body_is_joined() -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    received = read(head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
    assert received is not None
    assert received.request.body == b"abcde"


def test_the_end_of_a_connection_between_requests_is_no_error() -> None:
    assert read(b"") is None


def test_a_caller_that_waits_for_continue_is_told_before_its_body_is_read() -> None:
    told: list[str] = []
    stream = io.BytesIO(b"PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx")
    received = read_request(stream, lambda: told.append("continue"))
    assert told == ["continue"]
    assert received is not None
    assert received.request.body == b"x"


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", True),
    ],
)
def test_the_caller_decides_whether_the_connection_stays(head: bytes, kept: bool) -> None:
    received = read(head)
    assert received is not None
    assert received.keep_alive is kept


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: h\n\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: h\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0_1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (b"GET /" + b"a" * http_messages.MAX_LINE_BYTES + b" HTTP/1.1\r\nHost: h\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: h\r\nA: " + b"a" * http_messages.MAX_LINE_BYTES + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * http_messages.MAX_HEADERS + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
    ],
)
def test_what_is_malformed_ambiguous_or_too_large_is_refused(raw: bytes, status: int) -> None:
    with pytest.raises(BadRequest) as refused:
        read(raw)
    assert refused.value.status == status


@given(st.binary(max_size=300))
@example(b"\r\n\r\n")
def test_no_input_does_anything_but_read_or_refuse(raw: bytes) -> None:
    with contextlib.suppress(BadRequest):
        read(b"POST / HTTP/1.1\r\nHost: h\r\n" + raw)


@given(st.binary(max_size=2000), st.integers(1, 50))
def test_a_body_survives_any_chunking(body: bytes, size: int) -> None:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    received = read(
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    )
    assert received is not None
    assert received.request.body == body


def test_a_response_is_one_piece_with_its_length() -> None:
    response = Response(201, {"OData-EntityId": "x", "content-length": "99"}, b"{}")
    expected = (
        b"HTTP/1.1 201 Created\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nOData-EntityId: x\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )
    assert response_bytes(response, head=False, date=DATE, close=False) == expected


def test_a_head_response_tells_the_length_and_leaves_the_body_out() -> None:
    sent = response_bytes(Response(200, {}, b"abc"), head=True, date=DATE, close=True)
    assert sent.endswith(b"Content-Length: 3\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_content_has_neither_body_nor_length(status: int) -> None:
    sent = response_bytes(Response(status, {}, b"ignored"), head=False, date=DATE, close=False)
    assert sent.endswith(b"GMT\r\n\r\n")


def test_a_line_break_in_a_response_header_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        response_bytes(Response(200, {"A": "b\r\nSet-Cookie: c"}), head=False, date=DATE, close=False)
