"""A scripted app, served over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.command_line.scripted import Scripted


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    app = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            app.keys.add(str(self.headers.get("x-functions-key")))
            status, document = app.answer(self.command, self.path, body)
            content = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            kind = "problem+json" if status >= 400 else "json"
            self.send_header("content-type", f"application/{kind}" if content else "text/plain")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815 (the names http.server asks for)

        def log_message(self, *given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    app.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app
    server.shutdown()
    server.server_close()
    thread.join()
