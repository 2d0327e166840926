"""A request and an answer as the host's parts pass them on; no sockets here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """``target`` is path and query as sent; header names are lower-case; ``url`` is absolute."""

    method: str
    url: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path as sent, percent-encoded."""
        return self.target.split("?", 1)[0].split("#", 1)[0]

    @property
    def query(self) -> Mapping[str, str]:
        """The decoded query; values of a repeated name are joined with a comma, as the host does."""
        found: dict[str, str] = {}
        text = urlsplit("//host" + self.target).query if self.target.startswith("/") else ""
        for name, value in parse_qsl(text, keep_blank_values=True):
            found[name] = f"{found[name]},{value}" if name in found else value
        return found


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """``headers`` in order; a name may come twice (Set-Cookie)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def json_answer(status: int, content: Any) -> HttpAnswer:
    """An answer with a JSON body."""
    body = json.dumps(content).encode()
    return HttpAnswer(status, (("Content-Type", "application/json; charset=utf-8"),), body)
