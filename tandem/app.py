"""The deployed app over HTTP: one session, patience where the app asks for it, problems as errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import requests

type Document = dict[str, Any]
type Body = Mapping[str, object] | bytes | None
"""A document, or a text as it is."""

TIMEOUT_S = 240.0
"""Azure answers a function's HTTP call within 230 seconds, or not at all."""
MAX_TRIES = 6
LONGEST_WAIT_S = 60.0
MAX_PAGES = 100_000
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class AppError(Exception):
    """Root of what can go wrong with a call; the text tells what happened and what to do."""


class Unreachable(AppError):
    """Nobody answers there, or the key is not accepted."""


class Refused(AppError):
    """The app understood the call and refused it, in its own words."""


@dataclass
class App:
    """One Tandem app.  ``sleep`` is given, so that waiting can be tested."""

    url: str
    key: str
    connection: str = ""
    session: requests.Session = field(default_factory=requests.Session)
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            raise Unreachable(
                f"The address must begin with https://, so that nobody on the way reads the key: {self.url}"
            )
        self.url = self.url.rstrip("/").removesuffix("/api")

    def get(self, path: str, **query: object) -> Document:
        return self.call("GET", path, query)

    def post(self, path: str, body: Mapping[str, object] | None = None, **query: object) -> Document:
        return self.call("POST", path, query, body)

    def put_text(self, path: str, text: str, **query: object) -> Document:
        """Store a text as it is."""
        return self.call("PUT", path, query, text.encode())

    def pages(self, path: str, items: str, **query: object) -> Iterator[Document]:
        """Everything of a list that comes page by page."""
        found = self.get(path, **query)
        for _ in range(MAX_PAGES):
            yield from found[items]
            if not found.get("next"):
                return
            found = self._send("GET", f"{self.url}{found['next']}", {}, None)

    def call(self, method: str, path: str, query: Mapping[str, object], body: Body = None) -> Document:
        """One call.  Raises ``Unreachable`` or ``Refused``."""
        asked = {name: str(value) for name, value in query.items() if value not in (None, "")}
        if self.connection:
            asked["connection"] = self.connection
        return self._send(method, f"{self.url}/api/{path.lstrip('/')}", asked, body)

    def _send(self, method: str, url: str, query: Mapping[str, str], body: Body) -> Document:
        answer = self._answer(method, url, query, body)
        for tried in range(1, MAX_TRIES):
            if answer.status_code not in (429, 503):
                break
            self.sleep(_wait_s(answer, tried))
            answer = self._answer(method, url, query, body)
        return self._document(answer)

    def _answer(self, method: str, url: str, query: Mapping[str, str], body: Body) -> requests.Response:
        headers = {"x-functions-key": self.key, "accept": "application/json"}
        try:
            return self.session.request(
                method,
                url,
                params=query,
                json=None if isinstance(body, bytes) else body,
                data=body if isinstance(body, bytes) else None,
                headers=headers,
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unreachable(
                f"{self.url} does not answer ({type(error).__name__}). Check the address."
            ) from None

    def _document(self, answer: requests.Response) -> Document:
        if answer.status_code in (401, 403) and not _is_problem(answer):
            raise Unreachable(f"{self.url} does not accept the key: take one from the portal, App keys.")
        try:
            document = answer.json()
        except ValueError:
            raise Unreachable(
                f"{self.url} answers {answer.status_code} and no JSON: is it a Tandem app?"
            ) from None
        if not isinstance(document, dict):
            raise Unreachable(f"{self.url} answers something else than Tandem does.")
        if answer.status_code >= 400:
            raise _error(answer.status_code, document)
        return document


def _is_problem(answer: requests.Response) -> bool:
    return answer.headers.get("content-type", "").startswith("application/problem+json")


def _wait_s(answer: requests.Response, tried: int) -> float:
    text = answer.headers.get("retry-after", "")
    return min(float(text) if text.isdecimal() else 2.0**tried, LONGEST_WAIT_S)


def _error(status: int, document: Document) -> AppError:
    text = f"{document.get('title', status)} {document.get('detail', '')}".strip()
    if named := document.get("field"):
        text += f" (in {named})"
    for fault in document.get("faults", ()):
        text += f"\n  line {fault['line']}: {fault['reason']} {fault['suggestion']}".rstrip()
    if reference := document.get("reference"):
        text += f" Reference: {reference}"
    return Refused(text) if status < 500 else Unreachable(text)


def segment(text: str) -> str:
    """A name as one part of a path."""
    return quote(text, safe="")
