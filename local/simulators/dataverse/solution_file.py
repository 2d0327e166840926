"""Reading the zip of a solution: what it would add, and everything for which the service would refuse it.

The form is that of published exports: [Content_Types].xml, solution.xml, customizations.xml, web resources.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

MOST_BYTES = 32 * 1024 * 1024
TYPES = {
    "nvarchar": "String", "int": "Integer", "decimal": "Decimal", "datetime": "DateTime", "bit": "Boolean",
}  # fmt: skip
SHELL_ONLY, TABLE, ROLE, WEB_RESOURCE = "2", "1", "20", "61"
_VERSION = re.compile(r"\d+\.\d+\.\d+\.\d+")


class Unreadable(ValueError):
    """The file cannot be imported; the text says why."""


@dataclass(frozen=True)
class SolutionFile:
    """What a solution holds.  ``columns`` are said as options of the simulator say theirs, ``own_tables`` as
    ``added_tables`` takes them, ``roles`` map an id to the name and the privileges' names."""

    unique_name: str
    friendly_name: str
    version: tuple[int, ...]
    managed: bool
    tables: tuple[str, ...]
    own_tables: tuple[Mapping[str, Any], ...]
    columns: tuple[Mapping[str, Any], ...]
    keys: tuple[Mapping[str, Any], ...]
    roles: Mapping[str, tuple[str, frozenset[str]]]
    web_resources: tuple[str, ...]

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


def read_solution(content: bytes) -> SolutionFile:
    """The solution in a zip.  Raises ``Unreadable``."""
    parts = _parts(content)
    manifest = _tree(parts, "solution.xml").find("SolutionManifest")
    if manifest is None:
        raise Unreadable("solution.xml has no SolutionManifest.")
    customizations = _tree(parts, "customizations.xml")
    _check_types(parts)
    version = _text(manifest, "Version")
    if not _VERSION.fullmatch(version):
        raise Unreadable(f"'{version}' is not a valid version.")
    entities = customizations.findall("Entities/Entity")
    own = [each for each in entities if each.find("EntityInfo/entity/EntitySetName") is not None]
    found = SolutionFile(
        _text(manifest, "UniqueName"),
        _described(manifest, "LocalizedNames/LocalizedName"),
        tuple(int(each) for each in version.split(".")),
        _text(manifest, "Managed") == "1",
        tuple(_name(each).lower() for each in entities if each not in own),
        tuple(_own_table(each) for each in own),
        tuple(column for each in entities for column in _columns(each)),
        tuple(key for each in entities for key in _keys(each)),
        dict(_role(each) for each in customizations.findall("Roles/Role")),
        tuple(_web_resource(each, parts) for each in customizations.findall("WebResources/WebResource")),
    )
    _check_components(manifest, found)
    _check_lookups(customizations, found)
    return found


