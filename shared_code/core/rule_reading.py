"""Reading the transformation rules of a field from its document, with everything that is wrong with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from shared_code.core.transformation_rules import (
    KINDS,
    MAX_PATTERN,
    MAX_REPEATS,
    MAX_RULES,
    Kind,
    Parameter,
    Rule,
)

_WORDS: Mapping[type, str] = {
    str: "a text", int: "a whole number", list: "a list of texts", dict: "a table of texts",
}  # fmt: skip
_REPEAT = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")
_REPEATED_GROUP = re.compile(r"\([^()]*(?:[*+]|\{\d*,\})[^()]*\)(?:[*+]|\{)")
_NUMBERS = {"cut": range(1, 4001), "number_format": range(11), "part": range(-99, 100)}
_OTHERWISE = ("refuse", "keep", "blank")


def read_rules(given: object) -> tuple[tuple[Rule, ...], list[str]]:
    """The rules a document lists, and every fault found in them.

    A rule without parameters may be written as its name alone, any other as a table whose first key is
    the rule's name.
    """
    if not isinstance(given, list):
        return (), [f"rules is {given} and must be a list"]
    if len(given) > MAX_RULES:
        return (), [f"rules has {len(given)} entries; up to {MAX_RULES} are possible"]
    rules: list[Rule] = []
    problems: list[str] = []
    for entry in given:
        rule, faults = _read(entry)
        problems += faults
        rules += [rule] if rule else []
    return tuple(rules), problems


def _read(entry: object) -> tuple[Rule | None, list[str]]:
    if isinstance(entry, str):
        return _named(entry, {})
    if not isinstance(entry, dict) or not entry:
        return None, [f"rule {entry} must be a rule's name or a table that begins with one"]
    names = [key for key in entry if key in KINDS]
    return _named(names[0] if names else next(iter(entry)), entry)


def _named(name: str, entry: Mapping[str, Any]) -> tuple[Rule | None, list[str]]:
    kind = KINDS.get(name)
    if kind is None:
        close = difflib.get_close_matches(name, KINDS, 1)
        hint = f"did you mean “{close[0]}”?" if close else f"there are {', '.join(KINDS)}"
        return None, [f"there is no rule “{name}”; {hint}"]
    known = dict(kind.parameters)
    problems = [
        f"rule {name} has an unknown key “{key}”" for key in entry if key not in known and key != name
    ]
    parameters: dict[str, Parameter] = {}
    for key, wanted in known.items():
        if key in entry:
            value, fault = _parameter(key, wanted, entry[key])
            parameters[key] = value
            problems += [f"rule {name}: {fault}"] if fault else []
        elif key == name or key == "with":
            problems.append(f"rule {name} needs “{key}”")
    problems = problems or [f"rule {name}: {fault}" for fault in _doubts(name, parameters)]
    return (None if problems else Rule(name, tuple(sorted(parameters.items())))), problems


def _parameter(key: str, wanted: type, given: object) -> tuple[Parameter, str]:
    match given:
        case bool():
            pass
        case str() | int() if isinstance(given, wanted):
            return given, ""
        case list() if wanted is list and given and all(isinstance(each, str) for each in given):
            return tuple(given), ""
        case dict() if wanted is dict and given and all(isinstance(each, str) for each in given.values()):
            return tuple(given.items()), ""
    return "", f"{key} is {given} and must be {_WORDS[wanted]}"


def _doubts(name: str, parameters: Mapping[str, Parameter]) -> list[str]:
    """What is of the right kind and still cannot be meant."""
    problems = [
        f"{key} must be between {_NUMBERS[key].start} and {_NUMBERS[key].stop - 1}"
        for key, value in parameters.items()
        if key in _NUMBERS and value not in _NUMBERS[key]
    ]
    if name in ("replace", "split", "read_number") and not parameters[name]:
        problems.append(f"{name} must not be empty")
    if parameters.get("otherwise", "refuse") not in _OTHERWISE:
        problems.append(f"otherwise must be one of {', '.join(_OTHERWISE)}")
    if name in ("date_format", "read_date"):
        problems += [
            f"{part} is missing" for part in ("YYYY", "MM", "DD") if part not in str(parameters[name])
        ]
        problems += ["“%” is not possible in a date"] if "%" in str(parameters[name]) else []
    return problems + (_pattern_doubts(parameters) if name == "regex" else [])


def _pattern_doubts(parameters: Mapping[str, Parameter]) -> list[str]:
    """A pattern that could take minutes on an odd text is refused."""
    pattern = str(parameters["regex"])
    try:
        re.compile(pattern).sub(str(parameters["with"]), "")
        re.compile(f"(?:{pattern})|").sub(str(parameters["with"]), "")
    except (re.error, IndexError) as error:
        return [f"the pattern is not usable: {error}"]
    problems = [f"the pattern has more than {MAX_PATTERN} characters"] if len(pattern) > MAX_PATTERN else []
    if len(_REPEAT.findall(pattern)) > MAX_REPEATS:
        problems.append(f"the pattern repeats without end more than {MAX_REPEATS} times")
    if _REPEATED_GROUP.search(pattern):
        problems.append("the pattern repeats a group that repeats something itself")
    return problems


def rules_schema() -> dict[str, Any]:
    """The JSON Schema of a list of rules: what ``read_rules`` refuses, as far as a schema can say it."""
    alone = [name for name, kind in KINDS.items() if not kind.parameters]
    tables = [_table_schema(name, kind) for name, kind in KINDS.items() if kind.parameters]
    bare = {"type": "object", "propertyNames": {"enum": alone}, "minProperties": 1, "maxProperties": 1}
    entries = [{"enum": alone}, bare, *tables]
    return {"type": "array", "maxItems": MAX_RULES, "items": {"anyOf": entries}}


def _table_schema(name: str, kind: Kind) -> dict[str, Any]:
    properties = {key: _parameter_schema(key, wanted, name) for key, wanted in kind.parameters}
    needed = [key for key in properties if key in (name, "with")]
    return {
        "type": "object",
        "description": kind.does,
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _parameter_schema(key: str, wanted: type, rule: str) -> dict[str, Any]:
    if wanted is int:
        limits = _NUMBERS.get(key)
        return {"type": "integer", **({"minimum": limits[0], "maximum": limits[-1]} if limits else {})}
    if wanted is list:
        return {"type": "array", "items": {"type": "string"}, "minItems": 1}
    if wanted is dict:
        return {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}
    if key == "otherwise":
        return {"enum": list(_OTHERWISE)}
    return {"type": "string", **_text_limits(key, rule)}


def _text_limits(key: str, rule: str) -> dict[str, Any]:
    if key != rule:
        return {}
    if rule in ("date_format", "read_date"):
        return {"allOf": [{"pattern": part} for part in ("YYYY", "MM", "DD", "^[^%]*$")]}
    if rule == "regex":
        return {"maxLength": MAX_PATTERN}
    return {"minLength": 1} if rule in ("replace", "split", "read_number") else {}
