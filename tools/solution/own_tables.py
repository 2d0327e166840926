"""A table of the solution's own as elements of customizations.xml: its definition and its relationships.

Rows belong to the organisation, because Tandem alone writes them.  The parts are those that exports of such
tables have: an id, a name, the columns, and a lookup for each relationship.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from tools.solution.columns import COMMON, CUSTOMIZABLE, add_column
from tools.solution.source import Solution
from tools.solution.tables import TABLES
from tools.solution.xml import child, labelled

SWITCHED_OFF = (
    "IsDuplicateCheckSupported", "IsBusinessProcessEnabled", "IsActivity", "IsActivityParty",
    "IsMailMergeEnabled", "IsVisibleInMobile", "IsQuickCreateEnabled", "IsAuditEnabled",
    "ChangeTrackingEnabled",
)  # fmt: skip


def add_own_table(parent: ET.Element, solution: Solution, table: dict[str, Any]) -> None:
    """A new table with all its columns."""
    language = solution.manifest["language"]
    entity = child(parent, "Entity")
    child(entity, "Name", table["schema_name"], LocalizedName=table["display_name"], OriginalName="")
    inner = child(child(entity, "EntityInfo"), "entity", Name=table["schema_name"])
    labelled(inner, "LocalizedNames", "LocalizedName", table["display_name"], language)
    labelled(inner, "LocalizedCollectionNames", "LocalizedCollectionName", table["plural_name"], language)
    labelled(inner, "Descriptions", "Description", table["description"], language)
    columns = child(inner, "attributes")
    _add_key(columns, table, language)
    for column in solution.columns:
        if column["table"] == table["logical_name"]:
            add_column(columns, solution, column, is_name=column["logical_name"] == table["name_column"])
    for lookup in table["lookups"]:
        _add_lookup(columns, lookup, language)
    child(inner, "EntitySetName", table["set"])
    for name in SWITCHED_OFF:
        child(inner, name, "0")
    child(inner, "OwnershipTypeMask", "OrgOwned")
    child(inner, "IsCustomizable", "1")
    child(inner, "IntroducedVersion", table.get("introduced", "1.0.0.0"))


def _add_key(parent: ET.Element, table: dict[str, Any], language: int) -> None:
    name = f"{table['logical_name']}id"
    element = _attribute(parent, f"{table['schema_name']}Id", "primarykey", name)
    child(element, "RequiredLevel", "systemrequired")
    _finish(element, table["display_name"], table["description"], language)


def _add_lookup(parent: ET.Element, lookup: dict[str, Any], language: int) -> None:
    element = _attribute(parent, lookup["schema_name"], "lookup", lookup["logical_name"])
    child(element, "RequiredLevel", "none")
    child(element, "LookupStyle", "single")
    child(child(element, "LookupTypes"), "LookupType", lookup["table"])
    _finish(element, lookup["display_name"], lookup["description"], language)


def _attribute(parent: ET.Element, physical: str, kind: str, name: str) -> ET.Element:
    element = child(parent, "attribute", PhysicalName=physical)
    child(element, "Type", kind)
    child(element, "Name", name)
    child(element, "LogicalName", name)
    return element


def _finish(element: ET.Element, label: str, description: str, language: int) -> None:
    for tag, value in COMMON.items():
        child(element, tag, value)
    for tag in CUSTOMIZABLE:
        child(element, tag, "1")
    labelled(element, "displaynames", "displayname", label, language)
    labelled(element, "Descriptions", "Description", description, language)


def add_relationship(parent: ET.Element, table: dict[str, Any], lookup: dict[str, Any]) -> None:
    """One to many: whoever deletes the row that is looked up deletes these with it."""
    element = child(parent, "EntityRelationship", Name=lookup["relationship"])
    child(element, "EntityRelationshipType", "OneToMany")
    child(element, "IsCustomizable", "1")
    child(element, "IntroducedVersion", table.get("introduced", "1.0.0.0"))
    child(element, "ReferencingEntityName", table["schema_name"])
    child(element, "ReferencedEntityName", TABLES[lookup["table"]].schema_name)
    child(element, "CascadeAssign", "NoCascade")
    child(element, "CascadeDelete", "Cascade")
    child(element, "CascadeReparent", "NoCascade")
    child(element, "CascadeShare", "NoCascade")
    child(element, "CascadeUnshare", "NoCascade")
    child(element, "ReferencingAttributeName", lookup["schema_name"])
