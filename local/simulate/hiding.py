"""What a system answers while something is wrong with it as a whole: nothing, as another, or not at all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from local.simulators.wire import Request, Response

_GONE = b'{"error":{"code":"0x80048d0b","message":"The environment is being restored."}}'
ANOTHER_ORGANISATION = "0badc0de-0000-4000-8000-00000000beef"


@dataclass
class Veil:
    """Lies over both services.  ``empty``: (side, table set) that show no record; ``disguised``: the text
    that is answered as another one; ``down``: sides that do not answer."""

    empty: set[tuple[str, str]] = field(default_factory=set)
    disguised: str = ""
    down: set[str] = field(default_factory=set)
    shown_empty: int = 0

    def refusal(self, side: str) -> Response | None:
        """The answer of a system that is away."""
        if side not in self.down:
            return None
        return Response(503, {"Content-Type": "application/json", "Retry-After": "30"}, _GONE)

    def seen(self, side: str, request: Request) -> Request:
        """The request as the real system sees it."""
        if not self.disguised or side != "sales":
            return request
        return replace(request, target=request.target.replace(ANOTHER_ORGANISATION, self.disguised))

    def over(self, side: str, request: Request, response: Response) -> Response:
        """The answer as it comes through."""
        if self.disguised and side == "sales":
            text = self.disguised.encode()
            return replace(response, body=response.body.replace(text, ANOTHER_ORGANISATION.encode()))
        hidden = [table for each, table in self.empty if each == side]
        if not hidden or response.status >= 300:
            return response
        return self._emptied(request, response, hidden)

    def _emptied(self, request: Request, response: Response, tables: list[str]) -> Response:
        if request.method == "GET":
            if not any(_reads(request.target, each) for each in tables):
                return response
            return replace(response, body=self._without(response.body))
        if not request.body.lstrip().startswith(b"{") or not request.target.endswith("$batch"):
            return response
        asked = {each["id"]: each for each in json.loads(request.body)["requests"]}
        document = json.loads(response.body)
        for each in document["responses"]:
            part = asked[each["id"]]
            if part["method"] == "GET" and any(_reads(part["url"], table) for table in tables):
                each["body"] = self._bare(each["body"])
        return replace(response, body=json.dumps(document).encode())

    def _without(self, body: bytes) -> bytes:
        return json.dumps(self._bare(json.loads(body))).encode()

    def _bare(self, document: Any) -> Any:
        if not isinstance(document, dict) or not isinstance(document.get("value"), list):
            return document
        self.shown_empty += 1
        return {**document, "value": []}


def _reads(target: str, table: str) -> bool:
    path = unquote(target).partition("?")[0]
    return re.search(rf"(^|/){re.escape(table)}$", path) is not None
