"""An app that gives prepared answers to the command line."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tandem.command import main
from tandem.exits import Exit
from tests.docs.openapi import DOCUMENT, resolve

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
        path, _, query = target.partition("?")
        assert asks_no_more_than_is_given(method, path, query), target
        self.seen.append((method, target, _sent(body)))
        waiting = self.answers.get(
            f"{method} {path}", [(404, {"title": "There is nothing of that id.", "detail": path})]
        )
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


def asks_no_more_than_is_given(method: str, path: str, query: str) -> bool:
    """Whether a page is no larger than the description of the API allows."""
    asked = [int(value) for name, value in parse_qsl(query) if name == "limit"]
    return not asked or asked[0] <= _most(method.lower(), path)


def _most(method: str, path: str) -> float:
    for described, item in DOCUMENT["paths"].items():
        if method in item and re.fullmatch("/api" + re.sub(r"{\w+}", "[^/]+", described), path):
            given = [resolve(each) for each in item[method].get("parameters", ())]
            return min(
                (each["schema"]["maximum"] for each in given if each["name"] == "limit"), default=math.inf
            )
    return math.inf


def _sent(body: bytes) -> Any:
    """The document that was sent, or the text where it is none."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode()


def called(scripted: Scripted, *arguments: str) -> Exit:
    environment = {"TANDEM_URL": scripted.url, "TANDEM_KEY": KEY}
    return Exit(main(arguments, environment))