def _parts(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
                raise Unreadable("The solution file is too large.")
            return {each.filename: archive.read(each) for each in archive.infolist()}
    except zipfile.BadZipFile:
        raise Unreadable("The solution file is invalid. It is not a zip file.") from None


def _tree(parts: Mapping[str, bytes], name: str) -> ET.Element:
    if name not in parts:
        raise Unreadable(f"The solution file is invalid. The required file {name} is missing.")
    try:
        return ET.fromstring(parts[name])
    except ET.ParseError as error:
        raise Unreadable(f"{name} is no XML: {error}") from None


def _check_types(parts: Mapping[str, bytes]) -> None:
    """Every file needs a type: by its extension, or, where it has none, by an entry of its own."""
    root = _tree(parts, "[Content_Types].xml")
    extensions = {each.get("Extension") for each in root if each.tag.endswith("Default")}
    named = {each.get("PartName") for each in root if each.tag.endswith("Override")}
    for name in parts.keys() - {"[Content_Types].xml"}:
        extension = name.rpartition("/")[2].rpartition(".")
        if f"/{name}" not in named and not (extension[1] and extension[2] in extensions):
            raise Unreadable(f"[Content_Types].xml says nothing of {name}.")


def _check_components(manifest: ET.Element, found: SolutionFile) -> None:
    """What the manifest lists must be there, and what is there must be listed."""
    listed = {
        (each.get("type"), str(each.get("schemaName") or each.get("id") or "").lower().strip("{}"))
        for each in manifest.findall("RootComponents/RootComponent")
    }
    there = {(TABLE, name) for name in found.tables}
    there |= {(TABLE, str(each["logical_name"])) for each in found.own_tables}
    there |= {(ROLE, role) for role in found.roles}
    there |= {(WEB_RESOURCE, name.lower()) for name in found.web_resources}
    if listed != there:
        kind, name = sorted((str(kind), name) for kind, name in listed ^ there)[0]
        raise Unreadable(f"The root components and the content differ: type {kind}, {name}.")


def _check_lookups(customizations: ET.Element, found: SolutionFile) -> None:
    related = {
        (_text(each, "ReferencingEntityName").lower(), _text(each, "ReferencingAttributeName").lower())
        for each in customizations.findall("EntityRelationships/EntityRelationship")
    }
    for table in found.own_tables:
        for lookup in table["lookups"]:
            if (table["logical_name"], lookup["logical_name"]) not in related:
                raise Unreadable(f"The lookup {lookup['logical_name']} has no relationship.")


def _own_table(entity: ET.Element) -> Mapping[str, Any]:
    inner = _inner(entity)
    attributes = inner.findall("attributes/attribute")
    names = [each for each in attributes if "PrimaryName" in _text(each, "DisplayMask")]
    keys = [each for each in attributes if _text(each, "Type") == "primarykey"]
    name = _name(entity)
    if len(names) != 1 or [_text(each, "LogicalName") for each in keys] != [f"{name.lower()}id"]:
        raise Unreadable(f"The table {name} needs one primary key and one primary name.")
    return {
        "logical_name": name.lower(),
        "schema_name": name,
        "set": _text(inner, "EntitySetName"),
        "name_column": _text(names[0], "LogicalName"),
        "lookups": [_lookup(each) for each in attributes if _text(each, "Type") == "lookup"],
    }


def _lookup(attribute: ET.Element) -> Mapping[str, Any]:
    return {
        "logical_name": _text(attribute, "LogicalName"),
        "schema_name": str(attribute.get("PhysicalName")),
        "table": _text(attribute, "LookupTypes/LookupType"),
    }


def _columns(entity: ET.Element) -> Iterator[Mapping[str, Any]]:
    table = _name(entity).lower()
    for each in _inner(entity).findall("attributes/attribute"):
        kind = _text(each, "Type")
        if kind in ("primarykey", "lookup"):
            continue
        if kind not in TYPES:
            raise Unreadable(f"The type {kind} of {table}.{_text(each, 'LogicalName')} is not known.")
        yield _column(table, each, TYPES[kind])


def _column(table: str, attribute: ET.Element, kind: str) -> Mapping[str, Any]:
    logical, physical = _text(attribute, "LogicalName"), str(attribute.get("PhysicalName"))
    if physical.lower() != logical or "_" not in logical:
        raise Unreadable(f"{physical} is no name of a custom column: {table}.{logical}.")
    found: dict[str, Any] = {
        "table": table, "logical_name": logical, "schema_name": physical, "type": kind,
    }  # fmt: skip
    if kind == "String":
        length = int(_text(attribute, "MaxLength"))
        if int(_text(attribute, "Length")) != 2 * length:
            raise Unreadable(f"Length of {table}.{logical} must be twice its MaxLength.")
        found["max_length"] = length
    if kind in ("Integer", "Decimal"):
        found |= {name: float(_text(attribute, f"{name.title()}Value")) for name in ("min", "max")}
    if kind == "Decimal":
        found["precision"] = int(_text(attribute, "Accuracy"))
    if kind == "DateTime" and _text(attribute, "Behavior") == "2":
        found["format"] = "date"
    return found


def _keys(entity: ET.Element) -> Iterator[Mapping[str, Any]]:
    for each in _inner(entity).findall("EntityKeys/EntityKey"):
        columns = [str(one.text) for one in each.findall("EntityKeyAttributes/AttributeName")]
        yield {"table": _name(entity).lower(), "name": _text(each, "Name"), "columns": columns}


def _role(role: ET.Element) -> tuple[str, tuple[str, frozenset[str]]]:
    held = frozenset(str(each.get("name")) for each in role.findall("RolePrivileges/RolePrivilege"))
    return str(role.get("id")).strip("{}").lower(), (str(role.get("name")), held)


def _web_resource(resource: ET.Element, parts: Mapping[str, bytes]) -> str:
    name, file = _text(resource, "Name"), _text(resource, "FileName").lstrip("/")
    if file not in parts:
        raise Unreadable(f"The file of the web resource {name} is missing.")
    return name


def _inner(entity: ET.Element) -> ET.Element:
    found = entity.find("EntityInfo/entity")
    if found is None:
        raise Unreadable("An Entity has no EntityInfo.")
    return found


def _name(entity: ET.Element) -> str:
    return _text(entity, "Name")


def _text(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _described(element: ET.Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else str(found.get("description") or "")
