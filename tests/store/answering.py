"""A service that answers connections with given bytes, for the tests of what reads them."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from contextlib import suppress


class Server:
    """Gives each connection its answers, one for each request, then closes it; notes who asked what."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.listening = socket.create_server(("", 0))
        self.port = self.listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.connections: list[list[bytes]] = []
        self.asked: list[list[bytes]] = []
        self.closed = threading.Event()
        self._context = context
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                with suppress(OSError):
                    self._answer(connection)

    def _answer(self, plain: socket.socket) -> None:
        with self._context.wrap_socket(plain, server_side=True) if self._context else plain as connection:
            asked = list[bytes]()
            self.asked.append(asked)
            for answer in self.connections.pop(0):
                asked.append(_whole_request(connection))
                connection.sendall(answer)
        self.closed.set()


def _whole_request(connection: socket.socket) -> bytes:
    """Head and body: a client may send them apart, and either may come in pieces."""
    asked = b""
    while not _is_whole(asked) and (piece := connection.recv(65536)):
        asked += piece
    return asked


def _is_whole(asked: bytes) -> bool:
    head, end, body = asked.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)
