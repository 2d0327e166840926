"""Reading a mapping from its document, and saying everything that is wrong with it at once.

The document is what ``tomllib`` or a JSON parser gives; the files are in ``shared_code/mappings``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared_code.core.contradictions import contradictions
from shared_code.core.filters import OPERATORS
from shared_code.core.mapping import (
    IN_FORCE,
    Condition,
    ConflictRule,
    Connection,
    DeletionRule,
    Direction,
    FieldMapping,
    FieldType,
    InForce,
    LeavingRule,
    Lines,
    Mapping,
    MatchKey,
    NotCarried,
    TableRule,
)
from shared_code.core.records import Side, Value
from shared_code.core.rule_reading import read_rules
from shared_code.core.transformation_rules import Rule

type Document = MappingOf[str, Any]

_API_ROUTE = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9]+/v[0-9]+\.[0-9]+")
"""Publisher, group and version of a Business Central API of one's own."""

MAX_FIELDS = 200


class MappingInvalid(ValueError):
    """A mapping's document contradicts itself; ``problems`` lists every fault found."""

    def __init__(self, name: str, problems: list[str]) -> None:
        super().__init__(f"mapping {name} is not usable: " + "; ".join(problems))
        self.problems = problems


def parse_mapping(document: Document) -> Mapping:
    """The mapping a document describes.  Raises ``MappingInvalid`` with all its problems.

    Contradictions are looked for in what could be read: they are told once nothing is misspelt.
    """
    name = str(document.get("name", "(without a name)"))
    reader = _Reader(document)
    mapping = reader.mapping()
    problems = reader.problems + (contradictions(mapping) if mapping else [])
    if problems or mapping is None:
        raise MappingInvalid(name, problems)
    return mapping


def for_connection(mapping: Mapping, connection: Connection) -> Mapping:
    """The mapping with what depends on the connection filled in (``{company_id}``)."""

    def fill(each: FieldMapping) -> FieldMapping:
        if not isinstance(each.constant, str):
            return each
        return replace(each, constant=each.constant.replace("{company_id}", connection.company_id))

    return replace(mapping, fields=tuple(fill(each) for each in mapping.fields))


