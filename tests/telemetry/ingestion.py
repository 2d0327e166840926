"""A stand-in for Application Insights' ingestion endpoint."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "00000000-0000-0000-0000-000000000001"


class Ingestion:
    """Takes what is sent to ``/v2.1/track``, as the service does, and keeps the envelopes.

    With ``tls`` it is there over TLS, and with ``accepts`` it takes only what carries an ``Authorization``
    that this does not raise for (Microsoft docs: azure-monitor/app/azure-ad-authentication.md).
    """

    def __init__(
        self, tls: ssl.SSLContext | None = None, accepts: Callable[[str | None], object] = lambda header: None
    ) -> None:
        self.envelopes: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, accepts))
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self._scheme = "https" if tls else "http"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def connection_string(self) -> str:
        """What an app's setting holds for it."""
        host = f"{self._scheme}://localhost:{self.server.server_address[1]}"
        return f"InstrumentationKey={KEY};IngestionEndpoint={host}"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The contents of the envelopes of one kind."""
        return [each["data"]["baseData"] for each in self.envelopes if each["data"]["baseType"] == kind]


def _handler(kept: Ingestion, accepts: Callable[[str | None], object]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                accepts(self.headers.get("Authorization"))
            except Exception as error:
                kept.refused.append(type(error).__name__)
                self._answer(401, {"errors": []})
                return
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            found = json.loads(body) if body.lstrip().startswith(b"[") else [json.loads(body)]
            kept.envelopes.extend(found)
            self._answer(200, {"itemsReceived": len(found), "itemsAccepted": len(found), "errors": []})

        def _answer(self, status: int, document: dict[str, Any]) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
