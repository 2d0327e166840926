"""What Business Central says of a table: ``$metadata`` of the API that has it.

The document tells names, types, lengths, enum members, what a reference leads to, and whether a table takes
creations and updates.  It does not tell which properties are read-only; those known to be are in
``business_central_read_only.toml``.  Page variables have no length in it.
Sources: OData CSDL 4.0 (XML); the document of a Business Central 26 tenant in rebelpl/bc-api2-client (MIT).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from shared_code.core.descriptions import (
    ColumnDescription,
    Described,
    Kind,
    NoTable,
    TableDescription,
    Target,
)
from shared_code.systems.business_central_tables import CALCULATED, MODIFIED, derived
from shared_code.systems.errors import fault
from shared_code.systems.http import Call, Client
from shared_code.systems.interface import ORDER_LINES, SystemUnavailable, Table

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
"""A whole API v2.0 of one tenant is 0.4 MB."""

STANDARD_API = "v2.0"
_KINDS: Mapping[str, Kind] = {
    "Edm.String": Kind.TEXT,
    "Edm.Guid": Kind.ID,
    "Edm.Decimal": Kind.DECIMAL,
    "Edm.Double": Kind.DECIMAL,
    "Edm.Int16": Kind.INTEGER,
    "Edm.Int32": Kind.INTEGER,
    "Edm.Int64": Kind.INTEGER,
    "Edm.Boolean": Kind.BOOLEAN,
    "Edm.Date": Kind.DAY,
    "Edm.DateTimeOffset": Kind.MOMENT,
}


@dataclass(frozen=True)
class Document:
    """The parts of a metadata document: entity sets, and entity types and enums by full name."""

    sets: Mapping[str, Element]
    types: Mapping[str, Element]
    enums: Mapping[str, tuple[str, ...]]


def describe(client: Client, root: str, table: Table) -> Described:
    """The table as the API at ``root`` describes it: one request.  Raises the faults of ``System``."""
    call = Call("metadata", "GET", f"{root}/$metadata", {"Accept": "application/xml"}, parse=parse)
    answer = client.send(call)
    if answer.status == 404 and table.api:
        return NoTable(table.name, api=table.api)
    if not answer.ok:
        raise fault(answer.error, "Business Central's metadata")
    assert isinstance(answer.data, Document)
    try:
        return described(answer.data, table)
    except ValueError as error:
        raise SystemUnavailable(f"Business Central's metadata cannot be used: {error}.") from error


class _Builder(ElementTree.TreeBuilder):
    """Builds elements; a document type is refused before any entity of it is read."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError("a metadata document has no document type")


def parse(content_type: str, body: bytes) -> Document:
    """The document.  Raises ValueError for what is no metadata, or is too large.

    Nothing outside of the document is read: entities need a document type, which is refused.
    """
    if len(body) > MAX_DOCUMENT_BYTES:
        raise ValueError("the metadata document is too large")
    try:
        root = ElementTree.fromstring(body, ElementTree.XMLParser(target=_Builder()))  # noqa: S314
    except (ElementTree.ParseError, LookupError) as error:
        raise ValueError("not an XML document") from error
    if _local(root) != "Edmx":
        raise ValueError("not a metadata document")
    schemas = [each for each in root.iter() if _local(each) == "Schema"]
    return Document(
        {each.get("Name", ""): each for each in root.iter() if _local(each) == "EntitySet"},
        {name: each for schema in schemas for name, each in _named(schema, "EntityType")},
        {name: _members(each) for schema in schemas for name, each in _named(schema, "EnumType")},
    )


def described(document: Document, table: Table) -> Described:
    """One table of a document.  Raises ValueError where the document contradicts itself."""
    found = document.sets.get(table.name)
    if found is None:
        return NoTable(table.name, tuple(document.sets))
    entity = document.types.get(found.get("EntityType", ""))
    if entity is None:
        raise ValueError(f"the type of {table.name} is missing")
    columns = [_column(document, table, found, each) for each in _children(entity, "Property")]
    columns += [_calculated(name) for name in sorted(derived(table))]
    keys = [
        each.get("Name", "") for key in _children(entity, "Key") for each in _children(key, "PropertyRef")
    ]
    return TableDescription(
        table.name,
        keys[0] if len(keys) == 1 else "",
        _with_targets(document, entity, {each.name: each for each in columns}),
        tuple(document.sets),
        stamp=MODIFIED,
    )


def _column(document: Document, table: Table, found: Element, given: Element) -> ColumnDescription:
    name, type_, longest = (given.get(key, "") for key in ("Name", "Type", "MaxLength"))
    readonly, api = _read_only(), table.api or STANDARD_API
    never = name in readonly["always"] or name in readonly["never"].get(api, {}).get(table.name, ())
    return ColumnDescription(
        name,
        Kind.CHOICE if type_ in document.enums else _KINDS.get(type_, Kind.OTHER),
        int(longest) if longest.isdecimal() else None,
        at_creation=name in readonly["in_content"].get(api, {}).get(table.name, ())
        or not (
            never
            or _refuses(found, "Insertable")
            or name in readonly["never_at_creation"].get(api, {}).get(table.name, ())
        ),
        at_update=not (
            never
            or _refuses(found, "Updatable")
            or name in readonly["only_at_creation"].get(api, {}).get(table.name, ())
        ),
        choices=document.enums.get(type_, ()),
    )


def _calculated(name: str) -> ColumnDescription:
    """A column that is no property but made of others when a record is read."""
    kind = CALCULATED.get(name, Kind.TEXT)
    is_written = name == ORDER_LINES
    return ColumnDescription(name, kind, at_creation=is_written, at_update=is_written)


def _with_targets(
    document: Document, entity: Element, columns: dict[str, ColumnDescription]
) -> dict[str, ColumnDescription]:
    """The columns; a reference knows the tables it leads to."""
    sets = {each.get("EntityType", ""): name for name, each in document.sets.items()}
    for navigation in _children(entity, "NavigationProperty"):
        target = sets.get(navigation.get("Type", ""))
        for constraint in _children(navigation, "ReferentialConstraint"):
            column = columns.get(constraint.get("Property", ""))
            if target and column and column.name != "id" and constraint.get("ReferencedProperty") == "id":
                columns[column.name] = replace(column, targets=(*column.targets, Target(target)))
    return columns


def _refuses(found: Element, what: str) -> bool:
    """Whether the entity set's annotations say that it is not ``Insertable`` or ``Updatable``."""
    values = (each for each in found.iter() if _local(each) == "PropertyValue")
    return any(each.get("Property") == what and each.get("Bool") == "false" for each in values)


def _named(schema: Element, tag: str) -> Iterator[tuple[str, Element]]:
    for each in _children(schema, tag):
        yield f"{schema.get('Namespace')}.{each.get('Name')}", each


def _members(enum: Element) -> tuple[str, ...]:
    return tuple(each.get("Name", "") for each in _children(enum, "Member"))


def _children(element: Element, tag: str) -> Iterator[Element]:
    return (each for each in element if _local(each) == tag)


def _local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


@cache
def _read_only() -> Mapping[str, Any]:
    """``business_central_read_only.toml``."""
    file = resources.files("shared_code") / "systems" / "business_central_read_only.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
