"""An app that gives prepared answers to the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tandem.command import main
from tandem.exits import Exit

KEY = "a key of a function app"


@dataclass
class Scripted:
    """An app that gives prepared answers, the last of a path again and again, and notes what it was sent."""

    answers: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    seen: list[tuple[str, str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    url: str = ""

    def says(self, method: str, path: str, *answers: Any) -> None:
        given = [each if isinstance(each, tuple) else (200, each) for each in answers]
        self.answers[f"{method} /api/{path}"] = given

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, Any]:
        path = target.partition("?")[0]
        self.seen.append((method, target, _sent(body)))
        waiting = self.answers.get(
            f"{method} {path}", [(404, {"title": "There is nothing of that id.", "detail": path})]
        )
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


def _sent(body: bytes) -> Any:
    """The document that was sent, or the text where it is none."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode()


def called(scripted: Scripted, *arguments: str) -> Exit:
    environment = {"TANDEM_URL": scripted.url, "TANDEM_KEY": KEY}
    return Exit(main(arguments, environment))
