"""HTTP/1.1 on a byte stream: read one request, write one response.

A parser of its own because the standard library's goes through the e-mail package and costs more
than most simulated answers.  It is strict: whatever is malformed, ambiguous or over a limit is a
``BadRequest``, after which the connection must be closed (RFC 9112 sections 3, 5, 6 and 7.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from local.simulators.wire import Request, Response

MAX_LINE_BYTES = 65_536
MAX_HEADER_BYTES = 131_072
MAX_HEADERS = 200
MAX_BODY_BYTES = 128 * 1024 * 1024
_BODILESS = frozenset({204, 304})
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (/[\x21-\x7e]*) HTTP/1\.([01])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_DIGITS = re.compile(r"[0-9]{1,15}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;.*)?")
_UNSAFE = re.compile(r"[\x00\r\n]")
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class BadRequest(Exception):
    """What arrived is no acceptable HTTP request; ``status`` is the answer to give before closing."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Received:
    """A request, and whether the caller wants the connection kept."""

    request: Request
    keep_alive: bool


def read_request(stream: BinaryIO, send_continue: Callable[[], None]) -> Received | None:
    """The next request, or None where the caller closed between requests.

    ``send_continue`` is called where the caller waits for ``100 Continue`` before its body.
    """
    line = _read_line(stream, 414)
    if line is None:
        return None
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise BadRequest(400, "the request line is malformed")
    method, target, minor = match.groups()
    headers = _read_headers(stream)
    if minor == b"1" and "host" not in headers:
        raise BadRequest(400, "the Host header is missing")
    if headers.get("expect", "").lower() == "100-continue":
        send_continue()
    body = _read_body(stream, headers)
    request = Request(method.decode("ascii"), target.decode("ascii"), headers, body)
    return Received(request, _keeps_alive(minor, headers))


def response_bytes(response: Response, *, head: bool, date: str, close: bool) -> bytes:
    """The whole response as one piece, so it leaves in one write.

    ``head``: the request was HEAD, so the length is told and the body left out.  Raises ValueError
    where a header holds a line break.
    """
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}", f"Date: {date}"]
    for name, value in response.headers.items():
        if name.lower() in ("content-length", "date", "connection", "transfer-encoding"):
            continue
        if _UNSAFE.search(name) or _UNSAFE.search(value):
            raise ValueError(f"the response header {name!r} holds a line break")
        lines.append(f"{name}: {value}")
    bodiless = response.status in _BODILESS
    if not bodiless:
        lines.append(f"Content-Length: {len(response.body)}")
    if close:
        lines.append("Connection: close")
    start = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return start if head or bodiless else start + response.body


def _read_line(stream: BinaryIO, status: int) -> bytes | None:
    line = stream.readline(MAX_LINE_BYTES)
    if not line:
        return None
    if line.endswith(b"\r\n"):
        return line[:-2]
    if line.endswith(b"\n"):
        raise BadRequest(400, "a line does not end in CR LF")
    if len(line) >= MAX_LINE_BYTES:
        raise BadRequest(status, f"a line is longer than {MAX_LINE_BYTES} bytes")
    raise BadRequest(400, "the connection ended within a line")


def _read_headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    total_bytes = 0
    for _ in range(MAX_HEADERS + 1):
        line = _read_line(stream, 431)
        if line is None:
            raise BadRequest(400, "the connection ended within the headers")
        if not line:
            return headers
        total_bytes += len(line)
        if total_bytes > MAX_HEADER_BYTES:
            raise BadRequest(431, f"the headers are longer than {MAX_HEADER_BYTES} bytes")
        _add_header(headers, line)
    raise BadRequest(431, f"there are more than {MAX_HEADERS} headers")


def _add_header(headers: dict[str, str], line: bytes) -> None:
    match = _HEADER.fullmatch(line)
    if match is None:
        raise BadRequest(400, "a header line is malformed")
    name = match[1].decode("ascii").lower()
    value = match[2].decode("latin-1").rstrip(" \t")
    if name in headers and name in ("content-length", "transfer-encoding", "host", "authorization"):
        raise BadRequest(400, f"the header {name} is repeated")
    headers[name] = f"{headers[name]}, {value}" if name in headers else value


def _read_body(stream: BinaryIO, headers: dict[str, str]) -> bytes:
    length = headers.get("content-length")
    encoding = headers.get("transfer-encoding")
    if encoding is not None:
        if length is not None or encoding.lower() != "chunked":
            raise BadRequest(400, "the length of the body is ambiguous")
        return _read_chunks(stream)
    if length is None:
        return b""
    if not _DIGITS.fullmatch(length):
        raise BadRequest(400, "Content-Length is no number")
    return _read_exactly(stream, _within_limit(int(length)))


def _read_chunks(stream: BinaryIO) -> bytes:
    chunks: list[bytes] = []
    total_bytes = 0
    while True:
        match = _CHUNK_SIZE.fullmatch(_read_line(stream, 400) or b"")
        if match is None:
            raise BadRequest(400, "a chunk size is malformed")
        size = int(match[1], 16)
        if size == 0:
            _read_headers(stream)
            return b"".join(chunks)
        total_bytes = _within_limit(total_bytes + size)
        chunks.append(_read_exactly(stream, size))
        if _read_exactly(stream, 2) != b"\r\n":
            raise BadRequest(400, "a chunk does not end where its size says")


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise BadRequest(400, "the connection ended within the body")
    return data


def _within_limit(size: int) -> int:
    if size > MAX_BODY_BYTES:
        raise BadRequest(413, f"the body is longer than {MAX_BODY_BYTES} bytes")
    return size


def _keeps_alive(minor: bytes, headers: dict[str, str]) -> bool:
    wishes = headers.get("connection", "").lower()
    return "close" not in wishes if minor == b"1" else "keep-alive" in wishes
