"""The zip: its files, its XML, and that it is always the same."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.tools.solution.sources import COLUMNS, plant
from tools.checks.sources import ROOT
from tools.solution.package import file_name, package
from tools.solution.source import SourceError, read
from tools.solution.tables import TABLES

type Files = dict[str, bytes]


def unpacked(root: Path, managed: bool = False) -> Files:
    archive = zipfile.ZipFile(io.BytesIO(package(read(root), managed)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def document(files: Files, name: str) -> ET.Element:
    return ET.fromstring(files[name])


def texts(element: ET.Element, *tags: str) -> list[str | None]:
    return [element.findtext(tag) for tag in tags]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return unpacked(plant(tmp_path))


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    first = package(read(plant(tmp_path / "a")), managed=False)
    second = package(read(plant(tmp_path / "b")), managed=False)
    assert first == second
    archive = zipfile.ZipFile(io.BytesIO(first))
    assert {(one.date_time, one.compress_type, one.create_system) for one in archive.infolist()} == {
        ((2020, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 3)
    }


def test_managed_and_unmanaged_differ_by_one_flag(tmp_path: Path) -> None:
    root = plant(tmp_path)
    plain, managed = unpacked(root), unpacked(root, managed=True)
    assert list(plain) == list(managed)
    assert [name for name in plain if plain[name] != managed[name]] == ["solution.xml"]
    assert plain["solution.xml"].replace(b"<Managed>0<", b"<Managed>1<") == managed["solution.xml"]


def test_a_file_without_an_ending_has_a_content_type_of_its_own(files: Files) -> None:
    resource = "WebResources/smp_availabilityjs5B0F2D1C-0000-4000-8000-000000000001"
    assert list(files) == ["[Content_Types].xml", "solution.xml", "customizations.xml", resource]
    assert files[resource] == b'"use strict";\n'
    space = "{http://schemas.openxmlformats.org/package/2006/content-types}"
    types = document(files, "[Content_Types].xml")
    assert [(one.tag, dict(one.attrib)) for one in types] == [
        (f"{space}Default", {"Extension": "xml", "ContentType": "application/octet-stream"}),
        (f"{space}Override", {"PartName": f"/{resource}", "ContentType": "application/octet-stream"}),
    ]


def test_the_manifest_names_solution_publisher_and_components(files: Files) -> None:
    root = document(files, "solution.xml")
    manifest = root.find("SolutionManifest")
    assert manifest is not None
    assert [one.tag for one in manifest] == [
        "UniqueName", "LocalizedNames", "Descriptions", "Version", "Managed", "Publisher", "RootComponents",
        "MissingDependencies",
    ]  # fmt: skip
    assert texts(manifest, "UniqueName", "Version", "Managed") == ["Sample", "1.2.3.4", "0"]
    publisher = manifest.find("Publisher")
    assert publisher is not None
    assert texts(publisher, "UniqueName", "CustomizationPrefix", "CustomizationOptionValuePrefix") == [
        "sample", "smp", "84000",
    ]  # fmt: skip
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    addresses = publisher.findall("Addresses/Address")
    assert [one.findtext("AddressNumber") for one in addresses] == ["1", "2"]
    assert all(
        len(one) == 26 and len([line for line in one if line.get(nil) == "true"]) == 23 for one in addresses
    )
    assert [dict(one.attrib) for one in manifest.iter("RootComponent")] == [
        {"type": "1", "schemaName": "account", "behavior": "2"},
        {"type": "1", "schemaName": "salesorderdetail", "behavior": "2"},
        {"type": "20", "id": "{5b0f2d1c-0000-4000-8000-000000000002}", "behavior": "0"},
        {"type": "61", "schemaName": "smp_availability.js", "behavior": "0"},
    ]


def test_the_parts_of_the_customizations_come_in_the_order_of_an_export(files: Files) -> None:
    assert [one.tag for one in document(files, "customizations.xml")] == [
        "Entities", "Roles", "Workflows", "FieldSecurityProfiles", "Templates", "EntityMaps",
        "EntityRelationships", "OrganizationSettings", "optionsets", "WebResources", "Languages",
    ]  # fmt: skip


def test_a_text_column_has_length_labels_and_twice_its_length_in_bytes(files: Files) -> None:
    column = next(document(files, "customizations.xml").iter("attribute"))
    assert column.get("PhysicalName") == "smp_ExternalId"
    assert [one.tag for one in column] == [
        "Type", "Name", "LogicalName", "RequiredLevel", "DisplayMask", "ImeMode", "ValidForUpdateApi",
        "ValidForReadApi", "ValidForCreateApi", "IsCustomField", "IsAuditEnabled", "IsSecured",
        "IntroducedVersion", "IsCustomizable", "IsRenameable", "CanModifySearchSettings",
        "CanModifyRequirementLevelSettings", "CanModifyAdditionalSettings", "SourceType", "Format",
        "MaxLength", "Length", "displaynames", "Descriptions",
    ]  # fmt: skip
    assert texts(column, "Type", "LogicalName", "MaxLength", "Length") == [
        "nvarchar", "smp_externalid", "50", "100",
    ]  # fmt: skip
    label = column.find("displaynames/displayname")
    assert label is not None
    assert label.attrib == {"description": "External id", "languagecode": "1033"}


def test_numbers_and_dates_have_what_their_type_needs(files: Files) -> None:
    columns = {
        one.get("PhysicalName"): one for one in document(files, "customizations.xml").iter("attribute")
    }
    assert texts(columns["smp_Rank"], "Type", "MinValue", "MaxValue") == ["int", "0", "2147483647"]
    assert texts(columns["smp_Free"], "Type", "MinValue", "Accuracy") == ["decimal", "-100000000000", "5"]
    assert texts(columns["smp_AsOf"], "Type", "Format", "Behavior") == ["datetime", "datetime", "1"]
    assert texts(columns["smp_Due"], "Type", "Format", "Behavior") == ["datetime", "date", "2"]


def test_columns_and_keys_stand_in_their_table_and_nowhere_else(files: Files) -> None:
    tables = document(files, "customizations.xml").findall("Entities/Entity")
    assert [one.findtext("Name") for one in tables] == ["Account", "SalesOrderDetail"]
    account = tables[0].find("EntityInfo/entity")
    assert account is not None
    assert account.get("Name") == "Account"
    assert [one.tag for one in account] == ["attributes", "EntityKeys"]
    assert len(account.findall("attributes/attribute")) == 2
    (key,) = account.findall("EntityKeys/EntityKey")
    assert [one.tag for one in key] == [
        "Name", "LogicalName", "IntroducedVersion", "IsCustomizable", "EntityKeyAttributes", "displaynames",
    ]  # fmt: skip
    assert [one.text for one in key.iter("AttributeName")] == ["smp_externalid", "accountnumber"]
    assert tables[1].find("EntityInfo/entity/EntityKeys") is None


def test_the_role_has_the_privileges_of_the_tables_that_carry_them(files: Files) -> None:
    role = document(files, "customizations.xml").find("Roles/Role")
    assert role is not None
    assert role.get("id") == "{5b0f2d1c-0000-4000-8000-000000000002}"
    held = [(one.get("name"), one.get("level")) for one in role.iter("RolePrivilege")]
    assert held == [
        ("prvAppendToAccount", "Global"),
        ("prvCreateProduct", "Global"),
        ("prvReadAccount", "Global"),
        ("prvReadEntity", "Global"),
        ("prvReadProduct", "Global"),
        ("prvWriteOrder", "Global"),
    ]


def _held(column: dict[str, Any]) -> tuple[str, str | None]:
    """How a column of this checkout is held, and how many characters of it."""
    length = column.get("max_length")
    kind = {"String": "nvarchar", "Boolean": "bit", "Decimal": "decimal", "DateTime": "datetime"}
    return kind[column["type"]], str(length) if length else None


@pytest.mark.parametrize("managed", [False, True])
def test_everything_in_the_source_is_in_the_zip_of_this_checkout(managed: bool) -> None:
    solution, files = read(ROOT), unpacked(ROOT, managed)
    customizations = document(files, "customizations.xml")
    found = {
        (
            entity.findtext("Name"),
            column.get("PhysicalName"),
            column.findtext("Type"),
            column.findtext("MaxLength"),
        )
        for entity in customizations.iter("Entity")
        for column in entity.iter("attribute")
    }
    names = {name: table.schema_name for name, table in TABLES.items()}
    names |= {name: one["schema_name"] for name, one in solution.own.items()}
    added = {(names[one["table"]], one["schema_name"], *_held(one)) for one in solution.columns}
    ids = {(one["schema_name"], f"{one['schema_name']}Id", "primarykey", None) for one in solution.own_tables}
    lookups = {
        (one["schema_name"], lookup["schema_name"], "lookup", None)
        for one in solution.own_tables
        for lookup in one["lookups"]
    }
    assert found == added | ids | lookups
    related = [one.get("Name") for one in customizations.iter("EntityRelationship")]
    assert related == [lookup["relationship"] for one in solution.own_tables for lookup in one["lookups"]]
    components = {
        one.get("schemaName"): one.get("behavior")
        for one in document(files, "solution.xml").iter("RootComponent")
        if one.get("type") == "1"
    }
    assert components == {**dict.fromkeys(solution.tables, "2"), **dict.fromkeys(solution.own, "0")}
    keys = [one.findtext("LogicalName") for one in customizations.iter("EntityKey")]
    assert keys == [one["logical_name"] for one in solution.keys]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"logical_name": "con_order", "schema_name": "con_Order"}, "does not begin with smp_"),
        ({"schema_name": "smp_Else"}, "differ in upper and lower case only"),
        ({"name_column": "smp_nosuch"}, "there is no column smp_nosuch"),
    ],
)
def test_a_table_that_dataverse_would_refuse_is_told(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    table = {
        "logical_name": "smp_order",
        "schema_name": "smp_Order",
        "set": "smp_orders",
        "display_name": "Order",
        "plural_name": "Orders",
        "description": "Orders",
        "name_column": "smp_number",
        "lookups": [],
    }
    column = {**COLUMNS[0], "table": "smp_order", "logical_name": "smp_number", "schema_name": "smp_Number"}
    read(plant(tmp_path, tables=[table], columns=[*COLUMNS, column]))
    with pytest.raises(SourceError, match=told):
        read(plant(tmp_path, tables=[{**table, **changed}], columns=[*COLUMNS, column]))


def test_no_id_is_used_for_two_things_in_this_checkout() -> None:
    files = unpacked(ROOT)
    text = files["customizations.xml"].decode()
    ids = re.findall(r'(?:id="|<WebResourceId>)\{([0-9a-f-]{36})\}', text)
    assert len(ids) == len(set(ids)) >= 1


def test_a_zip_is_called_as_an_export_is() -> None:
    solution = read(ROOT)
    assert file_name(solution, managed=False) == "Tandem_1_0_0_0.zip"
    assert file_name(solution, managed=True) == "Tandem_1_0_0_0_managed.zip"


def test_a_changed_length_changes_the_zip(tmp_path: Path) -> None:
    longer = [{**COLUMNS[0], "max_length": 60}, *COLUMNS[1:]]
    changed = unpacked(plant(tmp_path, columns=longer))["customizations.xml"]
    assert b"<MaxLength>60</MaxLength>" in changed
    assert b"<Length>120</Length>" in changed


def test_a_yes_or_no_is_at_first_no_and_its_options_have_a_name_of_their_own() -> None:
    customizations = document(unpacked(ROOT), "customizations.xml")
    (column,) = (e for e in customizations.iter("attribute") if e.get("PhysicalName") == "tandem_IsCustomer")
    options = column.find("optionset")
    assert options is not None
    assert (column.findtext("AppDefaultValue"), options.get("Name")) == ("0", "contact_tandem_iscustomer")
    assert options.findtext("OptionSetType") == "bit"
    labels = {each.get("value"): each.find("labels/label") for each in options.iter("option")}
    assert {value: each.get("description") for value, each in labels.items() if each is not None} == {
        "1": "Yes",
        "0": "No",
    }
