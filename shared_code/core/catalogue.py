"""Reading a mapping from its document, and saying everything that is wrong with it at once.

The document is what ``tomllib`` or a JSON parser gives; the files are in ``shared_code/mappings``.  What may
stand in it says ``document_shape.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared_code.core.brakes import Brakes
from shared_code.core.conditions import Condition, Test, fields_of
from shared_code.core.contradictions import contradictions
from shared_code.core.document_reading import Document, Values, read
from shared_code.core.document_shape import MAPPING, SHAPES
from shared_code.core.fields import Direction, FieldMapping, FurtherTarget, Lines
from shared_code.core.mapping import Connection, Mapping, MatchKey, NotCarried
from shared_code.core.moved_by import MovedBy
from shared_code.core.ownership import owned_by_team
from shared_code.core.table_rules import (
    IN_FORCE,
    Beside,
    InForce,
    LivesOn,
    Page,
    TableRule,
    Template,
)

KEYS = frozenset(name for shape in SHAPES for name in shape.keys)
"""Every key that a document may hold somewhere."""


TEMPLATE = "{template}"
"""The constant that stands for the template of a mapping's new BC records, which the connection names."""


ACCOUNT = "{account}"
"""The constant that stands for the account of lines of a kind, which the connection names."""


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
    values, problems = read(MAPPING, document)
    problems += _faults_in_force(values["bc"])
    if not problems:
        mapping = _mapping(values)
        problems = contradictions(mapping)
    if problems:
        raise MappingInvalid(name, problems)
    return mapping


def for_connection(mapping: Mapping, connection: Connection) -> Mapping:
    """The mapping with what depends on the connection filled in (``{company_id}``, ``{template}``,
    ``{account}``, who owns rows).

    Without a template or account that constant is none, and nothing is sent for it.
    """

    def fill(each: FieldMapping) -> FieldMapping:
        if not isinstance(each.constant, str):
            return each
        if each.constant == ACCOUNT:
            return replace(each, constant=connection.accounts.get(each.kind))
        if each.constant == TEMPLATE:
            return replace(each, constant=connection.templates.get(mapping.name))
        return replace(each, constant=each.constant.replace("{company_id}", connection.company_id))

    lines = mapping.lines and replace(mapping.lines, fields=tuple(map(fill, mapping.lines.fields)))
    filled = replace(mapping, fields=tuple(map(fill, mapping.fields)), lines=lines)
    return owned_by_team(filled, connection.owning_team) if connection.owning_team else filled


def _mapping(values: Values) -> Mapping:
    direction: Direction = values["direction"]
    given = {
        "title": values["title"] or values["name"],
        "bc": _table(values["bc"]),
        "sales": _table(values["sales"]),
        "fields": _fields(values["fields"], direction),
        "match": tuple(MatchKey(**each) for each in values["match"]),
        "not_carried": tuple(NotCarried(**each) for each in values["not_carried"]),
        "lines": _lines(values["lines"], direction),
        "brake": Brakes(**values["brake"] or {}),
    }
    return Mapping(**{**values, **given})


def _fields(entries: Iterable[Values], direction: Direction) -> tuple[FieldMapping, ...]:
    """Fields; one that leaves them out has the mapping's direction and is a group of its own."""
    return tuple(_field(each, direction) for each in entries)


def _field(values: Values, direction: Direction) -> FieldMapping:
    also = tuple(FurtherTarget(**each) for each in values["also"])
    given = {
        "direction": values["direction"] or direction,
        "group": values["group"] or values["name"],
        "also": also,
        "lookup": (*values["lookup"], *(each.lookup for each in also)),
    }
    return FieldMapping(**{**values, **given})


def _lines(values: Values | None, direction: Direction) -> Lines | None:
    if values is None:
        return None
    return Lines(**{**values, "fields": _fields(values["fields"], _of_lines(values, direction))})


def _of_lines(values: Values, direction: Direction) -> Direction:
    """Lines flow where they are created, their fields with them."""
    return values["direction"] if direction is Direction.BIDIRECTIONAL else direction


def _table(values: Values) -> TableRule:
    if values.get("moved_by") is not None:
        values = {**values, "moved_by": MovedBy(**values["moved_by"])}
    for name, kind in (("page", Page), ("lives_on", LivesOn), ("beside", Beside)):
        if values.get(name) is not None:
            values = {**values, name: kind(**values[name])}
    values = {**values, "new": tuple(Template(each["set"], each["when"]) for each in values["new"])}
    if values.get("in_force") is None:
        return TableRule(**values)
    in_force = InForce(**values["in_force"], conditions=_of_line(values))
    filter_ = (*values["filter"], Condition(IN_FORCE, "is", (True,)))
    return TableRule(**{**values, "filter": filter_, "in_force": in_force})


def _of_line(values: Values) -> tuple[Test, ...]:
    """The conditions of dated lines: those on their place are the record's, all others those of a line."""
    place = (*values["in_force"]["within"], *values["in_force"]["place"])
    return tuple(each for each in values["filter"] if not set(fields_of((each,))) <= set(place))


def _faults_in_force(values: Values) -> list[str]:
    told = _of_line(values) if values["in_force"] else ()
    return [
        f"bc.in_force: a condition with otherwise must be on a field of the place, not on {_names(each)}"
        for each in told
        if each.otherwise
    ]


def _names(test: Test) -> str:
    return ", ".join(dict.fromkeys(fields_of((test,))))
