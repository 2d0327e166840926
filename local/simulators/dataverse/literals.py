"""Tokens and literals of ``$filter`` expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from local.simulators.dataverse.errors import Refused, bad_request
from local.simulators.dataverse.values import GUID, MOMENT, parse_moment, stored_number

_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<text>'(?:[^']|'')*')
  | (?P<guid>{GUID.pattern})(?![\w-])
  | (?P<moment>{MOMENT.pattern})
  | (?P<date>\d{{4}}-\d\d-\d\d)(?![\w-])
  | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w-])
  | (?P<alias>@\w+)
  | (?P<name>[A-Za-z_][\w.]*(?:/[A-Za-z_]\w*)*)
  | (?P<mark>[(),])
)""",
    re.VERBOSE,
)
_ELEMENT = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(,|$)""")


@dataclass(frozen=True)
class Token:
    """A piece of the expression; ``end`` is where it stops in the text."""

    kind: str
    text: str
    end: int


@dataclass(frozen=True)
class Literal:
    """A constant: kind ``text``, ``number``, ``bool``, ``guid``, ``moment``, ``date`` or ``null``."""

    kind: str
    value: Any


def tokens(expression: str, start: int = 0) -> Iterator[Token]:
    """The tokens from ``start``.  Raises ``Refused`` at the first thing that is none."""
    at = start
    while expression[at:].strip():
        match = _TOKEN.match(expression, at)
        if match is None:
            raise _unreadable(expression, at)
        group = _group_of(match)
        yield Token(group, match[group], match.end())
        at = match.end()


def literal_of(token: Token) -> Literal | None:
    """The constant a token stands for; None for a name."""
    if token.kind == "text":
        return Literal("text", token.text[1:-1].replace("''", "'"))
    if token.kind == "number":
        return Literal("number", _number(token.text))
    if token.kind == "guid":
        return Literal("guid", token.text.lower())
    if token.kind in ("moment", "date"):
        return _moment(token)
    if token.kind == "name" and token.text in ("true", "false"):
        return Literal("bool", token.text == "true")
    return Literal("null", None) if token.kind == "name" and token.text == "null" else None


def text_array(text: str) -> list[str]:
    """The texts in a JSON array; the service's reader also takes single quotes.  Raises ``Refused``."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        raise bad_request("Invalid JSON. An array was expected for the parameter 'PropertyValues'.")
    inner, at, found = text[1:-1].strip(), 0, []
    while at < len(inner):
        match = _ELEMENT.match(inner, at)
        if match is None:
            raise bad_request(
                "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an "
                "array and properties of an object must be separated by commas."
            )
        found.append(_element(match[1]))
        at = match.end()
    return found


def closing(expression: str, start: int) -> int:
    """Where the bracket opened just before ``start`` closes.  Raises ``Refused``."""
    depth, quote = 1, ""
    for at in range(start, len(expression)):
        char = expression[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        if depth == 0:
            return at
    raise bad_request(f"Syntax error: a bracket is not closed in '{expression[:200]}'.")


def split_outside(text: str, mark: str) -> list[str]:
    """Split at ``mark`` where it is not inside quotes or brackets."""
    parts, depth, quote, start = [], 0, "", 0
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == mark and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _group_of(match: re.Match[str]) -> str:
    names = ("text", "guid", "moment", "date", "number", "alias", "name", "mark")
    return next(name for name in names if match[name] is not None)


def _number(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?\d+", text) else stored_number(Decimal(text))


def _moment(token: Token) -> Literal:
    try:
        if token.kind == "date":
            return Literal("date", token.text)
        return Literal("moment", parse_moment(token.text).strftime("%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise bad_request(f"Unrecognized 'Edm.DateTimeOffset' literal '{token.text}'.") from None


def _element(quoted: str) -> str:
    if quoted[0] == "'":
        inner = quoted[1:-1].replace('"', '\\"').replace("\\'", "'")
        quoted = f'"{inner}"'
    try:
        return str(json.loads(quoted))
    except ValueError:
        raise bad_request("Invalid JSON. A text in an array cannot be read.") from None


def unterminated(expression: str) -> Refused:
    """400 for a quote without its partner."""
    end = len(expression)
    return bad_request(f"There is an unterminated literal at position {end} in '{expression}'.")


def _unreadable(expression: str, at: int) -> Refused:
    rest = expression[at:].lstrip()
    if rest.startswith("'"):
        return unterminated(expression)
    return bad_request(f"Syntax error at position {at} in '{expression[:500]}'.")
