"""The barest HTTP that is still correct: a kept connection for each thread.  Standard library only."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 130.0
MOST_TRIES = 20


class Refused(Exception):
    """An answer that a repeat does not help."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:300]}")
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True)
class Answer:
    """Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class Wire:
    """Requests to one address.  A refusal (429) stops everybody until it is over; a lost answer is asked
    for again: whoever uses this sees to it that a repeat does no harm."""

    def __init__(self, url: str, ca_bundle: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self.root = parts.path.rstrip("/")
        self._host, self._port = parts.hostname or "", parts.port
        self._context = ssl.create_default_context(cafile=ca_bundle) if parts.scheme == "https" else None
        self._headers = dict(headers)
        self._mine = threading.local()
        self._closed_until_s = 0.0

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer, whatever its status is (but 429).  ``path`` is below the address, or begins at its
        root.  Raises OSError after too many lost ones."""
        target = path if path.startswith("/") else f"{self.root}/{path}"
        for tried in range(MOST_TRIES):
            time.sleep(max(0.0, self._closed_until_s - time.monotonic()))
            try:
                answer = self._once(method, target, body, headers or {})
            except (OSError, http.client.HTTPException):
                if tried == MOST_TRIES - 1:
                    raise
                continue
            if answer.status != 429:
                return answer
            wait_s = float(answer.headers.get("retry-after", "1"))
            self._closed_until_s = max(self._closed_until_s, time.monotonic() + wait_s)
        raise Refused(429, "it stayed closed")

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON.  Raises Refused."""
        kind = {"Content-Type": "application/json"} if body is not None else {}
        content = None if body is None else json.dumps(body).encode()
        answer = self.send(method, path, content, {**kind, **(headers or {})})
        if answer.status >= 400:
            raise Refused(answer.status, answer.body.decode("utf-8", "replace"))
        return answer.json()

    def _once(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = self._connection()
        try:
            connection.request(method, target, body, {**self._headers, **headers})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._mine.connection = None
            raise
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content)

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if found is None:
            found = self._new_connection()
            self._mine.connection = found
        return found

    def _new_connection(self) -> http.client.HTTPConnection:
        if self._context is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        return http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._context)
