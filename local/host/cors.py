"""Pages of other origins that may call the app: what the platform answers browsers, from a list of origins.

In Azure the list is the app's own (CORS, in the portal); it reaches the host as
``WEBSITE_CORS_ALLOWED_ORIGINS``, a JSON list.  Core Tools take it from ``Host.CORS`` of local.settings.json.
The app itself never sees a preflight.  One that is not allowed is answered without the headers that a browser
looks for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from local.host.errors import HostError
from local.host.http_model import HttpAnswer, HttpRequest

SETTING = "WEBSITE_CORS_ALLOWED_ORIGINS"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Cors:
    """The origins that are let in; with none the platform does not look."""

    origins: frozenset[str] = frozenset()

    def preflight(self, request: HttpRequest) -> HttpAnswer | None:
        """The answer to a browser that asks whether it may call; nothing for any other request."""
        wanted = request.headers.get("access-control-request-method")
        if not self.origins or request.method != "OPTIONS" or "origin" not in request.headers or not wanted:
            return None
        if not self._lets_in(request):
            return HttpAnswer(204)
        headers = [*self._allowed(request), ("Access-Control-Allow-Methods", wanted)]
        if asked := request.headers.get("access-control-request-headers"):
            headers.append(("Access-Control-Allow-Headers", asked))
        return HttpAnswer(204, tuple(headers))

    def shown(self, request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        """An answer with what lets the calling page read it."""
        if not self._lets_in(request):
            return answer
        return replace(answer, headers=(*answer.headers, *self._allowed(request)))

    def _lets_in(self, request: HttpRequest) -> bool:
        return ANY in self.origins or request.headers.get("origin", "").lower() in self.origins

    def _allowed(self, request: HttpRequest) -> tuple[tuple[str, str], ...]:
        if ANY in self.origins:
            return (("Access-Control-Allow-Origin", ANY),)
        return ("Access-Control-Allow-Origin", request.headers["origin"]), ("Vary", "Origin")


def cors_from(environment: Mapping[str, str], local_settings: Path) -> Cors:
    """The origins of this start.  Raises HostError for what is no list of origins."""
    text = environment.get(SETTING, "")
    try:
        listed = json.loads(text) if text else _of_core_tools(local_settings)
    except ValueError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(each, str) and _is_origin(each) for each in listed):
        raise HostError(
            f'{SETTING} must be a JSON list of origins such as ["https://contoso.crm4.dynamics.com"]'
        )
    return Cors(frozenset(each.lower() for each in listed))


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    origin = f"{parts.scheme}://{parts.netloc}"
    return text == ANY or bool(parts.scheme and parts.netloc and text.lower() == origin.lower())


def _of_core_tools(file: Path) -> list[str]:
    if not file.exists():
        return []
    host = json.loads(file.read_text("utf-8-sig")).get("Host", {})
    return [each.strip() for each in str(host.get("CORS", "")).split(",") if each.strip()]
