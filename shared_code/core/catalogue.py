"""Reading a mapping from its document, and saying everything that is wrong with it at once.

The document is what ``tomllib`` or a JSON parser gives; the files are in ``shared_code/mappings``.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared_code.core.filters import OPERATORS
from shared_code.core.mapping import (
    Condition,
    ConflictRule,
    Connection,
    DeletionRule,
    Direction,
    FieldMapping,
    FieldType,
    Mapping,
    MatchKey,
    NotCarried,
    TableRule,
)
from shared_code.core.records import Value

type Document = MappingOf[str, Any]

MAX_FIELDS = 200


class MappingInvalid(ValueError):
    """A mapping's document contradicts itself; ``problems`` lists every fault found."""

    def __init__(self, name: str, problems: list[str]) -> None:
        super().__init__(f"mapping {name} is not usable: " + "; ".join(problems))
        self.problems = problems


def parse_mapping(document: Document) -> Mapping:
    """The mapping a document describes.  Raises ``MappingInvalid`` with all its problems."""
    name = str(document.get("name", "(without a name)"))
    reader = _Reader(document)
    mapping = reader.mapping()
    problems = reader.problems + (_contradictions(mapping) if mapping else [])
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
        document = self.document
        fields = tuple(self._field(entry) for entry in self._entries(document, "fields"))
        sides = {side: self._table(side) for side in ("bc", "sales")}
        self._refuse_unknown(document, _MAPPING_KEYS, "the mapping")
        if self.problems:
            return None
        return Mapping(
            name=document["name"],
            title=document.get("title", document["name"]),
            direction=self._choice(Direction, document.get("direction"), "direction"),
            bc=sides["bc"],
            sales=sides["sales"],
            fields=fields,
            depends_on=tuple(document.get("depends_on", ())),
            match=tuple(MatchKey(**entry) for entry in document.get("match", ())),
            not_carried=tuple(NotCarried(**entry) for entry in document.get("not_carried", ())),
            creates=bool(document.get("creates", True)),
            shared=bool(document.get("shared", False)),
            conflict=self._choice(ConflictRule, document.get("conflict", "ask"), "conflict"),
            deletion=self._choice(DeletionRule, document.get("deletion", "ask"), "deletion"),
            interval_s=int(document.get("interval_s", 60)),
        )

    def _entries(self, document: Document, key: str) -> list[Document]:
        entries = document.get(key, [])
        if not isinstance(entries, list) or not 0 < len(entries) <= MAX_FIELDS:
            self.problems.append(f"{key} must list between 1 and {MAX_FIELDS} entries")
            return []
        return entries

    def _table(self, side: str) -> TableRule:
        document = self.document.get(side, {})
        self._refuse_unknown(document, _TABLE_KEYS, side)
        if "table" not in document:
            self.problems.append(f"{side}.table is missing")
        return TableRule(
            table=document.get("table", ""),
            key=document.get("key", "id"),
            display=tuple(document.get("display", ())),
            filter=tuple(self._condition(side, entry) for entry in document.get("filter", ())),
            reference=document.get("reference"),
            related=tuple(document.get("related", ())),
            company_column=document.get("company_column"),
        )

    def _condition(self, side: str, entry: Document) -> Condition:
        operators = [key for key in entry if key in OPERATORS]
        if "field" not in entry or len(operators) != 1:
            self.problems.append(
                f"{side}.filter: each condition names a field and one of {', '.join(OPERATORS)}"
            )
            return Condition("", "is")
        given = entry[operators[0]]
        return Condition(entry["field"], operators[0], tuple(given) if isinstance(given, list) else (given,))

    def _field(self, entry: Document) -> FieldMapping:
        name = entry.get("name", "")
        where = f"field {name or '(without a name)'}"
        self._refuse_unknown(entry, _FIELD_KEYS, where)
        sales = entry.get("sales", ())
        if not name:
            self.problems.append("every field needs a name")
        return FieldMapping(
            name=name,
            type=self._choice(FieldType, entry.get("type", "text"), where + ": type"),
            direction=self._choice(
                Direction, entry.get("direction", self.document.get("direction")), where + ": direction"
            ),
            bc=entry.get("bc"),
            sales=(sales,) if isinstance(sales, str) else tuple(sales),
            group=entry.get("group", name),
            options=tuple((text, int(number)) for text, number in entry.get("options", {}).items()),
            constant=_constant(entry.get("constant")),
            **{key: entry[key] for key in _PLAIN_FIELD_KEYS if key in entry},
        )

    def _choice[E: StrEnum](self, kind: Callable[[str], E], text: object, where: str) -> E:
        members: list[E] = list(kind)  # type: ignore[call-overload]
        for member in members:
            if member.value == text:
                return member
        self.problems.append(f"{where} is “{text}” and must be one of {', '.join(m.value for m in members)}")
        return members[0]

    def _refuse_unknown(self, document: Document, known: frozenset[str], where: str) -> None:
        self.problems += [f"{where} has an unknown key “{key}”" for key in document if key not in known]


_PLAIN_FIELD_KEYS = (
    "bc_length", "sales_length", "places", "lookup", "by_reference", "target", "navigation",
    "keep_when_blank", "bc_fallback", "bc_currency", "only_on_create", "blank_is_record",
)  # fmt: skip
_FIELD_KEYS = frozenset(
    ("name", "type", "direction", "bc", "sales", "group", "options", "constant", *_PLAIN_FIELD_KEYS)
)
_TABLE_KEYS = frozenset(("table", "key", "display", "filter", "reference", "related", "company_column"))
_MAPPING_KEYS = frozenset(
    ("name", "title", "direction", "bc", "sales", "fields", "depends_on", "match", "not_carried", "creates",
     "shared", "conflict", "deletion", "interval_s")
)  # fmt: skip


def _constant(value: object) -> Value:
    return Decimal(str(value)) if isinstance(value, float) else value  # type: ignore[return-value]


def _contradictions(mapping: Mapping) -> list[str]:
    """What is well-formed and still cannot be meant."""
    names = [each.name for each in mapping.fields]
    problems = [f"field {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for each in mapping.fields:
        problems += [f"field {each.name}: {problem}" for problem in _field_contradictions(mapping, each)]
    problems += [f"match: there is no field {key.field}" for key in mapping.match if key.field not in names]
    return problems


_LOOKING_UP = (FieldType.LOOKUP, FieldType.LOCAL_AMOUNT)


def _field_contradictions(mapping: Mapping, each: FieldMapping) -> list[str]:
    rules = {
        "its direction exceeds the mapping's": mapping.direction is not Direction.BIDIRECTIONAL
        and each.direction is not mapping.direction,
        "a lookup names the mapping it goes through, and only a lookup does": (each.type in _LOOKING_UP)
        is not bool(each.lookup),
        "the mapping it looks up must be in depends_on": bool(each.lookup)
        and each.lookup not in (*mapping.depends_on, mapping.name),
        "it has no Sales column": not each.sales and each.type is not FieldType.CONSTANT,
        "it has no BC field": each.bc is None and each.type is not FieldType.CONSTANT,
        "a constant flows one way": each.type is FieldType.CONSTANT
        and each.direction is Direction.BIDIRECTIONAL,
        "a name in parts has a first and a last name": len(each.sales) > 1
        and each.type is not FieldType.PERSON_NAME,
        "an option needs its options": each.type is FieldType.OPTION and not each.options,
    }
    return [problem for problem, broken in rules.items() if broken]
