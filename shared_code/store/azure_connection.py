"""Connections that are kept open to one place, and HTTP/1.1 over them, as the table service speaks it.

A general library takes four times as long for a request as what is done here (figures:
docs/measurements/bench.md).  What it knows beside that is not needed here: there are no redirects, cookies,
compressed answers or repeats.  A connection serves one request at a time, and is used again only where its
answer came to its end and said nothing else.  Sources: RFC 9112 (messages), RFC 9110 (meanings).
"""

from __future__ import annotations

import re
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit
from weakref import finalize

from urllib3.util import wait_for_read

from shared_code.core.frozen import frozen

MOST_KEPT = 32
"""Connections that are kept open; more are opened when they are wanted."""

MOST_HEADERS, LONGEST_LINE = 200, 65_536
"""More is no answer of the service."""

_STATUS = re.compile(rb"HTTP/1\.([01]) (\d{3})(?: [^\r\n]*)?\r?\n\Z")
_TARGET = re.compile(r"[!-~]+\Z")
_CONTROL = re.compile(r"[^\t -~]")
_BODILESS = frozenset({204, 304})


class NotSent(Exception):
    """There is no connection: nothing was sent."""


class NoAnswer(Exception):
    """No answer came, or not a whole one: what was asked for may have been done."""


class Headers(dict[str, str]):
    """The headers of an answer by their names, however these are written; one that came twice counts last."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        return super().get(name.lower(), default)


@frozen
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes


class _Open(NamedTuple):
    """An open connection, and what comes in over it."""

    socket: socket.socket
    incoming: BinaryIO

    def close(self) -> None:
        with suppress(OSError):
            self.incoming.close()
        with suppress(OSError):
            self.socket.close()


class Connections:
    """Connections to the scheme, host and port of ``place``; safe to share between threads.

    ``authorities``: a file or folder of those whose certificates are believed.
    """

    def __init__(self, place: str, authorities: str, connect_s: float, read_s: float) -> None:
        parts = urlsplit(place)
        self._host = parts.hostname or ""
        self._is_secret = parts.scheme == "https"
        self._port = parts.port or (443 if self._is_secret else 80)
        self._authorities, self._connect_s, self._read_s = authorities, connect_s, read_s
        self._context: ssl.SSLContext | None = None
        self._head = f"HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nAccept-Encoding: identity\r\n"
        self._kept: deque[_Open] = deque()
        finalize(self, _close_all, self._kept)

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        """One request and its answer.  Raises ``NotSent`` or ``NoAnswer``, and ValueError for what is no
        request."""
        asked = self._request(method, target, headers, content)
        connection = self._kept_one() or self._opened()
        try:
            connection.socket.sendall(asked)
            answer, is_kept = _answer_to(connection.incoming)
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | ValueError | HTTPException):
                raise NoAnswer(f"{type(error).__name__}: {error}") from error
            raise
        if is_kept and len(self._kept) < MOST_KEPT:
            self._kept.append(connection)
        else:
            connection.close()
        return answer

    def _request(self, method: str, target: str, headers: Mapping[str, str], content: bytes | None) -> bytes:
        lines = "\r\n".join([f"{name}: {value}" for name, value in headers.items()])
        if _TARGET.match(target) is None or _CONTROL.search(lines.replace("\r\n", "", len(headers) - 1)):
            raise ValueError("an address or a header holds what may not stand there")
        size = f"Content-Length: {len(content)}\r\n" if content is not None else ""
        return f"{method} {target} {self._head}{size}{lines}\r\n\r\n".encode("ascii") + (content or b"")

    def _kept_one(self) -> _Open | None:
        """One that is open still: the service closes what is not used for a while."""
        with suppress(IndexError):
            while True:
                connection = self._kept.pop()
                if not wait_for_read(connection.socket, timeout=0.0):
                    return connection
                connection.close()
        return None

    def _opened(self) -> _Open:
        try:
            made = socket.create_connection((self._host, self._port), self._connect_s)
        except OSError as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error
        try:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._is_secret:
                made = self._trusted().wrap_socket(made, server_hostname=self._host)
            made.settimeout(self._read_s)
        except BaseException as error:
            made.close()
            if isinstance(error, OSError | ValueError):
                raise NotSent(f"{type(error).__name__}: {error}") from error
            raise
        return _Open(made, made.makefile("rb"))

    def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            folder = self._authorities if Path(self._authorities).is_dir() else None
            file = None if folder else self._authorities
            self._context = ssl.create_default_context(cafile=file, capath=folder)
        return self._context


def _close_all(kept: deque[_Open]) -> None:
    for each in kept:
        each.close()


def _answer_to(incoming: BinaryIO) -> tuple[Answer, bool]:
    """The answer, and whether another one may follow it.  Raises OSError or ValueError."""
    minor, status, headers = _head(incoming)
    while status // 100 == 1:  # "Continue" and the like; the answer is still to come.
        minor, status, headers = _head(incoming)
    wish = headers.get("connection").lower()
    is_kept = "close" not in wish and (minor == b"1" or "keep-alive" in wish)
    if status in _BODILESS:
        return Answer(status, headers, b""), is_kept
    if headers.get("transfer-encoding"):
        return Answer(status, headers, _chunks(incoming, headers)), is_kept
    if size := headers.get("content-length"):
        return Answer(status, headers, _exactly(incoming, int(size))), is_kept
    return Answer(status, headers, incoming.read()), False


def _head(incoming: BinaryIO) -> tuple[bytes, int, Headers]:
    """The digit behind "HTTP/1.", the status and the headers."""
    first = _STATUS.match(incoming.readline(LONGEST_LINE))
    if first is None:
        raise ValueError("no answer of HTTP came")
    return first[1], int(first[2]), _headers(incoming)


def _headers(incoming: BinaryIO) -> Headers:
    found = Headers()
    for _ in range(MOST_HEADERS):
        line = incoming.readline(LONGEST_LINE)
        if line in (b"\r\n", b"\n"):
            return found
        name, colon, value = line.partition(b":")
        if not (colon and line.endswith(b"\n")):
            raise ValueError("the head of the answer was cut off")
        found[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
    raise ValueError("the answer has too many headers")


def _chunks(incoming: BinaryIO, headers: Headers) -> bytes:
    if headers.get("transfer-encoding").lower() != "chunked":
        raise ValueError("the answer comes in a form that was not asked for")
    found = list[bytes]()
    while size := int(incoming.readline(LONGEST_LINE).partition(b";")[0], 16):
        found.append(_exactly(incoming, size))
        if incoming.readline(3).strip():
            raise ValueError("a part of the answer is longer than it says")
    _headers(incoming)  # trailers
    return b"".join(found)


def _exactly(incoming: BinaryIO, size: int) -> bytes:
    if size < 0:
        raise ValueError("an answer cannot be shorter than nothing")
    found = incoming.read(size)
    if len(found) < size:
        raise ValueError("the answer was cut off")
    return found
