"""customizations.xml: columns and keys of tables, the role, the web resources."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tools.solution.columns import add_column, add_key
from tools.solution.own_tables import add_own_table, add_relationship
from tools.solution.source import Solution
from tools.solution.tables import RIGHTS, TABLES
from tools.solution.xml import XSI, child


def customizations(solution: Solution) -> ET.Element:
    """The document. Its parts come in the order in which Dataverse writes them."""
    root = ET.Element("ImportExportXml", {"xmlns:xsi": XSI})
    tables = child(root, "Entities")
    for table in solution.tables:
        _add_table(tables, solution, table)
    for own in solution.own_tables:
        add_own_table(tables, solution, own)
    _add_role(child(root, "Roles"), solution)
    for tag in ("Workflows", "FieldSecurityProfiles", "Templates", "EntityMaps"):
        child(root, tag)
    relationships = child(root, "EntityRelationships")
    for own in solution.own_tables:
        for lookup in own["lookups"]:
            add_relationship(relationships, own, lookup)
    child(root, "OrganizationSettings")
    child(root, "optionsets")
    _add_web_resources(child(root, "WebResources"), solution)
    child(child(root, "Languages"), "Language", solution.manifest["language"])
    return root


def _add_table(parent: ET.Element, solution: Solution, table: str) -> None:
    """A standard table with nothing but the columns and keys that are added to it."""
    name = TABLES[table].schema_name
    entity = child(parent, "Entity")
    child(entity, "Name", name, LocalizedName=name, OriginalName="")
    inner = child(child(entity, "EntityInfo"), "entity", Name=name)
    columns = child(inner, "attributes")
    for column in solution.columns:
        if column["table"] == table:
            add_column(columns, solution, column)
    keys = [key for key in solution.keys if key["table"] == table]
    if keys:
        element = child(inner, "EntityKeys")
        for key in keys:
            add_key(element, solution, key)


def privileges(solution: Solution) -> list[str]:
    """The names of all privileges of the role, in alphabetical order."""
    found = {f"prvRead{name}" for name in solution.role["definitions"]}
    for table, rights in solution.role["tables"].items():
        name = solution.own[table]["schema_name"] if table in solution.own else TABLES[table].privilege
        if name:
            found |= {f"prv{RIGHTS[right]}{name}" for right in rights}
    return sorted(found)


def _add_role(parent: ET.Element, solution: Solution) -> None:
    """Global, because the tables' rows may belong to anybody, and tracking changes asks for it."""
    role = child(parent, "Role", id=f"{{{solution.role['id']}}}", name=solution.role["name"])
    child(role, "IsCustomizable", "1")
    child(role, "IsAutoAssigned", "0")
    held = child(role, "RolePrivileges")
    for name in privileges(solution):
        child(held, "RolePrivilege", name=name, level="Global")


def _add_web_resources(parent: ET.Element, solution: Solution) -> None:
    for resource in solution.web_resources:
        element = child(parent, "WebResource")
        child(element, "WebResourceId", f"{{{resource.id}}}")
        child(element, "Name", resource.name)
        child(element, "DisplayName", resource.display_name)
        child(element, "LanguageCode", solution.manifest["language"])
        child(element, "WebResourceType", resource.type)
        child(element, "IntroducedVersion", "1.0.0.0")
        child(element, "IsEnabledForMobileClient", "0")
        child(element, "IsAvailableForMobileOffline", "0")
        child(element, "IsCustomizable", "1")
        child(element, "CanBeDeleted", "1")
        child(element, "IsHidden", "0")
        child(element, "FileName", f"/{resource.path}")
