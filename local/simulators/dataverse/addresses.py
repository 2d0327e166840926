"""Reading request addresses: path segments with keys, and query options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from local.simulators.dataverse.errors import bad_request, segment_missing
from local.simulators.dataverse.values import GUID

API = re.compile(r"/api/data/v9\.[0-2]/?")
_SEGMENT = re.compile(r"(?P<name>[^()]+)(?:\((?P<key>.*)\))?", re.DOTALL)
_KEY_PART = re.compile(
    r"\s*(?P<name>[A-Za-z_]\w*)\s*=\s*"
    r"(?P<value>[\w.]*'(?:[^']|'')*'|\[[^\]]*\]|[^,'\[]+)\s*(?:,|$)"
)
_ROW_ADDRESS = re.compile(r"(?:.*/)?(?P<set>[A-Za-z_]\w*)\((?P<key>.*)\)", re.DOTALL)


@dataclass(frozen=True)
class Segment:
    """One path segment: ``name``, ``name(guid)`` or ``name(a='x',b=1)``; ``raw`` as it was written."""

    name: str
    raw: str
    row_id: str | None = None
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def has_key(self) -> bool:
        return self.row_id is not None or bool(self.keys)


@dataclass(frozen=True)
class Address:
    """Path segments below the service root, and the query."""

    segments: tuple[Segment, ...]
    query: dict[str, str]
    raw_path: str


def parse_address(target: str) -> Address:
    """Read a target below ``/api/data/v9.x/``.  Raises ``Refused``."""
    path, _, query = target.partition("?")
    match = API.match(path)
    if match is None:
        raise segment_missing(path[:100])
    rest = path[match.end() :].strip("/")
    segments = tuple(parse_segment(unquote(part)) for part in _split_path(rest)) if rest else ()
    return Address(segments, parse_query(query), rest)


def parse_query(query: str) -> dict[str, str]:
    """Query options by name, values decoded.  Raises ``Refused`` for one given twice."""
    options: dict[str, str] = {}
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        if name in options:
            raise bad_request(f"Query option '{name}' was specified more than once.")
        options[name] = unquote_plus(value)
    return options


def parse_segment(text: str) -> Segment:
    """Read one decoded segment.  Raises ``Refused`` for an unreadable key."""
    match = _SEGMENT.fullmatch(text)
    if match is None:
        raise bad_request(f"The request address is not valid near '{text[:100]}'.")
    name, key = match["name"], match["key"]
    if key is None or key == "":
        return Segment(name, text)
    if GUID.fullmatch(key):
        return Segment(name, text, row_id=key.lower())
    return Segment(name, text, keys=_key_parts(key))


def row_of(reference: str) -> Segment | None:
    """The set and key in ``/accounts(guid)``, ``accounts(guid)`` or an absolute address of a row."""
    match = _ROW_ADDRESS.fullmatch(unquote(reference.strip()))
    return parse_segment(f"{match['set']}({match['key']})") if match else None


def text_of(literal: str) -> str | None:
    """The text of a quoted literal, None when it is not quoted."""
    if len(literal) >= 2 and literal[0] == literal[-1] == "'":
        return literal[1:-1].replace("''", "'")
    return None


def _key_parts(key: str) -> tuple[tuple[str, str], ...]:
    parts: list[tuple[str, str]] = []
    at = 0
    while at < len(key):
        match = _KEY_PART.match(key, at)
        if match is None:
            raise bad_request(f"The key '{key[:100]}' in the request address is not valid.")
        parts.append((match["name"], match["value"].strip()))
        at = match.end()
    return tuple(parts)


def _split_path(path: str) -> list[str]:
    """Split at slashes that are not inside a quoted key value."""
    parts, start, quoted = [], 0, False
    for at, char in enumerate(path):
        if char == "'":
            quoted = not quoted
        elif char == "/" and not quoted:
            parts.append(path[start:at])
            start = at + 1
    return [*parts, path[start:]]
