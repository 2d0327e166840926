"""Reading the conditions of a filter from a document, with everything that is wrong with them.

A filter is one text in the language of ``filter_language.py``, or a list of which each entry is such a text
or a table.  All that is listed must hold.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from typing import Any

from shared_code.core.conditions import OPERATORS, Compound, Condition, Joint, Test
from shared_code.core.document_kinds import Read, Schema, Single, constant
from shared_code.core.features import choices_schema
from shared_code.core.filter_language import MAX_CHARS, FilterUnreadable, parse_filter

_KEYS = frozenset(("where", "field", "otherwise", *OPERATORS))
_ALWAYS_TRUE = ("is_blank", "is_not_blank")

type _Found = tuple[tuple[Test, ...], list[str]]


@dataclass(frozen=True, slots=True)
class Conditions:
    """A filter: all of its conditions must hold."""

    default: tuple[Test, ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        if isinstance(given, str):
            return _text(given, f"{where}.{key}")
        if not isinstance(given, list):
            return self.default, [f"{where}: {key} is {given} and must be a text or a list"]
        found: list[Test] = []
        faults: list[str] = []
        for entry in given:
            tests, wrong = _entry(entry, where, key)
            found += tests
            faults += wrong
        return tuple(found), faults

    def schema(self) -> Schema:
        text: Schema = {"type": "string", "maxLength": MAX_CHARS, "pattern": r"\S"}
        return {"anyOf": [text, {"type": "array", "items": {"anyOf": [text, _table_schema()]}}]}


def _entry(entry: object, where: str, key: str) -> _Found:
    if isinstance(entry, str):
        return _text(entry, f"{where}.{key}")
    if not isinstance(entry, dict):
        return (), [f"{where}: an entry of {key} is {entry} and must be a text or a table"]
    return _table(entry, f"{where}.{key}")


def _text(text: str, where: str) -> _Found:
    if not text.strip():
        return (), [f"{where} is blank; leave it out to take in all records"]
    try:
        return parse_filter(text), []
    except FilterUnreadable as unreadable:
        return (), [f"{where}: {unreadable}"]


def _table(entry: MappingOf[str, Any], where: str) -> _Found:
    faults = [f"{where} has an unknown key “{key}”" for key in entry if key not in _KEYS]
    faults += [
        f"{where}: {key} is {entry[key]} and must be a text"
        for key in ("where", "field", "otherwise")
        if not isinstance(entry.get(key, ""), str)
    ]
    operators = [key for key in entry if key in OPERATORS]
    if "where" in entry and not (operators or "field" in entry):
        return _written(entry, where, faults)
    if not entry.get("field") or len(operators) != 1 or "where" in entry:
        return (), [*faults, f"{where}: each condition names a field and one of {', '.join(OPERATORS)}"]
    (operator,) = operators
    if operator in _ALWAYS_TRUE and entry[operator] is not True:
        faults.append(f"{where}: {operator} of {entry['field']} can only be true")
    values = entry[operator] if isinstance(entry[operator], list) else [entry[operator]]
    if any(isinstance(each, list | dict) for each in values):
        faults.append(f"{where}: {operator} of {entry['field']} must be one value or a list of them")
    if faults:
        return (), faults
    found = tuple(constant(each) for each in values)
    return (Condition(entry["field"], operator, found, entry.get("otherwise", "")),), []


def _written(entry: MappingOf[str, Any], where: str, faults: list[str]) -> _Found:
    """A text with what a person is told of a record that fails it alone: then it is one condition."""
    tests, wrong = _text(entry["where"], where) if isinstance(entry["where"], str) else ((), [])
    if faults or wrong:
        return (), [*faults, *wrong]
    otherwise = entry.get("otherwise", "")
    one = tests[0] if len(tests) == 1 else Compound(Joint.ALL, tests)
    return ((replace(one, otherwise=otherwise),) if otherwise else tests), []


def _table_schema() -> Schema:
    value = Single().schema()
    values: Schema = {"anyOf": [value, {"type": "array", "items": value}]}
    operators = {name: {"const": True} if name in _ALWAYS_TRUE else values for name in OPERATORS}
    text: Schema = {"type": "string"}
    properties: Schema = {
        "where": {**text, "pattern": r"\S", "maxLength": MAX_CHARS, "description": "A filter as a text."},
        "field": {**text, "minLength": 1, "description": "The field of this side's records."},
        "otherwise": {**text, "description": "What a person is told of a record that fails this alone."},
        **operators,
    }
    instead: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    written: Schema = {"required": ["where"], "not": {"anyOf": [_needs("field"), *map(_needs, OPERATORS)]}}
    one: Schema = {"required": ["field"], "oneOf": [*map(_needs, OPERATORS)], "not": _needs("where")}
    return {
        "type": "object",
        "properties": {**properties, **choices_schema(instead)},
        "additionalProperties": False,
        "anyOf": [written, one, _needs("when")],
    }


def _needs(key: str) -> Schema:
    return {"required": [key]}
