"""The words of a ``$filter`` and the literals among them, checked against the property compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.simulators.business_central.errors import ApiError, bad_request
from local.simulators.business_central.schema import EntityType, Property
from local.simulators.business_central.values import DATE_TIME, GUID, stamp_from_text, stored_code

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<datetime>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_/.]*)"
    r"|(?P<mark>[(),:]))"
)
_LITERALS: Final[Mapping[str, frozenset[str]]] = {
    "guid": frozenset({"guid"}),
    "text": frozenset({"string"}),
    "code": frozenset({"string"}),
    "enum": frozenset({"string"}),
    "decimal": frozenset({"number"}),
    "integer": frozenset({"number"}),
    "boolean": frozenset({"name"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime"}),
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word: string, guid, datetime, date, number, name or mark."""

    kind: str
    text: str


def split_tokens(text: str) -> list[Token]:
    """The words of a filter; raises 400 for what is none."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise syntax_error(text[at : at + 20])
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind]))
        at = match.end()
    return found


def literal_value(prop: Property, token: Token, entity: EntityType) -> Any:
    """The literal as compared; raises 400 for one of another type."""
    if token.kind not in _LITERALS[prop.kind]:
        raise bad_request(
            "A binary operator with incompatible types was detected. Found operand types "
            f"'{prop.kind}' and '{token.kind}' for property '{prop.name}' of '{entity.entity}'."
        )
    match prop.kind:
        case "datetime":
            return _stamp(token.text)
        case "decimal" | "integer":
            return float(token.text)
        case "boolean":
            return _boolean(token.text)
        case "guid":
            return token.text.lower() if GUID.match(token.text) else _raise_syntax(token.text)
        case "enum":
            return _member(prop, _unquoted(token.text))
        case "code":
            return stored_code(_unquoted(token.text))
        case "text":
            return _unquoted(token.text)
        case _:
            return token.text


def _stamp(text: str) -> float:
    try:
        return stamp_from_text(text) if DATE_TIME.match(text) else float(_raise_syntax(text))
    except (ValueError, OverflowError):
        raise syntax_error(text) from None


def _boolean(text: str) -> bool:
    return text == "true" if text in ("true", "false") else bool(_raise_syntax(text))


def _member(prop: Property, text: str) -> str:
    if text not in prop.enum:
        options = ",".join(prop.captions)
        raise ApiError(400, "Unknown", f"'{text}' is not an option. The existing options are: {options}")
    return text


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def syntax_error(near: str) -> ApiError:
    """A 400 that says where the filter cannot be read."""
    return bad_request(f"Syntax error in $filter near '{near}'.")


def _raise_syntax(near: str) -> Any:
    raise syntax_error(near)
