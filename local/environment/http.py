"""One JSON conversation with one of the local servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests

TIMEOUT_S = 60.0
TOLD_CHARACTERS = 500

type Headers = Callable[[], Mapping[str, str]]


class Refused(Exception):
    """A server answered with an error; ``status`` and ``text`` are its own."""

    def __init__(self, what: str, status: int, text: str) -> None:
        super().__init__(f"{what} was answered with {status}: {text[:TOLD_CHARACTERS]}")
        self.status = status
        self.text = text


class Talk:
    """Calls below one address; ``headers`` is asked before each call. Reads nothing from the environment."""

    def __init__(self, url: str, headers: Headers = dict, ca_bundle: Path | None = None) -> None:
        self.url = url.rstrip("/")
        self._headers = headers
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca_bundle) if ca_bundle else True

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Any answer below 400. ``path`` may be a full address of this server. Raises Refused, OSError."""
        address = path if path.startswith(self.url) else f"{self.url}/{path.lstrip('/')}"
        own = {"Content-Type": "application/json"} if body is not None else {}
        response = self._session.request(
            method,
            address,
            data=None if body is None else json.dumps(body).encode(),
            headers={**self._headers(), **own, **(headers or {})},
            timeout=TIMEOUT_S,
        )
        if response.status_code >= 400:
            raise Refused(f"{method} {address}", response.status_code, response.text)
        return response

    def json(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON, or None when it has no body."""
        response = self.send(method, path, body, headers)
        return response.json() if response.content else None

    def close(self) -> None:
        """Gives the connections back."""
        self._session.close()
