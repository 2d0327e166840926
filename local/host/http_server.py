"""HTTP/1.1 on a loopback socket: reads a request, has it answered, writes the answer.

Nagle's algorithm is off and an answer is written in one piece; else each one waits about 40 ms for a
delayed acknowledgement.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from local.host.http_model import HttpAnswer, HttpRequest

MAX_URL_BYTES = 8192
MAX_DISCARDED_BYTES = 1_000_000
IDLE_CONNECTION_S = 120
Answerer = Callable[[HttpRequest], HttpAnswer]
log = logging.getLogger("local.host")


class BadRequestError(Exception):
    """The request cannot be answered by a function; ``status`` says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class HttpServer(socketserver.ThreadingTCPServer):
    """Serves until ``stop``; one thread per connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = os.name != "nt"  # on Windows it would let two hosts share a port

    def __init__(self, port: int, answerer: Answerer, body_limit_bytes: int) -> None:
        """Bind 127.0.0.1; port 0 picks a free one.  OSError when the port is taken."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.answerer = answerer
        self.body_limit_bytes = body_limit_bytes
        self.stopping = False
        self._in_flight = 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="http", daemon=True)

    @property
    def url(self) -> str:
        """The address without a trailing slash."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Begin to accept connections."""
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Refuse new requests and wait for those in hand; False when ``timeout_s`` was not enough."""
        self.stopping = True
        self.shutdown()
        self.server_close()
        deadline = time.monotonic() + timeout_s
        with self._changed:
            return self._changed.wait_for(lambda: self._in_flight == 0, max(0.0, deadline - time.monotonic()))

    @contextlib.contextmanager
    def in_flight(self) -> Iterator[None]:
        """Counts the request that the body of the ``with`` answers and writes."""
        with self._changed:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    server: HttpServer
    protocol_version = "HTTP/1.1"
    server_version = "LocalFunctionsHost"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_CONNECTION_S

    def _answer(self) -> None:
        with self.server.in_flight():
            try:
                answer = self._answer_request()
            except BadRequestError as error:  # how much was read is unclear: the connection ends
                self.close_connection = True
                answer = HttpAnswer(error.status)
            self._write(answer)

    def _answer_request(self) -> HttpAnswer:
        if len(self.path) > MAX_URL_BYTES:
            raise BadRequestError(HTTPStatus.REQUEST_URI_TOO_LONG)
        body = self._body()
        if self.server.stopping:
            raise BadRequestError(HTTPStatus.SERVICE_UNAVAILABLE)
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
        host = headers.get("host") or self.server.url.removeprefix("http://")
        target = self.path if self.path.startswith("/") else "/"
        request = HttpRequest(self.command, f"http://{host}{target}", target, headers, body)
        try:
            return self.server.answerer(request)
        except Exception:
            log.exception("a request could not be answered")
            return HttpAnswer(500)

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("transfer-encoding") or "").lower():
            return self._chunked_body()
        text = self.headers.get("content-length") or "0"
        if not (text.isascii() and text.isdigit()):
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        return self._read(int(text), 0)

    def _chunked_body(self) -> bytes:
        parts: list[bytes] = []
        total = 0
        while size := self._chunk_size():
            parts.append(self._read(size, total))
            total += size
            self.rfile.readline(1024)
        while self.rfile.readline(65537).strip():  # trailers
            pass
        return b"".join(parts)

    def _chunk_size(self) -> int:
        try:
            return int(self.rfile.readline(1024).split(b";", 1)[0], 16)
        except ValueError:
            raise BadRequestError(HTTPStatus.BAD_REQUEST) from None

    def _read(self, size: int, already: int) -> bytes:
        if size < 0 or already + size > self.server.body_limit_bytes:
            self.rfile.read(max(0, min(size, MAX_DISCARDED_BYTES)))  # or the client may miss the answer
            raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        data = self.rfile.read(size)
        if len(data) < size:
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        return data

    def _write(self, answer: HttpAnswer) -> None:
        answer = answer if _is_sendable(answer) else HttpAnswer(500)
        with contextlib.suppress(ConnectionError):
            self.send_response(answer.status)
            for name, value in answer.headers:
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value)
            if answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(answer.body)))
            if self.close_connection or self.server.stopping:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD" and answer.status not in (204, 304):
                self.wfile.write(answer.body)
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Requests are not logged: the invocation is."""


for _method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"):
    setattr(_Handler, f"do_{_method}", _Handler._answer)


def _is_sendable(answer: HttpAnswer) -> bool:
    """Whether status and headers can stand in a response: no control characters, Latin-1 only."""
    texts = [text for header in answer.headers for text in header]
    clean = all(c == "\t" or (32 <= ord(c) < 256 and ord(c) != 127) for text in texts for c in text)
    return clean and 200 <= answer.status <= 999
