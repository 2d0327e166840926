"""What callers of the HTTP API send, checked: what cannot be used is refused with its name and the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as MappingOf
from typing import Any

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, Parts, UnknownName

MAX_BODY_BYTES = 64 * 1024
MAX_DIGITS = 9
MAX_ID = 64
MAX_TEXT = 100
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


def refuse_unknown(document: MappingOf[str, object], known: set[str]) -> None:
    """A misspelt field would silently change what is meant."""
    for name in document:
        if name not in known:
            raise BadInput(name, f"there is no such field; there are {', '.join(sorted(known))}")


def refuse_unknown_parameters(query: MappingOf[str, str], *known: str) -> None:
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


def names_of(at: ConnectionParts, document: MappingOf[str, Any], name: str) -> tuple[str, ...]:
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


def text_of(document: MappingOf[str, Any], name: str) -> str:
    """A short text that may be left out; what cannot be shown on one line is refused."""
    given = document.get(name, "")
    if not isinstance(given, str) or len(given) > MAX_TEXT or not given.isprintable():
        raise BadInput(name, f"it must be a text of at most {MAX_TEXT} characters on one line")
    return given


def number_of(query: MappingOf[str, str], name: str, default: int, most: int) -> int:
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


def mapping_of(at: ConnectionParts, name: object, field: str = "") -> Mapping:
    """The mapping of that name: in a path it is not there (404), in a ``field`` it is wrong (400)."""
    if isinstance(name, str) and name in at.mappings:
        return at.mappings[name]
    if field:
        raise BadInput(field, f"name one of {', '.join(sorted(at.mappings))}")
    raise NotFound(f"there is no mapping “{str(name)[:MAX_ID]}”")


def side_of(given: object, name: str) -> Side:
    """A side in a field or parameter."""
    if not isinstance(given, str) or given not in tuple(Side):
        raise BadInput(name, "it must be bc or sales")
    return Side(given)


def flag_of(document: MappingOf[str, Any], name: str) -> bool:
    """A field that is true or false; not there, it is false."""
    given = document.get(name, False)
    if not isinstance(given, bool):
        raise BadInput(name, "it must be true or false")
    return given


def ids_of(document: MappingOf[str, Any], name: str, most: int) -> list[str]:
    """A field that lists ids of records, each once, in lower case as both systems write them."""
    given = document.get(name)
    if not isinstance(given, list) or not 1 <= len(given) <= most:
        raise BadInput(name, f"it must be a list of 1 to {most:,} ids")
    if not all(isinstance(each, str) and is_id(each) for each in given):
        raise BadInput(name, "an id has letters, digits and hyphens only")
    return list(dict.fromkeys(each.lower() for each in given))


_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def record_ids_of(
    mapping: Mapping, side: Side, document: MappingOf[str, Any], name: str, most: int
) -> list[str]:
    """A field that lists ids of a mapping's records.

    A record is named by a GUID, but for the options of a choice (a number) and prices (the place of a price).
    """
    ids = ids_of(document, name, most)
    has_own = mapping.side(side).in_force is not None or (side is Side.SALES and mapping.is_option_set)
    if not has_own and (odd := [each for each in ids if not _GUID.fullmatch(each)]):
        raise BadInput(name, f"“{odd[0]}” is not the id of a record of {side.system_name}")
    return ids