class _Reader:
    """Reads one document and gathers problems instead of stopping at the first."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[str] = []

    def mapping(self) -> Mapping | None:
        document, where = self.document, "the mapping"
        self._refuse_unknown(document, _MAPPING_KEYS, where)
        name = self._take(document, "name", str, "", where)
        if not str(document.get("name", "")).strip():
            self.problems.append("the mapping needs a name")
        mapping = Mapping(
            name=name,
            title=self._take(document, "title", str, name, where),
            direction=self._choice(Direction, document.get("direction"), "direction"),
            bc=self._table("bc"),
            sales=self._table("sales"),
            fields=self._fields(),
            depends_on=self._texts(document, "depends_on", where),
            match=tuple(self._match_key(entry) for entry in self._tables(document, "match", where)),
            not_carried=tuple(
                self._not_carried(entry) for entry in self._tables(document, "not_carried", where)
            ),
            creates=self._take(document, "creates", bool, True, where),
            creates_only_in=self._only_side(document),
            shared=self._take(document, "shared", bool, False, where),
            conflict=self._choice(ConflictRule, document.get("conflict", "ask"), "conflict"),
            deletion=self._choice(DeletionRule, document.get("deletion", "ask"), "deletion"),
            leaving=self._choice(LeavingRule, document.get("leaving", "keep"), "leaving"),
            interval_s=self._take(document, "interval_s", int, 60, where),
            lines=self._lines() if "lines" in document else None,
        )
        return None if self.problems else mapping

    def _only_side(self, document: Document) -> Side | None:
        given = document.get("creates_only_in")
        return None if given is None else self._choice(Side, given, "creates_only_in")

    def _lines(self) -> Lines:
        document: Document = self._take(self.document, "lines", dict, {}, "the mapping")
        self._refuse_unknown(document, frozenset((*_LINES_KEYS, "fields")), "lines")
        names = {key: self._take(document, key, str, "", "lines") for key in _LINES_KEYS}
        self.problems += [f"lines.{key} is missing" for key, name in names.items() if not name]
        fields = tuple(self._field(entry) for entry in self._tables(document, "fields", "lines"))
        return Lines(**names, fields=fields)

    def _fields(self) -> tuple[FieldMapping, ...]:
        count = len(self._take(self.document, "fields", list, [], "the mapping"))
        if not 0 < count <= MAX_FIELDS:
            self.problems.append(f"fields must list between 1 and {MAX_FIELDS} entries")
            return ()
        return tuple(self._field(entry) for entry in self._tables(self.document, "fields", "the mapping"))

    def _table(self, side: str) -> TableRule:
        document: Document = self._take(self.document, side, dict, {}, "the mapping")
        self._refuse_unknown(document, _TABLE_KEYS, side)
        if "table" not in document:
            self.problems.append(f"{side}.table is missing")
        conditions = self._conditions(document, "filter", side)
        in_force = self._in_force(document, side, conditions)
        return TableRule(
            table=self._take(document, "table", str, "", side),
            key=self._take(document, "key", str, "id", side),
            display=self._texts(document, "display", side),
            filter=(*conditions, Condition(IN_FORCE, "is", (True,))) if in_force else conditions,
            creates_when=self._conditions(document, "creates_when", side),
            unstamped_while=self._conditions(document, "unstamped_while", side),
            reference=self._names(document, "reference", side),
            related=self._texts(document, "related", side),
            company_column=self._take(document, "company_column", str, None, side),
            reopened_by=self._options(document, side, "reopened_by"),
            api=self._api(document, side),
            in_force=in_force,
        )

    def _in_force(self, document: Document, side: str, conditions: tuple[Condition, ...]) -> InForce | None:
        """How lines are one record.  Conditions on its place are the record's, all others those of a line."""
        entry: Document | None = self._take(document, "in_force", dict, None, side)
        if entry is None:
            return None
        where = f"{side}.in_force"
        self._refuse_unknown(entry, _IN_FORCE_KEYS, where)
        if missing := sorted(_IN_FORCE_KEYS - entry.keys()):
            self.problems.append(f"{where}: {missing[0]} is missing")
        if side != "bc":
            self.problems.append(f"{where}: only lines of Business Central can be one record")
        within, place = (self._names(entry, key, where) for key in ("within", "place"))
        begins, ends, amount = (
            self._take(entry, key, str, "", where) for key in ("begins", "ends", "amount")
        )
        of_line = tuple(each for each in conditions if each.field not in (*within, *place))
        self.problems += [
            f"{where}: a condition with otherwise must be on a field of the place, not on {each.field}"
            for each in of_line
            if each.otherwise
        ]
        return InForce(within, place, begins, ends, amount, of_line)

    def _conditions(self, document: Document, key: str, side: str) -> tuple[Condition, ...]:
        return tuple(self._condition(f"{side}.{key}", entry) for entry in self._tables(document, key, side))

    def _api(self, document: Document, side: str) -> str | None:
        route: str | None = self._take(document, "api", str, None, side)
        if route is not None and (side != "bc" or not _API_ROUTE.fullmatch(route)):
            self.problems.append(f"{side}: api is “{route}” and must be a route such as publisher/group/v1.0")
        return route

    def _condition(self, where: str, entry: Document) -> Condition:
        self._refuse_unknown(entry, _CONDITION_KEYS, where)
        field = self._take(entry, "field", str, "", where)
        operators = [key for key in entry if key in OPERATORS]
        if not field or len(operators) != 1:
            self.problems.append(f"{where}: each condition names a field and one of {', '.join(OPERATORS)}")
            return Condition("", "is")
        (operator,) = operators
        given = entry[operator]
        if operator in ("is_blank", "is_not_blank") and given is not True:
            self.problems.append(f"{where}: {operator} of {field} can only be true")
        values = given if isinstance(given, list) else [given]
        otherwise = self._take(entry, "otherwise", str, "", where)
        return Condition(field, operator, tuple(_constant(value) for value in values), otherwise)

    def _match_key(self, entry: Document) -> MatchKey:
        self._refuse_unknown(entry, _MATCH_KEYS, "match")
        if "field" not in entry:
            self.problems.append("match: every key names a field")
        return MatchKey(
            self._take(entry, "field", str, "", "match"),
            identifies=self._take(entry, "identifies", bool, False, "match"),
            hints=self._take(entry, "hints", bool, False, "match"),
            together_with=self._names(entry, "together_with", "match"),
        )

    def _not_carried(self, entry: Document) -> NotCarried:
        self._refuse_unknown(entry, _NOT_CARRIED_KEYS, "not_carried")
        field, reason = (self._take(entry, key, str, "", "not_carried") for key in ("field", "reason"))
        if not field or not reason:
            self.problems.append(
                f"not_carried: {field or 'every entry'} needs a {'reason' if field else 'field'}"
            )
        return NotCarried(field, reason)

    def _field(self, entry: Document) -> FieldMapping:
        name = self._take(entry, "name", str, "", "a field")
        where = f"field {name or '(without a name)'}"
        self._refuse_unknown(entry, _FIELD_KEYS, where)
        if not name:
            self.problems.append("every field needs a name")
        direction = entry.get("direction", self.document.get("direction"))
        plain: dict[str, Any] = {
            key: self._take(entry, key, kind, _NO_VALUE[kind], where)
            for key, kind in _PLAIN_FIELD_KEYS.items()
            if key in entry
        }
        if isinstance(entry.get("constant"), list | dict):
            self.problems.append(f"{where}: constant must be one value")
        return FieldMapping(
            name=name,
            type=self._choice(FieldType, entry.get("type", "text"), where + ": type"),
            # A field that leaves it out has the mapping's, whose fault is told once and for all.
            direction=self._choice(
                Direction, direction, where + ": direction" if "direction" in entry else None
            ),
            bc=self._take(entry, "bc", str, None, where),
            sales=self._names(entry, "sales", where),
            lookup=self._names(entry, "lookup", where),
            without=self._names(entry, "without", where),
            group=self._take(entry, "group", str, name, where),
            options=self._options(entry, where),
            states=self._states(entry, where),
            constant=_constant(entry.get("constant")),
            rules=self._rules(entry, where),
            **plain,
        )

    def _names(self, entry: Document, key: str, where: str) -> tuple[str, ...]:
        """One name or a list of them."""
        given = entry.get(key, [])
        names = [given] if isinstance(given, str) else given
        if isinstance(names, list) and all(isinstance(each, str) for each in names):
            return tuple(names)
        self.problems.append(f"{where}: {key} is {given} and must be a text or a list of texts")
        return ()

    def _options(self, entry: Document, where: str, key: str = "options") -> tuple[tuple[str, int], ...]:
        options: dict[str, int] = self._take(entry, key, dict, {}, where)
        wrong = {text: number for text, number in options.items() if type(number) is not int}
        self.problems += [
            f"{where}: the option {text} is {number} and must be a whole number"
            for text, number in wrong.items()
        ]
        return () if wrong else tuple(options.items())

    def _rules(self, entry: Document, where: str) -> tuple[Rule, ...]:
        rules, problems = read_rules(entry.get("rules", []))
        self.problems += [f"{where}: {problem}" for problem in problems]
        return rules

    def _states(self, entry: Document, where: str) -> tuple[tuple[str, int, int], ...]:
        states: dict[str, Any] = self._take(entry, "states", dict, {}, where)
        wrong = [text for text, pair in states.items() if not _is_pair(pair)]
        self.problems += [f"{where}: {text} must be two numbers, state and status reason" for text in wrong]
        return () if wrong else tuple((text, *pair) for text, pair in states.items())

    def _tables(self, document: Document, key: str, where: str) -> list[Document]:
        entries: list[Any] = self._take(document, key, list, [], where)
        wrong = [entry for entry in entries if not isinstance(entry, dict)]
        self.problems += [f"{where}: an entry of {key} is {entry} and must be a table" for entry in wrong]
        return [entry for entry in entries if isinstance(entry, dict)]

    def _texts(self, document: Document, key: str, where: str) -> tuple[str, ...]:
        entries: list[Any] = self._take(document, key, list, [], where)
        wrong = [entry for entry in entries if not isinstance(entry, str)]
        self.problems += [f"{where}: an entry of {key} is {entry} and must be a text" for entry in wrong]
        return tuple(entries)

    def _take[T](self, document: Document, key: str, kind: type, default: T, where: str) -> T:
        """What stands under ``key``, or ``default`` where nothing or something of another kind does."""
        if key not in document:
            return default
        value: T = document[key]
        # A truth value passes for a whole number in Python and is none here.
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
            return value
        self.problems.append(f"{where}: {key} is {value} and must be {_KINDS[kind]}")
        return default

    def _choice[E: StrEnum](self, kind: Callable[[str], E], text: object, where: str | None) -> E:
        """The member called ``text``; else a problem, unless ``where`` is ``None``, and any member."""
        members: list[E] = list(kind)  # type: ignore[call-overload]
        for member in members:
            if member.value == text:
                return member
        if where is not None:
            choices = ", ".join(member.value for member in members)
            self.problems.append(f"{where} is “{text}” and must be one of {choices}")
        return members[0]

    def _refuse_unknown(self, document: Document, known: frozenset[str], where: str) -> None:
        self.problems += [f"{where} has an unknown key “{key}”" for key in document if key not in known]


_KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}
_NO_VALUE: dict[type, Value] = {str: None, int: 0, bool: False}
_PLAIN_FIELD_KEYS: dict[str, type] = {
    "bc_length": int, "sales_length": int, "places": int, "by_reference": bool, "target": str,
    "navigation": str, "keep_when_blank": bool, "bc_fallback": str, "bc_currency": str, "bc_within": str,
    "only_on_create": bool, "after_create": bool, "blank_is_record": bool,
    "user_local": bool, "bc_when": str, "sales_fallback": str, "optional": bool,
    "exact": bool, "not_negative": bool, "same_as": str, "refusal_is_told": bool,
}  # fmt: skip
_FIELD_KEYS = frozenset(
    ("name", "type", "direction", "bc", "sales", "lookup", "group", "options", "states", "constant",
     "rules", "without", *_PLAIN_FIELD_KEYS)
)  # fmt: skip
_TABLE_KEYS = frozenset(
    ("table", "key", "display", "filter", "creates_when", "reference", "related", "company_column",
     "unstamped_while", "reopened_by", "api", "in_force")
)  # fmt: skip
_IN_FORCE_KEYS = frozenset(("within", "place", "begins", "ends", "amount"))
_CONDITION_KEYS = frozenset(("field", "otherwise", *OPERATORS))
_MATCH_KEYS = frozenset(("field", "identifies", "hints", "together_with"))
_NOT_CARRIED_KEYS = frozenset(("field", "reason"))
_LINES_KEYS = ("bc", "sales", "table", "key", "order")
_MAPPING_KEYS = frozenset(
    ("name", "lines", "title", "direction", "bc", "sales", "fields", "depends_on", "match", "not_carried",
     "creates", "creates_only_in", "shared", "conflict", "deletion", "leaving", "interval_s")
)  # fmt: skip

KEYS = (
    _MAPPING_KEYS
    | _FIELD_KEYS
    | _TABLE_KEYS
    | _CONDITION_KEYS
    | _MATCH_KEYS
    | _NOT_CARRIED_KEYS
    | _IN_FORCE_KEYS
)
"""Every key that a document may hold somewhere."""


def _is_pair(given: object) -> bool:
    return isinstance(given, list) and len(given) == 2 and all(type(each) is int for each in given)


def _constant(value: object) -> Value:
    return Decimal(str(value)) if isinstance(value, float) else value  # type: ignore[return-value]
