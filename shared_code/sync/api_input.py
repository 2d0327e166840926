"""What callers of the HTTP API send, checked: what cannot be used is refused with its name and the reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared_code.sync.parts import ConnectionParts, Parts, UnknownName

MAX_BODY_BYTES = 64 * 1024
MAX_DIGITS = 9
MAX_ID = 64
PLATFORM = frozenset({"code", "clientId"})
"""Parameters of Azure Functions itself: a function key, and the name of it."""


class BadInput(ValueError):
    """What a caller sent cannot be used; ``field`` is the name of the part that is wrong."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class NotFound(LookupError):
    """There is nothing of that id."""


def document_of(body: bytes) -> dict[str, Any]:
    """A body as the JSON object it must be; none at all is an empty one."""
    if not body.strip():
        return {}
    if len(body) > MAX_BODY_BYTES:
        raise BadInput("body", f"it is longer than {MAX_BODY_BYTES} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("body", "it is no JSON, or nested too deeply") from None
    if not isinstance(document, dict):
        raise BadInput("body", "it must be a JSON object")
    return document


def refuse_unknown(document: Mapping[str, object], known: set[str]) -> None:
    """A misspelt field would silently change what is meant."""
    for name in document:
        if name not in known:
            raise BadInput(name, f"there is no such field; there are {', '.join(sorted(known))}")


def refuse_unknown_parameters(query: Mapping[str, str], *known: str) -> None:
    """A misspelt parameter would silently change what is meant."""
    for name in sorted(query.keys() - PLATFORM - set(known)):
        there = f"there are {', '.join(known)}" if known else "there are none"
        raise BadInput(name[:MAX_ID], f"there is no such parameter; {there}")


def connection_of(parts: Parts, name: object) -> ConnectionParts:
    """The connection of that name; the only one where none is named."""
    if name is None and len(parts.connections) == 1:
        return next(iter(parts.connections.values()))
    if not isinstance(name, str) or name not in parts.connections:
        raise BadInput("connection", f"name one of {', '.join(sorted(parts.connections))}")
    return parts.connection(name)


def names_of(at: ConnectionParts, document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The names of mappings in a field, each once."""
    given = document.get(name, [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise BadInput(name, "it must be a list of mapping names")
    for each in given:
        try:
            at.mapping(each)
        except UnknownName as error:
            raise BadInput(name, str(error)) from None
    return tuple(dict.fromkeys(given))


def number_of(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A number from 1 to ``most`` in the query."""
    text = query.get(name, str(default))
    is_short_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    if not is_short_number or not 1 <= int(text) <= most:
        raise BadInput(name, f"it must be a number from 1 to {most}")
    return int(text)


def is_id(text: str) -> bool:
    """Whether a text may be an id: ours and those of both systems are short, of letters, digits, hyphens."""
    return text.isascii() and text.replace("-", "").isalnum() and len(text) <= MAX_ID


def id_of(text: str) -> str:
    """Ids are ours and short; anything else is simply not there."""
    if not is_id(text):
        raise NotFound(f"there is nothing of the id “{text[:MAX_ID]}”")
    return text
