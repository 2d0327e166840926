"""Kinds of values that a mapping's document may hold: how each is read, and how a JSON Schema says it.

Reading a value gives it with everything that is wrong with it; a value that is wrong is its kind's default,
so that the reading goes on and all faults are told at once.  What a kind refuses its schema refuses too: both
are here, side by side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from shared_code.core.records import Value
from shared_code.core.rule_reading import read_rules, rules_schema

type Read = tuple[Any, list[str]]
"""What was read, and every fault found in it."""

type Schema = dict[str, Any]


class Kind(Protocol):
    """What may stand under a key."""

    @property
    def default(self) -> Any:
        """What counts where nothing stands."""
        ...

    def read(self, given: object, where: str, key: str) -> Read: ...

    def schema(self) -> Schema: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text; ``needed``: one that is not blank."""

    default: str | None = None
    needed: bool = False

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, str):
            return self.default, [_not_a(given, where, key, "a text")]
        return given, []

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"\S"} if self.needed else {"type": "string"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text of a certain form; ``meant`` tells which."""

    pattern: str
    meant: str
    default: str | None = None

    def read(self, given: object, where: str, key: str) -> Read:
        if isinstance(given, str) and re.fullmatch(self.pattern, given):
            return given, []
        return self.default, [f"{where}: {key} is “{given}” and must be {self.meant}"]

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within limits, where there are any."""

    default: int | None = None
    least: int | None = None
    most: int | None = None

    def read(self, given: object, where: str, key: str) -> Read:
        # A truth value passes for a whole number in Python and is none here.
        if not isinstance(given, int) or isinstance(given, bool):
            return self.default, [_not_a(given, where, key, "a whole number")]
        below = self.least is not None and given < self.least
        if below or (self.most is not None and given > self.most):
            return self.default, [_not_a(given, where, key, f"between {self.least} and {self.most}")]
        return given, []

    def schema(self) -> Schema:
        limits = {"minimum": self.least, "maximum": self.most}
        return {"type": "integer", **{name: at for name, at in limits.items() if at is not None}}


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""

    default: bool = False

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, bool):
            return self.default, [_not_a(given, where, key, "true or false")]
        return given, []

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of an enumeration's values."""

    members: type[StrEnum]
    default: StrEnum | None = None

    def read(self, given: object, where: str, key: str) -> Read:
        for member in self.members:
            if isinstance(given, str) and member.value == given:
                return member, []
        choices = ", ".join(member.value for member in self.members)
        place = f"{where}: {key}" if where != WHOLE else key
        return self.default, [f"{place} is “{given}” and must be one of {choices}"]

    def schema(self) -> Schema:
        return {"enum": [member.value for member in self.members]}


WHOLE = "the mapping"
"""How the document's outermost table is called in a fault."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts."""

    default: tuple[str, ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, list):
            return self.default, [_not_a(given, where, key, "a list")]
        wrong = [each for each in given if not isinstance(each, str)]
        faults = [f"{where}: an entry of {key} is {each} and must be a text" for each in wrong]
        return (self.default if wrong else tuple(given)), faults

    def schema(self) -> Schema:
        return {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Names:
    """One name or a list of them."""

    default: tuple[str, ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        names = [given] if isinstance(given, str) else given
        if isinstance(names, list) and all(isinstance(each, str) for each in names):
            return tuple(names), []
        return self.default, [_not_a(given, where, key, "a text or a list of texts")]

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "string"}, Texts().schema()]}


@dataclass(frozen=True, slots=True)
class Single:
    """One value: a text, a number, a date, true or false."""

    default: Value = None

    def read(self, given: object, where: str, key: str) -> Read:
        if isinstance(given, list | dict):
            return self.default, [f"{where}: {key} must be one value"]
        return constant(given), []

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class Assigned:
    """Single values by the names of native fields."""

    default: tuple[tuple[str, Value], ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, dict) or not given:
            return self.default, [_not_a(given, where, key, "a table of fields with values")]
        wrong = [name for name, value in given.items() if isinstance(value, list | dict)]
        faults = [f"{where}: {key} of {name} must be one value" for name in wrong]
        return (self.default if wrong else tuple((n, constant(v)) for n, v in given.items())), faults

    def schema(self) -> Schema:
        return {"type": "object", "minProperties": 1, "additionalProperties": Single().schema()}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whole numbers by name."""

    default: tuple[tuple[str, int], ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, dict):
            return self.default, [_not_a(given, where, key, "a table")]
        wrong = {text: number for text, number in given.items() if type(number) is not int}
        faults = [f"{where}: the option {t} is {n} and must be a whole number" for t, n in wrong.items()]
        return (self.default if wrong else tuple(given.items())), faults

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": "integer"}}


@dataclass(frozen=True, slots=True)
class States:
    """Pairs of whole numbers by name: state and status reason."""

    default: tuple[tuple[str, int, int], ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, dict):
            return self.default, [_not_a(given, where, key, "a table")]
        wrong = [text for text, pair in given.items() if not _is_pair(pair)]
        faults = [f"{where}: {text} must be two numbers, state and status reason" for text in wrong]
        return (self.default if wrong else tuple((text, *pair) for text, pair in given.items())), faults

    def schema(self) -> Schema:
        pair = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
        return {"type": "object", "additionalProperties": pair}


@dataclass(frozen=True, slots=True)
class RuleList:
    """Transformation rules."""

    default: tuple[Any, ...] = ()

    def read(self, given: object, where: str, key: str) -> Read:
        rules, problems = read_rules(given)
        return rules, [f"{where}: {problem}" for problem in problems]

    def schema(self) -> Schema:
        return rules_schema()


def constant(value: object) -> Value:
    """A document's value as the product knows it: fractions exact, dates as ISO text."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, date):  # A moment is one, too.
        return value.isoformat().replace("+00:00", "Z")
    return value  # type: ignore[return-value]


def table_of(given: object, where: str, key: str) -> tuple[MappingOf[str, Any], list[str]]:
    """A table inside the document, an empty one where it is none."""
    return (given, []) if isinstance(given, dict) else ({}, [_not_a(given, where, key, "a table")])


def _not_a(given: object, where: str, key: str, meant: str) -> str:
    return f"{where}: {key} is {given} and must be {meant}"


def _is_pair(given: object) -> bool:
    return isinstance(given, list) and len(given) == 2 and all(type(each) is int for each in given)
