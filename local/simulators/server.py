"""Puts a simulated service behind a socket: HTTP/1.1, keep-alive, one thread per connection.

Nagle's algorithm is off and each response leaves in one write; otherwise every answer waits
about 40 ms for the other end's delayed acknowledgement.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import ssl
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import BinaryIO, Self, cast

from local.simulators import certificates
from local.simulators.http_messages import BadRequest, read_request, response_bytes
from local.simulators.wire import Clock, ConnectionLost, Request, Response, Service, SystemClock

MAX_CONNECTIONS = 256
BACKLOG = 256
IDLE_TIMEOUT_S = 120.0
HANDSHAKE_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 2.0
DRAIN_TIMEOUT_S = 0.5
DRAIN_BYTES = 1024 * 1024
PUMP_INTERVAL_S = 0.05
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Pump = Callable[[], object]
"""A bounded piece of background work.  A true result means: there may be more, call again at once."""


class RunningServer:
    """A service being served; ``url`` has no trailing slash.  ``close`` ends all of it; also a context.

    The answers' ``Date`` is ``clock``'s.
    """

    def __init__(
        self, service: Service, listener: socket.socket, tls: ssl.SSLContext | None, clock: Clock
    ) -> None:
        self._service = service
        self._clock = clock
        self._listener = listener
        self._tls = tls
        self._closing = False
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._slots = threading.BoundedSemaphore(MAX_CONNECTIONS)
        host, port = listener.getsockname()[:2]
        self.url = f"{'https' if tls else 'http'}://{host}:{port}"
        self.port = int(port)
        self._acceptor = threading.Thread(target=self._accept, name=f"accept-{port}", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop accepting, end every connection and wait (bounded) for the threads.  May be repeated."""
        self._closing = True
        _shutdown(self._listener)
        self._acceptor.join(CLOSE_TIMEOUT_S)
        self._listener.close()
        with self._lock:
            connections = dict(self._open)
        for connection in connections.values():
            _shutdown(connection)
        until = time.monotonic() + CLOSE_TIMEOUT_S
        for thread in connections:
            thread.join(max(0.0, until - time.monotonic()))

    def _accept(self) -> None:
        while not self._closing:
            if not self._slots.acquire(timeout=0.5):
                continue
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the wait ended without a caller, or the listener was shut
                self._slots.release()
                continue
            self._start(connection)

    def _start(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._run, args=(connection,), name="connection", daemon=True)
        self._register(thread, connection)
        try:
            thread.start()
        except RuntimeError:  # the machine has no thread to spare: refuse this caller, keep serving
            self._forget(thread, connection)

    def _register(self, thread: threading.Thread, connection: socket.socket) -> None:
        with self._lock:
            self._open[thread] = connection

    def _forget(self, thread: threading.Thread, connection: socket.socket) -> None:
        with self._lock:
            self._open.pop(thread, None)
        connection.close()
        self._slots.release()

    def _run(self, connection: socket.socket) -> None:
        try:
            self._converse(connection)
        except (OSError, ValueError):  # the caller went away, or no TLS was spoken
            pass
        finally:
            self._forget(threading.current_thread(), connection)

    def _converse(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(HANDSHAKE_TIMEOUT_S)
        stream = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        self._register(threading.current_thread(), stream)  # TLS took the socket out of ``connection``
        stream.settimeout(IDLE_TIMEOUT_S)
        with stream, cast(BinaryIO, stream.makefile("rb", 65_536)) as incoming:
            try:
                while not self._closing and self._exchange(stream, incoming):
                    pass
            except ConnectionLost:
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)

    def _exchange(self, stream: socket.socket, incoming: BinaryIO) -> bool:
        """Answer one request; false where the connection is to be closed."""
        try:
            received = read_request(incoming, lambda: stream.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"))
        except BadRequest as error:
            stream.sendall(self._to_bytes(_plain(error.status, str(error)), head=False, close=True))
            self._let_it_arrive(stream, incoming)
            return False
        if received is None:
            return False
        response = _answer(self._service, received.request)
        head = received.request.method == "HEAD"
        stream.sendall(self._to_bytes(response, head=head, close=not received.keep_alive))
        return received.keep_alive

    def _to_bytes(self, response: Response, *, head: bool, close: bool) -> bytes:
        return _to_bytes(response, head=head, close=close, now_s=self._clock.time())

    def _let_it_arrive(self, stream: socket.socket, incoming: BinaryIO) -> None:
        """Closing with unread input resets the connection and may destroy the answer: read on for a bit."""
        if self._tls is None:
            stream.settimeout(DRAIN_TIMEOUT_S)
            _shutdown(stream, socket.SHUT_WR)
            incoming.read(DRAIN_BYTES)


def serve(
    service: Service,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    clock: Clock | None = None,
) -> RunningServer:
    """Serve ``service`` on a socket (port 0: a free one) until ``close``.  Raises OSError if taken."""
    listener = socket.create_server((host, port), backlog=BACKLOG)
    listener.settimeout(0.5)
    return RunningServer(service, listener, tls, clock or SystemClock())


def add_server_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run_forever`` reads: ``--host``, ``--port`` and ``--tls-dir``."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument(
        "--tls-dir", type=Path, default=None, help="serve TLS with the test certificate kept in this folder"
    )


def run_forever(
    service: Service, args: argparse.Namespace, pumps: Sequence[Pump] = (), clock: Clock | None = None
) -> None:
    """Serve until SIGTERM or SIGINT, as the body of a simulator's process.

    Prints one line of JSON, ``{"ready": true, "url": ..., "pid": ...}``, once callers can connect.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tls_dir: Path | None = args.tls_dir
    tls = certificates.server_context(certificates.ensure(tls_dir)) if tls_dir else None
    with serve(service, host=args.host, port=args.port, tls=tls, clock=clock) as server:
        pumping = threading.Thread(target=_pump, args=(pumps, stop), name="pumps", daemon=True)
        pumping.start()
        print(json.dumps({"ready": True, "url": server.url, "pid": os.getpid()}), flush=True)
        stop.wait()
        pumping.join(CLOSE_TIMEOUT_S)


def _pump(pumps: Sequence[Pump], stop: threading.Event) -> None:
    while pumps and not stop.is_set():
        busy = [_run_pump(pump) for pump in pumps]
        if not any(busy):
            stop.wait(PUMP_INTERVAL_S)


def _run_pump(pump: Pump) -> bool:
    try:
        return bool(pump())
    except Exception:  # one failing pump must not end the others
        traceback.print_exc(file=sys.stderr)
        return False


def _answer(service: Service, request: Request) -> Response:
    try:
        return service.handle(request)
    except ConnectionLost:
        raise
    except Exception:  # a defect of the simulator: tell whoever runs it, keep serving
        traceback.print_exc(file=sys.stderr)
        return _plain(500, "the simulator failed; its standard error says where")


def _plain(status: int, text: str) -> Response:
    return Response(status, {"Content-Type": "text/plain; charset=utf-8"}, text.encode())


def _to_bytes(response: Response, *, head: bool, close: bool, now_s: float) -> bytes:
    date = formatdate(now_s, usegmt=True)
    try:
        return response_bytes(response, head=head, date=date, close=close)
    except ValueError as error:
        return response_bytes(
            _plain(500, f"the simulator failed: {error}"), head=head, date=date, close=close
        )


def _shutdown(connection: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    with contextlib.suppress(OSError):  # closed already
        connection.shutdown(how)
