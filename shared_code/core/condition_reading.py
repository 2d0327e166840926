"""Reading the conditions of a filter from a document, with everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Any

from shared_code.core.conditions import OPERATORS, Condition
from shared_code.core.document_kinds import Read, Schema, Single, constant
from shared_code.core.features import choices_schema

_KEYS = frozenset(("field", "otherwise", *OPERATORS))
_ALWAYS_TRUE = ("is_blank", "is_not_blank")


@dataclass(frozen=True, slots=True)
class Conditions:
    """A list of conditions, all of which must hold."""

    default: tuple[Condition, ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, list):
            return self.default, [f"{where}: {key} is {given} and must be a list"]
        found: list[Condition] = []
        faults: list[str] = []
        for entry in given:
            condition, wrong = _entry(entry, where, key)
            found += [condition] if condition else []
            faults += wrong
        return tuple(found), faults

    def schema(self) -> Schema:
        return {"type": "array", "items": {"anyOf": [_table_schema()]}}


def _entry(entry: object, where: str, key: str) -> tuple[Condition | None, list[str]]:
    if not isinstance(entry, dict):
        return None, [f"{where}: an entry of {key} is {entry} and must be a table"]
    return _table(entry, f"{where}.{key}")


def _table(entry: MappingOf[str, Any], where: str) -> tuple[Condition | None, list[str]]:
    faults = [f"{where} has an unknown key “{key}”" for key in entry if key not in _KEYS]
    faults += [
        f"{where}: {key} is {entry[key]} and must be a text"
        for key in ("field", "otherwise")
        if not isinstance(entry.get(key, ""), str)
    ]
    operators = [key for key in entry if key in OPERATORS]
    if not entry.get("field") or len(operators) != 1:
        return None, [*faults, f"{where}: each condition names a field and one of {', '.join(OPERATORS)}"]
    (operator,) = operators
    if operator in _ALWAYS_TRUE and entry[operator] is not True:
        faults.append(f"{where}: {operator} of {entry['field']} can only be true")
    values = entry[operator] if isinstance(entry[operator], list) else [entry[operator]]
    if any(isinstance(each, list | dict) for each in values):
        faults.append(f"{where}: {operator} of {entry['field']} must be one value or a list of them")
    if faults:
        return None, faults
    found = tuple(constant(each) for each in values)
    return Condition(entry["field"], operator, found, entry.get("otherwise", "")), []


def _table_schema() -> Schema:
    value = Single().schema()
    values: Schema = {"anyOf": [value, {"type": "array", "items": value}]}
    operators = {name: {"const": True} if name in _ALWAYS_TRUE else values for name in OPERATORS}
    text: Schema = {"type": "string"}
    properties: Schema = {
        "field": {**text, "minLength": 1, "description": "The field of this side's records."},
        "otherwise": {**text, "description": "What a person is told of a record that fails this alone."},
        **operators,
    }
    instead: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    one = {"required": ["field"], "oneOf": [{"required": [name]} for name in OPERATORS]}
    return {
        "type": "object",
        "properties": {**properties, **choices_schema(instead)},
        "additionalProperties": False,
        "anyOf": [one, {"required": ["when"]}],
    }
